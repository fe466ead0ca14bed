#!/usr/bin/python3
"""Regenerate data/sample and data/README.md: real images, damaged the way old prints are.

The images come with scikit-image (Debian: python3-skimage). The same library versions give the
same files: every pair draws from a generator seeded by its name.
"""

import argparse
import io
import os
import zlib
from typing import NamedTuple

import cv2
import numpy as np
import skimage
from PIL import Image

PICTURES = os.path.join(os.path.dirname(skimage.__file__), "data")
SCIKIT_IMAGE = "https://scikit-image.org/docs/0.19.x/api/skimage.data.html"

# file -> (what it shows, author, licence, origin), as scikit-image's documentation states them
SOURCES = {
    "astronaut.png": ("Eileen Collins", "NASA", "public domain", "https://flic.kr/p/r9qvLn"),
    "camera.png": ("Photographer", "Lav Varshney", "CC0", SCIKIT_IMAGE),
    "chelsea.png": ("Chelsea the cat", "Stefan van der Walt", "CC0", SCIKIT_IMAGE),
    "coffee.png": ("Coffee cup, courtesy of Pikolo Espresso Bar", "Rachel Michetti", "CC0",
                   SCIKIT_IMAGE),
    "grass.png": ("Grass", "linolafett", "CC0",
                  "https://www.deviantart.com/linolafett/art/Grass-01-434853879"),
    "gravel.png": ("Gravel", "CC0Textures", "CC0",
                   "https://cc0textures.com/view.php?tex=Gravel04"),
    "hubble_deep_field.jpg": (
        "Hubble eXtreme Deep Field", "NASA", "public domain",
        "http://hubblesite.org/newscenter/archive/releases/2012/37/image/a/"),
    "retina.jpg": (
        "Normal left eye", "Mikael Häggström", "CC0 1.0",
        "https://commons.wikimedia.org/wiki/File:Fundus_photograph_of_normal_left_eye.jpg"),
    "rocket.jpg": ("DSCOVR on a Falcon 9", "SpaceX", "public domain",
                   "https://www.flickr.com/photos/spacexphotos/16511594820/in/photostream/"),
}


# Damages: (generator, H x W x 3 floats in 0..255, parameters) -> the same kind of image

def fade(_, image, contrast, lift):
    """Less contrast, and blacks that are grey."""
    return image * contrast + lift


def tint(_, image, red, green, blue):
    """Dyes that faded unequally: a gain per channel."""
    return image * (red, green, blue)


def yellow(_, image, amount):
    """Yellowed paper, most visible in the lights: blue goes first, then a little green."""
    lightness = image.mean(axis=2, keepdims=True) / 255
    return image - lightness * amount * np.array([0, 14, 70])


def blur(_, image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma)


def grain(rng, image, strength):
    """Film grain: noise common to the channels, clumped to about a pixel."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, image.shape[:2]), (0, 0), 0.6)
    return image + (noise * strength / noise.std())[:, :, None]


def noise(rng, image, strength):
    """A scanner's noise: independent in every sample."""
    return image + rng.normal(0, strength, image.shape)


