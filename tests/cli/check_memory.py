#!/usr/bin/python3
"""Images that need more memory than a worker may use, in formats whose libraries report a failed
allocation as damage, as a kind of file that they do not know, or not at all.

    check_memory.py PATINA

Works in the current folder. Every image is restored, with the same bytes as when there is enough
memory, or it is a failure out_of_memory. So is every row of a feature run and of a search.
"""
import csv
import json
import pathlib
import shutil
import subprocess
import sys

import cv2
import numpy as np

FORMATS = ["bmp", "jp2", "jpg", "png", "tif", "webp", "heic", "avif", "jxl"]
MEMORY = ["64M", "100M"]
WIDTH, HEIGHT = 2200, 1650
LONG_S = 1800  # no worker waits forever for a thread that could not be started
RESTORE = ["restore", "images", "--color", "levels", "--sigma", "1", "--strength", "1", "--force"]


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=LONG_S, check=False)


def make_images(folder):
    folder.mkdir()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    waves = [np.sin(x / (90 + 30 * k) + k) * np.cos(y / (70 + 20 * k)) for k in range(3)]
    image = (127 + 100 * np.stack(waves, 2)).astype(np.uint8)
    for kind in FORMATS[:6]:
        cv2.imwrite(str(folder / f"of_{kind}.{kind}"), image)
    encoders = {"heic": ["heif-enc", "-p", "preset=ultrafast", "-o"],
                "avif": ["heif-enc", "-A", "-p", "speed=9", "-o"],
                "jxl": ["cjxl", "-e", "1"]}
    for kind, (program, *options) in encoders.items():
        names = [str(folder / f"of_{kind}.{kind}"), str(folder / "of_png.png")]
        made = run(program, *options, *(names if "-o" in options else reversed(names)))
        if made.returncode != 0:
            sys.exit(f"{program} cannot make {names[0]}: {made.stderr}")


def check_reason(reason, what):
    if reason != "out_of_memory":
        sys.exit(f"{what}: {reason} instead of out_of_memory")


def check_restored(patina, memory, whole):
    """Restore the images. Return how many failed."""
    done = run(patina, *RESTORE, "-o", "new", "--memory", memory, "--jobs", "1", "--json")
    images = json.loads(done.stdout)["images"]
    failed = [image for image in images if image["status"] != "ok"]
    if len(images) != len(FORMATS) or done.returncode != bool(failed):
        sys.exit(f"{memory}: status {done.returncode}, {len(images)} images: {done.stderr}")
    for image in failed:
        check_reason(image["status"], f"restore --memory {memory}: {image['message']}")
    for path in pathlib.Path("new").glob("of_*"):
        if path.suffix != ".partial" and path.read_bytes() != (whole / path.name).read_bytes():
            sys.exit(f"restore --memory {memory}: {path} differs from that with enough memory")
    shutil.rmtree("new", ignore_errors=True)
    return len(failed)


def check_table(patina, memory, *words):
    """Return how many of the images have no row."""
    output = f"{words[0]}.csv"
    done = run(patina, *words, "-o", output, "--memory", memory, "--jobs", "1", "--force", "-q")
    with open(f"{words[0]}.failures.csv", encoding="utf-8", newline="") as file:
        failures = list(csv.DictReader(file))
    if done.returncode != bool(failures):
        sys.exit(f"{words} --memory {memory}: status {done.returncode}: {done.stderr}")
    for row in failures:
        check_reason(row["reason"], f"{words} --memory {memory}: {row['message']}")
    return len(failures)


def main():
    patina, whole = sys.argv[1], pathlib.Path("whole")
    make_images(pathlib.Path("images"))
    done = run(patina, *RESTORE, "-o", str(whole), "-q")
    if done.returncode != 0:
        sys.exit(f"with enough memory: {done.stderr}")
    failed = sum(check_restored(patina, memory, whole) for memory in MEMORY)
    failed += check_table(patina, MEMORY[0], "features", "images")
    failed += check_table(patina, MEMORY[1], "search", "images", "images")
    print(f"{failed} failures, all of them out_of_memory")
    if failed < 2 * len(FORMATS):
        sys.exit("too few images need more memory: make them larger")


main()
