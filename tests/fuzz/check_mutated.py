#!/usr/bin/python3
"""Damage images at random and search them: every pair must be accounted for.

    check_mutated.py PATINA SAMPLE DATA_IMAGES_H WORK_DIR [CASES_DIR]

The images are the sample, the small images of the codec tests and those in CASES_DIR. Damage is
reproducible: flipped bits, truncation, blocks swapped, duplicated or blanked, lengths and header
fields set to extreme values. PATINA_LONG=1 makes 10,000 pairs instead of 2,000; PATINA_SEED sets
another seed. Batches that fail are kept in WORK_DIR.
"""
import collections
import csv
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

BATCH = 200
SIZE_MAX = 60000      # larger sources would only take more time
SECONDS_MAX = 600     # per batch, ten times what the slowest machine needs
EXTENSIONS = {b"\xff\xd8": "jpg", b"\x89P": "png", b"RI": "webp", b"II": "tif", b"MM": "tif",
              b"BM": "bmp", b"GI": "gif", b"\0\0": "heic", b"\xff\x0a": "jxl",
              b"\xff\x4f": "j2k"}  # the content decides
EXTREMES = [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
            0x80000000, 0xfffffffe, 0xffffffff]


def sources(sample, data_images, cases):
    """The contents of the intact images."""
    found = {path.name: path.read_bytes() for path in sorted(sample.glob("*/*"))
             if path.stat().st_size <= SIZE_MAX}
    arrays = re.findall(r"static const uint8_t (\w+)\[\] = \{(.*?)\};", data_images.read_text(),
                        re.DOTALL)
    for name, numbers in arrays:
        found[name] = bytes(int(number, 16) for number in re.findall(r"0x\w\w", numbers))
    for path in sorted([*cases.glob("*.*"), *cases.glob("further/*")]) if cases else []:
        found[path.name] = path.read_bytes()
    return [data for data in found.values() if data[:2] in EXTENSIONS and len(data) <= SIZE_MAX]


# ---- Ways to damage an image: (random, bytes) -> bytes

def flip_bits(rng, data):
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def flip_header_bits(rng, data):
    for _ in range(rng.choice([1, 2, 4])):
        data[rng.randrange(min(len(data), 64))] ^= 1 << rng.randrange(8)
    return data


def truncate(rng, data):
    return data[:rng.choice([rng.randrange(len(data)), rng.randrange(min(len(data), 100)),
                             len(data) - rng.randrange(min(len(data), 20))])]


def set_field(rng, data):
    """Set a number of 2 or 4 bytes, in either byte order, anywhere or in the header."""
    size = rng.choice([2, 4])
    if len(data) > size:
        at = rng.randrange(rng.choice([len(data), min(len(data), 64)]) - size + 1)
        value = rng.choice(EXTREMES + [len(data), len(data) - at, rng.getrandbits(32)])
        value &= (1 << 8 * size) - 1
        data[at:at + size] = value.to_bytes(size, rng.choice(["little", "big"]))
    return data


def set_length(rng, data):
    """Set the length of a PNG chunk or a JPEG segment."""
    places = [m.start() - 4 for m in re.finditer(rb"IHDR|PLTE|IDAT|IEND|tRNS|eXIf", data)]
    places += [m.end() for m in re.finditer(rb"\xff[\xc0-\xfe]", data)]
    places = [place for place in places if 0 <= place < len(data) - 4]
    if places:
        place, size = rng.choice(places), 2
        if data[:2] == b"\x89P":
            size = 4
        value = rng.choice(EXTREMES) & ((1 << 8 * size) - 1)
        data[place:place + size] = value.to_bytes(size, "big")
    return data


