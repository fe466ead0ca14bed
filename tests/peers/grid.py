#!/usr/bin/python3
"""The Python reference's grid as a benchmark peer. See driver.py for the protocol.

    grid.py SCRIPTS_DIR DAMAGED_DIR UNDAMAGED_DIR
"""

import os
import sys
import time

import cv2

scripts_dir, damaged_dir, undamaged_dir = sys.argv[1:]
sys.path.insert(0, scripts_dir)
import reference    # noqa: E402 -- found in scripts_dir


def search_grid(damaged, undamaged):
    """[(similarity_score, psnr, ssim)] in grid order."""
    settings = reference.restorations(damaged, undamaged.shape, reference.DEFAULT_GRID)
    return [reference.scores(undamaged, restored) for _, restored in settings]


def main():
    cv2.setNumThreads(1)
    names = reference.pair_names(damaged_dir, undamaged_dir)
    pairs = [reference.decode_pair(os.path.join(damaged_dir, name),
                                   os.path.join(undamaged_dir, name)) for name in names]
    for name, (_, undamaged) in zip(names, pairs):
        print("pair", undamaged.shape[1], undamaged.shape[0], name)
    print("ready", flush=True)
    for line in sys.stdin:
        task, index = line.split()
        if task != "all":
            sys.exit(f"grid.py: unknown task {task}")
        start, cpu_start = time.perf_counter(), time.process_time()
        scores = search_grid(*pairs[int(index)])
        elapsed_ms = (time.perf_counter() - start) * 1e3
        cpu_ms = (time.process_time() - cpu_start) * 1e3
        winner = max(range(len(scores)), key=lambda i: scores[i][0])     # the first, if tied
        print(f"{elapsed_ms:.6f} {cpu_ms:.6f}", winner,
              *(repr(value) for score in scores for value in score[1:]), flush=True)


if __name__ == "__main__":
    main()
