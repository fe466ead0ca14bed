#!/usr/bin/python3
"""Compare every score with scikit-image, and MS-SSIM with its formula in NumPy.

    check_scores.py SCORE_VALUES WORK_DIR [RESTORED ORIGINAL]...
"""

import math
import os
import subprocess
import sys

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

TOLERANCES = {"psnr": 1e-10, "ssim": 1e-9, "ms_ssim": 1e-9, "delta_e": 1e-9}
WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
WINDOW = 11
SQUARES = (11, 12, 13, 21, 22, 23, 29, 43, 44, 45, 64, 87, 88, 89, 131, 174, 175, 176, 177, 191)
OBLONGS = ((11, 40), (40, 11), (22, 300), (301, 23), (7, 30), (10, 200), (1, 1), (6, 6), (1, 300),
           (177, 353), (353, 177), (176, 801))


# ---- the formulas ----

def gaussian_window():
    """11x11 weights of a Gaussian with sigma 1.5; their sum is 1."""
    offset = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-(offset[:, None] ** 2 + offset[None, :] ** 2) / (2 * 1.5 ** 2))
    return window / window.sum()


def window_means(values):
    """The weighted mean of each window inside the image: an explicit convolution."""
    rows, columns = (side - WINDOW + 1 for side in values.shape)
    means = np.zeros((rows, columns))
    for (y, x), weight in np.ndenumerate(gaussian_window()):
        means += weight * values[y:y + rows, x:x + columns]
    return means


