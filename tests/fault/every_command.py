#!/usr/bin/python3
"""Disturb every command of patina, and check that nothing is lost, half written or left out.

    every_command.py KIND --patina PATH [--long] [--only COMMAND] [--shim PATH]

errors       fail one call that touches a file of the run, or the standard output (strace)
calls        SIGKILL the command at one of the calls that write, sync, rename or remove (strace)
allocations  fail one allocation of the driver (a preloaded library)
full         fill the disk: tmpfs of several sizes

After each fault: the command has ended, with a status that its help names; a failure has a message
that names its cause; success means that all of the output is right; each output file is absent, as
old as before, or right; no input has changed. Then the same command, undisturbed, must succeed with
the same bytes and leave nothing unfinished behind. By default every command gets a few faults,
spread evenly over all that are possible, with --long forty times as many.
"""
import argparse
import dataclasses
import hashlib
import http.client
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from faults import STRACE, write_bmp

PAIRS, CLEAN, SIDE = 16, 8, 20
HANGING_S = 120
LONGER = 40  # times as many faults with --long
SKIPPED = 77
# What differs between runs: times, and the record of a search on the page of a report.
VARYING = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|"
                     rb"<tr><td>(record|results: (elapsed|pairs per|recalled).*)</td>.*|"
                     rb'"processing_(time_seconds|fps)": .*')
OLD = b"an older file\n"
WRITING = ["write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "ftruncate",
           "unlink", "unlinkat", "mkdir"]
# Which errors each call is made to return. Other calls do not return EINTR.
ERRORS = {"write": ["EIO", "ENOSPC", "EINTR"], "pwrite64": ["EIO", "ENOSPC"], "fsync": ["EIO"],
          "fdatasync": ["EIO"], "rename": ["EIO", "ENOSPC"], "renameat2": ["EIO", "ENOSPC"],
          "ftruncate": ["EIO"], "unlink": ["EIO"], "unlinkat": ["EIO"],
          "mkdir": ["ENOSPC", "EACCES"], "openat": ["EMFILE", "EACCES", "EIO"], "read": ["EIO"],
          "pread64": ["EIO"], "getdents64": ["EIO"], "newfstatat": ["EIO"], "fstat": ["EIO"]}
CAUSES = {"EIO": "Input/output error", "ENOSPC": "No space left on device",
          "EMFILE": "Too many open files", "EACCES": "Permission denied"}


def serve(process):
    """Restore an image over HTTP, twice if the first answer is an error; then stop the server.
    Return the image, or None if there was none."""
    line = process.stderr.readline().decode(errors="replace")
    found = re.search(r"listening on http://([^/]+)/", line)
    answer = None
    for _ in range(2 if found else 0):
        try:
            connection = http.client.HTTPConnection(found[1], timeout=HANGING_S)
            connection.request("POST", "/api/v1/restore", open("d/0001.bmp", "rb").read())
            response = connection.getresponse()
            answer = response.read() if response.status == 200 else None
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is not None or process.poll() is not None:
            break
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    return (answer or b"") + out, line.encode() + err


@dataclasses.dataclass
class Row:
    """One command."""
    words: str                # its arguments
    outputs: list = ()        # the files or folders that it writes
    in_process: bool = True   # whether it has this option
    timed: bool = False       # it prints times
    samples: int = 3          # faults of each kind
    retry: bool = False       # the next run needs --retry-failed if images have failed
    partly: bool = False      # if one image cannot be written, the others are
    decodes: bool = False     # in its own process, which GLib ends if memory runs out
    drive: callable = None    # what to do while it runs, and what it has written
    statuses: list = (0, 1, 2)  # that its help names


