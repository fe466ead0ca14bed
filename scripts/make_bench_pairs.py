#!/usr/bin/python3
"""Make pairs of real images for the benchmarks: OUT/damaged/NAME.jpg and OUT/undamaged/NAME.jpg.

The undamaged images are cut, pixel for pixel, from the photographs of Debian's packages
mate-backgrounds and gnome-backgrounds; each is damaged in its own way, some mildly, some heavily.
An image smaller than the size asked for is continued by mirroring, never enlarged, so that detail
and noise stay those of a photograph; the output says which. The same library versions give the
same files.
"""

import argparse
import os
import sys
import zlib
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from make_sample import blur, fade, grain, jpeg, noise, tint, to_bytes, yellow

BACKGROUNDS = "/usr/share/backgrounds"


class Pair(NamedTuple):
    name: str
    source: str
    position: tuple         # of the part: 0 is the left or upper end of the image, 1 the other
    damages: list           # (function, *parameters), applied in order


# Any first few of them are varied too: strong and weak, smooth and busy images alternate.
PAIRS = [
    Pair("meadow", "mate/nature/GreenMeadow.jpg", (0.5, 0.5),
         [(fade, 0.8, 25), (blur, 0.9), (noise, 1.5)]),
    Pair("garden", "mate/nature/Garden.jpg", (0.6, 0.4),
         [(tint, 1, 0.86, 0.62), (blur, 1.6), (grain, 3)]),
    Pair("elephants", "mate/abstract/Elephants_5640x3172.jpg", (0.35, 0.4),
         [(yellow, 1), (blur, 0.8), (jpeg, 85)]),
    Pair("raindrops", "mate/nature/RainDrops.jpg", (0.55, 0.4),
         [(fade, 0.55, 45), (yellow, 0.9), (blur, 2.2), (grain, 5)]),
    Pair("dune", "mate/nature/Dune.jpg", (0.5, 0.6),
         [(blur, 1.2), (noise, 1)]),
    Pair("forget_me_not", "mate/nature/LadyBird.jpg", (0.1, 0.1),
         [(tint, 1, 0.92, 0.8), (blur, 0.7), (jpeg, 40)]),
    Pair("planks", "gnome/wood-l.webp", (0.5, 0.3),
         [(yellow, 0.7), (fade, 0.9, 10), (blur, 1), (noise, 3)]),
    Pair("yellow_flower", "mate/nature/YellowFlower.jpg", (0.85, 0.8),
         [(blur, 2.4)]),
    Pair("aqua", "mate/nature/Aqua.jpg", (0.75, 0.6),
         [(tint, 1, 0.84, 0.6), (fade, 0.85, 12), (blur, 0.9), (grain, 1)]),
    Pair("blinds", "mate/nature/Blinds.jpg", (0.35, 0.5),
         [(jpeg, 25)]),
    Pair("dandelion", "mate/nature/TwoWings.jpg", (0.55, 0.45),
         [(blur, 1.8), (jpeg, 70)]),
    Pair("fresh_flower", "mate/nature/FreshFlower.jpg", (0.4, 0.4),
         [(fade, 0.65, 20), (blur, 0.6)]),
    Pair("weathered", "mate/nature/Wood.jpg", (0.4, 0.6),
         [(tint, 1, 0.8, 0.55), (fade, 0.75, 15), (blur, 1.4), (noise, 2)]),
    Pair("storm", "mate/nature/Storm.jpg", (0.3, 0.25),
         [(blur, 1), (grain, 8), (jpeg, 60)]),
    Pair("ladybird", "mate/nature/LadyBird.jpg", (0.66, 0.5),
         [(yellow, 0.4), (blur, 3.5), (noise, 1)]),
    Pair("leaf", "mate/nature/RainDrops.jpg", (0.05, 0.9),
         [(tint, 0.9, 1, 0.9), (blur, 1.1)]),
]


def read(path):
    try:
        return np.array(Image.open(path).convert("RGB"))
    except OSError as error:
        sys.exit(f"make_bench_pairs.py: {error} (are the Debian packages mate-backgrounds and "
                 "gnome-backgrounds installed? scripts/setup.sh --bench)")


def undamaged(pair, width, height):
    """(image, whether mirroring had to continue it)"""
    picture = read(os.path.join(BACKGROUNDS, pair.source))
    missing = [max(wanted - side, 0) for wanted, side in zip((height, width), picture.shape)]
    if any(missing):
        picture = np.pad(picture, ((0, missing[0]), (0, missing[1]), (0, 0)), "symmetric")
    spare = picture.shape[1] - width, picture.shape[0] - height
    x, y = (round(part * room) for part, room in zip(pair.position, spare))
    return np.ascontiguousarray(picture[y:y + height, x:x + width]), any(missing)


def damaged(pair, picture, seed):
    rng = np.random.default_rng([seed, zlib.crc32(pair.name.encode())])
    image = picture.astype(np.float64)
    for damage, *parameters in pair.damages:
        image = np.clip(damage(rng, image, *parameters), 0, 255)
    return to_bytes(image)


def save(picture, path):
    options = {"quality": 95} if path.endswith(".jpg") else {"compress_level": 1}
    Image.fromarray(picture).save(path, **options)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("--count", type=int, default=len(PAIRS), metavar="N",
                        help=f"the first N pairs, at most {len(PAIRS)} (default: all)")
    parser.add_argument("--size", type=int, default=512, metavar="PX",
                        help="both sides (default: 512)")
    parser.add_argument("--width", type=int, metavar="PX")
    parser.add_argument("--height", type=int, metavar="PX")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the noise")
    parser.add_argument("--format", choices=["jpg", "png"], default="jpg")
    args = parser.parse_args()
    args.width, args.height = args.width or args.size, args.height or args.size
    if not 1 <= args.count <= len(PAIRS):
        parser.error(f"--count must be 1 to {len(PAIRS)}")
    if min(args.width, args.height) < 16 or args.seed < 0:
        parser.error("sides must be 16 or more, the seed 0 or more")
    return args


def main():
    args = parse_arguments()
    cv2.setNumThreads(1)
    folders = [os.path.join(args.out, side) for side in ("damaged", "undamaged")]
    for folder in folders:
        os.makedirs(folder, exist_ok=True)
    mirrored = []
    for pair in PAIRS[:args.count]:
        picture, was_mirrored = undamaged(pair, args.width, args.height)
        mirrored += [pair.name] * was_mirrored
        for folder, image in zip(folders, (damaged(pair, picture, args.seed), picture)):
            save(image, os.path.join(folder, f"{pair.name}.{args.format}"))
    print(f"{args.count} pairs of {args.width} x {args.height} in {args.out}")
    if mirrored:
        print(f"  continued by mirroring: {', '.join(mirrored)}")


if __name__ == "__main__":
    main()
