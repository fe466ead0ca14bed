#!/usr/bin/python3
"""Check that lines, functions and files stay short enough to read.

    check_lines.py PROJECT_DIR

Lines: 100 columns. Functions in src/: 80 lines. Files: 800 lines.
"""

import pathlib
import re
import sys

COLUMNS, FUNCTION_LINES, FILE_LINES = 100, 80, 800
PATTERNS = ["src/**/*.[ch]", "include/**/*.h", "notebooks_port/*.c", "tests/**/*.[ch]",
            "scripts/*.py", "tests/**/*.py", "src/web/page/*", "tests/browser/*.mjs"]


def functions(lines):
    """(name line, length) of each function: from a '{' to a '}' in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start
            start = None


def main():
    project = pathlib.Path(sys.argv[1])
    paths = sorted({path for pattern in PATTERNS for path in project.glob(pattern)})
    complaints = []
    for path in paths:
        name = path.relative_to(project).as_posix()
        if re.match(r"build", name):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        complaints += [f"{name}:{number}: {len(line)} columns"
                       for number, line in enumerate(lines, 1) if len(line) > COLUMNS]
        if len(lines) > FILE_LINES:
            complaints.append(f"{name}: {len(lines)} lines")
        if name.startswith("src/"):
            complaints += [f"{name}:{start}: a function of {length} lines"
                           for start, length in functions(lines) if length > FUNCTION_LINES]
    for complaint in complaints:
        print(complaint)
    print(f"{len(paths)} files checked, {len(complaints)} complaints")
    return 1 if complaints or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
