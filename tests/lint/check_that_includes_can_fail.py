#!/usr/bin/python3
"""Check that check_includes.py finds what it is there to find, in trees made to break its rules.

    check_that_includes_can_fail.py
"""

import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("check_includes.py")

# What is wrong; the files and what they include; a part of the complaint, "" if nothing is wrong.
CASES = [
    ("nothing", {"src/run/a.c": ["run/a.h"], "src/run/a.h": ["base/b.h"], "src/base/b.h": []}, ""),
    ("a module's own header", {"src/run/a.c": ["run/a.h"], "src/run/a.h": []}, ""),
    ("two headers need each other",
     {"src/run/a.h": ["run/b.h"], "src/run/b.h": ["run/a.h"]}, "run/a -> run/b -> run/a"),
    ("sources close the circle",
     {"src/run/a.c": ["run/b.h"], "src/run/a.h": [], "src/run/b.c": ["run/a.h"],
      "src/run/b.h": []}, "run/a -> run/b -> run/a"),
    ("three modules",
     {"src/run/a.c": ["run/b.h"], "src/run/a.h": [], "src/run/b.h": ["run/c.h"],
      "src/run/c.h": [], "src/run/c.c": ["run/a.h"]}, "run/a -> run/b -> run/c -> run/a"),
    ("headers without their folder",
     {"src/cli/a.h": ["b.h"], "src/cli/b.h": ["a.h"]}, "cli/a -> cli/b -> cli/a"),
    ("an include upward",
     {"src/base/a.h": ["run/b.h"], "src/run/b.h": []}, "base may not include run/b.h"),
    ("the command line looks inside",
     {"src/cli/a.c": ["run/b.h"], "src/run/b.h": []}, "uses the public headers alone"),
    ("another door", {"src/run/a.c": ["<uv.h>"]}, "its one door is src/workers/fleet.c"),
]


def run(files):
    """The check's exit status and output for a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, headers in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join("#include " + (header if header[0] == "<" else f'"{header}"')
                                    + "\n" for header in headers), encoding="utf-8")
        done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr


def main():
    failures = 0
    for what, files, complaint in CASES:
        status, output = run(files)
        if status != (1 if complaint else 0) or complaint not in output:
            print(f"{what}: exit status {status}\n{output}")
            failures += 1
    print(f"{len(CASES)} trees, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