def two_blocks(rng, data):
    size = rng.randrange(1, max(2, len(data) // 4))
    return size, rng.randrange(len(data) - size + 1), rng.randrange(len(data) - size + 1)


def swap_blocks(rng, data):
    size, a, b = two_blocks(rng, data)
    data[a:a + size], data[b:b + size] = data[b:b + size], data[a:a + size]
    return data


def double_block(rng, data):
    size, a, b = two_blocks(rng, data)
    return data[:a] + data[b:b + size] + data[a:]


def blank_block(rng, data):
    size, a, _ = two_blocks(rng, data)
    data[a:a + size] = bytes([rng.choice([0, 0xff])]) * size
    return data


MUTATIONS = [flip_bits, flip_header_bits, truncate, set_field, set_length, swap_blocks,
             double_block, blank_block]


def damage(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if len(data) > 1:
            data = rng.choice(MUTATIONS)(rng, data)
    return bytes(data)


# ---- A run

def write_batch(rng, folder, pictures, first, count):
    """Write pairs in which either file or both are damaged."""
    for side in ("damaged", "undamaged"):
        (folder / side).mkdir(parents=True)
    for number in range(first, first + count):
        picture = pictures[number % len(pictures)]
        name = f"{number:05}.{EXTENSIONS[picture[:2]]}"
        which = rng.choice(["damaged", "damaged", "undamaged", "both"])
        for side in ("damaged", "undamaged"):
            data = damage(rng, picture) if which in (side, "both") else picture
            (folder / side / name).write_bytes(data)


def names(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.reader(file, strict=True))
    return rows[1:]


def run_batch(patina, folder, outcomes):
    """Complaints about one run."""
    command = [patina, "search", folder / "damaged", folder / "undamaged", "-o",
               folder / "out.csv", "--jobs", "2", "--quiet", "--max-pixels", "4000000", "--grid",
               "color=none;sigma=1;strength=1"]
    try:
        run = subprocess.run(command, timeout=SECONDS_MAX, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return [f"did not finish in {SECONDS_MAX} seconds"]
    if run.returncode not in (0, 1):
        return [f"status {run.returncode}: {run.stderr[-1000:]!r}"]
    rows, failures = names(folder / "out.csv"), names(folder / "out.failures.csv")
    wanted = sorted(path.name for path in (folder / "damaged").iterdir())
    complaints = []
    if sorted(row[0] for row in rows + failures) != wanted:
        complaints.append("some pairs are not accounted for exactly once")
    if run.returncode != (1 if failures else 0):
        complaints.append(f"status {run.returncode} with {len(failures)} failures")
    if not all(len(row) == 4 and all(row) for row in failures):
        complaints.append("a failure lacks its name, stage, reason or message")
    outcomes["row"] += len(rows)
    outcomes.update(f"{row[1]}: {row[2]}" for row in failures)
    return complaints


def main():
    patina, sample, data_images, work = sys.argv[1:5]
    cases = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
    total = 10000 if os.environ.get("PATINA_LONG") == "1" else 2000
    seed = os.environ.get("PATINA_SEED", "1")
    rng = random.Random(seed)
    pictures = sources(pathlib.Path(sample), pathlib.Path(data_images), cases)
    kinds = collections.Counter(EXTENSIONS[picture[:2]] for picture in pictures)
    print(f"{len(pictures)} images ({dict(kinds)}), {total} pairs, seed {seed}", flush=True)
    rng.shuffle(pictures)
    outcomes, started, broken = collections.Counter(), time.monotonic(), 0
    for first in range(0, total, BATCH):
        folder = pathlib.Path(work) / f"batch_{first:05}"
        shutil.rmtree(folder, ignore_errors=True)
        write_batch(rng, folder, pictures, first, min(BATCH, total - first))
        complaints = run_batch(patina, folder, outcomes)
        for complaint in complaints:
            print(f"FAILED: {folder}: {complaint}", flush=True)
        broken += bool(complaints)
        if not complaints:
            shutil.rmtree(folder)
    for outcome, count in outcomes.most_common():
        print(f"{count:6} {outcome}")
    seconds = time.monotonic() - started
    print(f"{sum(outcomes.values())} of {total} pairs accounted for in {seconds:.0f} seconds")
    if len(kinds) < 5 or sum(outcomes.values()) != total:
        broken += 1
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
