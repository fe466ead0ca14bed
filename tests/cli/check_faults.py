#!/usr/bin/python3
"""Send KILL, SEGV and STOP to random workers; nothing may be lost, doubled or left hanging.

    check_faults.py PATINA SAMPLE_DIR OUT_DIR

Runs over a few hundred small pairs are disturbed until enough signals have been sent: 60, or 1,000
with PATINA_LONG=1. Each must give the bytes of a calm run. A pair may be hit three times in a row,
however unlikely: it must then be a failure that says so, and is counted. In one more run every
worker is killed as it starts, until it is left alone.

How fast the machine is does not matter: between two signals the run gets on, whatever that takes.
Only while it starts may several come without anything having been done.
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
GAP_S = 0.02, 0.12  # between two signals, at least
AT_START = 8        # signals before the first outcome
STARVING = 12       # workers killed as they start: more than may fail by themselves
BEGUN = 1000        # bytes of a journal that has outcomes
STEP = 2000         # bytes by which it grows between two signals: some outcomes
HANGING_S = 900
SIGNALS = signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP
SEED = 20240607


def make_pairs(sample, out, chance):
    """Cut-outs of 24 to 64 pixels a side from the sample, in all formats."""
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
    """False between fork() and exec(): the driver waits there, also for one that is stopped."""
    try:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return command[1:2] == [b"worker"]
    except OSError:
        return False


class Gadfly:
    """Sends signals to the workers of one run, as far as it gets on in between."""

    def __init__(self, out, chance, sent):
        self.journal, self.chance, self.sent = out / "faults.journal", chance, sent
        self.at_start, self.size = 0, 0

    def choose(self):
        """The signal that may be sent now, or None. A crash before any worker has started would be
        a good reason for the run to end."""
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
    """Call act() again and again until the driver ends. Its exit status, None if it hangs."""
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
    """Kill workers as soon as they are there, STARVING of them."""
    def act():
        time.sleep(0.001)
        for pid in workers_of(driver):
            if len(killed) < STARVING and pid not in killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)

    return wait_while(driver, act)


def rows(path):
    """The lines below the header, without their ends."""
    return path.read_text(encoding="utf-8").splitlines()[1:]


def check_run(out, calm):
    """Complaints about a disturbed run, and how many pairs it gave up."""
    got, failures = rows(out / "faults.csv"), rows(out / "faults.failures.csv")
    died = {line.split(",")[0] for line in failures if ",worker,worker_died," in line}
    wanted = [line for line in calm if line.split(",")[0] not in died]
    complaints = []
    if len(died) != len(failures):
        complaints.append(f"failures other than of workers, or doubled: {failures}")
    if got != wanted:
        lost, more = len(set(wanted) - set(got)), len(set(got) - set(wanted))
        complaints.append(f"{lost} rows lost, {more} others instead, "
                          f"{len(got) - len(set(got))} doubled, or out of order")
    return complaints, len(died)


def check_starved(patina, out, calm_bytes):
    """Complaints about a run whose workers are all killed as they start, for a while."""
    killed = set()
    with open(out / "starved.log", "wb") as log:
        status = starve(start(patina, out, "starved.csv", "--progress", "always", stderr=log),
                        killed)
    if status != 0 or len(killed) < STARVING:
        return [f"a run whose workers were killed as they started ended with status {status} "
                f"after {len(killed)} of {STARVING}"]
    if (out / "starved.csv").read_bytes() != calm_bytes:
        return ["a run whose workers were killed as they started gives other bytes"]
    if b"no worker runs, trying again: the last one was killed by" not in (
            out / "starved.log").read_bytes():
        return ["a run whose workers were killed as they started does not tell of it"]
    return []


def main():
    patina, sample, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    chance = random.Random(SEED)
    shutil.rmtree(out, ignore_errors=True)
    make_pairs(sample, out, chance)
    if start(patina, out, "calm.csv").wait() != 0:
        sys.exit("the calm run failed")
    calm_bytes, calm = (out / "calm.csv").read_bytes(), rows(out / "calm.csv")
    sent = {number.name: 0 for number in SIGNALS}
    complaints, given_up, identical, runs, began = [], 0, 0, 0, time.monotonic()
    while sum(sent.values()) < FAULTS and not complaints:
        for left in out.glob("faults.*"):  # or the run would go on from the last one's journal
            left.unlink()
        status = disturb(start(patina, out, "faults.csv"), out, chance, sent, FAULTS)
        runs += 1
        if status is None:
            complaints.append(f"a run hangs: over {HANGING_S} s")
        elif status not in (0, 1) or not (out / "faults.csv").exists():
            complaints.append(f"a run ended with status {status}")
        else:
            more, died = check_run(out, calm)
            complaints += more
            given_up += died
            identical += (out / "faults.csv").read_bytes() == calm_bytes
            if status != (1 if died else 0):
                complaints.append(f"status {status} with {died} failures")
    complaints += check_starved(patina, out, calm_bytes)
    if given_up > FAULTS // 50:
        complaints.append("so many pairs cannot have been hit three times")
    print(", ".join(f"{count} {name}" for name, count in sent.items()),
          f"in {runs} runs of {PAIRS} pairs, {time.monotonic() - began:.1f} s:",
          f"{identical} runs identical to the calm one, {given_up} pairs hit three times and "
          f"recorded, {len(complaints)} complaints")
    for complaint in complaints:
        print("FAILED:", complaint)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
