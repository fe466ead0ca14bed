#!/usr/bin/python3
"""Store films with `patina film --codec x264`, and look at them with FFmpeg's programs.

    check_x264.py PATINA
"""

import hashlib
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from clips import CLIPS, frame_sums, make, run, through

KINDS = ("mp4", "mkv", "mov")
EVERYWHERE = ("variable.mkv", "rotated.mp4", "dv.dv", "sound.mkv")
REFUSED = {"rgb.mkv": "RGB", "alpha12.mov": "transparency", "tiny.nut": "a side is odd",
           "word.nut": "RGB"}
KEPT = ["sample_aspect_ratio", "color_space", "color_transfer", "color_primaries", "width",
        "height"]


def film(*arguments, status=0):
    result = subprocess.run([PATINA, "film", *map(str, arguments)], capture_output=True, text=True,
                            timeout=900)
    assert result.returncode == status, f"{arguments}: {result.returncode}, {result.stderr}"
    return result.stdout if status == 0 else result.stderr


def store(clip, out, *options):
    return film(clip, "-o", out, "--force", "--codec", "x264", *options)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frames_of(path):
    text = run("ffprobe", "-v", "quiet", "-of", "json", "-select_streams", "v:0", "-show_entries",
               "frame=best_effort_timestamp_time,interlaced_frame,top_field_first", str(path))
    return json.loads(text)["frames"]


def facts_of(path):
    text = run("ffprobe", "-v", "quiet", "-of", "json", "-select_streams", "v:0", "-show_streams",
               str(path))
    return json.loads(text)["streams"][0]


def time_of(frame):
    return float(frame.get("best_effort_timestamp_time", "nan"))


def check_decodes(path):
    told = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-map", "0",
                           "-enc_time_base", "1/90000", "-f", "null", "-"], capture_output=True,
                          text=True, timeout=600)
    assert told.returncode == 0 and not told.stderr, f"{path.name}: {told.stderr}"


def check_clip(clip, layout, out):
    """Without loss: the frames, their times and fields, and what is told of them, are the same."""
    told = store(clip, out, "--deflicker-only", "--quality", 0)
    assert frame_sums(out, layout) == frame_sums(clip, layout, through(clip.name)), out.name
    check_decodes(out)
    before, after = frames_of(clip), frames_of(out)
    for old, new in zip(before, after, strict=True):
        moved = abs((time_of(old) - time_of(before[0])) - (time_of(new) - time_of(after[0])))
        assert not moved >= 0.0011, f"{out.name}: {old} became {new}"
        same = all(old[name] == new[name] for name in ("interlaced_frame", "top_field_first"))
        assert same or "order of the fields" in told, f"{out.name}: {old} became {new}"
    old, new = facts_of(clip), facts_of(out)
    for name in KEPT:
        a, b = old.get(name, "unknown"), new.get(name, "unknown")
        assert a == b or {a, b} <= {"1:1", "0:1", "unknown"}, f"{out.name}: {name}: {a}, {b}"
    assert ("pc" in (old.get("color_range"), new.get("color_range"))) == (
        old.get("color_range") == new.get("color_range") == "pc"), f"{out.name}: range"
    if "variable" in clip.name:
        assert len({round(time_of(b) - time_of(a), 3) for a, b in zip(after, after[1:])}) > 1
    matrix = [any("rotation" in data for data in facts.get("side_data_list", []))
              for facts in (old, new)]
    assert matrix[0] == matrix[1] or "turn the images" in told, f"{out.name}: rotation"


def check_clips(folder):
    extra = {"wide.mkv": ("-vf scale=128:96,setsar=16/11,noise=alls=20 -c:v ffv1 -color_primaries "
                          "bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range pc "
                          "-pix_fmt yuv444p10le", "yuv444p10le"),
             "top.mkv": ("-vf scale=96:72,setfield=tff,noise=alls=20 -c:v ffv1 -pix_fmt yuv420p "
                         "-flags +ildct -top 1", "yuv420p")}
    stored = 0
    for clip, (options, layout) in {**CLIPS, **extra}.items():
        make(folder / clip, options)
        if "gbr" in layout or "yuva" in layout or "tiny" in clip:
            told = film(folder / clip, "-o", folder / "x.mkv", "--codec", "x264", status=1)
            assert REFUSED.get(clip, "H.264") in told and "--codec x264" in told, told
            continue
        for kind in KINDS if clip in EVERYWHERE else KINDS[stored % 3:][:1]:
            check_clip(folder / clip, layout, folder / f"{clip}.{kind}")
            stored += 1
    assert not (folder / "x.mkv").exists() and stored > 25, stored


def check_quality(folder):
    """By default noise stays visible; a worse quality is smaller."""
    clip, sizes = folder / "noisy.mkv", []
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=240x180:rate=25",
        "-frames:v", "100", "-vf", "noise=alls=8:allf=t", "-c:v", "ffv1", "-pix_fmt", "yuv420p",
        str(clip))
    for quality in (None, 30, 0):
        out = folder / "noisy.mp4"
        store(clip, out, "--deflicker-only", *([] if quality is None else ["--quality", quality]))
        sizes.append(out.stat().st_size)
        check_decodes(out)
        told = subprocess.run(["ffmpeg", "-i", str(out), "-i", str(clip), "-lavfi", "psnr", "-f",
                               "null", "-"], capture_output=True, text=True, timeout=600).stderr
        psnr = float(re.search(r"average:(\S+)", told)[1])
        print(f"quality {quality}: {sizes[-1]} bytes, {psnr:.2f} dB")
        if quality is None:
            assert psnr > 38, psnr
        if quality == 0:
            assert psnr == float("inf"), psnr
    assert sizes[1] < sizes[0] / 2 and sizes[0] < clip.stat().st_size / 2, sizes
    return clip


