#!/usr/bin/python3
"""Show the images that a model improves most, the typical ones, and those that it makes worse.

    study_sheet.py DETAILS.csv MANIFEST.csv MODEL OUT.jpg [--patina PROGRAM]

DETAILS is what `patina evaluate --details` wrote for the pairs of MANIFEST. One row of the sheet
for the best, for the median of those acted on, and for the worst, each with three images: damaged,
restored, original. Prints what they are.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile

from PIL import Image

SIDE, GAP, COLUMNS = 112, 4, 3


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def gain(row):
    return min(float(row["predicted_score"]), 1) - min(float(row["untouched_score"]), 1)


def choose(rows, made):
    """The first COLUMNS of each row of the sheet, no original twice."""
    acted = sorted((row for row in rows if gain(row) != 0), key=gain)
    if not acted:
        sys.exit("study_sheet.py: the model acts on none of the images")
    typical = gain(acted[len(acted) // 2])
    middle = sorted(acted, key=lambda row: abs(gain(row) - typical))
    shown = set()
    for title, order in (("best", acted[::-1]), ("median", middle), ("worst", acted)):
        chosen = []
        for row in order:
            original = made[row["filename"]]["original"]
            if len(chosen) < COLUMNS and original not in shown:
                shown.add(original)
                chosen.append(row)
        yield title, chosen


def restore(patina, model, path):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "restored.png")
        subprocess.run([patina, "restore", path, "--model", model, "-o", out, "-q"], check=True)
        return Image.open(out).convert("RGB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("details")
    parser.add_argument("manifest")
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--patina", default="patina")
    options = parser.parse_args()
    folder = os.path.dirname(options.manifest)
    made = {row["id"]: row for row in read(options.manifest)}
    step = SIDE + GAP
    sheet = Image.new("RGB", (COLUMNS * (3 * SIDE + 3 * GAP) - GAP, 3 * step - GAP), "white")
    for y, (title, rows) in enumerate(choose(read(options.details), made)):
        for x, row in enumerate(rows):
            version = made[row["filename"]]
            damaged = os.path.join(folder, version["damaged"])
            images = (Image.open(damaged).convert("RGB"),
                      restore(options.patina, options.model, damaged),
                      Image.open(os.path.join(folder, version["undamaged"])).convert("RGB"))
            for i, image in enumerate(images):
                sheet.paste(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS),
                            (x * (3 * step) + i * SIDE, y * step))
            print(f"{title}: {row['filename']} {version['family']} {gain(row):+.4f}")
    sheet.save(options.out, quality=85)


if __name__ == "__main__":
    main()
