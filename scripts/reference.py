#!/usr/bin/python3
"""docs/definitions.md in Python: the independent twin the C code is checked against.

Everything that can be is left to the libraries the definitions name: OpenCV decodes, blurs,
sharpens and resizes, scikit-image scores, NumPy transforms. Slow on purpose, never clever.
"""

import argparse
import csv
import hashlib
import itertools
import os
import sys

import cv2
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

import reference_extended

EXTENSIONS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
SMALLEST_SIDE_PX = 7        # the SSIM window
LOW_FREQ_RADIUS_PX = 30     # half the side of the low frequency box
PEAK = 255

FEATURES = [
    "mean", "std_dev", "skewness", "kurtosis", "low_freq_energy", "high_freq_energy",
    "energy_ratio", "radial_center", "radial_25", "radial_50", "radial_75", "radial_edge",
    "color_balance_need", "sharpening_need",
]
EXTENDED = [f"{color}_{value}" for color in ("red", "green", "blue")
            for value in ("mean", "std", "low", "high", "center")] + [
    "noise_mean", "noise_median", "detail", "detail_slope_1", "detail_slope_2",
    "detail_slope_3", "block_contrast",
] + reference_extended.NAMES
SCORES = ["similarity_score", "psnr", "ssim"]
SETTING = ["color_method", "sharpen_sigma", "sharpen_strength"]
TRAINING_COLUMNS = (["filename"] + SCORES + FEATURES
                    + ["color_method", "apply_color_correction"] + SETTING[1:])
TRIAL_COLUMNS = ["filename"] + SETTING + SCORES

DEFAULT_GRID = {
    "color": ["white_balance", "none"],
    "sigma": [0.5, 1.0, 1.5, 2.0],
    "strength": [0.5, 1.0, 1.5, 2.0, 2.5],
}
UNTOUCHED = ("none", 0.0, 0.0)
LEVELS_SHARE = 200          # one sample of so many may be cut off at either end
STRETCH_SHARE = 2000


class PairError(Exception):
    """A pair (or a file) that gives no row; the text says why."""


# The grid: section 3

def parse_axis(text):
    """'0.5,1' or '0.5:2:0.5' (inclusive) -> list of floats; steps are cut to 12 digits."""
    values = []
    for item in text.split(","):
        if ":" in item:
            first, last, step = map(float, item.split(":"))
            count = int((last - first) / step + 1e-9) + 1
            values += [float(f"{first + i * step:.12g}") for i in range(count)]
        else:
            values.append(float(item))
    return values


def parse_grid(text):
    """'color=none;sigma=0.5:2:0.5;strength=1' -> dict; a missing axis takes its default."""
    grid = dict(DEFAULT_GRID)
    for axis in filter(None, (text or "").split(";")):
        name, _, values = axis.partition("=")
        if name not in grid:
            raise ValueError(f"unknown axis in the grid: {name!r}")
        grid[name] = values.split(",") if name == "color" else parse_axis(values)
    if not set(grid["color"]) <= set(COLOR_METHODS):
        raise ValueError(f"unknown color method in the grid: {','.join(grid['color'])}")
    return grid


def number_text(value):
    """0.5 -> '0.5', 1.0 -> '1'."""
    return f"{value:.12g}"


def setting_texts(setting):
    method, sigma, strength = setting
    return [method, number_text(sigma), number_text(strength)]


# Files: sections 1 and 2

def decode(path):
    """The image as H x W x 3 bytes in OpenCV's channel order: B, G, R."""
    image = cv2.imread(os.fspath(path))
    if image is None:
        raise PairError(f"{path}: cannot be decoded")
    return image


def image_names(folder):
    with os.scandir(folder) as entries:
        return {e.name for e in entries
                if e.is_file() and os.path.splitext(e.name)[1].lower() in EXTENSIONS}


def pair_names(damaged_dir, undamaged_dir):
    """File names present in both folders, ordered as bytes."""
    return sorted(image_names(damaged_dir) & image_names(undamaged_dir), key=os.fsencode)