ROWS = [
    Row("degrade clean -o run/pairs --per-image 1 --force -q", ["run/pairs"], partly=True),
    Row("search d u -o run/x.csv --trials run/t.csv --force -q",
        ["run/x.csv", "run/t.csv", "run/x.failures.csv"],  # the record contains times
        retry=True),
    Row("inspect data.csv d u --trials-from t.csv"),
    Row("explain data.csv 0001.bmp d u -o run/x.html --force", ["run/x.html"]),
    Row("train data.csv -o run/x.model --kind linear --kind forest --keep-harmful --force -q",
        ["run/x.model"], statuses=(0, 1, 2, 3)),
    Row("evaluate m.model d u --details run/x.csv --force", ["run/x.csv"]),
    Row("learn clean -o run/x.model --per-image 1 --crop 16x16 --shrink 0 --keep-harmful "
        "--report run/x.html --force -q", ["run/x.model", "run/x.html"], samples=1,
        statuses=(0, 1, 2, 3)),
    Row("restore d -o run/new --model m.model --sheet run/x.html --force -q",
        ["run/new", "run/x.html"], partly=True),
    Row("restore d/0001.bmp -o - --model m.model", samples=2),
    Row("film old.y4m -o run/x.mkv --color levels --sigma 1 --strength 1 --force -q "
        "--report run/x.html",
        ["run/x.mkv", "run/x.frames.csv", "run/x.scenes.csv", "run/x.html"]),
    Row("film old.y4m -o run/x.mp4 --codec x264 --color levels --sigma 1 --strength 1 --force -q",
        ["run/x.mp4", "run/x.frames.csv", "run/x.scenes.csv"]),
    Row("film rig -o run/new --color levels --sigma 1 --strength 1 --force -q", ["run/new"],
        partly=True),
    Row("serve --model m.model --listen 127.0.0.1:0 -j 1", in_process=False, samples=2,
        drive=serve),
    Row("report data.csv -o run/x.html --model m.model --pairs d u --force", ["run/x.html"]),
    Row("report data.csv -o -", in_process=False, samples=2),
    Row("features d -o run/x.csv --force -q", ["run/x.csv", "run/x.failures.csv"],
        retry=True),
    Row("compare data.csv same.csv --json", in_process=False),
    Row("verify d u --limit 3 -j 2", in_process=False, timed=True, samples=2),
    Row("bench d u --workers 2 --batches 1 --repeat 1 --seconds 0 --sample 2", in_process=False,
        timed=True, samples=2, decodes=True),
    Row("bench --film old.y4m --workers 2 --batches 4", in_process=False, timed=True, samples=2),
    Row("completion bash", in_process=False, samples=1),
    Row("help search", in_process=False, samples=1),
]


def digest(paths):
    """A digest of the names and bytes of files and of everything in folders."""
    total = hashlib.sha256()
    for path in sorted(paths):
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                full = os.path.join(folder, name)
                total.update(full.encode() + b"\0" + open(full, "rb").read())
        if os.path.isfile(path):
            total.update(path.encode() + b"\0" + open(path, "rb").read())
    return total.hexdigest()


