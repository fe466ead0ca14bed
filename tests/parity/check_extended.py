#!/usr/bin/python3
"""Compare patina's extended features with reference.py for all images in some folders.

    check_extended.py PATINA_BINARY WORK_DIR FOLDER...
"""

import csv
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402

TOLERANCE = 1e-9    # absolute below 1, relative above


def main():
    patina, work_dir, *folders = sys.argv[1:]
    os.makedirs(work_dir, exist_ok=True)
    path = os.path.join(work_dir, "extended.csv")
    compared, largest, errors = 0, 0.0, []
    for folder in folders:
        # the exit status is 1 if the folder has damaged files
        subprocess.run([patina, "features", "--extended", "-q", "--restart", "-o", path, folder],
                       check=False, stderr=subprocess.DEVNULL)
        with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            image = reference.decode(os.path.join(folder, row["filename"]))
            for name, expected in zip(reference.EXTENDED, reference.extended_features(image)):
                deviation = abs(float(row[name]) - expected) / max(1.0, abs(expected))
                largest = max(largest, deviation)
                compared += 1
                if not deviation <= TOLERANCE:
                    errors.append(f"{row['filename']}: {name} expected {expected!r}, "
                                  f"found {row[name]}")
    print(f"{compared} extended features compared, largest deviation {largest:.2g}")
    print(*errors[:20], sep="\n")
    return 1 if errors or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
