#!/usr/bin/python3
"""Train the model that the tests of the server use.

    make_model.py PATINA SAMPLE MODEL
"""

import pathlib
import subprocess
import sys


def main():
    patina, sample, model = sys.argv[1:]
    folder = pathlib.Path(model).parent
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data.csv"
    subprocess.run([patina, "search", f"{sample}/damaged", f"{sample}/undamaged", "-o", data, "-q",
                    "--force", "--restart"], check=True)
    subprocess.run([patina, "train", data, "--kind", "forest", "-o", model, "--force",
                    "--keep-harmful"], check=True,
                   stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
