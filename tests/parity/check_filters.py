#!/usr/bin/python3
"""Compare filters with OpenCV, and the Wiener filter with its definition in NumPy.

Exit status: 0 if all agree, else 1.
"""

import argparse
import subprocess
import sys

import cv2
import numpy as np

SIZES = [(1, 1), (1, 9), (7, 1), (3, 5), (37, 23), (131, 67)]


def names(sigma, strength, gray_range, noise, scale=1):
    return {"sigma": sigma, "strength": strength, "range": gray_range, "noise": noise,
            "scale": scale}


def gaussian_weights(sigma):
    """OpenCV's kernel for 8 bits, in 1/256: see docs/definitions.md."""
    taps = int(round(6 * sigma + 1)) | 1
    values = np.exp(-0.125 * (2.0 * np.arange(taps) - (taps - 1)) ** 2 / sigma ** 2)
    values /= values.sum()
    weights, carried = np.zeros(taps, dtype=np.int64), 0.0
    for i in range(taps // 2):
        wanted = 256 * values[i] + carried
        weights[i] = weights[-1 - i] = np.rint(wanted)
        carried = wanted - weights[i]
    weights[taps // 2] = 256 - weights.sum()
    return weights


def blurred(image, sigma):
    """cv2.GaussianBlur of 8 bits; the same integers for 16."""
    if image.dtype == np.uint8:
        return cv2.GaussianBlur(image, (0, 0), sigma)
    weights = gaussian_weights(sigma)
    radius = len(weights) // 2
    padded = cv2.copyMakeBorder(image, radius, radius, radius, radius, cv2.BORDER_REFLECT_101)
    padded = padded.astype(np.int64)
    rows = sum(w * padded[i:i + image.shape[0]] for i, w in enumerate(weights))
    total = sum(w * rows[:, i:i + image.shape[1]] for i, w in enumerate(weights))
    return ((total + 32768) >> 16).astype(np.uint16)


def sharpened(image, sigma, strength):
    if image.dtype == np.uint8:
        return cv2.addWeighted(image, 1 + strength, blurred(image, sigma), -strength, 0)
    sharp = image * (1 + strength) - blurred(image, sigma) * strength
    return np.clip(np.rint(sharp), 0, 65535).astype(np.uint16)


def bilateral(image, sigma, gray_range):
    """OpenCV's for 8 bits; the definition in double for 16."""
    if image.dtype == np.uint8:
        return cv2.bilateralFilter(image, 5, gray_range, sigma)
    padded = cv2.copyMakeBorder(image, 2, 2, 2, 2, cv2.BORDER_REFLECT_101).astype(float)
    height, width = image.shape[:2]
    total, weights = np.zeros(image.shape), np.zeros((height, width, 1))
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            if dx * dx + dy * dy > 4:
                continue
            other = padded[2 + dy:2 + dy + height, 2 + dx:2 + dx + width]
            difference = np.abs(other - image).sum(axis=2, keepdims=True)
            weight = np.exp(-0.5 * (dx * dx + dy * dy) / sigma ** 2
                            - 0.5 * (difference / (257 * gray_range)) ** 2)
            total += weight * other
            weights += weight
    return np.rint(total / weights).astype(np.uint16)


def wiener_kernel(sigma, noise):
    radius = min(int(np.ceil(10 * sigma)) + 4, 64)
    f = np.fft.fftfreq(2 * radius + 1)
    blur = np.exp(-2 * np.pi ** 2 * sigma ** 2 * (f[:, None] ** 2 + f ** 2))
    gain = blur / (blur ** 2 + noise) * (1 + noise)
    return np.fft.fftshift(np.fft.ifft2(gain).real)


def wiener(image, sigma, noise):
    """The definition in double precision, neither rounded nor clipped."""
    kernel = wiener_kernel(sigma, noise)
    radius = kernel.shape[0] // 2
    padded = cv2.copyMakeBorder(image, radius, radius, radius, radius, cv2.BORDER_REFLECT_101)
    shape = [side + 2 * radius for side in padded.shape[:2]]
    spectrum = np.fft.rfft2(kernel, shape)
    channels = [np.fft.irfft2(np.fft.rfft2(padded[..., c].astype(float), shape) * spectrum, shape)
                for c in range(image.shape[2])]
    end = [2 * radius + side for side in image.shape[:2]]
    return np.dstack(channels)[2 * radius:end[0], 2 * radius:end[1]]


def averaging(size, smaller):
    """The matrix that shrinks rows of this size by area averaging."""
    edges = np.arange(smaller + 1) * size / smaller
    pixels = np.arange(size)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.maximum(covered, 0) * smaller / size


def enlarging(smaller, size):
    """The matrix that enlarges rows bilinearly, with the centers of the pixels aligned."""
    at = np.clip((np.arange(size) + 0.5) * smaller / size - 0.5, 0, smaller - 1)
    left = at.astype(int)
    matrix = np.zeros((size, smaller))
    np.add.at(matrix, (np.arange(size), left), 1 - (at - left))
    np.add.at(matrix, (np.arange(size), np.minimum(left + 1, smaller - 1)), at - left)
    return matrix


def resized(image, rows, columns):
    """The image with its rows and columns combined by these matrices."""
    return np.einsum("ij,jkc,lk->ilc", rows, image, columns, optimize=True)


def scaled(image, name, values):
    """A filter that works on the smaller image; its numbers there are the samples' neighbors."""
    height, width, unit = *image.shape[:2], 65535 // np.iinfo(image.dtype).max
    longer = max(height, width)
    longest = max(1, int(np.rint(longer * values["scale"])))
    shape = [max(1, (2 * side * longest + longer) // (2 * longer)) for side in (height, width)]
    down, up = ([make(a, b) for a, b in zip(first, second)] for make, first, second in
                ((averaging, (height, width), shape), (enlarging, shape, (height, width))))
    small = resized(unit * image.astype(float), *down)
    small = np.rint(small).astype(np.uint16)
    changes = filter_numbers(small, name, values) - small.astype(float)
    numbers = image + resized(changes, *up) / unit
    return np.clip(np.rint(numbers), 0, np.iinfo(image.dtype).max)


def filter_numbers(image, name, values):
    """The numbers of a 16-bit image of 3 channels, neither rounded nor clipped."""
    sigma, strength = values["sigma"], values["strength"]
    if name == "wiener":
        return wiener(image, sigma, values["noise"])
    if name == "bilateral":
        image = bilateral(image, sigma, values["range"])
    if name == "unsharp" or (name == "bilateral" and strength):
        return image * (1 + strength) - blurred(image, sigma) * strength
    if name == "bilateral":
        return image.astype(float)
    return expected(image, name, {**values, "scale": 1})[0].astype(float)


def expected(image, name, values):
    """The filtered image of 3 channels, and the deviation allowed."""
    sigma, strength = values["sigma"], values["strength"]
    if values["scale"] < 1:
        return scaled(image, name, values), 1 if image.dtype == np.uint8 else 6
    if name == "gaussian":
        return blurred(image, sigma), 0
    if name == "unsharp":
        return sharpened(image, sigma, strength), 0
    if name == "median":
        return cv2.medianBlur(image, 3), 0
    if name == "wiener":
        largest = np.iinfo(image.dtype).max
        numbers = wiener(image, sigma, values["noise"])
        return np.clip(np.rint(numbers), 0, largest), 1 if largest == 255 else 4
    smooth = bilateral(image, sigma, values["range"])
    return (sharpened(smooth, sigma, strength) if strength else smooth), 1 + 2 * strength


def run(program, image, name, values):
    """The filtered samples, and the numbers or None."""
    height, width, channels = image.shape
    depth = image.dtype.itemsize * 8
    command = [program, name, *(str(values[key]) for key in names(0, 0, 0, 0)),
               str(width), str(height), str(channels), str(depth)]
    out = subprocess.run(command, input=np.moveaxis(image, 2, 0).tobytes(), check=True,
                         stdout=subprocess.PIPE).stdout
    planes = np.frombuffer(out[:image.nbytes], image.dtype).reshape(channels, height, width)
    rest = np.frombuffer(out[image.nbytes:], np.float32)
    numbers = np.moveaxis(rest.reshape(channels, height, width), 0, 2) if len(rest) else None
    return np.moveaxis(planes, 0, 2), numbers


def images(photographs):
    """Random, smooth and photographic images with 3 channels and 8 bits."""
    random = np.random.default_rng(7)
    for width, height in SIZES:
        yield random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        yield cv2.GaussianBlur(random.integers(0, 256, (height, width, 3), dtype=np.uint8),
                               (0, 0), 3)
        yield random.choice(np.array([0, 255], dtype=np.uint8), (height, width, 3))
    for path, size in zip(photographs, (101, 301)):
        yield cv2.imread(path, cv2.IMREAD_COLOR)[:size, :size + 102, ::-1]


def forms(image):
    """The image with 8 and 16 bits, and its first channel alone."""
    random = np.random.default_rng(image.shape[0])
    deep = image.astype(np.uint16) * 257
    noise = random.integers(0, 257, image.shape, dtype=np.uint16)
    for form in (image, np.where(deep > 65535 - 257, deep, deep + noise).astype(np.uint16)):
        yield form
        yield form[..., :1]


def check(program, image, name, values):
    """Return the largest deviation, or an error message."""
    repeated = np.ascontiguousarray(np.repeat(image, 3 // image.shape[2], axis=2))
    wanted, allowed = expected(repeated, name, values)
    found, numbers = run(program, image, name, values)
    wanted = wanted.reshape(repeated.shape)[..., :image.shape[2]]
    deviation = np.abs(wanted.astype(float) - found).max()
    if deviation > allowed:
        return f"deviates by {deviation}"
    if numbers is not None and not np.array_equal(np.clip(np.rint(numbers), 0, 255), found):
        return "its numbers, rounded and clipped, are not its samples"
    return deviation


CASES = [("gaussian", names(s, 0, 0, 0)) for s in (0.1, 0.5, 0.7, 1.3, 4)]
CASES += [("unsharp", names(s, k, 0, 0)) for s, k in ((0.6, 0.5), (1.5, 1.3))]
CASES += [("median", names(0, 0, 0, 0))]
CASES += [("bilateral", names(s, k, r, 0)) for s, k, r in
          ((1.5, 0, 20), (2, 0, 40), (0.5, 0, 1), (20, 0, 255), (1.5, 0.7, 20), (2, 1.5, 90))]
CASES += [("wiener", names(s, 0, 0, n)) for s, n in
          ((0.8, 0.01), (0.8, 0.05), (1.3, 0.01), (2, 0.05), (0.3, 0.0001), (0.05, 10), (7, 0.1))]
CASES += [(name, {**values, "scale": scale}) for scale in (0.1, 0.35, 0.9) for name, values in
          (("gaussian", names(0.7, 0, 0, 0)), ("unsharp", names(1.5, 1.3, 0, 0)),
           ("median", names(0, 0, 0, 0)), ("bilateral", names(1.5, 0, 20, 0)),
           ("bilateral", names(2, 1.5, 40, 0)), ("wiener", names(1.3, 0, 0, 0.01)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program", metavar="FILTER_VALUES_BINARY")
    parser.add_argument("photographs", nargs="+", metavar="IMAGE")
    args = parser.parse_args()
    errors, count, largest = [], 0, {}
    for image in images(args.photographs):
        for form in forms(image):
            for name, values in CASES:
                result = check(args.program, form, name, values)
                key = f"{name} {8 * form.dtype.itemsize} bits"
                count += 1
                if isinstance(result, str):
                    errors.append(f"{name} {values}, {form.shape} of {form.dtype}: {result}")
                else:
                    largest[key] = max(result, largest.get(key, 0))
    print(f"{count} images filtered; largest deviation: "
          + ", ".join(f"{key} {value:g}" for key, value in largest.items()))
    for error in errors[:40]:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
