#!/usr/bin/python3
"""Choose rows of a data set, or of the manifest itself, by the family of damage or by original.

    study_rows.py DATA.csv MANIFEST.csv [--except FAMILIES] [--one-in N [--others]] [--versions N]
        >ROWS.csv

--one-in keeps every Nth original, in the order of their names; with --others, all but these.
--versions keeps the first N versions of each original.
"""

import argparse
import csv
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("manifest")
    parser.add_argument("--except", dest="left_out", default="", help="separated by commas")
    parser.add_argument("--one-in", type=int, default=1)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--versions", type=int, default=sys.maxsize)
    options = parser.parse_args()
    with open(options.manifest, newline="", encoding="utf-8") as file:
        made = {row["id"]: row for row in csv.DictReader(file)}
    originals = sorted({row["original"] for row in made.values()})
    chosen = set(originals[::options.one_in])
    kept = set(originals) - chosen if options.others else chosen
    left_out = set(options.left_out.split(","))
    with open(options.data, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        out = csv.writer(sys.stdout, lineterminator="\n")
        header = next(rows)
        out.writerow(header)
        name = header.index("id" if "id" in header else "filename")
        for row in rows:
            version = made[row[name]]
            if (version["original"] in kept and version["family"] not in left_out
                    and int(version["version"]) <= options.versions):
                out.writerow(row)


if __name__ == "__main__":
    main()
