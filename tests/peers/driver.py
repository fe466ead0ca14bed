"""Run the benchmark peers in turns. Shared by compare.py and scaling.py.

A peer is a program that loads all pairs in two folders, prints a line `pair WIDTH HEIGHT NAME` for
each, and then `ready`. For each line `TASK INDEX` on its standard input, it performs the task once
on that pair and prints `MS CPU_MS [WINNER PSNR SSIM...]`: the task's wall-clock and CPU time, the
index of the best setting, and the scores of all settings in grid order, or only the winner's if the
peer does not compute the others.

On an idle machine both times agree, as every peer has one thread. On a busy one, the CPU time
excludes waiting, but not the effects of other processes on caches and memory.

All peers run during the whole benchmark and take turns at every pair, so that other load on the
machine affects them equally.
"""

import os
import statistics
import subprocess
import sys
from typing import NamedTuple

SETTINGS = 40
CHANNELS = 3

MALLOC_DEFAULT = {}
# Keep freed memory instead of returning it to the system, which then clears it page by page.
MALLOC_TUNED = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(1 << 28),
}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
BENCH_VARIABLES = set(MALLOC_TUNED) | set(ONE_THREAD) | {"PAT_CPU"}


class BenchError(Exception):
    """A peer failed; the text names the peer and the cause."""


class Outcome(NamedTuple):
    ms: float
    cpu_ms: float
    winner: int             # None if the task is not a search
    scores: list            # [(psnr, ssim)] of every setting, or only the winner


class Process:
    """A running peer with its pairs loaded."""

    def __init__(self, command, variables=None):
        self.command = command
        kept = {k: v for k, v in os.environ.items() if k not in BENCH_VARIABLES}
        try:
            self.child = subprocess.Popen(
                command, env={**kept, **ONE_THREAD, **(variables or {})}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise BenchError(f"{command[0]}: {error.strerror}") from error
        self.pairs = []     # (width, height, name)
        while (line := self._read()) != "ready":
            _, width, height, name = line.split(" ", 3)
            self.pairs.append((int(width), int(height), name))
        if not self.pairs:
            raise BenchError(f"{self.program()}: found no pairs")

    def names(self):
        """The names of the pairs."""
        return [name for _, _, name in self.pairs]

    def program(self):
        return os.path.basename(self.command[0])

    def _read(self):
        line = self.child.stdout.readline()
        if not line:
            raise BenchError(f"{self.program()}: exited early with status {self.child.wait()}")
        return line.rstrip("\n")

    def run(self, task, index):
        self.child.stdin.write(f"{task} {index}\n")
        self.child.stdin.flush()
        ms, cpu_ms, *rest = self._read().split()
        if not rest:
            return Outcome(float(ms), float(cpu_ms), None, [])
        scores = list(map(float, rest[1:]))
        return Outcome(float(ms), float(cpu_ms), int(rest[0]),
                       list(zip(scores[::2], scores[1::2])))

    def close(self):
        self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait()


class Peer(NamedTuple):
    label: str
    process: Process
    task: str
    rounds: int             # runs only in the first `rounds` rounds


class Timings:
    """The outcomes of one peer: times by round and pair, and results of the first round."""

    def __init__(self, peer):
        # For each pair, samples times settings.
        self.cells = [width * height * CHANNELS * SETTINGS
                      for width, height, _ in peer.process.pairs]
        self.is_search = peer.task in ("best", "all")
        self.rounds = []            # [[ms of each pair]]
        self.cpu_rounds = []        # the same for CPU time
        self.found = {}             # pair -> Outcome

    def round_means(self):
        return [statistics.fmean(times) for times in self.rounds]

    def median_ms(self):
        """Median over the rounds of the mean over the pairs."""
        return statistics.median(self.round_means())

    def median_cpu_ms(self):
        return statistics.median(map(statistics.fmean, self.cpu_rounds))

    def pair_medians(self):
        return [statistics.median(times) for times in zip(*self.rounds)]

    def ns_per_cell(self):
        return self.median_ms() * 1e6 / statistics.fmean(self.cells)


def interleave(peers, rounds, warm=False):
    """Time all peers in turns; return {label: Timings}. warm: run once untimed before each timing.

    All peers must have pairs with the same names, but sizes may differ.
    """
    pairs = peers[0].process.names()
    timings = {peer.label: Timings(peer) for peer in peers}
    for peer in peers:
        if peer.process.names() != pairs:
            raise BenchError(f"{peer.label}: loaded different pairs from {peers[0].label}")
        if peer.rounds >= rounds or warm:
            peer.process.run(peer.task, 0)      # lets its buffers grow
    for number in range(rounds):
        playing = [peer for peer in peers if number < peer.rounds]
        for peer in playing:
            timings[peer.label].rounds.append([])
            timings[peer.label].cpu_rounds.append([])
        for index in range(len(pairs)):
            progress(f"round {number + 1} of {rounds}, pair {index + 1} of {len(pairs)}")
            shift = (number + index) % len(playing)     # rotate the order of the peers
            for peer in playing[shift:] + playing[:shift]:
                if warm:
                    peer.process.run(peer.task, index)
                outcome = peer.process.run(peer.task, index)
                timings[peer.label].rounds[-1].append(outcome.ms)
                timings[peer.label].cpu_rounds[-1].append(outcome.cpu_ms)
                timings[peer.label].found.setdefault(index, outcome)
    progress("")
    return timings


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def table(header, rows):
    """Print an aligned table; all columns but the first are right-aligned."""
    rows = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [text.ljust(width) if i == 0 else text.rjust(width)
                 for i, (text, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def machine():
    """Facts about the machine that affect the figures: {name: text}."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {"cpu": model, "cpus": str(len(os.sched_getaffinity(0))),
            "load": " ".join(f"{load:.2f}" for load in os.getloadavg())}
