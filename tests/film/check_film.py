#!/usr/bin/python3
"""Restore films with `patina film`, and look at the result with FFmpeg's programs and OpenCV.

    check_film.py PATINA SAMPLE_DIR
"""

import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
from clips import CLIPS, frame_sums, make, run, through
from make_film import age, scenes, write

FRAMES = 40  # of a scene
LOSSLESS = ["-c:v", "ffv1"]


def film(*arguments, status=0):
    result = subprocess.run([PATINA, "film", *map(str, arguments)], capture_output=True, text=True,
                            timeout=900)
    assert result.returncode == status, f"{arguments}: {result.returncode}, {result.stderr}"
    return result.stdout if status == 0 else result.stderr


def digest(*paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def check_untouched(folder):
    """Films that do not flicker keep every sample."""
    for clip, (options, layout) in CLIPS.items():
        make(folder / clip, options)
        out = folder / f"{clip}.mkv"
        told = film(folder / clip, "-o", out, "--deflicker-only")
        assert "frames restored: 0\n" in told, f"{clip}: {told}"
        stored = layout.replace("yuvj", "yuv")
        assert frame_sums(out, stored) == frame_sums(folder / clip, layout, through(clip)), clip


def check_fields(folder):
    """Fields are restored as if each were an image of its own."""
    woven, apart = folder / "woven.mkv", folder / "apart.mkv"
    make(woven, "-vf scale=96:72,setfield=tff,noise=alls=20 -c:v ffv1 -pix_fmt yuv420p "
                "-flags +ildct -top 1")
    run("ffmpeg", "-v", "error", "-y", "-i", str(woven), "-vf", "separatefields,setfield=prog",
        "-c:v", "ffv1", str(apart))
    blur = ["--filter", "gaussian", "--sigma", 1.5, "--keep-flicker", "--force"]
    film(woven, "-o", folder / "woven_blurred.mkv", *blur)
    film(apart, "-o", folder / "apart_blurred.mkv", *blur)
    sums = [run("ffmpeg", "-v", "error", "-i", str(folder / name), "-vf", filters, "-f",
                "framemd5", "-")
            for name, filters in (("woven_blurred.mkv", "separatefields"),
                                  ("apart_blurred.mkv", "null"))]
    sums = [[line.split(",")[-1] for line in text.splitlines() if not line.startswith("#")]
            for text in sums]
    assert len(sums[0]) == 100 and sums[0] == sums[1], "fields are mixed"
    plain = run("ffmpeg", "-v", "error", "-i", str(apart), "-f", "framemd5", "-")
    assert sums[0][0] not in plain, "nothing was done"


# ---- A film whose truth is known ----------------------------------------------------------------


def read_film(path):
    capture = cv2.VideoCapture(str(path))
    while True:
        more, frame = capture.read()
        if not more:
            return
        yield frame.astype(float)


def judge(truth, path):
    """Mean PSNR, and how much the error of brightness changes from frame to frame (RMS)."""
    psnr, error = [], []
    for wanted, got in zip(read_film(truth), read_film(path), strict=True):
        psnr.append(10 * np.log10(255**2 / (np.mean((wanted - got)**2) + 1e-9)))
        error.append(got.mean() - wanted.mean())
    steps = np.delete(np.diff(error), FRAMES - 1)  # but not over the cut
    return np.mean(psnr), np.sqrt(np.mean(steps**2))


def check_flicker(folder, sample):
    truth, old = folder / "truth.mkv", folder / "old.mkv"
    for with_object in (False, True):
        frames = list(scenes(sample, FRAMES, with_object))
        write(truth, frames, *LOSSLESS)
        write(old, age(frames), *LOSSLESS)
        results = {"old": judge(truth, old)}
        for name, options in {"steady": ["--deflicker-only"],
                              "levels": ["--color", "levels", "--sigma", 1, "--strength", 0],
                              "stretch": ["--color", "stretch", "--sigma", 1, "--strength", 0],
                              "each": ["--color", "levels", "--sigma", 1, "--strength", 0,
                                       "--keep-flicker"]}.items():
            film(old, "-o", folder / f"{name}.mkv", "--force", *options)
            results[name] = judge(truth, folder / f"{name}.mkv")
        run("ffmpeg", "-v", "error", "-y", "-i", str(old), "-vf", "deflicker,normalize", "-c:v",
            "ffv1", "-pix_fmt", "yuv420p", str(folder / "ffmpeg.mkv"))
        results["ffmpeg"] = judge(truth, folder / "ffmpeg.mkv")
        for name, (psnr, flicker) in results.items():
            print(f"{'with' if with_object else 'no'} object, {name}: {psnr:.2f} dB, "
                  f"flicker {flicker:.2f}")
        assert results["steady"][1] < results["old"][1] / 5
        assert results["steady"][1] < results["ffmpeg"][1]
        for wanted, got in zip(results["ffmpeg"], results["stretch"], strict=True):
            assert (got > wanted) == (wanted > 10), "ffmpeg's filters restore it better"
        # without flicker, nothing is done
        write(truth, frames, *LOSSLESS)
        told = film(truth, "-o", folder / "same.mkv", "--deflicker-only", "--force")
        assert "frames restored: 0\n" in told, told
    return old


def check_same_bytes(folder, old):
    out = folder / "x.mkv"
    files = (out, folder / "x.frames.csv", folder / "x.scenes.csv")
    sums = set()
    for options in (["-j", 1], ["-j", 2], ["-j", 5], ["-j", 3, "--batch", 1],
                    ["-j", 2, "--batch", 64], ["-j", 2, "--batch", 7], ["--in-process"]):
        film(old, "-o", out, "--force", *options)
        sums.add(digest(*files))
    assert len(sums) == 1, "the bytes depend on the workers"
    told = json.loads(film(old, "-o", out, "--force", "--json"))
    assert told["schema"] == {"name": "patina.film", "version": 1}
    assert told["film"]["codec"] == "ffv1" and told["film"]["frames_per_second"] == 24
    assert told["results"]["frames"] == told["results"]["packets"] == 2 * FRAMES
    assert told["results"]["flicker_after"] < told["results"]["flicker_before"] / 5
    assert told["outputs"]["film"] == str(out) and told["results"]["losses"] == []
    lines = files[1].read_text().splitlines()
    assert len(lines) == 2 * FRAMES + 1 and lines[0].startswith("frame,pts,pts_time,scene,")
    assert len(files[2].read_text().splitlines()) >= 3
    return out, digest(out)


def check_kills(old, out, wanted):
    """Killed workers change nothing."""
    rng = random.Random(1)
    kills = 0
    for _ in range(8):
        process = subprocess.Popen([PATINA, "film", old, "-o", out, "--force", "-q", "-j", "3"])
        mine = 0
        while process.poll() is None and mine < 3:
            time.sleep(rng.random() * 0.2)
            workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True,
                                     text=True, check=False).stdout.split()
            if workers:
                try:
                    os.kill(int(rng.choice(workers)), signal.SIGKILL)
                    mine += 1
                except ProcessLookupError:
                    pass
        assert process.wait(timeout=600) == 0, "a film was not written"
        assert digest(out) == wanted, "kills changed the film"
        kills += mine
    assert kills > 0, "no worker could be killed"


