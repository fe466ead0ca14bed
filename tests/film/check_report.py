#!/usr/bin/python3
"""Write the page of films with `patina film --report`, and compare it with their tables.

    check_report.py PATINA
"""

import base64
import csv
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from clips import run


def film(*arguments, status=0):
    result = subprocess.run([PATINA, "film", *map(str, arguments)], capture_output=True, text=True,
                            timeout=900)
    assert result.returncode == status, f"{arguments}: {result.returncode}, {result.stderr}"
    return result.stdout if status == 0 else result.stderr


def write(path, frames, *options):
    """A film of gray frames."""
    height, width = frames[0].shape
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s",
                    f"{width}x{height}", "-r", "25", "-i", "-", *options, str(path)],
                   input=np.stack(frames).tobytes(), check=True, timeout=600)


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(folder, clip, *options):
    """Restore a film with a page: (the page, its charts, its tables of frames and scenes)."""
    out, page = folder / f"{clip.stem}_new.mkv", folder / f"{clip.stem}.html"
    film(clip, "-o", out, "--force", "--report", page, *options)
    bare = folder / "bare.mkv"
    film(clip, "-o", bare, "--force", *options)
    text = page.read_text(encoding="utf-8")
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', text, re.DOTALL)[1])
    tables = []
    for name in ("frames", "scenes"):
        path = out.with_suffix(f".{name}.csv")
        assert path.read_bytes() == bare.with_suffix(f".{name}.csv").read_bytes()
        tables.append(table(path))
    assert out.read_bytes() == bare.read_bytes(), "a page changes the film"
    return text, charts, *tables


def verdict(page):
    """The headline and the sentences below it."""
    part = re.search(r'<section class="verdict.*?</section>', page, re.DOTALL)[0]
    return [html.unescape(text) for text in re.findall(r"<(?:h2 id=.verdict.|li)>(.*?)</", part)]


def images(page):
    return [cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), cv2.IMREAD_COLOR)
            for text in re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)]


def close(got, wanted, digits):
    assert len(got) == len(wanted)
    assert np.allclose(got, wanted, rtol=0, atol=0.51 * 10**-digits), (got[:5], wanted[:5])


def numbers(rows, column):
    return np.array([float(row[column]) for row in rows])


# ---- Each frame is a point ----------------------------------------------------------------------


def check_scenes(folder):
    """Two scenes: one flickers, one does not. The middle frame of each is shown, small."""
    noise = np.random.default_rng(1)
    ground = [cv2.resize(noise.uniform(40, 200, (9, 12)).astype("f4"), (720, 540)) for _ in "ab"]
    gains = np.concatenate([1 + 0.06 * noise.standard_normal(40), np.ones(30)])
    frames = [np.uint8(np.clip(ground[i >= 40] * gain, 0, 255)) for i, gain in enumerate(gains)]
    clip = folder / "two.mkv"
    write(clip, frames, "-c:v", "ffv1")
    page, charts, rows, scenes = shown(folder, clip, "--deflicker-only")
    assert list(charts) == ["brightness", "gains", "settings"]
    before, after = charts["brightness"]["lines"]
    close(before["median"], numbers(rows, "luma"), 3)
    close(before["median"], [frame.mean() for frame in frames], 1)
    close(after["median"], numbers(rows, "restored_luma"), 3)
    for line, channel in zip(charts["gains"]["lines"], ("red", "green", "blue"), strict=True):
        close(line["median"], numbers(rows, f"{channel}_gain_applied"), 5)
        close(line["x"], np.arange(70) / 25, 3)
        assert line["low"] == line["high"] == []
    for name in ("brightness", "gains"):
        assert charts[name]["cuts"] == [1.6] and charts[name]["damage"] == []
    assert [row["first_frame"] for row in scenes] == ["0", "40"]
    bands = charts["settings"]["bands"]
    assert [(band["from"], band["to"], band["done"]) for band in bands] == [
        (0, 1.6, "only flicker removed"), (1.6, 2.8, "left as it was")]
    assert verdict(page)[:3] == ["40 of 70 frames restored",
                                 "Flicker of exposure was removed from 1 of 2 scenes.",
                                 "1 of 2 scenes was left as it was."]
    for row in scenes:
        for what, digits in (("flicker", 2), ("drift", 1)):
            change = " → ".join(f"{float(row[f'{what}_{when}']):.{digits}f}"
                                for when in ("before", "after"))
            assert f"<td>{change}</td>" in page, change
    new = list(read(folder / "two_new.mkv"))
    for got, wanted in zip(images(page), [frames[20], new[20], frames[55], new[55]], strict=True):
        assert got.shape == (360, 480, 3)
        small = cv2.resize(wanted, (480, 360), interpolation=cv2.INTER_AREA)
        assert np.abs(got[..., 1].astype(float) - small).mean() < 1, "another image is shown"
    for frame in (20, 55):  # in the middle of the scenes
        assert f"frame {frame}, before" in page


def read(path):
    capture = cv2.VideoCapture(str(path))
    while True:
        more, frame = capture.read()
        if not more:
            return
        yield frame[..., 1]