def units(path, kind):
    """The NAL units of a kind in a film."""
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy",
                           "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-"], check=True,
                          capture_output=True, timeout=600).stdout
    return [unit.rstrip(b"\0") for unit in re.split(rb"\0\0\x01", data)
            if unit and unit[0] & 31 == kind]


def check_same_bytes(folder, clip):
    out, sums = folder / "x.mp4", set()
    change = ["--color", "levels", "--sigma", 1, "--strength", 0.3]
    for options in (["-j", 1], ["-j", 2], ["-j", 5], ["-j", 2, "--batch", 7], ["--in-process"]):
        store(clip, out, *change, *options)
        sums.add(digest(out))
    for filling in ("1", "85"): # what lies in memory that is not yet written
        run("env", f"MALLOC_PERTURB_={filling}", PATINA, "film", str(clip), "-o", str(out),
            "--force", "--codec", "x264", "--in-process", *map(str, change))
        sums.add(digest(out))
    assert len(sums) == 1, "the bytes depend on the workers"
    # Three closed segments of 48, 48 and 4 frames: each begins with an IDR frame.
    for kind in (6, 7, 8):  # SEI, SPS, PPS
        assert len(units(out, kind)) == 3 and len(set(units(out, kind))) == 1, kind
    assert len(units(out, 5)) == 3
    keys = json.loads(run("ffprobe", "-v", "quiet", "-of", "json", "-select_streams", "v",
                          "-show_entries", "packet=flags,pts_time", str(out)))["packets"]
    keys = [round(float(key["pts_time"]) * 25) for key in keys if "K" in key["flags"]]
    assert keys == [0, 48, 96], keys
    told = json.loads(store(clip, out, *change, "--json"))
    assert told["options"]["codec"] == "x264" and told["options"]["quality"] is None
    assert told["outputs"]["codec"] == "H.264" and told["outputs"]["container"] == "mp4"
    return change, sums.pop()


def start(clip, out, *options):
    return subprocess.Popen([PATINA, "film", clip, "-o", out, "--force", "-q", "-j", "3", "--codec",
                             "x264", *map(str, options)])


def check_kills(folder, clip, change, wanted):
    """Workers that are killed, and runs that are, change nothing."""
    out, journal = folder / "killed.mp4", folder / "killed.mp4.journal"
    rng = random.Random(1)
    kills = stops = 0
    for _ in range(4):
        process = start(clip, out, *change)
        time.sleep(rng.random() * 0.5)
        workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True,
                                 check=False).stdout.split()
        if process.poll() is None and workers:
            try:
                os.kill(int(rng.choice(workers)), signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass
        assert process.wait(timeout=600) == 0 and digest(out) == wanted, "kills changed the film"
    for least in (2000, 100000, 300000, 500000):
        process = start(clip, out, *change)
        while process.poll() is None and not (journal.exists() and
                                              journal.stat().st_size >= least):
            time.sleep(0.002)
        stops += process.poll() is None
        process.kill()
        process.wait()
    assert kills and stops, f"{kills} workers and {stops} runs were killed"
    store(clip, out, *change, "-j", 2)
    assert digest(out) == wanted and not journal.exists(), "a resumed film has other bytes"


def check_refusals(folder, clip):
    left = folder / "left"
    left.mkdir()
    for arguments, words in ((["x.mp4"], "--codec x264"), (["x.avi", "--codec", "x264"], ".mkv"),
                             (["x.mkv", "--quality", 3], "--codec"), (["x"], ".mkv"),
                             (["x.mkv", "--codec", "x265"], "x264"),
                             (["x.mp4", "--codec", "x264", "--quality", 52], "51"),
                             (["x.mp4", "--codec", "x264", "--quality", "-1"], "0")):
        told = film(clip, "-o", left / arguments[0], *arguments[1:], status=2)
        assert words in told, f"{arguments}: {told}"
    assert not list(left.iterdir()), "files are left"


def check_mixed(folder):
    """All frames of a film that has a few interlaced ones are marked so, which is told."""
    parts = []
    for number, field in enumerate(("prog", "tff")):
        parts.append(folder / f"part{number}.mpg")
        run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25",
            "-frames:v", "20", "-vf", f"setfield={field}", "-c:v", "mpeg2video", "-q:v", "3", "-bf",
            "0", *(["-flags", "+ildct+ilme", "-top", "1"] if number else []), "-f", "mpeg2video",
            str(parts[-1]))
    mixed, out = folder / "mixed.mpg", folder / "mixed.mp4"
    mixed.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert "LOST: which frames are interlaced" in store(mixed, out, "--deflicker-only",
                                                        "--quality", 0)
    assert frame_sums(out, "yuv420p") == frame_sums(mixed, "yuv420p")
    assert {frame["top_field_first"] for frame in frames_of(out)} == {1}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_clips(folder)
        clip = check_quality(folder)
        change, wanted = check_same_bytes(folder, clip)
        check_kills(folder, clip, change, wanted)
        check_refusals(folder, clip)
        check_mixed(folder)


PATINA = sys.argv[1]
main()
