#!/usr/bin/python3
"""How much of the study grid's oracle a model captures, and whom it harms, by family of damage.

    study_judge.py DETAILS.csv TRIALS.csv MANIFEST.csv [--json FILE]

DETAILS is what `patina evaluate --details` wrote, TRIALS what `patina search --trials` wrote for
the same pairs, MANIFEST that of the pairs. The oracle takes, for each image, the best setting of
the trials or none. Intervals are 95 % bootstrap intervals over originals.
"""

import argparse
import csv
import json
import random

LIMITS = {"score": 1.0, "psnr": 50.0, "ssim": 1.0}  # identical images have infinite scores
ROUNDS = 2000


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def oracle_gains(path):
    """name -> the gain of the best setting over the untouched image, at least 0."""
    best, untouched = {}, {}
    for row in read(path):
        name, score = row["filename"], min(float(row["similarity_score"]), LIMITS["score"])
        best[name] = max(best.get(name, score), score)
        if row["color_method"] == "none" and float(row["sharpen_strength"]) == 0:
            untouched[name] = score  # the last row of each image
    return {name: best[name] - untouched[name] for name in best}


def gain(row, score):
    return (min(float(row["predicted_" + score]), LIMITS[score])
            - min(float(row["untouched_" + score]), LIMITS[score]))


def ratio(pairs):
    oracle = sum(pair["oracle"] for pair in pairs)
    return sum(pair["score"] for pair in pairs) / oracle if oracle > 0 else float("nan")


def interval(pairs, statistic):
    """Resample originals; versions of one are alike."""
    groups = {}
    for pair in pairs:
        groups.setdefault(pair["original"], []).append(pair)
    groups, draw = list(groups.values()), random.Random(1)
    values = sorted(statistic([pair for _ in groups for pair in draw.choice(groups)])
                    for _ in range(ROUNDS))
    return values[int(0.025 * ROUNDS)], values[int(0.975 * ROUNDS)]


def summary(pairs):
    count = len(pairs)
    return {
        "pairs": count,
        "gain": sum(pair["score"] for pair in pairs) / count,
        "oracle": sum(pair["oracle"] for pair in pairs) / count,
        "share": ratio(pairs),
        "worse": sum(pair["score"] < 0 for pair in pairs) / count,
        "acted": sum(pair["acted"] for pair in pairs) / count,
        "psnr": sum(pair["psnr"] for pair in pairs) / count,
        "ssim": sum(pair["ssim"] for pair in pairs) / count,
    }


def line(name, facts):
    return (f"{name:20s} {facts['pairs']:5d}  gain {facts['gain']:+.4f} of {facts['oracle']:.4f} = "
            f"{100 * facts['share']:5.0f} %  worse {100 * facts['worse']:4.1f} %  "
            f"acted on {100 * facts['acted']:3.0f} %")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("details")
    parser.add_argument("trials")
    parser.add_argument("manifest")
    parser.add_argument("--json", help="also write the figures here")
    options = parser.parse_args()
    made = {row["id"]: row for row in read(options.manifest)}
    oracle = oracle_gains(options.trials)
    pairs = []
    for row in read(options.details):
        version = made[row["filename"]]
        pair = {score: gain(row, score) for score in LIMITS}
        pair.update(original=version["original"], family=version["family"],
                    oracle=max(oracle[row["filename"]], 0), acted=pair["psnr"] != 0)
        pairs.append(pair)
    families = sorted({pair["family"] for pair in pairs})
    facts = {"all": summary(pairs)}
    for name in families:
        facts[name] = summary([pair for pair in pairs if pair["family"] == name])
    low, high = interval(pairs, ratio)
    facts["all"].update(share_low=low, share_high=high)
    for name, values in facts.items():
        print(line(name, values))
    print(f"share of the oracle {100 * facts['all']['share']:.1f} % "
          f"({100 * low:.1f}..{100 * high:.1f}); mean gain "
          f"{facts['all']['psnr']:+.2f} dB, {facts['all']['ssim']:+.4f} SSIM")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=1)


if __name__ == "__main__":
    main()
