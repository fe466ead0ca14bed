#!/usr/bin/python3
"""The best single setting for all images: chosen on one set of trials, judged on another.

    study_fixed.py LEARN_TRIALS.csv UNSEEN_TRIALS.csv
"""

import csv
import sys

LIMIT = 1.0  # identical images have an infinite score
NOT_A_SETTING = ("filename", "similarity_score", "psnr", "ssim")


def read(path):
    """setting -> {name: gain over the untouched image}."""
    score, untouched = {}, {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            setting = tuple((key, row[key]) for key in row if key not in NOT_A_SETTING)
            value = min(float(row["similarity_score"]), LIMIT)
            score.setdefault(setting, {})[row["filename"]] = value
            untouched[row["filename"]] = value  # the last row of each image is the untouched one
    return {setting: {name: value - untouched[name] for name, value in scores.items()}
            for setting, scores in score.items()}


def mean(values):
    return sum(values) / len(values)


def main():
    learn, unseen = read(sys.argv[1]), read(sys.argv[2])
    order = sorted(learn, key=lambda setting: -mean(learn[setting].values()))
    for setting in order[:5]:
        gains = list(unseen[setting].values())
        words = " ".join(value for _, value in setting)
        print(f"{words:45s} learn {mean(learn[setting].values()):+.4f}  "
              f"unseen {mean(gains):+.4f}  worse {100 * mean([g < 0 for g in gains]):.1f} %")


if __name__ == "__main__":
    main()
