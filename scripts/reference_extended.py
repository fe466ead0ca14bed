"""The extended features from p0_1_r on (docs/features.md) in Python, for reference.py.

Images are arrays of B, G, R samples, as OpenCV decodes them. Samples at standard size are 32-bit
floats, here as in the C code; sums and statistics are in double precision.
"""

import numpy as np
from scipy import ndimage

TONES_SIDE, DETAIL_SIDE = 128, 640
PERCENTS = (0.1, 1, 5, 25, 50, 75, 95, 99, 99.9)
SATURATION = (("least", (0.5, 5, 50, 95)), ("most", (5, 50, 95, 99.5)),
              ("chroma", (1, 5, 25, 50, 75, 95, 99)), ("saturation", (1, 5, 25, 50, 75, 95)))
BANDS = (.01, .02, .04, .06, .09, .13, .18, .24, .31, .39, .5, .71)
RATIOS = ("_ratio_rg", "_ratio_bg")


def tidy(percent):
    return str(percent).replace(".", "_")


# Standard size

def find_content(image):
    """The slices of the image inside its border."""
    def thickness(lines):
        most, count = len(lines) * 12 // 100, 0
        color = lines[0].mean(axis=0)

        def is_border(line):
            mean, square = line.mean(axis=0), (line.astype(np.int64) ** 2).mean(axis=0)
            return ((square - mean ** 2 <= 36 + 1e-9).all()
                    and (np.abs(mean - color) <= 6).all())
        if most == 0 or lines.shape[1] < 16:
            return 0
        while is_border(lines[count]):
            count += 1
            if count > most:
                return 0
        beyond = lines[count + len(lines) // 100]
        return count if np.abs(beyond - color).mean(axis=0).max() >= 24 else 0

    height, width = image.shape[:2]
    rows = slice(thickness(image), height - thickness(image[::-1]))
    across = image[rows].swapaxes(0, 1)
    return rows, slice(thickness(across), width - thickness(across[::-1]))


def shrink_weights(size, shrunk):
    """Integers: how much of each old pixel each new one covers, in 1 / shrunk pixels."""
    new, old = np.arange(shrunk)[:, None], np.arange(size)[None]
    return np.clip(np.minimum((new + 1) * size, (old + 1) * shrunk)
                   - np.maximum(new * size, old * shrunk), 0, None).astype(np.int64)


def standard_size(image, longest):
    """R, G, B planes of the shrunk image."""
    height, width = image.shape[:2]
    longer = max(height, width)
    longest = min(longest, longer)
    rows, columns = (max((2 * side * longest + longer) // (2 * longer), 1)
                     for side in (height, width))
    down, across = shrink_weights(height, rows), shrink_weights(width, columns)
    return [(down @ image[..., c].astype(np.int64) @ across.T / (float(width) * height))
            .astype(np.float32) for c in (2, 1, 0)]


def luma_of(planes):
    red, green, blue = planes
    return np.float32(.299) * red + np.float32(.587) * green + np.float32(.114) * blue


def ratio(a, b):
    return np.log((a + 2) / (b + 2))


def ratios(rgb):
    return [ratio(rgb[0], rgb[1]), ratio(rgb[2], rgb[1])]


def differences(rgb):
    return [rgb[0] - rgb[1], rgb[2] - rgb[1]]


def percentile(values, percent):
    return np.percentile(values.astype(np.float64), percent) if values.size else 0.0


# The groups: each yields names with their values

def tone_features(planes, content):
    luma = luma_of(planes)
    samples = np.stack(planes).reshape(3, -1).astype(np.float64)
    found = {}
    for percent in PERCENTS:
        rgb = np.percentile(samples, percent, axis=1)
        stem = "p" + tidy(percent)
        found.update(zip((stem + "_r", stem + "_g", stem + "_b"), rgb))
        found[stem + "_y"] = percentile(luma, percent)
        found.update(zip((stem + RATIOS[0], stem + RATIOS[1]), ratios(rgb)))
        found.update(zip((stem + "_diff_rg", stem + "_diff_bg"), differences(rgb)))
    for pair in ("rg", "bg"):
        found["consistency_" + pair] = found["p1_ratio_" + pair] - found["p99_ratio_" + pair]

    mean, std = samples.mean(axis=1), samples.std(axis=1)
    found.update(zip(("mean_r", "mean_g", "mean_b"), mean))
    found.update(zip(("std_r", "std_g", "std_b"), std))
    for stem, rgb in (("mean", mean), ("std", std),
                      ("norm6", (samples ** 6).mean(axis=1) ** (1 / 6))):
        found.update(zip((stem + RATIOS[0], stem + RATIOS[1]), ratios(rgb)))
    flat = luma.astype(np.float64).ravel()
    standard = (flat - flat.mean()) / (flat.std() + 1e-3)
    found["luma_skewness"], found["luma_kurtosis"] = (standard ** 3).mean(), (standard ** 4).mean()

    order = np.sort(luma, axis=None)
    for stem, part, bright in (("dark1", 100, False), ("dark5", 20, False),
                               ("bright1", 100, True), ("bright5", 20, True)):
        count = max(order.size // part, 1)
        chosen = luma.ravel() >= order[-count] if bright else luma.ravel() <= order[count - 1]
        rgb = samples[:, chosen].mean(axis=1)
        found.update(zip((stem + "_diff_rg", stem + "_diff_bg"), differences(rgb)))
        found.update(zip((stem + RATIOS[0], stem + RATIOS[1]), ratios(rgb)))
        found[stem + "_std"] = samples[:, chosen].std(axis=1).mean()

    height = luma.shape[0]
    for i, stem in enumerate(("top", "middle", "bottom")):
        rows = slice(i * height // 3, (i + 1) * height // 3)
        if rows.start == rows.stop:
            rows = slice(0, height)
        part = luma[rows].astype(np.float64)
        found[stem + "_luma"] = part.mean()
        found.update(zip((stem + RATIOS[0], stem + RATIOS[1]),
                         ratios([plane[rows].astype(np.float64).mean() for plane in planes])))
        found[stem + "_std"] = part.std()

    for name, channel in zip("rgb", (2, 1, 0)):
        values = content[..., channel]
        used = np.unique(values)
        span = int(used[-1]) - int(used[0]) + 1
        found["clip_low_" + name] = (values < 4).mean()
        found["clip_high_" + name] = (values > 251).mean()
        found["gaps_" + name] = (span - len(used)) / span
        found["min_" + name], found["max_" + name] = used[0], used[-1]
    return found


def principal_axis(matrix):
    """Eigenvalues in descending order, and the axis of the first."""
    values, vectors = np.linalg.eigh(matrix)
    values, axis = np.maximum(values[::-1], 0), vectors[:, 2]
    if values[1] >= values[0] * (1 - 1e-6):
        axis = np.full(3, 1 / np.sqrt(3))
    total = axis.sum()
    if abs(total) < 1e-9:
        total = next(part for part in axis if abs(part) >= 1e-9)
    return values, axis * (-1 if total < 0 else 1)


def bins_of(values, low, high, count):
    place = (values.ravel().astype(np.float64) - low) / (high - low) * count
    return np.clip(np.floor(place), 0, count - 1).astype(int)


def cast_features(planes):
    red, green, blue = planes
    least, most = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    kinds = {"least": least, "most": most, "chroma": most - least,
             "saturation": (most - least) / (most + np.float32(5))}
    found = {f"{kind}_p{tidy(percent)}": percentile(kinds[kind], percent)
             for kind, percents in SATURATION for percent in percents}

    eight = np.float32(8)
    casts = [np.log((channel + eight).astype(np.float64) / (green + eight).astype(np.float64))
             .astype(np.float32) for channel in (red, blue)]
    rg, bg = (cast.ravel().astype(np.float64) for cast in casts)
    found["cast_rg_median"], found["cast_bg_median"] = np.median(rg), np.median(bg)
    found["cast_rg_std"], found["cast_bg_std"] = rg.std(), bg.std()
    spread = min(rg.std(), bg.std()) > 1e-4
    found["cast_correlation"] = np.corrcoef(rg, bg)[0, 1] if spread else 0.0

    coarse = np.zeros((7, 7))
    np.add.at(coarse, (bins_of(casts[0], -.6, .6, 7), bins_of(casts[1], -.9, .6, 7)), 1)
    found.update({f"cast_{i}{j}": np.sqrt(coarse[i, j] / rg.size)
                  for i in range(7) for j in range(7)})
    fine = np.zeros((64, 64), np.int64)
    np.add.at(fine, (bins_of(casts[0], -.8, .8, 64), bins_of(casts[1], -1.2, .8, 64)), 1)
    binomial = np.array([1, 6, 15, 20, 15, 6, 1])
    smooth = ndimage.convolve(fine, np.outer(binomial, binomial), mode="constant")
    row, column = np.unravel_index(smooth.argmax(), smooth.shape)
    found["cast_rg_mode"] = -.8 + 1.6 * (row + .5) / 64
    found["cast_bg_mode"] = -1.2 + 2 * (column + .5) / 64
    found["cast_mode_share"] = smooth.max() / 4096 / rg.size

    samples = np.stack(planes).reshape(3, -1).astype(np.float64)
    centered = samples - samples.mean(axis=1, keepdims=True)
    values, axis = principal_axis(centered @ centered.T / rg.size)
    found["axis_rg"], found["axis_bg"] = differences(axis)
    found["axis_second"] = np.log((values[1] + .01) / (values[0] + .01))
    found["axis_third"] = np.log((values[2] + .01) / (values[0] + .01))

    across, down = (np.stack([ndimage.sobel(plane.astype(np.float64), axis, mode="mirror").ravel()
                              for plane in planes]) / 8 for axis in (1, 0))
    size = np.sqrt(across ** 2 + down ** 2)
    first, sixth = size.mean(axis=1), (size ** 6).mean(axis=1) ** (1 / 6)
    found.update(zip(("edge_ratio_rg", "edge_ratio_bg"), ratios(first)))
    found.update(zip(("edge6_ratio_rg", "edge6_ratio_bg"), ratios(sixth)))
    found["edge_mean"], found["edge6_mean"] = first.mean(), sixth.mean()
    values, axis = principal_axis((across @ across.T + down @ down.T) / (2 * rg.size))
    axis = np.abs(axis) + 1e-3
    found["edge_axis_rg"] = np.log(axis[0] / axis[1])
    found["edge_axis_bg"] = np.log(axis[2] / axis[1])
    found["edge_axis_second"] = np.log((values[1] + 1e-3) / (values[0] + 1e-3))
    found["edge_axis_third"] = np.log((values[2] + 1e-3) / (values[0] + 1e-3))
    return found


def inner(image, row, column):
    """The neighbors at this offset of the pixels that have all neighbors."""
    height, width = (max(side - 2, 0) for side in image.shape)
    return image[row + 1:row + 1 + height, column + 1:column + 1 + width]


def laplacian(image):
    return (inner(image, -1, 0) + inner(image, 1, 0) + (inner(image, 0, -1) + inner(image, 0, 1))
            - 4 * inner(image, 0, 0))


def mean(values):
    return values.mean(dtype=np.float64) if values.size else 0.0


def grain_features(planes, luma):
    columns = [inner(luma, -1, x) + inner(luma, 1, x) - 2 * inner(luma, 0, x) for x in (-1, 0, 1)]
    noise = np.abs(columns[0] + columns[2] - 2 * columns[1])
    found = {"grain_mean": np.log(mean(noise) + .05)}
    for percent in (5, 25, 50, 75, 95):
        found[f"grain_p{percent}"] = np.log(percentile(noise, percent) + .05)

    octave = luma
    for i in range(4):
        response = laplacian(octave).astype(np.float64)
        found[f"octave{i}_mean"] = np.log(mean(np.abs(response)) + .01)
        found[f"octave{i}_kurtosis"] = np.log(1 + mean(response ** 4)
                                              / (mean(response ** 2) ** 2 + 1e-6))
        for percent in (25, 99):
            found[f"octave{i}_p{percent}"] = np.log(percentile(np.abs(response), percent) + .05)
        even = octave[:octave.shape[0] // 2 * 2, :octave.shape[1] // 2 * 2]
        octave = (even[::2, ::2] + even[::2, 1::2] + (even[1::2, ::2] + even[1::2, 1::2])) / 4
    for i in range(1, 4):
        found[f"octave_slope_{i}"] = found[f"octave{i}_mean"] - found[f"octave{i - 1}_mean"]

    fine = {name: laplacian(plane) for name, plane in zip("rgby", (*planes, luma))}
    square = {name: mean(values.astype(np.float64) ** 2) for name, values in fine.items()}
    for name in "rb":
        product = mean(fine[name].astype(np.float64) * fine["g"])
        found[f"noise_correlation_{name}g"] = product / (np.sqrt(square[name] * square["g"]) + .1)
    for name, scale in (("r", .713), ("b", .564)):
        found["chroma_noise_" + name] = (np.log(scale * mean(np.abs(fine[name] - fine["y"])) + .05)
                                         - np.log(mean(np.abs(fine["y"])) + .01))
    return found


def blur(image, sigma):
    radius = int(np.ceil(3 * sigma))
    weights = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma * sigma))
    weights = (weights / weights.sum()).astype(np.float32)[radius:]
    for axis in (0, 1):
        size = image.shape[axis]
        padded = np.pad(image, [(radius, radius) if i == axis else (0, 0) for i in (0, 1)],
                        mode="reflect")
        parts = [np.take(padded, range(i, i + size), axis) for i in range(2 * radius + 1)]
        image = weights[0] * parts[radius]
        for i in range(1, radius + 1):
            image = image + weights[i] * (parts[radius - i] + parts[radius + i])
    return image


def steps(image):
    return [np.abs(np.diff(image, axis=axis)) for axis in (1, 0)]


def blur_features(luma, corner):
    found = {}
    before = mean(np.concatenate([part.ravel() for part in steps(luma)])) + .01
    for sigma in (0.5, 1, 2, 4):
        after = mean(np.concatenate([part.ravel() for part in steps(blur(luma, sigma))])) + .01
        found["reblur_" + tidy(sigma)] = np.log(after / before)

    height, width = luma.shape
    window = np.outer(*(np.sin(np.pi * (np.arange(side) + .5) / side) ** 2
                        for side in (height, width)))
    centered = luma.astype(np.float64) - mean(luma)
    power = np.abs(np.fft.rfft2(centered * window)) ** 2 / (window ** 2).sum()
    fy, fx = np.arange(height), np.arange(width // 2 + 1) / width
    fy = np.where(fy <= height // 2, fy, fy - height) / height
    square = fx[None] ** 2 + fy[:, None] ** 2
    for i in range(11):
        band = (square >= BANDS[i] * BANDS[i]) & (square < BANDS[i + 1] * BANDS[i + 1])
        found[f"band_{i}"] = np.log((power[band].mean() if band.any() else 0) + .01)
    for i in range(1, 11):
        found[f"band_step_{i}"] = found[f"band_{i}"] - found[f"band_{i - 1}"]

    soft = blur(luma, .6)
    step = np.abs(np.diff(soft, axis=1))
    strong = percentile(step, 98)
    around = np.pad(soft, ((0, 0), (3, 4)), mode="edge")
    windows = np.stack([around[:, i:i + width] for i in range(8)])
    width_px = ((windows.max(axis=0) - windows.min(axis=0))[:, :-1] / (step + np.float32(.5)))
    found["edge_width"] = percentile(width_px[step >= strong], 50)
    found["edge_p98"] = np.log(strong + .1)
    wide = step.astype(np.float64)
    found["edge_kurtosis"] = np.log((mean(wide ** 4) + .1) / (mean(wide ** 2) ** 2 + .1))

    for name, part, offset in zip("xy", (steps(luma)[0], steps(luma)[1].T), corner):
        border = (np.arange(part.shape[1]) + offset) % 8 == 7
        within = mean(part[:, ~border])
        across = mean(part[:, border]) if part[:, border].size else within
        found["block_step_" + name] = np.log((across + .05) / (within + .05))
    return found


def measure(image):
    """A dictionary of these features, in the order of the columns."""
    rows, columns = find_content(image)
    content = image[rows, columns]
    tones, detail = standard_size(content, TONES_SIDE), standard_size(content, DETAIL_SIDE)
    luma = luma_of(detail)
    found = {**tone_features(tones, content), **cast_features(tones),
             **grain_features(detail, luma), **blur_features(luma, (columns.start, rows.start))}
    return {name: float(value) for name, value in found.items()}


NAMES = list(measure(np.zeros((8, 8, 3), np.uint8)))
