#!/usr/bin/python3
"""Disturb runs of patina search, and check that the same command then ends with the same files.

    faults.py KIND --patina PATH [--long] [--seed N] [--shim PATH]

kill         SIGKILL the driver at random times, also in resumed runs
calls        SIGKILL the driver at each write, fsync, rename, truncation and removal (strace)
errors       fail each of these calls once, with EIO, ENOSPC or EINTR (strace)
full         fill the disk: a tmpfs of 20 sizes
allocations  fail each allocation of the driver once (a preloaded library)

Each kind prints the number of faults and their results. The exit status is 1 if any did harm. By
default only a selection of the faults is made, which takes a minute at most; --long makes all.
"""
import argparse
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

OUTPUTS = ["x.csv", "x.failures.csv", "x.trials.csv"]
CALLS = ["write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "ftruncate", "unlink"]
# LeakSanitizer also traces, which only one program can do.
STRACE = ["strace", "-E", "ASAN_OPTIONS=detect_leaks=0"]
PAIRS = 24
SIDE = 20


def write_bmp(path, rng, base=None, side=SIDE):
    """Write a BMP of random pixels, or of `base` with small changes; return the pixels."""
    if base is None:
        pixels = bytes(rng.randrange(256) for _ in range(3 * side * side))
    else:
        pixels = bytes((value * 3 + rng.randrange(256)) // 4 for value in base)
    row = 3 * side
    padding = bytes(-row % 4)
    rows = b"".join(pixels[i * row:(i + 1) * row] + padding for i in range(side))
    header = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + len(rows), 0, 0, 54, 40, side, side, 1,
                         24, 0, len(rows), 2835, 2835, 0, 0)
    with open(path, "wb") as out:
        out.write(header + rows)
    return pixels


def make_pairs(count=PAIRS, seed=1):
    """Make pairs in d and u; two of them will fail."""
    rng = random.Random(seed)
    for side in "du":
        os.mkdir(side)
    for i in range(count):
        name = f"{i:04d}.bmp"
        pixels = write_bmp(f"u/{name}", rng)
        write_bmp(f"d/{name}", rng, pixels)
    open("d/0003.bmp", "wb").close()
    with open("u/0007.bmp", "r+b") as file:
        file.truncate(100)


class Harness:
    """Runs patina for one kind of fault, checks its output and counts the results."""

    def __init__(self, options):
        self.patina = options.patina
        self.counts = {}
        self.harm = []
        make_pairs()
        status = self.run("reference")
        assert status == 1, f"the undisturbed run exited with {status}"
        self.wanted = self.results("reference")
        shutil.rmtree("reference")

    def command(self, folder, *more):
        return [self.patina, "search", "d", "u", "-o", f"{folder}/x.csv", "--trials",
                f"{folder}/x.trials.csv", "--quiet", *more]

    def run(self, folder, *more, before=(), timeout=120, **how):
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run([*before, *self.command(folder, *more)], timeout=timeout,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False, **how)
        self.message = done.stderr.decode(errors="replace")
        return done.returncode

    def results(self, folder):
        return [open(f"{folder}/{name}", "rb").read() for name in OUTPUTS]

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def blame(self, what):
        self.harm.append(what)
        print("HARM:", what, file=sys.stderr)

    def check_no_half_output(self, folder, fault):
        """An output file that exists must be complete."""
        for name, wanted in zip(OUTPUTS, self.wanted):
            path = f"{folder}/{name}"
            if os.path.exists(path) and open(path, "rb").read() != wanted:
                self.blame(f"{fault}: {path} exists but is wrong")

    def finish(self, folder, fault, *more):
        """The same command, undisturbed, must finish with the same bytes."""
        status = self.run(folder, *more)
        if status != 1:  # the two failures
            self.blame(f"{fault}: the resumed run exited with {status}: {self.message}")
        elif self.results(folder) != self.wanted:
            self.blame(f"{fault}: the resumed run wrote different bytes")
        else:
            self.count("runs finished with the same bytes")
        left = sorted(name for name in os.listdir(folder) if name.endswith(".partial"))
        if left:
            self.blame(f"{fault}: partial files left: {left}")
        shutil.rmtree(folder)

    def report(self):
        print(", ".join(f"{number} {what}" for what, number in self.counts.items()))
        print(f"{len(self.harm)} faults did harm")
        return 1 if self.harm or not self.counts else 0


def kill_driver(harness, options):
    rng = random.Random(options.seed)
    started = time.monotonic()
    harness.run("timing", "--restart", "--jobs", "2")
    usual = time.monotonic() - started
    shutil.rmtree("timing")
    kills = 200 if options.long else 30
    number = 0
    while harness.counts.get("kills of the driver", 0) < kills:
        number += 1
        folder = f"run{number}"
        os.makedirs(folder)
        for attempt in range(rng.randrange(1, 5)):  # all but the first are resumed runs
            driver = subprocess.Popen(harness.command(folder, "--jobs", str(rng.choice([1, 2, 3]))),
                                      stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, 1.2 * usual))
            if driver.poll() is None:
                driver.kill()
                harness.count("kills of the driver")
                if attempt > 0:
                    harness.count("of resumed runs")
            driver.wait()
            harness.check_no_half_output(folder, f"kill {number}")
        harness.finish(folder, f"kill {number}")