def decode_pair(damaged_path, undamaged_path):
    damaged, undamaged = decode(damaged_path), decode(undamaged_path)
    if min(undamaged.shape[:2]) < SMALLEST_SIDE_PX:
        raise PairError(f"{undamaged_path}: a side is under {SMALLEST_SIDE_PX} px")
    return damaged, undamaged


# Restoration: section 3

def white_balance(image):
    """Grey world: every channel's mean moves to 128; a channel of mean 0 stays as it is."""
    balanced = image.copy()
    for c in range(3):
        mean = image[:, :, c].mean(dtype=np.float64)
        if mean > 0:
            balanced[:, :, c] = np.clip(image[:, :, c] * (128 / mean), 0, 255).astype(np.uint8)
    return balanced


def stretched_between(image, share):
    """Every channel stretched to 0..255 from its ceil(n / share)-th least and greatest sample."""
    stretched = image.copy()
    for c in range(3):
        samples = np.sort(image[:, :, c], axis=None).astype(np.float64)
        tail = -(-samples.size // share)
        low, high = samples[tail - 1], samples[-tail]
        if high > low:
            stretched[:, :, c] = np.rint(np.clip((image[:, :, c] - low) * 255 / (high - low),
                                                 0, 255)).astype(np.uint8)
    return stretched


def levels(image):
    """Auto levels: from the 0.5th and 99.5th percentile."""
    return stretched_between(image, LEVELS_SHARE)


def stretch(image):
    """The same from the 0.05th and 99.95th percentile."""
    return stretched_between(image, STRETCH_SHARE)


COLOR_METHODS = {"white_balance": white_balance, "none": np.copy, "levels": levels,
                 "stretch": stretch}


def fit(image, shape):
    """The image in the height and width of `shape`; a copy of the same size is the same."""
    height, width = shape[:2]
    if image.shape[:2] == (height, width):
        return image
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)


def restorations(damaged, shape, grid):
    """Yield (setting, restored image in the size of `shape`) in grid order."""
    for method in grid["color"]:
        base = COLOR_METHODS[method](damaged)
        for sigma in grid["sigma"]:
            blurred = cv2.GaussianBlur(base, (0, 0), sigma)
            for strength in grid["strength"]:
                sharp = cv2.addWeighted(base, 1 + strength, blurred, -strength, 0)
                yield (method, sigma, strength), fit(sharp, shape)


# Scores: section 4

def scores(undamaged, restored):
    """(similarity_score, psnr, ssim)"""
    with np.errstate(divide="ignore"):      # identical images: +inf
        psnr = float(peak_signal_noise_ratio(undamaged, restored, data_range=PEAK))
    ssim = float(structural_similarity(undamaged, restored, channel_axis=2, data_range=PEAK))
    return 0.5 * psnr / 50 + 0.5 * ssim, psnr, ssim


# Features: section 5

