#!/usr/bin/python3
"""Compare patina's models and their metrics with scikit-learn's on a made-up table.

    check_models.py MODEL_FIGURES_BINARY WORK_DIR

Metrics must agree to 1e-12 and linear predictions to 1e-9, relative to the larger of 1 and the
value. Forest and boosting are different implementations with different random numbers: their R2
scores on held-out rows must be within MARGIN of each other. As in patina, scikit-learn's forest has
separate trees for each target; its default, common trees for all targets, has a lower R2 here.
"""

import csv
import os
import subprocess
import sys

import numpy
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.multioutput import MultiOutputRegressor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import reference  # noqa: E402

ROWS = 800
MARGIN = 0.1
METRICS_TOLERANCE, LINEAR_TOLERANCE = 1e-12, 1e-9
TARGETS = ["apply_color_correction", "sharpen_sigma", "sharpen_strength"]
SKLEARN = {
    "linear": LinearRegression(),
    "forest": MultiOutputRegressor(RandomForestRegressor(
        n_estimators=100, max_depth=10, random_state=42)),
    "boosting": MultiOutputRegressor(GradientBoostingRegressor(
        n_estimators=100, max_depth=5, learning_rate=0.1, random_state=42)),
}


def make_table():
    """Features on different scales, two nearly equal; noisy targets on a grid."""
    random = numpy.random.default_rng(5)
    z = random.normal(size=(ROWS, len(reference.FEATURES)))
    noise = random.normal(size=(ROWS, 3))
    color = numpy.sin(2 * z[:, 0]) + z[:, 1] + 0.3 * noise[:, 0] > 0
    sigma = numpy.round(2 + 0.8 * z[:, 3] + 0.6 * abs(z[:, 4]) + 0.4 * noise[:, 1]) / 2
    strength = numpy.round(2.4 + 0.6 * z[:, 6] * z[:, 7] + z[:, 8] + 0.4 * noise[:, 2]) / 2
    z[:, 5] = 0.9 * z[:, 0] + 0.1 * z[:, 5]
    scale, shift = random.uniform(0.01, 50, z.shape[1]), random.uniform(-9, 200, z.shape[1])
    targets = numpy.c_[color, numpy.clip(sigma, 0.5, 2), numpy.clip(strength, 0, 2.5)]
    return z * scale + shift, targets


def write_table(path, features, targets):
    """Write two rows per original; return the row number of each name."""
    names = [f"p{row // 2}~{row % 2}.png" for row in range(ROWS)]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["filename"] + list(reference.FEATURES) + TARGETS)
        for row in zip(names, features.tolist(), targets.tolist()):
            writer.writerow([row[0]] + row[1] + row[2])
    return {name: row for row, name in enumerate(names)}


def run_patina(binary, path, row_of):
    """Predictions {kind: {row: values}} and metrics {kind: {target: figures}}."""
    predictions, metrics = {}, {}
    output = subprocess.run([binary, path], check=True, stdout=subprocess.PIPE, text=True).stdout
    for what, kind, key, *figures in csv.reader(output.splitlines()):
        table, index = ((predictions, row_of[key]) if what == "prediction"
                        else (metrics, int(key)))
        table.setdefault(kind, {})[index] = [float(figure) for figure in figures]
    return predictions, metrics


def largest_deviation(expected, found):
    expected, found = numpy.asarray(expected), numpy.asarray(found)
    return float(numpy.max(abs(expected - found) / numpy.maximum(1, abs(expected))))


def figures_of(truth, predicted):
    return [mean_squared_error(truth, predicted), mean_absolute_error(truth, predicted),
            r2_score(truth, predicted)]


def main():
    binary, work_dir = sys.argv[1:3]
    os.makedirs(work_dir, exist_ok=True)
    path = os.path.join(work_dir, "table.csv")
    features, targets = make_table()
    predictions, metrics = run_patina(binary, path, write_table(path, features, targets))
    errors = []

    def check(good, text):
        print(text)
        if not good:
            errors.append(text)

    check(list(predictions) == list(SKLEARN), f"model kinds: {', '.join(predictions)}")
    tested = sorted(predictions["linear"])
    learnt = sorted(set(range(ROWS)) - set(tested))
    check(len(tested) == ROWS // 5, f"{len(learnt)} rows to learn from, {len(tested)} to test")
    check(not {row // 2 for row in tested} & {row // 2 for row in learnt},
          "no original is in both training and test rows")
    for kind, model in SKLEARN.items():
        own = numpy.array([predictions[kind][row] for row in tested])
        other = model.fit(features[learnt], targets[learnt]).predict(features[tested])
        if kind == "linear":
            deviation = largest_deviation(other, own)
            check(deviation <= LINEAR_TOLERANCE, f"linear predictions: deviation {deviation:.2g}")
        for target, name in enumerate(TARGETS):
            truth = targets[tested, target]
            constant = numpy.full(len(tested), targets[learnt, target].mean())
            expected = figures_of(truth, own[:, target]) + figures_of(truth, constant)
            deviation = largest_deviation(expected, metrics[kind][target])
            check(deviation <= METRICS_TOLERANCE,
                  f"{kind}, {name}: metrics deviation {deviation:.2g}")
            r2, other_r2 = expected[2], r2_score(truth, other[:, target])
            check(abs(r2 - other_r2) <= MARGIN,
                  f"{kind}, {name}: R2 {r2:.3f}, scikit-learn {other_r2:.3f}")
    for error in errors:
        print(f"wrong: {error}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
