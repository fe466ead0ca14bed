#!/usr/bin/python3
"""Compare patina's extended features with reference.py for all images in some folders.

    check_extended.py PATINA_BINARY WORK_DIR FOLDER...

It also makes images of its own: tiny, of few colors, large, and with borders.
"""

import csv
import os
import subprocess
import sys

import cv2
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402

TOLERANCE = 1e-9    # absolute below 1, relative above


def framed(image, thickness, color):
    """A scan: the image with a border of slightly varying color."""
    sides = [(side, side) if isinstance(side, int) else side for side in thickness]
    noise = np.random.default_rng(3).integers(-2, 3, (1, 1, 3))
    return np.pad(image, [*sides, (0, 0)], constant_values=color) + noise


def cases():
    """Images (B, G, R) by file name."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[:260, :340]
    scene = np.stack([120 + 60 * np.sin(x / 23) + 30 * (y > 130), 90 + 50 * np.cos((x + y) / 9),
                      60 + y / 2 + 40 * (x % 40 > 20)], axis=-1)
    scene += random.normal(0, 6, scene.shape)
    for height, width in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (2, 300), (300, 2), (5, 9),
                          (129, 127), (128, 128), (1, 700), (33, 641)):
        yield f"noise_{height}x{width}", random.integers(0, 256, (height, width, 3))
        yield f"flat_{height}x{width}", np.full((height, width, 3), (7, 120, 230))
    for name, colors in (("black", [(0, 0, 0)]), ("white", [(255, 255, 255)]),
                         ("black_white", [(0, 0, 0), (255, 255, 255)]),
                         ("red_blue", [(0, 0, 255), (255, 0, 0)]),
                         ("red_black", [(0, 0, 255), (0, 0, 0)]),
                         ("four_colors", [(0, 0, 255), (0, 255, 0), (255, 0, 0), (9, 9, 9)])):
        yield name, np.array(colors)[(x // 17 + y // 29) % len(colors)]
    yield "scene", scene
    yield "gray", np.repeat(scene[..., 1:2], 3, axis=2)
    yield "upright", scene.swapaxes(0, 1)
    yield "large", np.kron(scene, np.ones((3, 5, 1)))
    yield "white_border", framed(scene, (20, 11), 250)
    yield "black_border_left", framed(scene, ((0, 0), (30, 0)), 6)
    yield "wide_border", framed(scene, (80, 80), 250)
    uneven = framed(scene, ((3, 9), (17, 0)), 200)
    yield "uneven_border", uneven + random.normal(0, 2, uneven.shape)
    sky = scene.copy()
    sky[:90] = (220, 170, 140)
    sky[25:90] += random.normal(0, 1, (65, 340, 3)) * np.arange(65)[:, None, None] / 3
    yield "sky", sky


def write_cases(folder):
    os.makedirs(folder, exist_ok=True)
    for name, image in cases():
        cv2.imwrite(os.path.join(folder, name + ".png"), np.clip(np.rint(image), 0, 255))
    return folder


def main():
    patina, work_dir, *folders = sys.argv[1:]
    os.makedirs(work_dir, exist_ok=True)
    path = os.path.join(work_dir, "extended.csv")
    folders.append(write_cases(os.path.join(work_dir, "cases")))
    compared, largest, errors = 0, 0.0, []
    for folder in folders:
        # the exit status is 1 if the folder has damaged files
        subprocess.run([patina, "features", "--extended", "-q", "--force", "-o", path, folder],
                       check=False, stderr=subprocess.DEVNULL)
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            image = reference.decode(os.path.join(folder, row["filename"]))
            for name, expected in zip(reference.EXTENDED, reference.extended_features(image)):
                deviation = abs(float(row[name]) - expected) / max(1.0, abs(expected))
                largest = max(largest, deviation)
                compared += 1
                if not deviation <= TOLERANCE:
                    errors.append(f"{row['filename']}: {name} expected {expected!r}, "
                                  f"found {row[name]}")
    print(f"{compared} extended features compared, largest deviation {largest:.2g}")
    print(*errors[:20], sep="\n")
    return 1 if errors or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
