#!/usr/bin/python3
"""Compare a program's decoded pixels with OpenCV's, file by file.

The program prints `width height sha256` of a file's R, G, B bytes. Exit status: 1 if any differ.
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


def found_pixels(binary, path):
    run = subprocess.run([binary, path], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode < 0:
        return f"killed by signal {-run.returncode}"
    return run.stdout.strip() if run.returncode == 0 else "not decodable"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("binary", metavar="DECODE_DIGEST_BINARY")
    parser.add_argument("files", metavar="FILE", nargs="+")
    args = parser.parse_args()

    differing = 0
    for path in args.files:
        expected, found = expected_pixels(path), found_pixels(args.binary, path)
        if expected != found:
            differing += 1
            print(f"{path}: expected {expected}, found {found}", file=sys.stderr)
    print(f"{len(args.files)} files, {differing} decoded differently from OpenCV")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
