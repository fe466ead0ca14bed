#!/usr/bin/python3
"""Check that the help of every command matches the manual page, and that an option shared by
several commands has the same help text in each.

    check_options.py PATINA MANUAL
"""

import collections
import re
import subprocess
import sys

# Options whose help text may differ: in every command (None), or in these.
OWN = {"output": None, "max-pixels": {"serve"}, "max-harm": {"train", "learn"},
       "grid": {"inspect", "explain", "train", "report"},  # other defaults
       "model": {"restore", "film", "serve"},
       "per-image": {"learn"}, "shrink": {"learn"}, "crop": {"learn"},
       "quality": {"film"}, "report": {"film"},
       "restart": {"learn", "film"}}  # of a folder, not of a journal


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_help(text):
    """The name of each option, and its row with white space collapsed."""
    rows = re.findall(r"^ {2}(?:-\w, | {4})--([a-z-]+)(.*(?:\n {28}.*)*)", text, re.MULTILINE)
    return {name: " ".join(row.split()) for name, row in rows}


def read_manual(text):
    """The options of each command; "all" has those of every command."""
    options = collections.defaultdict(set)
    for heading, body in re.findall(r"^# OPTIONS OF (.*)\n((?:(?!# ).*\n)*)", text, re.MULTILINE):
        for row in re.split(r"\n\n(?=\*-)", body):
            entry = re.match(r"\s*(?:\*-\w\*, )?\*--([a-z-]+)\*", row)
            commands = re.search(r"\tCommands: (.*)\.", row)
            if entry and heading == "SEVERAL COMMANDS":
                for command in commands[1].split(", "):
                    options[command].add(entry[1])
            elif entry:
                options[heading.lower()].add(entry[1])
    return options


def main():
    patina, manual = sys.argv[1:]
    with open(manual, encoding="utf-8") as file:
        documented = read_manual(file.read())
    commands = re.findall(r"^ {2}([a-z]+) {2,}.", run(patina, "--help"), re.MULTILINE)
    complaints, texts = [], {}
    for command in commands:
        options = read_help(run(patina, command, "--help"))
        wanted = documented[command] | documented["all"]
        for name in set(options) ^ wanted:
            complaints.append(f"{command} --{name}: only in the "
                              + ("manual" if name in wanted else "help"))
        for name, text in options.items():
            if name in OWN and (OWN[name] is None or command in OWN[name]):
                continue
            if texts.setdefault(name, text) != text:
                complaints.append(f"{command} --{name}: unlike other commands: {text}")
    print("\n".join(complaints + [f"{len(commands)} commands, {len(texts)} options"]))
    return 1 if complaints or len(commands) != 15 or len(texts) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
