#!/usr/bin/python3
"""What it takes to resume a run of many pairs: time until work goes on, memory of the driver.

    scripts/bench_resume.py [--pairs 1000000] [--done 0.9] [--patina build/patina] [--folder DIR]

Links one small pair under many names in a folder (a tmpfs for a million: other file systems limit
the links to a file), kills the driver by SIGKILL when the given part is done, starts the same
command again, and prints when its journal first grows, when it ends, and the most memory that the
driver had resident in each run.
"""
import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile
import time


RECORD = 394  # bytes of the journal for each of these pairs


def write_bmp(path, seed, side=16):
    rng = random.Random(seed)
    pixels = bytes(rng.randrange(256) for _ in range(3 * side * side))
    header = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + len(pixels), 0, 0, 54, 40, side, side, 1,
                         24, 0, len(pixels), 2835, 2835, 0, 0)
    with open(path, "wb") as out:
        out.write(header + pixels)


def peak_mb(pid):
    try:
        for line in open(f"/proc/{pid}/status", encoding="ascii"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except FileNotFoundError:
        pass
    return 0.0


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def run(command, until=None, watch=None):
    """Run; kill at `until` bytes of the journal. Times of its first growth past `watch` and of the
    end, and the driver's peak memory."""
    started, first, memory = time.monotonic(), None, 0.0
    driver = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while driver.poll() is None:
        memory = max(memory, peak_mb(driver.pid))
        size = size_of("x.journal")
        if first is None and watch is not None and size > watch:
            first = time.monotonic() - started
        if until is not None and size >= until:
            driver.kill()
        time.sleep(0.02)
    return first, time.monotonic() - started, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1000000)
    parser.add_argument("--done", type=float, default=0.9)
    parser.add_argument("--patina", default="build/patina")
    parser.add_argument("--folder")
    options = parser.parse_args()
    patina = os.path.abspath(options.patina)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        os.chdir(folder)
        for side, seed in (("d", 1), ("u", 2)):
            os.mkdir(side)
            write_bmp(f"{side}/0000000.bmp", seed)
            for i in range(1, options.pairs):
                os.link(f"{side}/0000000.bmp", f"{side}/{i:07d}.bmp")
        command = [patina, "search", "d", "u", "-o", "x.csv", "--quiet", "--grid",
                   "color=none;sigma=1;strength=1"]
        _, seconds, memory = run(command, until=int(options.pairs * options.done * RECORD))
        journal = size_of("x.journal")
        print(f"{options.pairs} pairs; killed after {seconds:.1f} s, "
              f"journal {journal / 1e6:.0f} MB, driver {memory:.0f} MB")
        first, seconds, memory = run(command, watch=journal)
        rows = sum(1 for _ in open("x.csv", encoding="utf-8")) - 1
        print(f"again: work goes on after {first or 0:.1f} s, the end after {seconds:.1f} s, "
              f"driver {memory:.0f} MB, {rows} rows")
        os.chdir("/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
