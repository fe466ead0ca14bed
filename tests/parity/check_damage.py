#!/usr/bin/python3
"""Compare the kinds of damage that are plain formulas with NumPy, and sharpening with OpenCV.

    check_damage.py PATINA CLEAN_DIR WORK_DIR

Each kind damages every image of CLEAN_DIR alone, by parameters that the manifest names. Where the
formula gives almost exactly a half, it may be rounded either way.
"""

import csv
import json
import os
import shutil
import subprocess
import sys

import cv2
import numpy as np

HUES = np.array([0, 120, 240])


def light(v):
    v = v / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def sample(light_value):
    v = np.clip(light_value, 0, 1)
    return 255 * np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def luma(v):
    return v @ np.array([0.299, 0.587, 0.114])


def gamma(v, p):
    return 255 * (v / 255) ** p["exponent"]


def underexposure(v, p):
    left = 2 ** -p["stops"]
    return sample(light(v) * left + p["toe"] * (1 - left))


def print_yellow(v, p):
    density = p["amount"] * np.array([0.08, 0.32, 1]) * (v / 255) ** p["focus"]
    return sample(light(v) * 10 ** -density)


def toned_highlights(v, p):
    toned = (np.cos(np.radians(p["hue"] - HUES)) - 1) / 2
    return v * (1 + p["amount"] * (v / 255) ** 2 * toned)


def scanner_cast(v, p):
    share = np.cos(np.radians(p["hue"] - HUES))
    return 255 * (1 + p["gain"] * share) * (v / 255) ** (1 - p["gamma"] * share)


def vignette(v, p):
    height, width = v.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    from_middle = np.hypot(x - width / 2, y - height / 2) / np.hypot(width / 2, height / 2)
    angle = np.arctan(from_middle * np.tan(np.radians(p["angle"])))
    return sample(light(v) * (1 - p["amount"] * (1 - np.cos(angle) ** 4))[..., None])


def dye(v, p):
    absorb = np.array([[1, .22, .05], [.12, 1, .22], [.06, .18, 1]])
    density = -np.log10(np.maximum(light(v), 2e-3))
    dyes = np.maximum(density @ np.linalg.inv(absorb).T, 0)
    dyes *= 1 - np.array([p["cyan"], p["magenta"], p["yellow"]])
    density = dyes @ absorb.T + p["stain"] * np.array([.02, .06, .15]) - p["exposure"]
    return sample(10 ** -density)


def monochrome(v, p):
    gray = luma(v) * (1 - p["orthochromatic"])
    gray = gray + p["orthochromatic"] * (0.6 * v[..., 1] + 0.4 * v[..., 2])
    return v + p["amount"] * (gray[..., None] - v)


def sepia(v, p):
    toned = 255 * (luma(v)[..., None] / 255) ** (1 + p["depth"] * np.array([-0.3, 0.1, 0.6]))
    return v + p["amount"] * (toned - v)


def halftone(v, p):
    height, width = v.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    out = np.empty_like(v)
    for c, turn in enumerate((15, 75, 0)):
        angle = np.radians(p["angle"] + turn)
        u = 2 * np.pi / p["cell"] * (x * np.cos(angle) + y * np.sin(angle))
        w = 2 * np.pi / p["cell"] * (y * np.cos(angle) - x * np.sin(angle))
        threshold = 0.5 + (np.cos(u) + np.cos(w)) / 4
        ink = np.clip(0.5 + 2.5 * (v[..., c] / 255 - threshold), 0, 1)
        out[..., c] = v[..., c] + p["amount"] * (255 * ink - v[..., c])
    return out


def oversharpened(v, p):
    v = v.astype(np.uint8)
    blurred = cv2.GaussianBlur(v, (0, 0), p["radius"])
    return cv2.addWeighted(v, 1 + p["amount"], blurred, -p["amount"], 0).astype(float)


KINDS = [gamma, underexposure, print_yellow, toned_highlights, scanner_cast, vignette, dye,
         monochrome, sepia, halftone, oversharpened]


def read(path):
    return cv2.imread(path)[..., ::-1].astype(float)


def check(patina, clean, work, kind):
    """Return how many samples were compared, and the complaints."""
    name = kind.__name__
    pairs, recipe = os.path.join(work, name), os.path.join(work, name + ".json")
    with open(recipe, "w", encoding="utf-8") as file:
        json.dump({"mild": 0, name: {"probability": 1}}, file)
    subprocess.run([patina, "degrade", clean, "-o", pairs, "--recipe", recipe, "--force",
                    "--per-image", "1", "-q"], check=True)
    complaints, count = [], 0
    with open(os.path.join(pairs, "manifest.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = {column[len(name) + 1:]: float(value) for column, value in row.items()
                      if column.startswith(name + "_")}
            found = read(os.path.join(pairs, row["damaged"]))
            wanted = np.clip(kind(read(os.path.join(pairs, row["undamaged"])), values), 0, 255)
            away = np.abs(found - wanted).max()
            count += found.size
            if away > 0.5 + 1e-6:
                complaints.append(f"{name} {row['id']} {values}: {away:.3f} away")
    return count, complaints


def main():
    patina, clean, work = sys.argv[1:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    complaints = []
    for kind in KINDS:
        count, found = check(patina, clean, work, kind)
        complaints += found if count > 0 else [f"{kind.__name__}: nothing compared"]
        print(f"{kind.__name__}: {count} samples, {len(found)} complaints")
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