def low_frequency_box(shape):
    """Mask of the box around the centre of a shifted spectrum, clamped to the image."""
    mask = np.zeros(shape, bool)
    rows, cols = (slice(max(size // 2 - LOW_FREQ_RADIUS_PX, 0), size // 2 + LOW_FREQ_RADIUS_PX)
                  for size in shape)
    mask[rows, cols] = True
    return mask


def spectrum(grey):
    """Absolute values of the Fourier transform, frequency 0 in the centre."""
    return np.abs(np.fft.fftshift(np.fft.fft2(grey)))


def radial_samples(magnitude):
    """The radial profile at 0, 1/4, 1/2, 3/4 and the end of its length."""
    cy, cx = magnitude.shape[0] // 2, magnitude.shape[1] // 2
    length = min(cy, cx)
    if length < 5:
        return [0.0] * 5
    y, x = np.indices(magnitude.shape)
    radius = np.sqrt((y - cy) ** 2 + (x - cx) ** 2).astype(int)
    samples = [0, length // 4, length // 2, 3 * length // 4, length - 1]
    return [magnitude[radius == r].mean() for r in samples]


def color_balance_need(image):
    channels = image.reshape(-1, 3).astype(np.float64)
    mu, sd = channels.mean(axis=0), channels.std(axis=0)
    overall = mu.mean()
    deviation = np.abs(mu - overall).mean() / overall if overall > 0 else 0.0
    cast = (mu.max() - mu.min()) / mu.max() if mu.max() > 0 else 0.0
    variation = sd.std() / (sd.mean() + 1e-6)
    return min(0.4 * deviation + 0.4 * cast + 0.2 * min(variation, 1.0), 1.0)


def sharpening_need(image):
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)      # R and B exchanged: the notebook's quirk
    laplacian = max(0.0, 1 - cv2.Laplacian(grey, cv2.CV_64F).var() / 500)

    magnitude = spectrum(grey)
    total = magnitude.sum()
    outside = magnitude[~low_frequency_box(grey.shape)].sum() / total if total > 0 else 0.0
    frequency = max(0.0, 1 - outside / 0.5)

    dx = cv2.Sobel(grey, cv2.CV_64F, 1, 0, ksize=3)
    dy = cv2.Sobel(grey, cv2.CV_64F, 0, 1, ksize=3)
    edges = max(0.0, 1 - np.sqrt(dx ** 2 + dy ** 2).mean() / 30)

    return min(max(0.4 * laplacian + 0.3 * frequency + 0.3 * edges, 0.0), 1.0)


def features(image):
    """The 14 features in the order of FEATURES."""
    magnitude = 20 * np.log(spectrum(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)) + 1)
    mean, std = magnitude.mean(), magnitude.std()
    flat = std <= 1e-9 * mean       # what is left of a std of 0 is rounding noise
    standard = None if flat else (magnitude - mean) / std
    skewness = 0.0 if flat else (standard ** 3).mean()
    kurtosis = 0.0 if flat else (standard ** 4).mean() - 3

    box = low_frequency_box(magnitude.shape)
    low = magnitude[box].mean()
    high = magnitude[~box].mean() if not box.all() else 0.0
    ratio = high / low if low > 0 else 0.0

    values = [mean, std, skewness, kurtosis, low, high, ratio, *radial_samples(magnitude),
              color_balance_need(image), sharpening_need(image)]
    return [float(value) for value in values]


def extended_features(image):
    """The extended features in the order of EXTENDED (docs/features.md)."""
    count = image.shape[0] * image.shape[1]
    tail = (count + 99) // 100
    values = []
    for channel in (2, 1, 0):
        samples = np.sort(image[..., channel], axis=None).astype(np.float64)
        low, high = samples[tail - 1], samples[count - tail]
        center = (samples.mean() - low) / (high - low) if high > low else 0.0
        values += [samples.mean(), samples.std(), low, high, center]

    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int64)
    mask = np.outer([1, -2, 1], [1, -2, 1])
    response = np.sort(np.abs(valid_filter(grey, mask)), axis=None)
    if response.size:
        values += [np.sqrt(np.pi / 2) / 6 * response.mean(),
                   1.4826 / 6 * response[(response.size + 1) // 2 - 1]]
    else:
        values += [0.0, 0.0]

    detail, reduced = [], grey
    for scale in range(4):
        laplacian = np.abs(valid_filter(reduced, np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])))
        detail.append(np.log((laplacian.mean() if laplacian.size else 0) / 4 ** scale + 0.01))
        even = reduced[:reduced.shape[0] // 2 * 2, :reduced.shape[1] // 2 * 2]
        reduced = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    values += [detail[0], *np.diff(detail)]

    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    borders = np.concatenate([across[:, 7::8].ravel(), down[7::8].ravel()])
    steps = np.concatenate([across.ravel(), down.ravel()])
    blocks = borders.mean() / steps.mean() if borders.size and steps.any() else 1.0
    return [*(float(value) for value in [*values, blocks]),
            *reference_extended.measure(image).values()]


def valid_filter(image, mask):
    """Correlation with a 3x3 mask where it lies inside the image."""
    height, width = max(image.shape[0] - 2, 0), max(image.shape[1] - 2, 0)
    return sum((mask[dy, dx] * image[dy:dy + height, dx:dx + width]
                for dy in range(3) for dx in range(3)), np.zeros((height, width), np.int64))


# Whole pairs: section 6

def search_pair(name, damaged, undamaged, grid):
    """(training row, trial rows): the untouched image is the last trial and never the winner."""
    trials = [(setting, scores(undamaged, restored))
              for setting, restored in restorations(damaged, undamaged.shape, grid)]
    (method, *sharpening), best = max(trials, key=lambda trial: trial[1][0])    # first of a tie
    trials.append((UNTOUCHED, scores(undamaged, fit(damaged, undamaged.shape))))

    row = [name, *best, *features(damaged), method, int(method != "none"),
           *map(number_text, sharpening)]
    return row, [[name, *setting_texts(setting), *values] for setting, values in trials]


def search(damaged_dir, undamaged_dir, grid):
    """(training rows, trial rows, [(name, reason) of pairs that gave none])"""
    rows, trials, failures = [], [], []
    for name in pair_names(damaged_dir, undamaged_dir):
        try:
            pair = decode_pair(os.path.join(damaged_dir, name), os.path.join(undamaged_dir, name))
            row, pair_trials = search_pair(name, *pair, grid)
        except PairError as error:
            failures.append((name, str(error)))
        else:
            rows.append(row)
            trials += pair_trials
    return rows, trials, failures


def rgb_digest(image):
    return hashlib.sha256(image[:, :, ::-1].tobytes()).hexdigest()


def digests(damaged_path, undamaged_path, grid):
    """CSV lines: setting and SHA-256 of the restored image's R, G, B bytes."""
    damaged, undamaged = decode_pair(damaged_path, undamaged_path)
    return [",".join([*setting_texts(setting), rgb_digest(restored)])
            for setting, restored in restorations(damaged, undamaged.shape, grid)]


def pixels(path):
    """'width height sha256' of the decoded image's R, G, B bytes."""
    image = decode(path)
    height, width = image.shape[:2]
    return f"{width} {height} {rgb_digest(image)}"


# The command line

def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        csv.writer(file, lineterminator="\n").writerows(itertools.chain([header], rows))


def command_search(args):
    rows, trials, failures = search(args.damaged, args.undamaged, parse_grid(args.grid))
    write_csv(args.output, TRAINING_COLUMNS, rows)
    if args.trials:
        write_csv(args.trials, TRIAL_COLUMNS, trials)
    for name, reason in failures:
        print(f"skipped {name}: {reason}", file=sys.stderr)
    return 1 if failures else 0


def command_features(args):
    images = [(path, decode(path)) for path in args.files]
    rows = [[path, *features(image)] + (extended_features(image) if args.extended else [])
            for path, image in images]
    write_csv(args.output, ["filename"] + FEATURES + EXTENDED * args.extended, rows)


def command_digests(args):
    print(",".join(SETTING + ["sha256"]))
    print(*digests(args.damaged, args.undamaged, parse_grid(args.grid)), sep="\n")


def command_pixels(args):
    print(pixels(args.file))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name, run, help_text):
        command = commands.add_parser(name, help=help_text)
        command.set_defaults(run=run)
        return command

    command = add("search", command_search, "the training rows of two folders")
    command.add_argument("damaged", metavar="DAMAGED_DIR")
    command.add_argument("undamaged", metavar="UNDAMAGED_DIR")
    command.add_argument("-o", "--output", required=True, metavar="CSV")
    command.add_argument("--trials", metavar="CSV", help="every combination's scores")
    command.add_argument("--grid", help="'color=white_balance,none;sigma=0.5:2:0.5;strength=1'")

    command = add("features", command_features, "the features of each file")
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--extended", action="store_true", help="the extended ones too")
    command.add_argument("-o", "--output", required=True, metavar="CSV")

    command = add("digests", command_digests, "SHA-256 of every restored image of one pair")
    command.add_argument("damaged", metavar="DAMAGED")
    command.add_argument("undamaged", metavar="UNDAMAGED")
    command.add_argument("--grid")

    command = add("pixels", command_pixels, "size and SHA-256 of one decoded image")
    command.add_argument("file", metavar="FILE")
    return parser.parse_args()


def main():
    args = parse_arguments()
    try:
        return args.run(args)
    except (PairError, ValueError) as error:
        print(f"reference.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
