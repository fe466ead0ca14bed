#!/usr/bin/python3
"""What another program's restorations gain, as a model's do in study_judge.py.

    study_outside.py TRIALS.csv MANIFEST.csv OTHER_TRIALS.csv

OTHER_TRIALS is what `patina search --trials` wrote for the images that the other program made of
the damaged ones of MANIFEST, under the same names; only the scores of the untouched ones are used.
"""

import sys

from study_judge import interval, line, oracle_gains, ratio, read, summary


def untouched(path):
    """name -> (similarity, psnr, ssim) of the untouched image: the last row of each."""
    limits = {"similarity_score": 1.0, "psnr": 50.0, "ssim": 1.0}
    return {row["filename"]: [min(float(row[score]), most) for score, most in limits.items()]
            for row in read(path)}


def main():
    trials, manifest, other = sys.argv[1:]
    before, after, oracle = untouched(trials), untouched(other), oracle_gains(trials)
    pairs = []
    for row in read(manifest):
        name = row["id"] if row["id"] in before else row["damaged"].rsplit("/", 1)[-1]
        if name in before and (name in after or name + ".png" in after):
            scores = after.get(name) or after[name + ".png"]
            score, psnr, ssim = (b - a for a, b in zip(before[name], scores))
            pairs.append({"score": score, "psnr": psnr, "ssim": ssim, "original": row["original"],
                          "oracle": max(oracle[name], 0), "acted": psnr != 0})
    low, high = interval(pairs, ratio)
    facts = summary(pairs)
    print(line("all", facts))
    print(f"share of the oracle {100 * facts['share']:.1f} % ({100 * low:.1f}..{100 * high:.1f}); "
          f"mean gain {facts['psnr']:+.2f} dB, {facts['ssim']:+.4f} SSIM")


if __name__ == "__main__":
    main()
