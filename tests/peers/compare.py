#!/usr/bin/python3
"""Time patina and its peers on the same pairs, in turns, and compare their results.

Called by scripts/bench_peers.sh, which builds the programs and makes the pairs.
"""

import argparse
import json
import os
import sys

import driver
from driver import MALLOC_DEFAULT, MALLOC_TUNED, Peer, Process

PYTHON, PYTHON_TUNED = "Python", "Python, malloc tuned"
WINNER, ALL = "patina, winner", "patina, all 40"
MALLOCS = [("", MALLOC_DEFAULT), (", malloc tuned", MALLOC_TUNED)]
CXX_PEERS = [("C++ plain", "plain"), ("C++ cached", "cached"), ("C++ own loops", "rows")]
OPENCV_LABELS = ("C++ plain", "C++ cached")

# Largest differences from the reference: (PSNR, SSIM), in double and in single precision.
DOUBLE, SINGLE = (1e-9, 1e-9), (1e-9, 2e-5)
NEAR_TIE = 2e-5             # in single precision, settings closer than this may swap ranks


def folders(pairs):
    return [os.path.join(pairs, side) for side in ("damaged", "undamaged")]


def grid_peers(args):
    """All peers of the first table; the first is the reference."""
    here = os.path.dirname(os.path.abspath(__file__))
    pairs = folders(args.pairs)
    peers = []

    def add(label, command, task, rounds=args.rounds, variables=None):
        peers.append(Peer(label, Process([*command, *pairs], variables), task, rounds))

    if args.python_rounds > 0:
        python = [sys.executable, os.path.join(here, "grid.py"), args.scripts]
        for label, variables in ((PYTHON, MALLOC_DEFAULT), (PYTHON_TUNED, MALLOC_TUNED)):
            add(label, python, "all", args.python_rounds, variables)
    patina = [os.path.join(args.peers, "patina_grid")]
    add(ALL, patina, "all")
    add(WINNER, patina, "best")
    for tier in ("avx2", "c"):
        add(f"{ALL}, PAT_CPU={tier}", patina, "all", variables={"PAT_CPU": tier})
    for label, program in CXX_PEERS:
        for suffix, variables in MALLOCS:
            add(label + suffix, [os.path.join(args.peers, program)], "all", variables=variables)
    return peers


# Agreement

def compare_pair(label, name, found, expected):
    """(complaints, largest PSNR difference, largest SSIM difference)"""
    complaints = []
    theirs = found.scores
    ours = expected.scores if len(theirs) > 1 else [expected.scores[expected.winner]]
    if found.winner != expected.winner:
        totals = [psnr / 100 + ssim / 2 for psnr, ssim in expected.scores]
        gap = totals[expected.winner] - totals[found.winner]
        kind = "near-tie" if gap < NEAR_TIE and label.startswith("C++") else "WRONG"
        complaints.append(f"{kind}: {label}, {name}: winner {found.winner}, not "
                          f"{expected.winner}, which is {gap:.2g} better")
        if len(theirs) == 1:
            return complaints, 0.0, 0.0
    psnr, ssim = (max(0.0 if a == b else abs(a - b) for a, b in zip(x, y))
                  for x, y in zip(zip(*theirs), zip(*ours)))
    limits = SINGLE if label.startswith("C++") else DOUBLE
    if not (psnr <= limits[0] and ssim <= limits[1]):
        complaints.append(f"WRONG: {label}, {name}: PSNR differs by {psnr:.2g}, SSIM by {ssim:.2g}")
    return complaints, psnr, ssim


def check_agreement(peers, timings):
    """Print the differences from the first peer; return whether all are within limits."""
    reference = peers[0]
    names = reference.process.names()
    complaints, rows = [], []
    for peer in peers[1:]:
        found = timings[peer.label].found
        results = [compare_pair(peer.label, names[i], found[i],
                                timings[reference.label].found[i]) for i in found]
        complaints += [text for texts, _, _ in results for text in texts]
        rows.append([peer.label, f"{max(psnr for _, psnr, _ in results):.1e}",
                     f"{max(ssim for _, _, ssim in results):.1e}"])
    print(f"Largest differences from {reference.label}, all pairs and settings:\n")
    driver.table(["", "PSNR, dB", "SSIM"], rows)
    print("", *(complaints or ["all peers choose the same winners"]), sep="\n")
    return not any(text.startswith("WRONG") for text in complaints)


