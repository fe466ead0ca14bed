#!/usr/bin/python3
"""Send KILL, SEGV and STOP to random workers; no pair may be lost, duplicated or left hanging.

    check_faults.py PATINA SAMPLE_DIR OUT_DIR

Repeats a run over a few hundred small pairs until enough signals have been sent: 60, or 1,000 with
PATINA_LONG=1. Each run must write the same bytes as an undisturbed one. In the unlikely case that a
pair is hit three times in a row, it must be recorded as a failure with that cause. In one more run,
the first workers are killed as they start.

The speed of the machine does not matter: the next signal is sent only after the run has made
progress. Only at the start may several signals be sent before any progress.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

from PIL import Image

PAIRS, JOBS = 300, 3
FAULTS = 1000 if os.environ.get("PATINA_LONG") == "1" else 60
GAP_S = 0.02, 0.12  # least time between two signals
AT_START = 8        # signals before the first outcome
STARVING = 12       # workers killed as they start: more than the driver lets fail in a row
BEGUN = 1000        # a journal of this size contains outcomes
STEP = 2000         # bytes that the journal must grow between two signals: some outcomes
HANGING_S = 900
SIGNALS = signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP
SEED = 20240607


def make_pairs(sample, out, chance):
    """Crops of the sample, 24 to 64 pixels a side, in all formats."""
    names = sorted(path.name for path in (sample / "damaged").iterdir())
    suffixes = [".jpg", ".png", ".webp", ".bmp", ".tiff"]
    for folder in ("damaged", "undamaged"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for i in range(PAIRS):
        name = chance.choice(names)
        width, height = chance.randint(24, 64), chance.randint(24, 64)
        x, y = chance.random(), chance.random()
        for folder in ("damaged", "undamaged"):
            with Image.open(sample / folder / name) as image:
                left, top = int(x * (image.width - width)), int(y * (image.height - height))
                part = image.convert("RGB").crop((left, top, left + width, top + height))
            part.save(out / folder / f"{i:03d}{suffixes[i % len(suffixes)]}")


def start(patina, out, name, *more, stderr=subprocess.DEVNULL):
    command = [patina, "search", "damaged", "undamaged", "--output", name, "--jobs", str(JOBS),
               *(more or ["--quiet"])]
    return subprocess.Popen(command, cwd=out, stdout=subprocess.DEVNULL, stderr=stderr)


def workers_of(driver):
    try:
        text = pathlib.Path(f"/proc/{driver.pid}/task/{driver.pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def is_worker(pid):
    """False between fork() and exec(): stopping it there would block the driver."""
    try:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return command[1:2] == [b"worker"]
    except OSError:
        return False


class Gadfly:
    """Sends signals to the workers of one run, if it makes progress in between."""

    def __init__(self, out, chance, sent):
        self.journal, self.chance, self.sent = out / "faults.journal", chance, sent
        self.at_start, self.size = 0, 0

    def choose(self):
        """The signal to send now, or None. No SEGV before the first outcome: if no worker ever
        starts, a run rightly ends after a crash."""
        size = self.journal.stat().st_size if self.journal.exists() else 0
        if size < BEGUN:
            self.at_start += 1
            return self.chance.choice(SIGNALS[::2]) if self.at_start <= AT_START else None
        if size < self.size + STEP:
            return None
        self.size = size
        return self.chance.choice(SIGNALS)

    def sting(self, driver):
        workers = [pid for pid in workers_of(driver) if is_worker(pid)]
        number = self.choose() if workers else None
        if number is None:
            return
        try:
            os.kill(self.chance.choice(workers), number)
            self.sent[number.name] += 1
        except ProcessLookupError:
            pass


def wait_while(driver, act):
    """Call act() until the driver ends. Return its exit status, or None if it hangs."""
    deadline = time.monotonic() + HANGING_S
    while driver.poll() is None:
        if time.monotonic() > deadline:
            driver.kill()
            driver.wait()
            return None
        act()
    return driver.returncode


def disturb(driver, out, chance, sent, wanted):
    gadfly = Gadfly(out, chance, sent)

    def act():
        time.sleep(chance.uniform(*GAP_S))
        if sum(sent.values()) < wanted:
            gadfly.sting(driver)

    return wait_while(driver, act)


def starve(driver, killed):
    """Kill the first STARVING workers as soon as they exist."""
    def act():
        time.sleep(0.001)
        for pid in workers_of(driver):
            if len(killed) < STARVING and pid not in killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)

    return wait_while(driver, act)


def rows(path):
    """The lines below the header, without line ends."""
    return path.read_text(encoding="utf-8").splitlines()[1:]


def check_run(out, calm):
    """Complaints about a disturbed run, and the number of pairs that failed."""
    got, failures = rows(out / "faults.csv"), rows(out / "faults.failures.csv")
    died = {line.split(",")[0] for line in failures if ",worker,worker_died," in line}
    wanted = [line for line in calm if line.split(",")[0] not in died]
    complaints = []
    if len(died) != len(failures):
        complaints.append(f"failures that are not worker deaths, or duplicates: {failures}")
    if got != wanted:
        lost, more = len(set(wanted) - set(got)), len(set(got) - set(wanted))
        complaints.append(f"{lost} rows lost, {more} unexpected, "
                          f"{len(got) - len(set(got))} duplicated, or rows out of order")
    return complaints, len(died)


def check_starved(patina, out, calm_bytes):
    """Complaints about a run whose first workers are killed as they start."""
    killed = set()
    with open(out / "starved.log", "wb") as log:
        status = starve(start(patina, out, "starved.csv", "--progress", "always", stderr=log),
                        killed)
    if status != 0 or len(killed) < STARVING:
        return [f"a run whose workers were killed as they started exited with status {status} "
                f"after {len(killed)} of {STARVING} kills"]
    if (out / "starved.csv").read_bytes() != calm_bytes:
        return ["a run whose workers were killed as they started wrote different bytes"]
    if b"no worker is running, retrying: the last one was killed by" not in (
            out / "starved.log").read_bytes():
        return ["a run whose workers were killed as they started did not report it"]
    return []


def main():
    patina, sample, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    chance = random.Random(SEED)
    shutil.rmtree(out, ignore_errors=True)
    make_pairs(sample, out, chance)
    if start(patina, out, "calm.csv").wait() != 0:
        sys.exit("the undisturbed run failed")
    calm_bytes, calm = (out / "calm.csv").read_bytes(), rows(out / "calm.csv")
    sent = {number.name: 0 for number in SIGNALS}
    complaints, given_up, identical, runs, began = [], 0, 0, 0, time.monotonic()
    while sum(sent.values()) < FAULTS and not complaints:
        for left in out.glob("faults.*"):  # otherwise the run would resume from the last journal
            left.unlink()
        status = disturb(start(patina, out, "faults.csv"), out, chance, sent, FAULTS)
        runs += 1
        if status is None:
            complaints.append(f"a run hangs: over {HANGING_S} s")
        elif status not in (0, 1) or not (out / "faults.csv").exists():
            complaints.append(f"a run exited with status {status}, or wrote no faults.csv")
        else:
            more, died = check_run(out, calm)
            complaints += more
            given_up += died
            identical += (out / "faults.csv").read_bytes() == calm_bytes
            if status != (1 if died else 0):
                complaints.append(f"exit status {status} with {died} failures")
    complaints += check_starved(patina, out, calm_bytes)
    if given_up > FAULTS // 50:
        complaints.append(f"{given_up} failed pairs are too many to have been hit three times each")
    print(", ".join(f"{count} {name}" for name, count in sent.items()),
          f"in {runs} runs of {PAIRS} pairs, {time.monotonic() - began:.1f} s:",
          f"{identical} runs identical to the undisturbed one, {given_up} pairs hit three times "
          f"and recorded, {len(complaints)} complaints")
    for complaint in complaints:
        print("FAILED:", complaint)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