def check_drift(folder):
    """Drift is the range of the running median: what is brief has no part in it."""
    ramp = np.concatenate([np.full(60, 90), np.linspace(90, 130, 60), np.full(60, 130)])
    ramp[140:150] += 30
    noise = np.random.default_rng(2).uniform(0.8, 1.2, (48, 64))
    clip = folder / "slow.mkv"
    write(clip, [np.uint8(level * noise) for level in ramp], "-c:v", "ffv1")
    rows, scenes = shown(folder, clip, "--deflicker-only")[2:]
    assert len(scenes) == 1
    for when, column in (("before", "luma"), ("after", "restored_luma")):
        luma = numbers(rows, column)
        medians = [np.median(luma[max(0, i - 25):i + 26]) for i in range(len(luma))]
        wanted, got = np.ptp(medians), float(scenes[0][f"drift_{when}"])
        assert abs(got - wanted) < 0.5, f"{when}: {got}, not {wanted}"
    assert 39 < float(scenes[0]["drift_before"]) < 41
    told = film(clip, "-o", folder / "slow_new.mkv", "--force", "--deflicker-only", "--json")
    assert json.loads(told)["results"]["drift_before"] == float(scenes[0]["drift_before"])


def check_little(folder):
    """One frame; and a film to which nothing is done."""
    one, still = folder / "one.mkv", folder / "still.mkv"
    frame = np.full((48, 64), 100, np.uint8)
    write(one, [frame], "-c:v", "ffv1")
    page, charts, rows, _ = shown(folder, one, "--deflicker-only")
    assert len(rows) == 1 and len(images(page)) == 2
    assert verdict(page)[:2] == ["No frame was changed", "1 of 1 scene was left as it was."]
    assert list(charts) == ["brightness", "settings"]
    assert [line["x"] for line in charts["brightness"]["lines"]] == [[0], [0]]
    assert charts["settings"]["bands"][0]["to"] == charts["brightness"]["end"] > 0
    write(still, [frame] * 30, "-c:v", "ffv1")
    page = shown(folder, still, "--deflicker-only")[0]
    assert verdict(page)[0] == "No frame was changed" and "flicker removed" not in page
    page = shown(folder, still, "--filter", "gaussian", "--sigma", 1)[0]
    assert verdict(page)[:2] == ["30 of 30 frames restored",
                                 "A setting was applied to 1 of 1 scene."]
    assert "flicker removed" not in page.split("</script>")[-1]


def check_damage(folder):
    """Every damaged frame has a mark, and what is lost is told."""
    clip, damaged = folder / "whole.mkv", folder / "damaged.mkv"
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25",
        "-frames:v", "120", "-c:v", "mpeg4", "-g", "12", "-qscale", "3", str(clip))
    data = bytearray(clip.read_bytes())
    chance = random.Random(3)
    for _ in range(25):
        data[chance.randrange(len(data) // 4, len(data) * 9 // 10)] ^= 1 << chance.randrange(8)
    damaged.write_bytes(data)
    page, charts, rows, _ = shown(folder, damaged, "--deflicker-only")
    flagged = [float(row["pts_time"]) - float(rows[0]["pts_time"]) for row in rows
               if row["flagged"] == "1"]
    assert len(flagged) > 2
    close(charts["brightness"]["damage"], flagged, 3)
    assert f"Damage: {len(flagged)} frames are damaged." in verdict(page)
    assert "Marks at the bottom are damaged frames." in page


# ---- A point is many frames ----------------------------------------------------------------------


def check_many(folder):
    """The page of a long film with many scenes covers all of it, and stays small."""
    noise = np.random.default_rng(4)
    frames, count, length = [], 6000, 20
    for i in range(count):
        if i % length == 0:
            ground = noise.uniform(60, 180, (16, 24))
        gain = 1 + 0.08 * noise.standard_normal() if i < count // 2 else 1
        frames.append(np.uint8(np.clip(ground * gain, 0, 255)))
    clip = folder / "many.mkv"
    write(clip, frames, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-g", "250")
    page, charts, rows, scenes = shown(folder, clip, "--deflicker-only")
    assert len(rows) == count and len(scenes) == count // length
    luma = numbers(rows, "luma").reshape(1000, 6)
    before = charts["brightness"]["lines"][0]
    close(before["median"], np.median(luma, axis=1), 3)
    close(before["low"], luma.min(axis=1), 3)
    close(before["high"], luma.max(axis=1), 3)
    assert charts["brightness"]["cuts"] == [], "so many cuts hide the lines"
    assert "Each point stands for 6 frames" in page and "too many cuts" in page
    bands = charts["settings"]["bands"]
    assert bands[0]["from"] == 0 and bands[-1]["to"] == count / 25
    for left, right in zip(bands, bands[1:]):
        assert left["to"] == right["from"] and left["done"] != right["done"]
    named = [int(number) for band in bands for number in band["scenes"].split(" to ")]
    assert named[0] == 0 and named[-1] == len(scenes) - 1
    assert len(images(page)) == 48 and "The middle frames of 24 of 300 scenes." in page
    assert "has 100 more." in page and page.count("<tr>") == 201
    data = re.sub(r'src="data:[^"]*"', "", page)
    charts_size = len(re.search(r'id="charts">(.*?)</script>', data, re.DOTALL)[1])
    assert charts_size < 250_000, charts_size


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_scenes(folder)
        check_drift(folder)
        check_little(folder)
        check_damage(folder)
        check_many(folder)


PATINA = sys.argv[1]
main()