def traced_calls(harness):
    """The number of times that an undisturbed run in one process makes each call."""
    harness.run("traced", "--in-process",
                before=[*STRACE, "-o", "trace", "-e", "trace=" + ",".join(CALLS)])
    shutil.rmtree("traced")
    counts = {}
    for line in open("trace", encoding="utf-8", errors="replace"):
        found = re.match(r"(\w+)\(", line)
        if found and not line.startswith("write(2,"):  # messages do not count
            counts[found[1]] = counts.get(found[1], 0) + 1
    return counts


def every_call(harness, options, inject):
    """For every call of the driver, an strace command that injects `inject` at that call."""
    for call, total in traced_calls(harness).items():
        step = 1 if options.long or total < 5 else max(1, total // 5)
        for when in range(1, total + 1, step):
            yield call, when, f"{inject}, {call} number {when}", [
                *STRACE, "-o", "/dev/null", "-e", "trace=" + call, "-e",
                f"inject={call}:{inject}:when={when}"]


def kill_at_calls(harness, options):
    for _, _, fault, before in every_call(harness, options, "signal=KILL"):
        status = harness.run("run", "--in-process", before=before)
        harness.count("kills at a call" if status in (-signal.SIGKILL, 128 + signal.SIGKILL)
                      else "kills that came too late")
        harness.check_no_half_output("run", fault)
        harness.finish("run", fault)


def fail_calls(harness, options):
    for error in ["EIO", "ENOSPC", "EINTR"]:
        for call, _, fault, before in every_call(harness, options, f"error={error}"):
            if error == "EINTR" and call != "write":  # other calls do not return EINTR
                continue
            status = harness.run("run", "--in-process", before=before)
            if status == 1 and harness.message.count("failed: see") == 1:
                harness.count("errors survived")
            elif status == 1 and "run/x." in harness.message:
                harness.count("errors reported with the file name")
            else:
                harness.blame(f"{fault}: status {status}: {harness.message}")
            if error == "EINTR" and "failed: see" not in harness.message:
                harness.blame(f"{fault}: EINTR was treated as an error: {harness.message}")
            harness.check_no_half_output("run", fault)
            harness.finish("run", fault)


def fill_disk(harness, options):
    if os.geteuid() != 0:
        print("skipped: mounting a small disk needs root")
        sys.exit(77)
    needed = sum(len(bytes_) for bytes_ in harness.wanted)
    for i in range(20):
        size = (i + 1) * 3 * needed // 20 // 4096 * 4096 + 4096
        os.mkdir("disk")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", "disk"], check=True)
        try:
            status = harness.run("disk/run", "--jobs", "2")
            if status == 1 and "No space left" in harness.message:
                harness.count("runs on a full disk")
                if "disk/run/x." not in harness.message:
                    harness.blame(f"disk of {size}: the message names no file: {harness.message}")
            elif status == 1 and "failed: see" in harness.message:
                harness.count("runs on a large enough disk")
            else:
                harness.blame(f"disk of {size}: status {status}: {harness.message}")
            harness.check_no_half_output("disk/run", f"disk of {size}")
            subprocess.run(["mount", "-o", "remount,size=64m", "disk"], check=True)
            harness.finish("disk/run", f"disk of {size}")
        finally:
            subprocess.run(["umount", "disk"], check=True)
            os.rmdir("disk")


def fail_allocations(harness, options):
    def environment(number):
        return {**os.environ, "LD_PRELOAD": options.shim, "FAIL_ALLOCATION": str(number),
                "ALLOCATION_COUNT": "count"}

    harness.run("counted", "--jobs", "2", env=environment(0))
    shutil.rmtree("counted")
    total = int(open("count", encoding="ascii").read())
    print(total, "allocations in the driver")
    for number in range(1, total + 1, 1 if options.long else max(1, total // 40)):
        status = harness.run("run", "--jobs", "2", env=environment(number))
        fault = f"allocation {number}"
        if status == -signal.SIGABRT:  # libuv aborts if it cannot allocate its tables
            harness.count("aborts by libuv")
        elif status not in (0, 1, 2):
            harness.blame(f"{fault}: status {status}: {harness.message}")
        elif "failed: see" in harness.message:
            harness.count("failed allocations survived")
        else:
            harness.count("runs stopped by one")
            if "memory" not in harness.message:
                harness.blame(f"{fault}: the message does not name memory: {harness.message}")
        harness.check_no_half_output("run", fault)
        harness.finish("run", fault)


KINDS = {"kill": kill_driver, "calls": kill_at_calls, "errors": fail_calls, "full": fill_disk,
         "allocations": fail_allocations}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--patina", required=True)
    parser.add_argument("--shim")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--long", action="store_true", default=os.environ.get("PATINA_LONG") == "1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="patina-fault-") as folder:
        os.chdir(folder)
        harness = Harness(options)
        KINDS[options.kind](harness, options)
        os.chdir("/")
        return harness.report()


if __name__ == "__main__":
    sys.exit(main())