def level_terms(x, y):
    """(mean contrast-structure term, mean SSIM) of one level."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = window_means(x), window_means(y)
    variance_x = window_means(x * x) - mean_x ** 2
    variance_y = window_means(y * y) - mean_y ** 2
    covariance = window_means(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x ** 2 + mean_y ** 2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return structure.mean(), (luminance * structure).mean()


def halved(values):
    """Means of 2x2 blocks; an odd last row or column is repeated."""
    rows, columns = values.shape
    values = np.pad(values, ((0, rows % 2), (0, columns % 2)), mode="edge")
    return (values[0::2, 0::2] + values[0::2, 1::2] + values[1::2, 0::2]
            + values[1::2, 1::2]) / 4


def ms_ssim_of_channel(x, y):
    levels = max(m for m in range(1, 6) if min(x.shape) >= WINDOW * 2 ** (m - 1))
    weights = WEIGHTS if levels == 5 else WEIGHTS[:levels] / WEIGHTS[:levels].sum()
    terms = []
    for level in range(levels):
        structure, similarity = level_terms(x, y)
        terms.append(structure if level < levels - 1 else similarity)
        x, y = halved(x), halved(y)
    return np.prod(np.maximum(terms, 0) ** weights)


def ms_ssim(restored, original):
    channels = np.moveaxis(np.stack([restored, original]).astype(float), -1, 0)
    return np.mean([ms_ssim_of_channel(x, y) for x, y in channels])


def ssim(restored, original):
    return structural_similarity(original, restored, channel_axis=2, data_range=255)


def psnr(restored, original):
    with np.errstate(divide="ignore"):
        return peak_signal_noise_ratio(original, restored, data_range=255)


def delta_e(restored, original):
    return deltaE_ciede2000(rgb2lab(original), rgb2lab(restored)).mean()


def expected_scores(restored, original):
    side = min(original.shape[:2])
    return {"psnr": psnr(restored, original),
            "ssim": ssim(restored, original) if side >= 7 else None,
            "ms_ssim": ms_ssim(restored, original) if side >= WINDOW else None,
            "delta_e": delta_e(restored, original)}


def deviation_of_one_level(random):
    """How much one level's SSIM differs from scikit-image's: a check of the formulas above."""
    x, y = (random.integers(0, 256, (40, 50)).astype(float) for _ in range(2))
    expected = structural_similarity(x, y, gaussian_weights=True, sigma=1.5, data_range=255,
                                     use_sample_covariance=False)
    return abs(level_terms(x, y)[1] - expected)


# ---- the images, R G B ----

def noise(random, height, width):
    return random.integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(random, height, width):
    """Blobs of many sizes, as in photographs."""
    total = np.zeros((height, width, 3))
    for step in (1, 4, 16, 64):
        small = random.normal(size=(height // step + 2, width // step + 2, 3)) * step
        total += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + total, 0, 255).astype(np.uint8)


def noisy(random, image, spread):
    return np.clip(image + random.normal(size=image.shape) * spread, 0, 255).astype(np.uint8)


def pairs_of_sizes(random):
    sizes = [(side, side) for side in SQUARES] + list(OBLONGS)
    for height, width in sizes:
        size = f"{width}x{height}"
        image = smooth(random, height, width)
        yield f"{size}, noisy", noisy(random, image, 12), image
        yield f"{size}, blurred", cv2.GaussianBlur(image, (0, 0), 1.5), image
        yield f"{size}, unlike", noise(random, height, width), noise(random, height, width)
        yield f"{size}, negative", 255 - image, image
        yield f"{size}, identical", image, image


def pairs_of_colors(random):
    def flat(colors):
        return np.array(colors, dtype=np.uint8).reshape(1, -1, 3)

    corners = [(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)]
    yield "primaries", flat([x for x in corners for _ in corners]), flat(corners * len(corners))
    gray = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    yield "grays", gray, gray[:, ::-1]
    yield "grays and colors", gray, noise(random, 1, 256)
    near = random.integers(2, 254, (400, 400, 1))
    yield "near grays", *((near + random.integers(-2, 3, (400, 400, 3))).astype(np.uint8)
                          for _ in range(2))
    yield "dark", *(random.integers(0, 12, (300, 300, 3), dtype=np.uint8) for _ in range(2))
    blue = np.array([20, 30, 200]) + random.integers(-20, 21, (2, 300, 300, 3))
    yield "blues", *blue.astype(np.uint8)
    yield "all hues", noise(random, 500, 500), noise(random, 500, 500)


# ---- comparing ----

def found_scores(binary, folder, pairs):
    """A dictionary of scores, as text, for each pair."""
    paths = []
    for i, (_, *images) in enumerate(pairs):
        for kind, image in zip(("restored", "original"), images):
            paths.append(os.path.join(folder, f"{i}_{kind}.png"))
            cv2.imwrite(paths[-1], image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    run = subprocess.run([binary, *paths], check=True, stdout=subprocess.PIPE, text=True)
    return [dict(line.split() for line in part.splitlines())
            for part in run.stdout.strip().split("\n\n")]


def differences(found, expected):
    """Yield (score, absolute difference), which is infinite for a mismatch in kind."""
    for name, value in expected.items():
        text = found.pop(name, "missing")
        if value is None or text in ("too_small", "missing"):
            yield name, 0 if value is None and text == "too_small" else math.inf
        elif math.isinf(value):
            yield name, 0 if float(text) == value else math.inf
        else:
            yield name, abs(float(text) - value)
    for name in found:
        yield name, math.inf    # a score that nothing here checks


def main():
    binary, folder, *files = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(13)
    pairs = [*pairs_of_sizes(random), *pairs_of_colors(random)]
    for restored, original in zip(files[0::2], files[1::2]):
        pairs.append((restored, *(cv2.imread(path)[..., ::-1] for path in (restored, original))))
    worst, errors = dict.fromkeys(TOLERANCES, 0.0), []
    if not deviation_of_one_level(random) <= 1e-12:
        errors.append("the SSIM of one level differs from scikit-image's")
    found = found_scores(binary, folder, pairs)
    assert len(found) == len(pairs)
    for (name, *images), scores in zip(pairs, found):
        expected = expected_scores(*images)
        for score, difference in differences(scores, expected):
            worst[score] = max(worst.get(score, 0), difference)
            if not difference <= TOLERANCES.get(score, 0):
                errors.append(f"{name}: {score} is off by {difference:.3g}, "
                              f"expected {expected.get(score)!r}")
    print(*errors[:20], sep="\n")
    print(f"{len(pairs)} pairs, {len(errors)} errors; largest differences:",
          ", ".join(f"{name} {value:.2g}" for name, value in worst.items()))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