def files_in(paths):
    """The finished files at or below `paths`, with their bytes; what varies is left out."""
    found = {}
    for path in paths:
        below = [path] if os.path.isfile(path) else [
            os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        for file in below:
            if not file.endswith((".partial", ".journal", ".lock")):
                found[file] = VARYING.sub(b"", open(file, "rb").read())
    return found


def write_film(path, rng, frames=14, width=16, height=12):
    """A film without compression, whose frames flicker."""
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F24:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(frames):
            level = rng.randrange(60, 120)
            luma = bytes(level + rng.randrange(60) for _ in range(width * height))
            file.write(b"FRAME\n" + luma + bytes([120] * (width * height // 2)))


def write_rig(path, rng, frames=6):
    """Images that flicker, and depth maps."""
    for part in ("color", "depth"):
        os.makedirs(f"{path}/{part}")
    for i in range(frames):
        write_bmp(f"{path}/color/frame_{i:06d}.bmp", rng, side=SIDE)
        with open(f"{path}/depth/frame_{i:06d}.raw", "wb") as file:
            file.write(bytes(rng.randrange(256) for _ in range(2 * 8 * 8)))


class Stage:
    """The inputs of all commands, in the current folder, and what went wrong."""

    def __init__(self, options):
        self.options, self.counts, self.harm = options, {}, []
        rng = random.Random(1)
        for folder in ["d", "u", "clean", "tmp"]:
            os.mkdir(folder)
        for i in range(PAIRS):
            pixels = write_bmp(f"u/{i:04d}.bmp", rng, side=SIDE)
            write_bmp(f"d/{i:04d}.bmp", rng, pixels, side=SIDE)
        for i in range(CLEAN):
            write_bmp(f"clean/{i:02d}.bmp", rng, side=SIDE)
        write_film("old.y4m", rng)
        write_rig("rig", rng)
        for words in ["search d u -o data.csv --trials t.csv -q",
                      "train data.csv -o m.model --kind linear --keep-harmful -q"]:
            subprocess.run([options.patina, *words.split()], check=True, stderr=subprocess.DEVNULL)
        shutil.copy("data.csv", "same.csv")
        self.inputs = [name for name in os.listdir(".") if name != "tmp"]
        self.wanted_inputs = digest(self.inputs)

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def blame(self, what):
        self.harm.append(what)
        print("HARM:", what, file=sys.stderr, flush=True)

    def report(self):
        print(", ".join(f"{number} {what}" for what, number in sorted(self.counts.items())))
        print(f"{len(self.harm)} faults did harm")
        return 1 if self.harm or not self.counts else 0


class Trial:
    """One command on a stage."""

    def __init__(self, stage, row, workers):
        self.stage, self.row = stage, row
        self.how = [] if not row.in_process else ["-j", "2"] if workers else ["--in-process"]
        self.prepare(False)
        self.run()
        assert self.status == 0, f"{row.words} exited with {self.status}: {self.err}"
        self.out_wanted, self.wanted = self.out, files_in(row.outputs)
        self.clear()

    def prepare(self, old):
        """Make the folder of the outputs; old: with an older file in the place of each."""
        os.makedirs("run", exist_ok=True)
        for path in self.wanted if old else ():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(OLD)

    def clear(self):
        for path in os.listdir("run"):
            full = os.path.join("run", path)
            shutil.rmtree(full) if os.path.isdir(full) else os.unlink(full)

    def run(self, before=(), more=(), environment=None):
        command = [*before, self.stage.options.patina, *self.row.words.split(), *self.how, *more]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, start_new_session=True,
                                   env={**os.environ, "TMPDIR": "tmp", **(environment or {})})
        watchdog = threading.Timer(HANGING_S, self.end_hanging, [process])
        watchdog.start()
        self.out, self.err = (self.row.drive or subprocess.Popen.communicate)(process)
        watchdog.cancel()
        self.status, self.err = process.returncode, self.err.decode(errors="replace")

    def end_hanging(self, process):
        os.killpg(process.pid, signal.SIGKILL)
        self.stage.blame(f"{self.row.words}: hangs")

    def right(self):
        """Whether all output is there, with the right bytes."""
        return files_in(self.row.outputs) == self.wanted and (
            self.row.timed or self.out == self.out_wanted)

    def check_outputs(self, fault, partly):
        for path, bytes_ in files_in(self.row.outputs).items():
            if bytes_ not in (OLD, self.wanted.get(path)) and not partly:
                self.stage.blame(f"{fault}: {path} exists but is wrong")

    def check(self, fault, causes, partly=False):
        """Judge a disturbed run that has ended. causes: a message must contain one of them. partly:
        an input could not be read, so that the output may contain less, if it tells."""
        written = b"".join(files_in(["run"]).values()).decode(errors="replace")
        texts = [self.err, self.out.decode(errors="replace"), written]
        told = any(cause in text for cause in causes for text in texts)
        if self.status == 0 and self.right():
            self.stage.count("faults survived")
        elif self.status == 0 and not (partly and told):
            self.stage.blame(f"{fault}: success, but the output is wrong: {self.err}")
        elif self.status not in self.row.statuses:
            self.stage.blame(f"{fault}: status {self.status}: {self.err}")
        elif self.status != 0 and not told:
            self.stage.blame(f"{fault}: status {self.status}, no cause: {self.err}")
        else:
            self.stage.count("faults reported")
        self.check_outputs(fault, partly and told)
        if os.listdir("tmp") and "cannot remove the temporary folder" not in self.err:
            self.stage.blame(f"{fault}: temporary files left: {os.listdir('tmp')}")

    def finish(self, fault, environment=None):
        """The inputs must be as before, and the same command must succeed."""
        if digest(self.stage.inputs) != self.stage.wanted_inputs:
            sys.exit(f"HARM: {fault}: an input has changed")
        if os.listdir("run"):  # else the next run is the undisturbed one again
            retry = self.row.retry and "failed: see" in self.err
            self.run(more=["--retry-failed"] if retry else (), environment=environment)
            if self.status != 0:
                self.stage.blame(f"{fault}: the next run exited with {self.status}: {self.err}")
            elif files_in(self.row.outputs) != self.wanted:
                other = [path for path, bytes_ in files_in(self.row.outputs).items()
                         if bytes_ != self.wanted.get(path)]
                self.stage.blame(f"{fault}: the next run wrote other bytes: {other}")
            left = [name for _, _, names in os.walk("run") for name in names
                    if name.endswith(".partial")]
            if left:
                self.stage.blame(f"{fault}: partial files left: {left}")
            self.stage.count("next runs with the same bytes")
        self.clear()
        for name in os.listdir("tmp"):
            shutil.rmtree(os.path.join("tmp", name))

    def spread(self, faults):
        """As many of the `faults` as this command gets, evenly spread."""
        count = self.row.samples * (LONGER if self.stage.options.long else 1)
        if len(faults) <= count:
            return faults
        return [faults[(2 * i + 1) * len(faults) // (2 * count)] for i in range(count)]

    def calls(self, names):
        """(call, number, whether it is for stdout) for each call that touches a file of the run, or
        stdout."""
        self.prepare(False)
        self.run(before=[*STRACE, "-D", "-y", "-o", "trace", "-e", "trace=" + ",".join(names)])
        self.clear()
        here, seen, found, lines = os.getcwd(), {}, [], []
        while not lines or not lines[-1].startswith("+++"):  # strace ends after the command
            time.sleep(0.01)
            lines = open("trace", encoding="utf-8", errors="replace").readlines()
        for line in lines:
            call = re.match(r"(\w+)\((.*)", line)
            if call is None:
                continue
            seen[call[1]] = seen.get(call[1], 0) + 1
            path = re.match(r'(?:AT_FDCWD<[^>]*>, )?"([^"]*)"', call[2])
            mine = not path[1].startswith("/") or path[1].startswith(here) if path else (
                f"<{here}" in call[2].split(",")[0] or call[2].startswith("1<"))
            if mine:
                found.append((call[1], seen[call[1]], call[2].startswith("1<")))
        os.unlink("trace")
        return found


def inject(call, number, what):
    return [*STRACE, "-D", "-o", "/dev/null", "-e", "trace=" + call, "-e",
            f"inject={call}:{what}:when={number}"]


def fail_calls(trial):
    faults = [(call, number, error) for call, number, to_stdout in trial.calls(ERRORS)
              for error in ERRORS[call] if not (to_stdout and error == "EINTR")]  # stdio's business
    for i, (call, number, error) in enumerate(trial.spread(faults)):
        trial.prepare(i % 2 == 1)
        trial.run(before=inject(call, number, f"error={error}"))
        fault = f"{trial.row.words}: {error} from {call} number {number}"
        if error == "EINTR" and trial.status != 0:
            trial.stage.blame(f"{fault}: treated as an error: {trial.err}")
        trial.check(fault, [CAUSES.get(error, "no cause")],
                    partly=trial.row.partly or call not in WRITING)
        trial.finish(fault)


def kill_at_calls(trial):
    if not trial.row.outputs:
        return
    for i, (call, number, _) in enumerate(trial.spread(trial.calls(WRITING))):
        trial.prepare(i % 2 == 1)
        trial.run(before=inject(call, number, "signal=KILL"))
        fault = f"{trial.row.words}: SIGKILL at {call} number {number}"
        trial.stage.count("kills" if trial.status == -signal.SIGKILL else "kills too late")
        trial.check_outputs(fault, False)
        trial.finish(fault)


def fail_allocations(trial):
    def environment(number):
        return {"LD_PRELOAD": trial.stage.options.shim, "FAIL_ALLOCATION": str(number),
                "ALLOCATION_COUNT": os.path.abspath("count")}

    trial.prepare(False)
    trial.run(environment=environment(0))
    trial.clear()
    total = int(open("count", encoding="ascii").read())
    os.unlink("count")
    for i, number in enumerate(trial.spread(range(1, total + 1))):
        trial.prepare(i % 2 == 1)
        trial.run(environment=environment(number))
        fault = f"{trial.row.words}: allocation {number} of {total}"
        # libuv aborts if it cannot allocate its tables
        if trial.status == -signal.SIGABRT or trial.row.decodes and trial.status == -signal.SIGTRAP:
            trial.stage.count("aborts by a library")
            trial.check_outputs(fault, False)
        else:
            trial.check(fault, ["memory", "Cannot allocate"])
        # A journal belongs to the libraries of the run, and the preloaded one is one of them.
        trial.finish(fault, {"LD_PRELOAD": trial.stage.options.shim, "FAIL_ALLOCATION": "0"})


def fill_disk(trial):
    """A disk that is too small by more or less; the outputs are in run, other files in tmp."""
    needed = sum(len(bytes_) for bytes_ in trial.wanted.values())
    sizes = [4096 + i * needed // 4 // 4096 * 4096 for i in range(4)]
    for size in trial.spread(sizes) if trial.row.outputs else ():
        fault = f"{trial.row.words}: a disk of {size} bytes"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", "run"], check=True)
        try:
            trial.run()
            trial.check(fault, [CAUSES["ENOSPC"]], partly=trial.row.partly)
            subprocess.run(["mount", "-o", "remount,size=64m", "run"], check=True)
            trial.finish(fault)
        finally:
            subprocess.run(["umount", "run"], check=True)


KINDS = {"errors": fail_calls, "calls": kill_at_calls, "allocations": fail_allocations,
         "full": fill_disk}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--patina", required=True)
    parser.add_argument("--shim")
    parser.add_argument("--only")
    parser.add_argument("--long", action="store_true", default=os.environ.get("PATINA_LONG") == "1")
    options = parser.parse_args()
    if options.kind == "full" and os.geteuid() != 0:
        print("skipped: mounting a small disk needs root")
        return SKIPPED
    help_text = subprocess.run([options.patina, "--help"], check=True, capture_output=True).stdout
    missing = set(re.findall(r"^  (\w+)  +\w", help_text.decode(), re.M)) - {
        row.words.split()[0] for row in ROWS}
    if missing:
        sys.exit(f"ROWS does not have {missing}")
    with tempfile.TemporaryDirectory(prefix="patina-fault-") as folder:
        os.chdir(folder)
        stage = Stage(options)
        for row in ROWS:
            if options.only in (None, row.words.split()[0]):
                KINDS[options.kind](Trial(stage, row, options.kind in ("allocations", "full")))
        os.chdir("/")
        return stage.report()


if __name__ == "__main__":
    sys.exit(main())
