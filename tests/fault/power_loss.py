#!/usr/bin/python3
"""Cut the power of the disk during runs of patina, and check that the same command then ends with
the same files, and that no older file is lost.

    power_loss.py --patina PATH [--long] [--seed N]

The disk is an ext4 file system on a loop device. EXT4_IOC_SHUTDOWN stops it at a random instant:
without flushing the journal, so that whatever was not synced is lost. Then it is mounted again. By
default the power is cut 6 times, with --long (or PATINA_LONG=1) 120 times. Needs root, a loop
device and ext4; the exit status is 77 if they are not to be had.
"""
import argparse
import fcntl
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from every_command import OLD, SKIPPED, digest, files_in
from faults import write_bmp

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
WITHOUT_FLUSH = 2               # EXT4_GOING_FLAGS_NOLOGFLUSH
MEBIBYTES, PAIRS, SIDE, HANGING_S = 64, 24, 20, 120
COMMANDS = [  # words; outputs; those of them that may have an older file in their place
    ("search d u -o run/x.csv --trials run/t.csv --force -q", ["run/x.csv", "run/t.csv"], True),
    ("features d -o run/x.csv --force -q", ["run/x.csv"], True),
    ("degrade u -o run/pairs --per-image 1 -q", ["run/pairs"], False),
    ("restore d -o run/new --model m.model -q", ["run/new"], False),
    ("restore d -o run/new --model m.model --force -q", ["run/new"], True),
    ("train data.csv -o run/x.model --kind linear --keep-harmful --force -q", ["run/x.model"],
     True),
]


def call(*words):
    return subprocess.run(words, check=True, capture_output=True)


def mount():
    call("mount", "-o", "loop", "disk.ext4", "disk")


def skip(why):
    print("SKIPPED: the power was not cut:", why)
    sys.exit(SKIPPED)


def make_disk():
    """Make and mount the disk, or skip the test."""
    if os.geteuid() != 0:
        skip("mounting a file system needs root")
    os.mkdir("disk")
    try:
        with open("disk.ext4", "wb") as file:
            file.truncate(MEBIBYTES << 20)
        call("mkfs.ext4", "-q", "disk.ext4")
        mount()
    except FileNotFoundError as missing:
        skip(f"{missing.filename} is not installed")
    except subprocess.CalledProcessError as failed:
        skip(f"{failed.cmd[0]}: {failed.stderr.decode().strip()}")


def cut_power():
    """Whatever has not been synced is lost."""
    folder = os.open("disk", os.O_RDONLY)
    try:
        fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
    except OSError as error:
        skip(f"the kernel cannot shut down ext4: {error}")
    finally:
        os.close(folder)


def restore_power():
    call("umount", "disk")
    mount()


class Bench:
    """The inputs, and the command under test. Paths are below the folder `disk`."""

    def __init__(self, patina):
        self.patina, self.harm, self.cuts, self.within, self.lost = patina, [], 0, 0, 0
        rng = random.Random(1)
        os.chdir("disk")
        for folder in ["d", "u"]:
            os.mkdir(folder)
        for i in range(PAIRS):
            pixels = write_bmp(f"u/{i:04d}.bmp", rng, side=SIDE)
            write_bmp(f"d/{i:04d}.bmp", rng, pixels, side=SIDE)
        self.run("search d u -o data.csv -q")
        self.run("train data.csv -o m.model --kind linear --keep-harmful -q")
        self.inputs = [name for name in os.listdir(".") if name != "lost+found"]
        self.wanted_inputs = digest(self.inputs)
        os.chdir("..")
        os.sync()

    def start(self, words):
        return subprocess.Popen([self.patina, *words.split()], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, words):
        process = self.start(words)
        _, err = process.communicate(timeout=HANGING_S)
        return process.returncode, err.decode(errors="replace")

    def learn_wanted(self, words, outputs):
        """The files of an undisturbed run, and its seconds."""
        os.chdir("disk")
        os.mkdir("run")
        began = time.monotonic()
        status, err = self.run(words)
        assert status == 0, f"{words} exited with {status}: {err}"
        usual = time.monotonic() - began
        wanted = files_in(outputs)
        shutil.rmtree("run")
        os.chdir("..")
        return wanted, usual

    def prepare(self, wanted, old):
        os.mkdir("disk/run")
        for path in wanted if old else ():
            os.makedirs(os.path.dirname(f"disk/{path}"), exist_ok=True)
            with open(f"disk/{path}", "wb") as file:
                file.write(OLD)
        os.sync()

    def blame(self, what):
        self.harm.append(what)
        print("HARM:", what, file=sys.stderr, flush=True)

    def disturb(self, words, seconds):
        """Start a command, cut the power after `seconds`, and mount the disk again."""
        os.chdir("disk")
        process = self.start(words)
        os.chdir("..")
        time.sleep(seconds)
        self.within += process.poll() is None
        cut_power()
        self.cuts += 1
        process.communicate(timeout=HANGING_S)
        restore_power()

    def check(self, fault, words, outputs, wanted, old):
        """After the power is back: nothing is half written; the same command ends the same."""
        os.chdir("disk")
        for path, bytes_ in files_in(outputs).items():
            if bytes_ not in (OLD if old else b"", wanted.get(path)):
                self.blame(f"{fault}: {path} is neither the older file nor the right one")
        if old and not set(wanted) <= set(files_in(outputs)):
            self.blame(f"{fault}: older files were lost")
        if digest(self.inputs) != self.wanted_inputs:
            self.blame(f"{fault}: an input has changed")
        status, err = self.run(words)
        if status != 0:
            self.blame(f"{fault}: the next run exited with {status}: {err}")
        elif files_in(outputs) != wanted:
            self.blame(f"{fault}: the next run wrote other bytes")
        shutil.rmtree("run")
        os.chdir("..")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patina", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--long", action="store_true", default=os.environ.get("PATINA_LONG") == "1")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="patina-power-") as folder:
        os.chdir(folder)
        make_disk()
        try:
            bench = Bench(options.patina)
            known = [(*command, *bench.learn_wanted(*command[:2])) for command in COMMANDS]
            for number in range(120 if options.long else 6):
                words, outputs, old, wanted, usual = known[number % len(known)]
                bench.prepare(wanted, old)
                seconds = rng.uniform(0, 1.1 * usual)
                bench.disturb(words, seconds)
                bench.check(f"{words}: power cut {number}, after {seconds:.3f} s", words, outputs,
                            wanted, old)
        finally:
            os.chdir(folder)
            subprocess.run(["umount", "disk"], check=False)
            os.chdir("/")
    print(f"the power was cut {bench.cuts} times, {bench.within} times before the run had ended; "
          f"{len(bench.harm)} did harm")
    return 1 if bench.harm else 0


if __name__ == "__main__":
    sys.exit(main())
