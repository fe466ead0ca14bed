#!/usr/bin/python3
"""Check what a run wrote about the folders from make_hostile.py, for test_hostile.sh.

    check_hostile.py search|features|safe OUTPUT_STEM
"""
import csv
import json
import re
import sys

import make_hostile

FORMULA = "=+-@\t\r\n"
EMPTY = [b"empty.png", b"=empty.png"]


def table(path):
    """Rows of a CSV file; bytes that are not UTF-8 become surrogate escapes."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return list(csv.reader(file, strict=True))


def as_bytes(cells):
    return [cell.encode("utf-8", "surrogateescape") for cell in cells]


def unescape(text):
    """The bytes of a string in run.json."""
    plain = re.sub(rb"\\(\\|x[0-9a-f]{2})",
                   lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[1][1:], 16)]),
                   text.encode())
    return plain


def safe(name):
    return b"'" + name if name[:1] in [b"=", b"+", b"-", b"@", b"\t", b"\r", b"\n", b"'"] else name


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def check_names(stem, style=lambda name: name):
    wanted = sorted(make_hostile.NAMES + [b"outside.png"])
    data = table(f"{stem}.csv")
    check(as_bytes(row[0] for row in data[1:]) == [style(name) for name in wanted],
          "the names in the data are not exactly those of the files, in byte order")
    check(all(len(row) == len(data[0]) for row in data), "rows of different lengths")
    failures = table(f"{stem}.failures.csv")
    check(as_bytes(row[0] for row in failures[1:]) == [style(name) for name in sorted(EMPTY)],
          "wrong names in the failures")
    check(all(row[2] == "empty_file" for row in failures[1:]), "a failure with another reason")
    return data, failures, wanted


def check_record(stem):
    with open(f"{stem}.run.json", encoding="utf-8") as file:
        files = json.load(file)["inputs"]["unpaired_files"]
    for folder in ("d", "u"):
        found = {unescape(f["name"]): f["reason"] for f in files if f["folder"] == folder}
        for name, reason in make_hostile.LEFT_OUT.items():
            check(found.pop(name, "").startswith(reason), f"{folder}, {name}: not '{reason}'")
        check(not found, f"{folder}: also left out: {found}")
    check(len(files) == 2 * len(make_hostile.LEFT_OUT), "an entry is listed twice")


def check_safe(stem):
    """`stem` is a run with --spreadsheet-safe, `stem`.exact the same run without."""
    data, failures, _ = check_names(stem, safe)
    trials = table(f"{stem}.trials.csv")
    for rows, texts in ((data, [0]), (trials, [0]), (failures, [0, 3])):
        for row in rows:
            for column in texts:
                check(row[column][:1] not in list(FORMULA), f"a formula: {row[column]!r}")
    exact = table(f"{stem}.exact.csv"), table(f"{stem}.exact.trials.csv")
    check([row[1:] for row in data] == [row[1:] for row in exact[0]], "data cells differ")
    check([row[1:] for row in trials] == [row[1:] for row in exact[1]], "trial cells differ")
    check(len({row[0] for row in data}) == len(data), "two names became one")


def main():
    kind, stem = sys.argv[1:]
    if kind == "safe":
        check_safe(stem)
        return
    _, _, names = check_names(stem)
    if kind == "search":
        trials = table(f"{stem}.trials.csv")
        check(as_bytes(row[0] for row in trials[1:]) == [name for name in names for _ in "12"],
              "wrong names in the trials")
        check_record(stem)


if __name__ == "__main__":
    main()
