#!/usr/bin/python3
"""Compare the frames that the library reads with those that FFmpeg reads.

    check_reader.py FILM_FRAMES

Makes clips of all kinds with ffmpeg: containers, codecs, layouts of samples, constant and variable
rates, rotated, interlaced, damaged. Counts, times and every sample must agree.
"""

import pathlib
import random
import struct
import subprocess
import sys
import tempfile

from clips import CLIPS, SOUND, frame_sums, make, run, through


def wanted(path, layout):
    """Time and MD5 of each frame, as FFmpeg's programs see them."""
    sums = frame_sums(path, layout, through(path.name))
    times = run("ffprobe", "-v", "quiet", "-threads", "1", "-select_streams", "v:0",
                "-show_entries", "frame=best_effort_timestamp,interlaced_frame,top_field_first",
                "-of", "csv=p=0", str(path)).split()
    frames = []
    for line, md5 in zip(times, sums, strict=True):
        time, interlaced, top = line.split(",")[:3]
        fields = (" top" if top == "1" else " bottom") if interlaced == "1" else ""
        frames.append(f"{time if time != 'N/A' else -2**63} {md5}{fields}")
    return frames


def check_clip(program, path, layout):
    got = run(program, str(path)).splitlines()
    frames = wanted(path, layout)
    assert got == run(program, str(path), "4").splitlines(), f"{path.name}: threads change it"
    assert got[:-2] == frames, f"{path.name}: {got[:3]} are not {frames[:3]} (of {len(frames)})"
    assert f" frames={len(frames)} flagged=0 refused=0 " in got[-2], f"{path.name}: {got[-2]}"
    assert len(frames) >= 48, f"{path.name}: only {len(frames)} frames"


def check_damaged(program, folder, path, rng):
    """Whatever lies in the file: an answer, in time, and as many frames as are told."""
    data = bytearray(path.read_bytes())
    how = rng.choice(["cut", "flip", "fill", "drop"])
    at = rng.randrange(len(data))
    if how == "cut":
        data = data[:at]
    elif how == "flip":
        for _ in range(rng.choice([1, 30, 1000])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif how == "fill":
        data[at:at + 500] = bytes(min(500, len(data) - at))
    else:
        del data[at:at + 700]
    damaged = folder / f"damaged_{path.name}"
    damaged.write_bytes(data)
    result, threaded = (
        subprocess.run([program, damaged, threads], capture_output=True, text=True, timeout=300)
        for threads in ("1", "4"))
    assert result.returncode in (0, 1), f"{how} {path.name}: status {result.returncode}"
    assert threaded.returncode in (0, 1), f"{how} {path.name}: threads end it"
    lines = result.stdout.splitlines()
    if result.returncode == 1:
        assert str(damaged) in result.stderr, result.stderr
    else:
        assert f" frames={len(lines) - 2} " in lines[-2], lines[-2]
    return result.returncode, lines[-2] if result.returncode == 0 else ""


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def many_streams(count):
    """The header of an AVI file with so many streams of video."""
    header = struct.pack("<4s4s11I4H", b"vids", b"FFV1", 0, 0, 0, 0, 1, 25, 0, 50, 1000000, 0, 0, 0,
                         0, 96, 70)
    layout = struct.pack("<IiiHH4sIiiII", 40, 96, 70, 1, 24, b"FFV1", 96 * 70 * 3, 0, 0, 0, 0)
    stream = chunk(b"LIST", b"strl" + chunk(b"strh", header) + chunk(b"strf", layout))
    main_header = chunk(b"avih", struct.pack("<14I", 40000, 0, 0, 16, 50, 0, count, 1 << 20, 96, 70,
                                             0, 0, 0, 0))
    data = chunk(b"LIST", b"hdrl" + main_header + stream * count)
    data += chunk(b"LIST", b"movi" + chunk(b"00dc", bytes(100)) * 5)
    return chunk(b"RIFF", b"AVI " + data)


def check_odd(program, folder):
    """Headers that lie, and films that change."""
    odd = folder / "odd"
    for count in (900, 100000):
        odd.write_bytes(many_streams(count))
        told = check_error(program, odd)
        assert ("more streams" in told) == (count > 1000) and "memory" not in told, told
    for tag, offset, wanted in ((b"mvhd", 20, 50), (b"mdhd", 20, 50), (b"stts", 16, None),
                                (b"stsz", 12, 0), (b"moov", 0, None), (b"stco", 12, None)):
        data = bytearray((folder / "rotated.mp4").read_bytes())
        at = data.index(tag) + offset  # a duration, a count, a place, or the name of the index
        data[at:at + 4] = b"\x7f\xff\xff\xff"
        odd.write_bytes(data)
        result = subprocess.run([program, odd], capture_output=True, text=True, timeout=100)
        assert result.returncode in (0, 1), tag
        got = len(result.stdout.splitlines()) - 2 if result.returncode == 0 else 0
        assert wanted in (None, got), f"{tag}: {got} frames"
    parts = [folder / f"{name}.m2v" for name in ("large", "small")]
    for part, size in zip(parts, ("96x70", "64x48"), strict=True):
        make(part, f"-s {size} -c:v mpeg2video")
    odd.write_bytes(b"".join(part.read_bytes() for part in (*parts, parts[0])))
    told = run(program, str(odd)).splitlines()[-2]
    counts = dict(count.split("=") for count in told.split())
    assert int(counts["frames"]) >= 98 and int(counts["odd"]) >= 48, told


def main():
    program = sys.argv[1]
    rng = random.Random(1)
    outcomes = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for clip, (options, layout) in CLIPS.items():
            make(folder / clip, options)
            check_clip(program, folder / clip, layout)
        for round_ in range(6):
            for clip in CLIPS:
                outcomes.append(check_damaged(program, folder, folder / clip, rng))
        empty = folder / "empty"
        empty.touch()
        assert check_error(program, empty), "an empty file is a film"
        check_odd(program, folder)
        make(folder / "sound.wav", f"-f lavfi -i {SOUND} -map 1:a")
        assert "no moving images" in check_error(program, folder / "sound.wav")
    read = [line for status, line in outcomes if status == 0]
    told = [line for line in read if " flagged=0 refused=0 odd=0" not in line]
    assert len(read) > len(outcomes) / 2 and told, "damage leaves no trace"
    print(f"{len(CLIPS)} kinds of clips; of {len(outcomes)} damaged ones {len(read)} were read, "
          f"{len(told)} of them with damage told")


def check_error(program, path):
    result = subprocess.run([program, path], capture_output=True, text=True, timeout=300)
    assert result.returncode == 1 and str(path) in result.stderr, result
    return result.stderr


main()
