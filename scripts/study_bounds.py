#!/usr/bin/python3
"""What bounds a model: its share of the oracle's gain if a part of the setting were told.

    study_bounds.py DETAILS.csv TRIALS.csv

DETAILS is what patina evaluate --details wrote, TRIALS what patina search --trials wrote for the
same pairs. Where a setting that was predicted is not one of the grid's, the nearest one counts.
"""

import csv
import sys

SCORE_LIMIT = 1.0       # that of 50 dB; identical images have an infinite one


def setting_of(row):
    return (row["color_method"], float(row["sharpen_sigma"]), float(row["sharpen_strength"]))


def read_trials(path):
    """name -> [(setting, score)], the untouched image last."""
    trials = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            score = min(float(row["similarity_score"]), SCORE_LIMIT)
            trials.setdefault(row["filename"], []).append((setting_of(row), score))
    return trials


def sharpening_distance(a, b):
    """Without strength, sigma does not matter."""
    sigma = abs(a[1] - b[1]) if a[2] > 0 and b[2] > 0 else 0
    return sigma + abs(a[2] - b[2])


def main():
    details, trials = sys.argv[1:3]
    trials = read_trials(trials)
    sums = dict.fromkeys(("oracle", "prediction", "colour told", "sharpening told"), 0.0)
    right = pairs = 0
    with open(details, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tried = trials[row["filename"]]
            untouched = tried[-1][1]
            predicted = setting_of(row)
            best = max(tried, key=lambda trial: trial[1])
            same_color = [t for t in tried if t[0][0] == best[0][0]]
            told_color = min(same_color, key=lambda t: sharpening_distance(t[0], predicted))
            told_sharpening = max((t for t in tried if t[0][0] == predicted[0]),
                                  key=lambda trial: trial[1])
            sums["oracle"] += best[1] - untouched
            sums["prediction"] += min(float(row["predicted_score"]), SCORE_LIMIT) - untouched
            sums["colour told"] += told_color[1] - untouched
            sums["sharpening told"] += told_sharpening[1] - untouched
            right += predicted[0] == best[0][0]
            pairs += 1
    for name, gain in sums.items():
        print(f"{name:16s} {100 * gain / sums['oracle']:6.1f} % of the oracle's gain")
    print(f"colour correction predicted as the oracle's in {right} of {pairs} pairs")


if __name__ == "__main__":
    main()
