#!/usr/bin/python3
"""Make mismatched pairs from good ones, and a manifest that lists them.

    make_bad_pairs.py SAMPLE_DIR OUT_DIR
"""

import pathlib
import shutil
import sys

import cv2


def main():
    sample, out = map(pathlib.Path, sys.argv[1:])
    names = sorted(path.name for path in (sample / "damaged").iterdir())
    rows = []

    def read(side, name):
        return cv2.imread(str(sample / side / name))

    def pair(kind, name, damaged, undamaged):
        files = []
        for side, image in (("damaged", damaged), ("undamaged", undamaged)):
            path = out / f"{kind}_{name}_{side}.png"
            assert cv2.imwrite(str(path), image)
            files.append(path.name)
        rows.append(",".join((*files, f"{kind}_{name}")))

    out.mkdir()
    for i, name in enumerate(names):
        damaged, undamaged = read("damaged", name), read("undamaged", name)
        pair("good", name, damaged, undamaged)
        if damaged.shape == undamaged.shape:
            pair("shifted", name, damaged[3:, 7:], undamaged[:-3, :-7])
            pair("squeezed", name, damaged[:, : damaged.shape[1] * 3 // 4], undamaged)
        other = names[(i + 3) % len(names)]
        pair("other", name, damaged, read("undamaged", other))
        pair("swapped", name, undamaged, damaged)
        pair("identical", name, undamaged, undamaged)
    shutil.copy(out / f"good_{names[0]}_undamaged.png", out / "again.png")
    rows.append(f"good_{names[0]}_damaged.png,again.png,again")
    (out / "empty.png").touch()
    rows.append("empty.png,again.png,empty")
    (out / "pairs.csv").write_text("damaged,undamaged,id\n" + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