def scratches(rng, image, count):
    """Thin light or dark lines, nearly upright, as from a film gate."""
    height, width = image.shape[:2]
    for _ in range(count):
        layer = np.zeros((height, width), np.uint8)
        x, lean = rng.integers(0, width), rng.integers(-width // 12, width // 12)
        top, bottom = sorted(rng.integers(0, height, 2).tolist())
        cv2.line(layer, (int(x), top), (int(x + lean), bottom), 255, 1, cv2.LINE_AA)
        cover = layer[:, :, None] / 255 * rng.uniform(0.4, 0.9)
        image = image * (1 - cover) + rng.choice([20, 245]) * cover
    return image


def stains(rng, image, count):
    """Brownish spots with soft borders."""
    height, width = image.shape[:2]
    for _ in range(count):
        layer = np.zeros((height, width))
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        axes = (int(rng.integers(8, width // 6)), int(rng.integers(8, height // 6)))
        cv2.ellipse(layer, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        cover = cv2.GaussianBlur(layer, (0, 0), 5)[:, :, None]
        image = image * (1 - cover * np.array([0.12, 0.25, 0.42]))
    return image


def jpeg(_, image, quality):
    """Saved once too often."""
    buffer = io.BytesIO()
    Image.fromarray(to_bytes(image)).save(buffer, "JPEG", quality=quality)
    return np.array(Image.open(buffer), np.float64)


def rescale(_, image, factor):
    """A scan in another resolution; the pair differs in size."""
    size = [round(side * factor) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


PHRASES = {
    fade: "faded (contrast {0}, blacks +{1})", tint: "colour cast (gains {0}, {1}, {2})",
    yellow: "yellowed ({0})", blur: "blurred (sigma {0})", grain: "grain (sigma {0})",
    noise: "noise (sigma {0})", scratches: "{0} scratches", stains: "{0} stains",
    jpeg: "JPEG artefacts (quality {0})", rescale: "rescaled (x {0})",
}


# Pairs

class Pair(NamedTuple):
    name: str
    source: str
    crop: tuple             # x, y, width, height in the source
    damages: list           # (function, *parameters), applied in order
    size: tuple = None      # of the undamaged image, if not the crop's
    mode: str = "RGB"


PAIRS = [
    Pair("astronaut_face.jpg", "astronaut.png", (150, 0, 270, 300),
         [(fade, 0.8, 28), (blur, 1.4), (stains, 4), (grain, 2)]),
    Pair("astronaut_flag.webp", "astronaut.png", (0, 0, 256, 331),
         [(blur, 0.6), (scratches, 4), (noise, 1)]),
    Pair("astronaut_shuttle.tif", "astronaut.png", (250, 0, 262, 283),
         [(tint, 1, 0.86, 0.62), (blur, 1)]),
    Pair("cat_eyes.jpg", "chelsea.png", (90, 40, 341, 256),
         [(blur, 2), (noise, 1)]),
    Pair("cat_whole.webp", "chelsea.png", (0, 0, 451, 300),
         [(fade, 0.55, 20), (tint, 0.9, 1, 0.9), (blur, 1)]),
    Pair("coffee_cup.jpg", "coffee.png", (80, 10, 420, 380),
         [(yellow, 0.6), (blur, 0.8), (stains, 3), (grain, 2)]),
    Pair("coffee_table.png", "coffee.png", (0, 130, 270, 262),
         [(blur, 3)]),
    Pair("galaxies.jpg", "hubble_deep_field.jpg", (310, 250, 384, 307),
         [(blur, 1), (fade, 0.9, 12), (noise, 2)]),
    Pair("grass.bmp", "grass.png", (100, 60, 263, 257),
         [(fade, 0.7, 30), (blur, 0.7)], mode="L"),
    Pair("gravel.jpg", "gravel.png", (0, 0, 400, 400),
         [(tint, 0.9, 0.75, 0.5), (blur, 1.2), (grain, 3)]),
    Pair("photographer.png", "camera.png", (70, 40, 300, 256),
         [(tint, 1, 0.87, 0.68), (blur, 1.6)]),
    Pair("photographer_lawn.webp", "camera.png", (0, 0, 512, 512),
         [(yellow, 1), (fade, 0.75, 30), (blur, 0.6), (grain, 5), (scratches, 8)]),
    Pair("retina_vessels.jpg", "retina.jpg", (260, 200, 900, 960),
         [(blur, 1), (jpeg, 40)], size=(300, 320)),
    Pair("retina_whole.webp", "retina.jpg", (0, 0, 1411, 1411),
         [(blur, 0.8), (rescale, 1.25), (noise, 2)], size=(353, 353)),
    Pair("rocket_launch.jpg", "rocket.jpg", (50, 40, 467, 387),
         [(blur, 0.9), (jpeg, 55)]),
    Pair("rocket_tower.tiff", "rocket.jpg", (250, 100, 257, 260),
         [(fade, 0.6, 8), (tint, 0.9, 0.8, 0.7), (blur, 0.8)]),
    Pair("skyline.png", "camera.png", (250, 90, 262, 256),
         [(rescale, 0.5), (fade, 0.85, 25)], mode="L"),
]

SAVE_OPTIONS = {
    "JPEG": {"quality": 92},
    "WEBP": {"quality": 90, "method": 6},
    "PNG": {"optimize": True},
    "TIFF": {"compression": "tiff_adobe_deflate"},
    "BMP": {},
}


def to_bytes(image):
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def undamaged(pair):
    x, y, width, height = pair.crop
    picture = Image.open(os.path.join(PICTURES, pair.source)).convert("RGB")
    picture = picture.crop((x, y, x + width, y + height))
    return picture.resize(pair.size, Image.LANCZOS) if pair.size else picture


def damaged(pair, picture):
    rng = np.random.default_rng(zlib.crc32(pair.name.encode()))
    image = np.array(picture, np.float64)
    for damage, *parameters in pair.damages:
        image = np.clip(damage(rng, image, *parameters), 0, 255)
    return Image.fromarray(to_bytes(image))


def save(picture, pair, folder):
    kind = Image.registered_extensions()[os.path.splitext(pair.name)[1]]
    picture.convert(pair.mode).save(os.path.join(folder, pair.name), kind, **SAVE_OPTIONS[kind])


def damage_text(pair):
    return ", ".join(PHRASES[damage].format(*parameters) for damage, *parameters in pair.damages)


def part_text(pair):
    """Which part of the source the undamaged image is."""
    x, y, width, height = pair.crop
    reduced = f", reduced to {pair.size[0]} x {pair.size[1]}" if pair.size else ""
    return f"{width} x {height} at {x}, {y}{reduced}"


README = """\
# The sample

{count} pairs in `sample/damaged` and `sample/undamaged`, small enough to keep in the repository and
varied enough that the best restoration differs from pair to pair. The images are real; the damage
was added by `scripts/make_sample.py`, which writes this page and every file of the sample again.

The undamaged images are parts of the test images that come with scikit-image (Debian package
python3-skimage). Author and licence are those its documentation states: public domain or Creative
Commons Zero throughout. The damage adds no condition of its own.

The folder `model` has the default model, `default.model`, which `patina restore` and `patina
serve` use when no model is named.

The folder `film` has `old.mkv`, four seconds with a beep, made of two of these images by
`scripts/make_film.py` to look like an old film.

| file | part of | origin | author | licence | damage |
|---|---|---|---|---|---|
{rows}
"""


def readme():
    rows = []
    for pair in PAIRS:
        shows, author, licence, origin = SOURCES[pair.source]
        rows.append(f"| `{pair.name}` | `{pair.source}`: {part_text(pair)} | [{shows}]({origin}) "
                    f"| {author} | {licence} | {damage_text(pair)} |")
    return README.format(count=len(PAIRS), rows="\n".join(rows))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", nargs="?", metavar="DATA_DIR",
                        default=os.path.normpath(os.path.join(here, "../data")))
    data = parser.parse_args().data

    folders = [os.path.join(data, "sample", side) for side in ("damaged", "undamaged")]
    for folder in folders:
        os.makedirs(folder, exist_ok=True)
    for pair in PAIRS:
        picture = undamaged(pair)
        for folder, image in zip(folders, (damaged(pair, picture), picture)):
            save(image, pair, folder)
    with open(os.path.join(data, "README.md"), "w", encoding="utf-8") as file:
        file.write(readme())


if __name__ == "__main__":
    main()
