#!/usr/bin/python3
"""How patina's cost grows with the image area, the number of pairs and the number of workers.

Called by scripts/bench_scaling.sh, which builds the programs and makes the pairs.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time

import driver
from driver import BenchError, Peer, Process

SIDES = ("damaged", "undamaged")
WORKERS = (1, 2)
PAIR_COUNTS = (1, 100, 10_000)
LINKED_COPIES = 14          # of every 512 x 512 pair
SAMPLING_S = 0.01           # interval of the memory measurements


# Area

def measure_area(args):
    """Print winner, all 40 and features for each size."""
    program = os.path.join(args.peers, "patina_grid")
    processes = {}
    for size in args.sizes:
        folders = [os.path.join(args.pairs, str(size), side) for side in SIDES]
        processes[size] = Process([program, *folders])
    peers = [Peer(f"{size} {task}", process, task, args.rounds)
             for size, process in processes.items() for task in ("best", "all", "features")]
    timings = driver.interleave(peers, args.rounds)
    for process in processes.values():
        process.close()
    rows = []
    for size in args.sizes:
        row = [f"{size} x {size}"]
        for task in ("best", "all", "features"):
            timing = timings[f"{size} {task}"]
            ms = timing.median_ms()
            per = timing.ns_per_cell() if timing.is_search else ms * 1e6 / size ** 2
            row += [f"{ms:.2f}", f"{timing.median_cpu_ms():.2f}", f"{per:.3f}"]
        rows.append(row)
    driver.table(["", "winner ms", "CPU ms", "ns/cell", "all 40 ms", "CPU ms", "ns/cell",
                  "features ms", "CPU ms", "ms/Mpx"], rows)


# Number of pairs

def link_pairs(source, target, count):
    """Make `count` pairs: hard links to the pairs in `source`, repeated as needed."""
    for side in SIDES:
        folder = os.path.join(target, side)
        os.makedirs(folder)
        names = sorted(os.listdir(os.path.join(source, side)))
        for number, name in zip(range(count), itertools.cycle(names)):
            os.link(os.path.join(source, side, name), os.path.join(folder, f"{number:05}_{name}"))


def search_command(args, folder, jobs):
    return [args.patina, "search", *(os.path.join(folder, side) for side in SIDES),
            "-o", os.path.join(args.pairs, "out.csv"), "--jobs", str(jobs)]


def run_search(args, folder, jobs):
    """Run the program once; return the seconds it took."""
    start = time.perf_counter()
    run = subprocess.run(search_command(args, folder, jobs), capture_output=True, text=True,
                         check=False)
    seconds = time.perf_counter() - start
    if run.returncode != 0:
        raise BenchError(f"patina search {folder}: exit status {run.returncode}\n{run.stderr}")
    return seconds


def time_runs(args, folders):
    """Run all combinations in turns; return {(folder, jobs): median seconds}."""
    seconds = {key: [] for key in itertools.product(folders, WORKERS)}
    for number in range(args.rounds):
        for done, key in enumerate(seconds):
            driver.progress(f"round {number + 1} of {args.rounds}, "
                            f"run {done + 1} of {len(seconds)}")
            seconds[key].append(run_search(args, *key))
    driver.progress("")
    return {key: statistics.median(values) for key, values in seconds.items()}


def throughput_row(text, count, seconds):
    """A row of the table; seconds: with one worker and with two."""
    return [text, *(f"{value:.3f}" for value in seconds),
            *(f"{count / value:.1f}" for value in seconds), f"{seconds[0] / seconds[1]:.2f}"]


def measure_counts(args):
    """Time runs with one and two workers: growing numbers of small pairs, then 512 x 512 pairs."""
    tiny = os.path.join(args.pairs, "tiny")
    folders = {}
    for count in PAIR_COUNTS:
        folder = os.path.join(args.pairs, f"linked_{count}")
        link_pairs(tiny, folder, count)
        folders[folder] = (f"32 x 32, pairs: {count}", count)
    real = os.path.join(args.pairs, "real")
    count = LINKED_COPIES * len(os.listdir(os.path.join(real, "damaged")))
    folder = os.path.join(args.pairs, "linked_real")
    link_pairs(real, folder, count)
    folders[folder] = (f"512 x 512, pairs: {count}", count)

    median = time_runs(args, folders)
    driver.table(["", "1 worker s", "2 workers s", "pairs/s", "pairs/s", "speed-up"],
                 [throughput_row(text, count, [median[folder, jobs] for jobs in WORKERS])
                  for folder, (text, count) in folders.items()])
    return folder


# Memory

def peak_kb(pid):
    """The peak resident memory of a process in KiB; 0 if it has exited."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
            return list(map(int, file.read().split()))
    except OSError:
        return []


def measure_memory(args, folder, jobs):
    """(driver's peak memory, [each worker's peak memory]), in KiB."""
    with subprocess.Popen(search_command(args, folder, jobs), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as search:
        own, workers = 0, {}
        while search.poll() is None:
            own = max(own, peak_kb(search.pid))
            for pid in children(search.pid):
                workers[pid] = max(workers.get(pid, 0), peak_kb(pid))
            time.sleep(SAMPLING_S)
    return own, sorted(workers.values(), reverse=True)


def print_memory(args, folder):
    rows = []
    for jobs in WORKERS:
        own, workers = measure_memory(args, folder, jobs)
        rows.append([f"--jobs {jobs}", f"{own / 1024:.1f}",
                     ", ".join(f"{kb / 1024:.1f}" for kb in workers)])
    driver.table(["", "driver MiB", "workers MiB"], rows)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", required=True, metavar="DIR", help="the built programs")
    parser.add_argument("--patina", required=True, metavar="PROGRAM")
    parser.add_argument("--pairs", required=True, metavar="DIR",
                        help="a folder per size, `tiny` and `real`; links are made here")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", required=True, metavar="LIST",
                        type=lambda text: list(map(int, text.split(","))))
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return args


def main():
    args = parse_arguments()
    facts = driver.machine()
    print(f"{facts['cpu']}, {facts['cpus']} CPUs, load {facts['load']}")
    try:
        print("\nImage area, one thread, mean over the pairs:\n")
        measure_area(args)
        print("\nNumber of pairs and workers, whole runs of patina search:\n")
        folder = measure_counts(args)
        print("\nLargest resident memory, 512 x 512:\n")
        print_memory(args, folder)
    except BenchError as error:
        print(f"scaling.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