# Tables

def print_times(timings):
    rows = []
    for label, timing in timings.items():
        medians = timing.pair_medians()
        rows.append([label, f"{timing.median_ms():.2f}", f"{timing.median_cpu_ms():.2f}",
                     f"{min(medians):.2f}..{max(medians):.2f}",
                     f"{timing.ns_per_cell():.3f}" if timing.is_search else "-",
                     str(len(timing.rounds))])
    driver.table(["", "ms", "CPU ms", "min..max of pairs", "ns/cell", "rounds"], rows)


def ratios(timings):
    """{text: (ratio of median times, ratio of median CPU times)}"""
    median = {label: timing.median_ms() for label, timing in timings.items()}
    cxx = {label: ms for label, ms in median.items() if label.startswith("C++")}
    opencv = {label: ms for label, ms in cxx.items() if label.startswith(OPENCV_LABELS)}
    best, best_opencv = min(cxx, key=cxx.get), min(opencv, key=opencv.get)
    slower = [(PYTHON, WINNER), (PYTHON_TUNED, WINNER), (best_opencv, WINNER), (best, WINNER),
              (PYTHON_TUNED, ALL), (best_opencv, ALL), (best, ALL)]
    cpu = {label: timing.median_cpu_ms() for label, timing in timings.items()}
    return {f"{a} / {b}": (median[a] / median[b], cpu[a] / cpu[b])
            for a, b in slower if a in median}


def whole_pairs(args):
    """Timings of patina alone: decoding, features, whole pairs, and a larger size."""
    program = os.path.join(args.peers, "patina_grid")
    tables = {}
    for text, pairs, tasks in (
            ("512 x 512", args.pairs, ["decode", "best", "features", "pair"]),
            ("1248 x 832", args.large, ["best", "all", "pair"])):
        process = Process([program, *folders(pairs)])
        peers = [Peer(f"{text}: {task}", process, task, args.rounds) for task in tasks]
        tables.update(driver.interleave(peers, args.rounds, args.warm))
        process.close()
    return tables


def write_json(path, facts, tables, factors):
    content = {
        "machine": facts,
        "timings": {label: {"median_ms": t.median_ms(), "median_cpu_ms": t.median_cpu_ms(),
                            "ns_per_cell": t.ns_per_cell(),
                            "pair_median_ms": t.pair_medians(), "round_mean_ms": t.round_means()}
                    for label, t in tables.items()},
        "ratios": {text: {"clock": clock, "cpu": cpu} for text, (clock, cpu) in factors.items()},
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", required=True, metavar="DIR", help="the built programs")
    parser.add_argument("--scripts", required=True, metavar="DIR", help="where reference.py is")
    parser.add_argument("--pairs", required=True, metavar="DIR")
    parser.add_argument("--large", required=True, metavar="DIR", help="pairs of 1248 x 832 pixels")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python-rounds", type=int, default=1,
                        help="number of rounds that include Python (default: 1)")
    parser.add_argument("--warm", action="store_true",
                        help="run every task once untimed just before it is timed")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    args.python_rounds = min(args.python_rounds, args.rounds)
    if args.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return args


def run(args):
    facts = driver.machine()
    print(f"{facts['cpu']}, {facts['cpus']} CPUs, load {facts['load']}\n")
    peers = grid_peers(args)
    timings = driver.interleave(peers, args.rounds, args.warm)
    for peer in peers:
        peer.process.close()
    print("One decoded pair, one thread: median over the rounds of the mean over "
          f"{len(peers[0].process.pairs)} pairs.\nA cell is one sample (pixel, channel) in one "
          f"of {driver.SETTINGS} settings.\n")
    print_times(timings)
    print()
    factors = ratios(timings)
    driver.table(["ratio", "clock", "CPU"], [[text, f"{clock:.1f}", f"{cpu:.1f}"]
                                             for text, (clock, cpu) in factors.items()])
    print()
    agree = check_agreement(peers, timings)

    print("\npatina in one process; decode: both JPEG files; pair: decode, winner, features\n")
    whole = whole_pairs(args)
    print_times(whole)
    if args.json:
        write_json(args.json, facts, {**timings, **whole}, factors)
    return 0 if agree else 1


def main():
    try:
        return run(parse_arguments())
    except driver.BenchError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
