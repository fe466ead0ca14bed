#!/usr/bin/python3
"""Compare the statistics of `patina inspect` with NumPy. They are those of pandas' describe().

    check_statistics.py PATINA WORK_DIR
"""

import csv
import json
import math
import os
import subprocess
import sys

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402

COLUMNS = [*reference.SCORES, *reference.FEATURES]
QUANTILES = {"min": 0, "25%": 0.25, "50%": 0.5, "75%": 0.75, "max": 1}
RTOL = 1e-12


def draw(random, rows):
    """Columns of different magnitudes: widely spread, nearly constant, with missing values."""
    table = {}
    for i, name in enumerate(COLUMNS):
        values = random.normal(size=rows) * 10.0 ** (i - 8)
        if i % 4 == 1:
            values = numpy.exp(3 * random.normal(size=rows))
        if i % 4 == 2:
            values = 1e6 + values
        if i % 4 == 3:
            values[random.random(rows) < 0.1] = numpy.nan
        table[name] = values
    table["sharpen_sigma"] = random.choice([0.5, 1, 1.5, 2], rows)
    table["sharpen_strength"] = random.choice([0.5, 1, 1.5, 2, 2.5], rows)
    table["apply_color_correction"] = random.integers(0, 2, rows)
    return table


def write(path, table, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", *table, "color_method"])
        for i in range(rows):
            numbers = [float(table[name][i]) for name in table]
            method = "white_balance" if table["apply_color_correction"][i] else "none"
            writer.writerow([f"{i}.png", *("" if math.isnan(x) else repr(x) for x in numbers),
                             method])


def check(patina, path, table, rows):
    write(path, table, rows)
    run = subprocess.run([patina, "inspect", path, "--json"], check=True, stdout=subprocess.PIPE)
    found = json.loads(run.stdout)
    errors = []
    for name, values in table.items():
        column = found["columns"][name]
        finite = values[~numpy.isnan(values)]
        wanted = {"mean": finite.mean(),
                  "std": finite.std(ddof=1) if len(finite) > 1 else math.nan}
        wanted.update((key, numpy.quantile(finite, q)) for key, q in QUANTILES.items())
        if (column["count"], column["missing"]) != (len(finite), rows - len(finite)):
            errors.append(f"{rows} rows, {name}: counts {column}")
        for key, value in wanted.items():
            got = math.nan if column[key] is None else column[key]
            if not (math.isclose(got, value, rel_tol=RTOL, abs_tol=RTOL * abs(finite).max())
                    or (math.isnan(got) and math.isnan(value))):
                errors.append(f"{rows} rows, {name}: {key} is {got!r}, NumPy computes {value!r}")
    for name in ("sharpen_sigma", "sharpen_strength", "apply_color_correction"):
        values, counts = numpy.unique(table[name], return_counts=True)
        got = {v["value"]: v["count"] for v in found["parameters"][name] if v["count"] > 0}
        if got != dict(zip(values.tolist(), counts.tolist())):
            errors.append(f"{rows} rows, {name}: values {got}")
    return errors


def main():
    patina, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    random = numpy.random.default_rng(20)
    errors = []
    sizes = (1, 2, 3, 4, 5, 112, 1001, 20000)
    for rows in sizes:
        table = draw(random, rows)
        if rows == 1:
            table = {name: numpy.nan_to_num(values) for name, values in table.items()}
        errors += check(patina, os.path.join(folder, "statistics.csv"), table, rows)
    for error in errors[:20]:
        print(error)
    print(f"{len(sizes)} tables, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
