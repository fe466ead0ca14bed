#!/usr/bin/python3
"""Enlarges pairs, as a scan at a higher resolution does: the damage grows with the image.

    study_enlarge.py MANIFEST.csv FOLDER [--longer PIXELS]

FOLDER gets damaged/, undamaged/ (PNG) and manifest.csv, with the same names, originals and
families. Needs python3-opencv.
"""

import argparse
import csv
import pathlib
import sys

import cv2


def enlarge(source, target, longer_px):
    image = cv2.imread(str(source), cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    scale = longer_px / max(height, width)
    image = cv2.resize(image, (round(width * scale), round(height * scale)),
                       interpolation=cv2.INTER_CUBIC)
    if not cv2.imwrite(str(target), image):
        sys.exit(f"study_enlarge.py: cannot write {target}; is the disk full?")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--longer", type=int, default=3000, metavar="PIXELS",
                        help="the longer side, in pixels (%(default)s)")
    options = parser.parse_args()
    parts = ["damaged", "undamaged"]
    for part in parts:
        (options.folder / part).mkdir(parents=True, exist_ok=True)
    with (options.manifest.open(newline="", encoding="utf-8") as source,
          (options.folder / "manifest.csv").open("w", newline="", encoding="utf-8") as target):
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, [*parts, "id", "original", "family"],
                                extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            for part in parts:
                file = pathlib.Path(part) / f"{row['id']}.png"
                enlarge(options.manifest.parent / row[part], options.folder / file, options.longer)
                row[part] = str(file)
            writer.writerow(row)


if __name__ == "__main__":
    main()
