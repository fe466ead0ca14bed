#!/usr/bin/python3
"""Compare a patina binary with reference.py: winners, scores, features and restored pixels.

Exit status: 0 if everything agrees within the tolerances of docs/definitions.md, else 1.
"""

import argparse
import csv
import math
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402

# kind -> the largest deviation allowed, and the magnitude above which it is relative
TOLERANCES = {
    "psnr": (1e-10, math.inf),
    "ssim": (1e-9, math.inf),
    "similarity_score": (1e-9, math.inf),
    "feature": (1e-9, 1),
    "share": (1e-11, 0.01),     # features in 0..1
    "shape": (1e-7, 100),       # 1e-7 absolute, or 1e-9 relative for large values
}
MOST_SHOWN = 40      # deviations printed; all are counted
KINDS = {name: name for name in reference.SCORES}
KINDS.update((name, "feature") for name in reference.FEATURES)
KINDS.update(skewness="shape", kurtosis="shape")
KINDS.update(energy_ratio="share", color_balance_need="share", sharpening_need="share")


class Report:
    """The largest deviation of each kind, and everything out of tolerance."""

    def __init__(self):
        self.errors = []
        self.largest = dict.fromkeys(TOLERANCES, 0.0)

    def error(self, text):
        self.errors.append(text)

    def same(self, place, expected, found):
        if expected != found:
            self.error(f"{place}: expected {expected}, found {found}")
        return expected == found

    def close(self, place, column, expected, found):
        kind = KINDS[column]
        limit, relative_from = TOLERANCES[kind]
        deviation = 0.0 if expected == found else abs(expected - found)     # inf equals inf
        if abs(expected) > relative_from and deviation < math.inf:
            deviation *= relative_from / abs(expected)
        if not deviation <= limit:      # a NaN lands here too
            self.error(f"{place}: {column} expected {expected!r}, found {found!r}, "
                       f"deviation {deviation:.3g}")
        self.largest[kind] = max(self.largest[kind], deviation)


def read_csv(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.reader(file))


def number(text):
    try:
        return float(text)
    except ValueError:
        return float("nan")


def compare_table(report, path, columns, expected_rows):
    """Check for the same header and rows in the same order, with numbers within tolerance."""
    name = os.path.basename(path)
    header, *rows = read_csv(path) or [[]]
    if not (report.same(f"{name} header", columns, header)
            and report.same(f"{name} number of rows", len(expected_rows), len(rows))):
        return
    for line, (expected, found) in enumerate(zip(expected_rows, rows), 2):
        place = f"{name} row {line} ({expected[0]})"
        if not report.same(f"{place} number of fields", len(columns), len(found)):
            continue
        for column, value, text in zip(columns, expected, found):
            if column in KINDS:
                report.close(place, column, value, number(text))
            else:
                report.same(f"{place} {column}", str(value), text)


def compare_failures(report, path, failures, status):
    found = [row[0] for row in read_csv(path)[1:]] if os.path.exists(path) else []
    report.same("pairs that failed", sorted(name for name, _ in failures), sorted(found))
    if status != (1 if failures else 0):
        report.error(f"patina search exited with status {status}")


def compare_digests(report, binary, args, name):
    """Compare every restored image of one pair; return their number."""
    paths = [os.path.join(folder, name) for folder in (args.damaged, args.undamaged)]
    expected = reference.digests(*paths, reference.parse_grid(args.grid))
    command = [binary, *paths] + ([args.grid] if args.grid else [])
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found = [line for line in run.stdout.splitlines() if not line.startswith("color_method,")]
    report.same(f"{name} exit status of restored_digest", 0, run.returncode)
    if report.same(f"{name} number of restored images", len(expected), len(found)):
        for expected_line, found_line in zip(expected, found):
            report.same(f"{name} restored image", expected_line, found_line)
    return len(expected)


def run_patina(args):
    """Return the exit status and the paths of the three tables."""
    stem = os.path.join(args.work_dir, "patina")
    paths = [stem + ending for ending in (".csv", ".trials.csv", ".failures.csv")]
    os.makedirs(args.work_dir, exist_ok=True)
    for path in paths:
        if os.path.exists(path):
            os.remove(path)
    command = [args.patina, "search", args.damaged, args.undamaged, "-o", paths[0],
               "--trials", paths[1], "--quiet"]
    run = subprocess.run(command + (["--grid", args.grid] if args.grid else []), check=False)
    return run.returncode, paths


def compare(args, report):
    """Return the numbers of pairs, trials and restored images compared."""
    status, (training, trials, failed) = run_patina(args)
    grid = reference.parse_grid(args.grid)
    rows, trial_rows, failures = reference.search(args.damaged, args.undamaged, grid)
    compare_failures(report, failed, failures, status)
    for path, columns, expected in [(training, reference.TRAINING_COLUMNS, rows),
                                    (trials, reference.TRIAL_COLUMNS, trial_rows)]:
        if os.path.exists(path):
            compare_table(report, path, columns, expected)
        else:
            report.error(f"patina did not write {path}")
    images = sum(compare_digests(report, args.digest, args, row[0]) for row in rows)
    if not rows:
        report.error("no pair was compared")
    return len(rows), len(trial_rows), images


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("patina", metavar="PATINA_BINARY")
    parser.add_argument("digest", metavar="RESTORED_DIGEST_BINARY")
    parser.add_argument("work_dir", metavar="WORK_DIR")
    parser.add_argument("damaged", metavar="DAMAGED")
    parser.add_argument("undamaged", metavar="UNDAMAGED")
    parser.add_argument("--grid")
    return parser.parse_args()


def main():
    report = Report()
    pairs, trials, images = compare(parse_arguments(), report)
    largest = ", ".join(f"{kind} {value:.2g}" for kind, value in report.largest.items())
    print(f"{pairs} pairs, {trials} trials (including untouched), {images} restored images; "
          f"largest deviation: {largest}")
    for error in report.errors[:MOST_SHOWN]:
        print(error, file=sys.stderr)
    if report.errors:
        print(f"{len(report.errors)} deviations", file=sys.stderr)
    return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
