#!/usr/bin/python3
"""Makes the originals of the study from the photographs that photographs.py fetched.

    study_photographs.py CACHE FOLDER [--shrink PIXELS]

FOLDER/originals/ gets them as 8-bit sRGB PNGs, shrunk to PIXELS (320) on the shorter side; learn/
(those from Debian main) and unseen/ (those from npm: nothing ever learns from them) are hard links
to them, and split.csv, written last, tells where each went. Images that the list calls unfit to
learn from, because they are damaged themselves (blurred, washed out, drawn upon, processed), go to
unfit/.
Needs python3-opencv and python3-pil.
"""

import argparse
import csv
import io
import os
import pathlib
import shutil
import sys

import cv2
import numpy
from PIL import Image, ImageCms, ImageOps

from photographs import in_debian_main, package_folder, plain

SMALLEST_PX = 256
SRGB = ImageCms.createProfile("sRGB")


def read_srgb(path):
    """The upright image as H x W x 3 bytes in sRGB; alpha is laid over white."""
    with Image.open(path) as image:
        profile = image.info.get("icc_profile")
        image = ImageOps.exif_transpose(image)
        if "A" in image.getbands() or "transparency" in image.info:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image).convert("RGB")
        elif image.mode not in ("RGB", "CMYK", "L"):
            image = image.convert("RGB")
        try:
            if profile:
                image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(
                    io.BytesIO(profile)), SRGB, outputMode="RGB")
        except (OSError, ImageCms.PyCMSError):
            pass  # a profile of another kind of image, such as gray for RGB: taken as sRGB
        return numpy.asarray(image.convert("RGB"))


def shrink(image, short_side_px):
    """The image, averaged over areas until its shorter side has short_side_px; never enlarged."""
    height, width = image.shape[:2]
    scale = short_side_px / min(height, width)
    if scale >= 1:
        return image
    return cv2.resize(image, (round(width * scale), round(height * scale)),
                      interpolation=cv2.INTER_AREA)


def original_name(row):
    """The original's name: its package and file, in letters, digits, dashes and underscores."""
    stem = pathlib.PurePath(row["file"]).stem
    return plain(f"{package_folder(row['package'])}-{stem}").replace(".", "-")


def make_originals(cache, folder, short_side_px):
    """Writes the originals; returns their rows, each with its name."""
    rows = []
    with (cache / "photographs.csv").open(newline="", encoding="utf-8") as source:
        photographs = [row for row in csv.DictReader(source) if row["state"] == "there"]
    for row in photographs:
        row["name"] = original_name(row)
        image = read_srgb(cache / row["file"])
        if min(image.shape[:2]) < SMALLEST_PX:
            print(f"{row['file']} is skipped: under {SMALLEST_PX} pixels", file=sys.stderr)
            continue
        file = str(folder / "originals" / f"{row['name']}.png")
        if not cv2.imwrite(file, cv2.cvtColor(shrink(image, short_side_px), cv2.COLOR_RGB2BGR)):
            sys.exit(f"study_photographs.py: cannot write {file}; is the disk full?")
        rows.append(row)
    return sorted(rows, key=lambda row: row["name"])


def split(rows, folder):
    """Writes split.csv and links each original into the folder of its part; returns counts."""
    main = {package: in_debian_main(package)
            for package in {row["package"] for row in rows if row["registry"] == "deb"}}
    counts = {"learn": 0, "unseen": 0, "unfit": 0}
    partial = folder / "split.csv.partial"
    with partial.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["name", "package", "registry", "part"])
        for row in rows:
            learned = main.get(row["package"], False)
            part = "unseen" if not learned else "unfit" if row["unfit"] else "learn"
            writer.writerow([row["name"], row["package"], row["registry"], part])
            os.link(folder / "originals" / f"{row['name']}.png",
                    folder / part / f"{row['name']}.png")
            counts[part] += 1
    partial.rename(folder / "split.csv")
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("cache", type=pathlib.Path, help="the FOLDER of photographs.py")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shrink", type=int, default=320, metavar="PIXELS",
                        help="the shorter side, in pixels (%(default)s); none is enlarged")
    options = parser.parse_args()
    (options.folder / "split.csv").unlink(missing_ok=True)
    for place in ["originals", "learn", "unseen", "unfit"]:
        shutil.rmtree(options.folder / place, ignore_errors=True)
        (options.folder / place).mkdir(parents=True)
    rows = make_originals(options.cache, options.folder, options.shrink)
    counts = split(rows, options.folder)
    print(f"{len(rows)} originals: " + ", ".join(f"{n} in {part}" for part, n in counts.items()))


if __name__ == "__main__":
    main()
