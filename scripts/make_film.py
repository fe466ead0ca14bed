#!/usr/bin/python3
"""Make data/film/old.mkv: a small film that looks old, of two images of the sample.

    make_film.py SAMPLE_DIR OUT.mkv [--truth TRUTH.mkv]

The camera pans over each image for two seconds. The film is faded and grainy, its exposure
flickers by 6 % (RMS), and a beep marks the cut. --truth also writes the film as it was shot.
"""

import argparse
import os
import subprocess

import cv2
import numpy as np

WIDTH, HEIGHT, RATE, SCENE = 160, 120, 24, 48  # frames of a scene
IMAGES = ("coffee_cup.jpg", "rocket_launch.jpg")
FADE, LIFT = (0.55, 0.6, 0.7), (60, 55, 50)  # of blue, green, red


def scenes(sample, frames=SCENE, with_object=False):
    """The frames of two scenes, as shot; an object may cross them."""
    for number, name in enumerate(IMAGES):
        image = cv2.resize(cv2.imread(os.path.join(sample, "undamaged", name)), (210, 160),
                           interpolation=cv2.INTER_AREA)
        for t in range(frames):
            x, y = 50 * t // frames, 30 * (frames - t) // frames
            frame = image[y:y + HEIGHT, x:x + WIDTH].astype(float)
            if with_object and 10 <= t < 30:
                left = (t - 10) * 8
                frame[40:80, left:left + 30] = (30, 40, 235) if number == 0 else (230, 230, 220)
            yield frame


def age(frames, seed=3):
    rng = np.random.RandomState(seed)
    for frame in frames:
        exposure = 1 + 0.06 * rng.randn()
        yield (frame * FADE + LIFT) * exposure + 2 * rng.randn(*frame.shape)


def write(path, frames, *options):
    """Write frames (blue, green, red; 0..255) as a film; options: ffmpeg's, for the output."""
    data = b"".join(np.clip(np.rint(frame), 0, 255).astype(np.uint8).tobytes() for frame in frames)
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s",
               f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-", *options, "-vf",
               "scale=out_color_matrix=bt601:flags=accurate_rnd+full_chroma_int", "-pix_fmt",
               "yuv420p", "-bitexact", str(path)]
    subprocess.run(command, input=data, check=True, timeout=600)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sample")
    parser.add_argument("out")
    parser.add_argument("--truth")
    options = parser.parse_args()
    frames = list(scenes(options.sample))
    beep = ["-f", "lavfi", "-i", f"aevalsrc=0.3*sin(2764*t)*between(t\\,{SCENE / RATE}\\,"
            f"{SCENE / RATE + 0.2}):d={2 * SCENE / RATE}", "-c:a", "aac", "-b:a", "32k"]
    write(options.out, age(frames), *beep, "-c:v", "libx264", "-crf", "20", "-threads", "1")
    if options.truth:
        write(options.truth, frames, "-c:v", "ffv1")


if __name__ == "__main__":
    main()
