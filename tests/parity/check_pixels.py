#!/usr/bin/python3
"""Compare a program's decoded pixels with OpenCV's, file by file.

The program prints `width height sha256` of each file's R, G, B bytes. Exit status: 1 if any differ.
"""

import argparse
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402


def expected_pixels(path):
    try:
        return reference.pixels(path)
    except reference.PairError:
        return "not decodable"


def found_pixels(binary, paths):
    """A line for each path. If a file ends the program, go on with the next one."""
    found = []
    while len(found) < len(paths):
        run = subprocess.run([binary, *paths[len(found):]], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=False)
        found += run.stdout.splitlines()
        if len(found) < len(paths):
            found.append(f"the program ended with status {run.returncode}")
    if run.returncode not in (0, 1):
        found[-1] = f"the program ended with status {run.returncode}"
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("binary", metavar="DECODE_DIGEST_BINARY")
    parser.add_argument("files", metavar="FILE", nargs="+")
    args = parser.parse_args()

    differing = 0
    for path, found in zip(args.files, found_pixels(args.binary, args.files)):
        expected = expected_pixels(path)
        if expected != found:
            differing += 1
            print(f"{path}: expected {expected}, found {found}", file=sys.stderr)
    print(f"{len(args.files)} files, {differing} decoded differently from OpenCV")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