def start(old, out, *options):
    return subprocess.Popen([PATINA, "film", old, "-o", out, "-q", "-j", "2", *options],
                            stderr=subprocess.PIPE, text=True)


def stop_with_journal(old, out, least, *options):
    """Kill a run once its journal has so many bytes; whether it could be killed."""
    journal = pathlib.Path(f"{out}.journal")
    process = start(old, out, *options)
    while process.poll() is None:
        if journal.exists() and journal.stat().st_size >= least:
            process.kill()
            process.communicate()
            return True
        time.sleep(0.002)
    process.communicate()
    return False


def check_resumed(folder, old, wanted):
    """A run that was killed, again and again, goes on; its journal may be damaged."""
    out, journal = folder / "resumed.mkv", folder / "resumed.mkv.journal"
    rng = random.Random(4)
    kills = 0
    for damage in (None, "cut", "flip"):
        out.unlink(missing_ok=True)
        (folder / "resumed.frames.csv").unlink(missing_ok=True)
        (folder / "resumed.scenes.csv").unlink(missing_ok=True)
        for least in (1000, 40000, 150000, 400000):
            kills += stop_with_journal(old, out, least)
            if out.exists() or not journal.exists():
                continue
            data = bytearray(journal.read_bytes())
            if damage == "cut":
                data = data[:max(len(data) - 777, 0)]
            elif damage == "flip":
                data[rng.randrange(len(data) // 2, len(data))] ^= 4
            journal.write_bytes(data)
        if not out.exists():
            film(old, "-o", out)
        assert digest(out) == wanted, f"{damage}: a resumed film has other bytes"
        assert not journal.exists() and not pathlib.Path(f"{out}.partial").exists()
    assert kills >= 6, f"only {kills} runs could be killed"
    # Another setting is another run.
    assert stop_with_journal(old, folder / "other.mkv", 1000)
    assert "--restart" in film(old, "-o", folder / "other.mkv", "--max-harm", "7%", status=2)
    film(old, "-o", folder / "other.mkv", "--restart")
    assert digest(folder / "other.mkv") == wanted
    # Ctrl-C says how to go on.
    process = start(old, folder / "stopped.mkv")
    while not (folder / "stopped.mkv.journal").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "the same command resumes" in told, told


def check_scenes(folder, old, wanted):
    """The table of scenes can be edited and taken back."""
    table = (folder / "x.scenes.csv").read_text().splitlines()
    names = table[0].split(",")
    mine, out = folder / "mine.csv", folder / "mine.mkv"

    def run_with(lines, **options):
        mine.write_text("\n".join(lines) + "\n")
        return film(old, "-o", out, "--scenes", mine, "--force", **options)

    run_with(table)
    assert digest(out) == wanted, "the table as written gives another film"
    one = [cell if name == "first_frame" else "" for name, cell in
           zip(names, table[1].split(","), strict=True)]
    assert "in 1 scene;" in run_with([table[0], ",".join(one)])
    assert "in 3 scenes;" in run_with(["first_frame", "0", "7", str(FRAMES)])
    idle = dict(zip(names, table[1].split(","), strict=True))
    idle.update({"color_method": "levels", "filter": "none"})
    told = run_with([table[0], ",".join(idle.values())])
    assert f"frames restored: {2 * FRAMES}\n" in told
    assert ",levels,none," in (folder / "mine.scenes.csv").read_text()
    for lines, cause in ((["first_frame", "1"], "must be 0"), (["first_frame", "0", "0"], "line 3"),
                         (["first_frame", "0", "900"], "has 80 frames"), (["a", "0"], "no column"),
                         (["first_frame,sharpen_sigma,sharpen_strength,filter", "0,99,1,unsharp"],
                          "sigma"), (["first_frame"], "no scenes")):
        assert cause in run_with(lines, status=2), lines
    assert "would be replaced" in film(old, "-o", folder / "x.mkv", "--force", "--scenes",
                                       folder / "x.scenes.csv", status=2)


def check_refusals(folder, old):
    left = folder / "left"
    left.mkdir()
    assert "exists" in film(old, "-o", old.with_name("x.mkv"), status=2)
    assert ".mkv" in film(old, "-o", left / "x.mp4", status=2)
    assert "is the film itself" in film(old, "-o", old, "--force", status=2)
    assert "no such film" in film(folder / "none.mp4", "-o", left / "x.mkv", status=2)
    into = folder / "into"
    into.mkdir()
    for clip, name in (("h264.mp4", "h264.mkv"), ("fields.avi", "fields.avi"),
                       ("tiny.nut", "tiny.nut"), ("raw.h264", "raw.mkv")):
        told = film(folder / clip, "-o", into, "--deflicker-only", "--force")
        assert (into / name).exists() and f"{into / name} as FFV1" in told, told
    assert "exists" in film(folder / "tiny.nut", "-o", into, status=2)
    cut = folder / "cut.mp4"
    cut.write_bytes((folder / "h264.mp4").read_bytes()[:5000])
    assert "cut.mp4" in film(cut, "-o", left / "x.mkv", status=1)
    assert not list(left.iterdir()), "files are left"


def check_lost(folder):
    """Frames that are missing are told; a list of files is no film."""
    data = bytearray((folder / "h264_b.mkv").read_bytes())
    middle = len(data) // 2
    (folder / "gap.mkv").write_bytes(data[:middle] + bytes(3000) + data[middle + 3000:])
    told = json.loads(film(folder / "gap.mkv", "-o", folder / "gap_out.mkv", "--json"))["results"]
    assert told["frames"] < 50 and told["frames_damaged"] > 0, told
    stored = bytearray((folder / "x.mkv").read_bytes())
    for at in range(len(stored) // 2, len(stored) // 2 + 20000, 2000):
        stored[at] ^= 1
    (folder / "flipped.mkv").write_bytes(stored)
    assert "DAMAGE" in film(folder / "flipped.mkv", "-o", folder / "gap_out.mkv", "--force",
                            "--progress", "always")
    playlist = folder / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nh264.mp4\n")
    for how in ([], ["--in-process"]):
        told = film(playlist, "-o", folder / "list.mkv", *how, status=1)
        assert "list.m3u8" in told and "memory" not in told, told


def check_damaged(folder):
    """Damage never stops it, and is told."""
    rng = random.Random(2)
    told = 0
    for _ in range(12):
        clip = rng.choice(["h264.mp4", "h264_b.mkv", "fields.mpg", "jpeg.avi", "vp9.webm"])
        data = bytearray((folder / clip).read_bytes())
        for _ in range(rng.choice([5, 50])):
            data[rng.randrange(len(data) // 3, len(data))] ^= 1 << rng.randrange(8)
        damaged = folder / f"damaged_{clip}"
        damaged.write_bytes(data)
        out = folder / "damaged.mkv"
        result = subprocess.run([PATINA, "film", damaged, "-o", out, "--force"], text=True,
                                capture_output=True, timeout=600)
        assert result.returncode in (0, 1), f"{clip}: {result.returncode} {result.stderr}"
        told += "DAMAGE" in result.stdout
        if result.returncode == 0:
            count = len((folder / "damaged.frames.csv").read_text().splitlines()) - 1
            assert f" {count} frame" in result.stdout
            assert len(frame_sums(out, "gray")) == count
    assert told > 0, "no damage was told"


def check_silent(folder):
    """Damage of which no decoder complains: threads make other frames, but the film is the same."""
    clip, damaged, out = (folder / name for name in ("silent.webm", "hit.webm", "silent.mkv"))
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=352x288:rate=25",
        "-frames:v", "60", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", str(clip))
    rng = random.Random(5)
    for _ in range(4):
        data = bytearray(clip.read_bytes())
        for _ in range(30):
            data[rng.randrange(len(data) // 20, len(data))] ^= 1 << rng.randrange(8)
        damaged.write_bytes(data)
        sums = set()
        for jobs in (1, 2, 5):
            film(damaged, "-o", out, "--force", "-j", jobs, "--deflicker-only")
            sums.add(digest(out, out.with_name("silent.frames.csv")))
        assert len(sums) == 1, "threads change a damaged film"


def check_report(folder, old, wanted):
    """A page changes nothing else, and a run that was killed has its images, too."""
    out, page = folder / "shown.mkv", folder / "shown.html"
    film(old, "-o", out, "--report", page)
    assert digest(out) == wanted
    whole = page.read_text()
    scenes_found = len((folder / "shown.scenes.csv").read_text().splitlines()) - 1
    assert whole.count("data:image/jpeg") == 2 * scenes_found >= 4
    assert f" of {2 * FRAMES} frames restored" in whole
    assert "already exists" in film(old, "-o", out, "--report", page, status=2)
    page.unlink()
    out.unlink()
    for table in ("frames", "scenes"):
        (folder / f"shown.{table}.csv").unlink()
    assert stop_with_journal(old, out, 400000, "--report", page) and not page.exists()
    film(old, "-o", out, "--report", page)
    assert digest(out) == wanted and page.read_text() == whole
    assert ".html" in film(old, "-o", folder / "y.mkv", "--report", folder / "y.png", status=2)
    os.chmod(old, 0o600)
    film(old, "-o", folder / "y.mkv", "--report", folder / "y.html", "--deflicker-only")
    assert (folder / "y.html").stat().st_mode & 0o777 == 0o600, "a private film has a public page"


def check_part(folder):
    """A part has the frames, the sound and the chapters of its time, which begins at 0."""
    whole, out = folder / "whole.mkv", folder / "part.mkv"
    chapters = folder / "part.txt"
    chapters.write_text(";FFMETADATA1\n" + "".join(
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={start + 1000}\ntitle={start}\n"
        for start in range(0, 4000, 1000)))
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=96x72:rate=25", "-f",
        "lavfi", "-i", "sine=440", "-i", str(chapters), "-map", "0", "-map", "1", "-t", "4",
        "-c:v", "ffv1", "-c:a", "pcm_s16le", str(whole))
    sums = frame_sums(whole, "yuv420p")
    for part, first, last, titles in (("1s:2s", 25, 50, ["1000"]), ("30:80", 30, 80, None),
                                      (":10", 0, 10, ["0"]), ("3.5s:", 87, 100, ["3000"]),
                                      ("0:1", 0, 1, ["0"])):
        film(whole, "-o", out, "--force", "--deflicker-only", "--part", part)
        first += part.startswith("3.5")  # frame 87 begins at 3.48 s
        assert frame_sums(out, "yuv420p") == sums[first:last], part
        told = json.loads(run("ffprobe", "-v", "error", "-of", "json", "-show_chapters",
                              "-show_entries", "packet=pts_time,stream_index", "-show_streams",
                              str(out)))
        times = [float(packet["pts_time"]) for packet in told["packets"]
                 if packet["stream_index"] == 0]
        assert np.allclose(times, np.arange(last - first) / 25, atol=0.0011), f"{part}: {times}"
        heard = [float(packet["pts_time"]) for packet in told["packets"]
                 if packet["stream_index"] == 1]
        length = (last - first) / 25
        assert all(-0.001 <= time < length for time in heard), f"{part}: {heard}"
        assert not heard or max(heard) > length - 0.05, f"{part}: {heard}"
        if titles is not None:
            assert [chapter["tags"]["title"] for chapter in told["chapters"]] == titles, part
    table = (folder / "part.frames.csv").read_text().splitlines()
    assert len(table) == 2
    film(whole, "-o", out, "--force", "--deflicker-only", "--range", "2s:3s", "--filter",
         "bilateral", status=2)
    film(whole, "-o", out, "--force", "--range", "2s:2.2s", "--filter", "bilateral", "--sigma", 1,
         "--range", 9, "--strength", 0)
    assert len(frame_sums(out, "yuv420p")) == 5
    assert "no frames in that part" in film(whole, "-o", out, "--force", "--part", "9s:10s",
                                            status=2)
    for wrong in ("5:5", "a:b", "1s:30", "-1:4", "1.5:3", "7", "s:3s"):
        assert "--part" in film(whole, "-o", out, "--force", f"--part={wrong}", status=2), wrong


def check_bench(folder):
    """Every stage is timed, and nothing is left behind."""
    space = folder / "bench"
    space.mkdir()

    def bench(*arguments, status=0):
        result = subprocess.run([PATINA, "bench", "--film", *map(str, arguments)], text=True,
                                capture_output=True, timeout=600, check=False,
                                env={**os.environ, "TMPDIR": str(space)})
        assert result.returncode == status, f"{arguments}: {result.stderr}"
        assert not list(space.iterdir()), "files are left"
        return result.stdout if status == 0 else result.stderr

    clip = folder / "h264.mp4"
    told = json.loads(bench(clip, "--workers", "1,2", "--batches", "8", "--repeat", 2, "--json"))
    assert told["film"]["frames"] == 50 and told["same_bytes"] is True
    assert [(row["jobs"], row["batch"]) for row in told["settings"]] == [(1, 8), (2, 8)]
    assert told["recommended"] in [{"jobs": jobs, "batch": 8} for jobs in (1, 2)]
    frame = 96 * 70 * 3 // 2
    for row in told["settings"]:
        assert [stage["stage"] for stage in row["stages"]] == [
            "decode", "measure", "decode again", "restore", "encode", "write"]
        assert all(stage["ms_per_frame"] > 0 and 0 <= stage["idle"] <= 1 for stage in row["stages"])
        assert [stage["workers"] for stage in row["stages"]] == [
            1, row["jobs"], 1, row["jobs"], row["jobs"], 1]
        assert row["frames_in_flight"] == 8 * (1 if row["jobs"] == 1 else 6)
        assert row["bytes_in_flight"] == row["frames_in_flight"] * frame
        assert len(row["runs"]) == 2 and row["frames_per_second"] > 0
    text = bench(clip, "--workers", 1)
    assert "same bytes in all 4 runs" in text and "recommended: 1 worker, batch" in text
    assert "no such film" in bench(folder / "none.mp4", status=2)
    assert "a film is not made of pairs" in bench(clip, "--single", status=2)


def check_long(folder):
    """A run that was killed far into a film finds its place in steps."""
    clip, out, again = folder / "long.nut", folder / "long.mkv", folder / "again.mkv"
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=96x72:rate=25",
        "-frames:v", "1000", "-c:v", "rawvideo", "-pix_fmt", "yuv420p", str(clip))
    blur = ["--filter", "bilateral", "--sigma", "3", "--strength", "0"]
    film(clip, "-o", out, *blur, "--batch", 60)
    wanted, size = digest(out), out.stat().st_size
    journal = folder / "again.mkv.journal"
    # The journal has the measures, too: a third of this size.
    assert stop_with_journal(clip, again, size, *blur), "it could not be killed"
    assert journal.stat().st_size < size * 1.2, "it was killed too late"
    film(clip, "-o", again, *blur, "--batch", 30)  # --batch may differ
    assert digest(again) == wanted
    # Most of so many workers would have nothing to do.
    told = json.loads(film(folder / "whole.mkv", "-o", out, "--force", "-j", 999, "--json"))
    assert told["results"]["workers"] == 100 // 12 + 1, told["results"]


def main():
    sample = pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_untouched(folder)
        check_fields(folder)
        old = check_flicker(folder, sample)
        out, wanted = check_same_bytes(folder, old)
        check_scenes(folder, old, wanted)
        check_kills(old, out, wanted)
        check_resumed(folder, old, wanted)
        check_report(folder, old, wanted)
        check_refusals(folder, old)
        check_lost(folder)
        check_damaged(folder)
        check_silent(folder)
        check_part(folder)
        check_long(folder)
        check_bench(folder)


PATINA = sys.argv[1]
main()
