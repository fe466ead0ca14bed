#!/usr/bin/python3
"""Copy films frame by frame, and compare the copies with the originals, with FFmpeg's programs.

    check_copy.py FILM_COPY

Every sample, time, sound, subtitle, chapter and attachment must be the same, or its loss be told;
and the same film must give the same bytes.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from clips import CLIPS, SOUND, TEST, frame_sums, make, run, through

SUBTITLES = """1
00:00:00,200 --> 00:00:01,000
One

2
00:00:01,000 --> 00:00:01,600
Two

3
00:00:01,400 --> 00:00:01,900
Three begins before the end of two
"""

CHAPTERS = """;FFMETADATA1
title=A film
[CHAPTER]
TIMEBASE=1/1000
START=0
END=900
title=First
[CHAPTER]
TIMEBASE=1/1000
START=900
END=2000
title=Second
"""


def probe(path, *show):
    return json.loads(run("ffprobe", "-v", "quiet", "-of", "json", *show, str(path)))


def times(path):
    frames = probe(path, "-select_streams", "v:0", "-show_entries",
                   "frame=best_effort_timestamp_time")["frames"]
    return [float(frame.get("best_effort_timestamp_time", "nan")) for frame in frames]


def copy(program, film, out, *container):
    result = subprocess.run([program, film, out, *container], capture_output=True, text=True,
                            timeout=600)
    assert result.returncode == 0, f"{film.name}: {result.stderr}"
    return result.stdout


VIDEO = ["sample_aspect_ratio", "field_order", "color_range", "color_space", "color_transfer",
         "color_primaries", "width", "height"]


def kind_of(clip):
    """The kind of file for a copy: its own, if that holds FFV1 and what is told of colors."""
    if clip.endswith(".nut"):
        return "nut"
    return "avi" if clip in ("fields.avi", "packed.avi") else "matroska"


def check_clip(program, folder, clip, layout):
    film, out, again = folder / clip, folder / f"copy_{clip}", folder / "again"
    told = copy(program, film, out, kind_of(clip))
    copy(program, film, again, kind_of(clip))
    assert out.read_bytes() == again.read_bytes(), f"{clip}: not the same bytes"
    stored = layout.replace("yuvj", "yuv") # the range is told by a tag
    wanted = frame_sums(film, layout, through(clip))
    assert frame_sums(out, stored) == wanted, f"{clip}: other samples"
    if "sound" in clip:
        sums = [run("ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-c", "copy", "-f",
                    "streamhash", "-") for path in (film, out)]
        assert sums[0] == sums[1], f"{clip}: other sound"
    old, new = times(film), times(out)
    for a, b in zip(old, new, strict=True):
        # what has no times gets some, which is told
        moved = abs((a - old[0]) - (b - new[0]))
        assert not moved >= 0.0011 or "times of some frames" in told, f"{clip}: {a} became {b}"
    facts = [probe(path, "-show_streams", "-select_streams", "v:0")["streams"][0]
             for path in (film, out)]
    for name in VIDEO:
        a, b = (fact.get(name, "unknown") for fact in facts)
        same = a == b or (name == "sample_aspect_ratio" and {a, b} <= {"1:1", "0:1", "unknown"})
        assert same, f"{clip}: {name} was {a} and is {b}"
    return told


def check_everything(program, folder):
    """A film with all that Matroska can hold besides images."""
    (folder / "s.srt").write_text(SUBTITLES)
    (folder / "chapters.txt").write_text(CHAPTERS)
    film, out = folder / "all.mkv", folder / "all_copy.mkv"
    run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", TEST, "-f", "lavfi", "-i", SOUND, "-i",
        str(folder / "s.srt"), "-i", str(folder / "chapters.txt"), "-map", "0", "-map", "1", "-map",
        "1", "-map", "2", "-map_metadata", "3", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a:0",
        "flac", "-c:a:1", "aac", "-metadata:s:a:1", "language=deu", "-attach",
        str(folder / "s.srt"), "-metadata:s:t", "mimetype=text/plain", str(film))
    assert "lost" not in copy(program, film, out)
    for stream in ("0:a:0", "0:a:1", "0:s:0"):
        sums = [run("ffmpeg", "-v", "error", "-i", str(path), "-map", stream, "-c", "copy", "-f",
                    "streamhash", "-") for path in (film, out)]
        assert sums[0] == sums[1], f"stream {stream} differs"
    assert probe(film, "-show_chapters") == probe(out, "-show_chapters")
    tags = [probe(path, "-show_format")["format"]["tags"]["title"] for path in (film, out)]
    assert tags == ["A film", "A film"]
    languages = [stream.get("tags", {}).get("language")
                 for stream in probe(out, "-show_streams")["streams"]]
    assert languages.count("deu") == 1, languages
    got = folder / "got.srt"
    subprocess.run(["ffmpeg", "-v", "quiet", "-y", "-dump_attachment:t:0", str(got), "-i",
                    str(out)], check=False)
    assert got.read_text() == SUBTITLES
    # Another kind of file cannot hold them all, and is told so.
    assert "other streams" in copy(program, film, folder / "all.avi", "avi")
    make(folder / "narrow.nut", "-vf scale=1:40 -c:v rawvideo -pix_fmt yuv420p")
    refused = subprocess.run([program, folder / "narrow.nut", out], capture_output=True, text=True,
                             timeout=60, check=False)
    assert refused.returncode == 1 and "one row or column" in refused.stderr


STYLED = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.50,0:00:01.20,Default,,0,0,0,,{\\b1}Bold{\\b0} text
Dialogue: 0,0:00:01.50,0:00:01.90,Default,,0,0,0,,Two\\Nlines
"""

IMAGES = ["-f", "lavfi", "-i", TEST]


def subtitles(path, number):
    return run("ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:s:{number}", "-f", "srt", "-")


def check_subtitles(program, folder):
    """Text that the new file cannot hold is converted as ffmpeg converts it."""
    (folder / "s.ass").write_text(STYLED)
    (folder / "s.srt").write_text(SUBTITLES.replace("One", "<i>Öne</i>"))
    both, moved = folder / "both.mkv", folder / "moved.mp4"
    run("ffmpeg", "-v", "error", "-y", *IMAGES, "-i", str(folder / "s.srt"), "-i",
        str(folder / "s.ass"), "-map", "0", "-map", "1", "-map", "2", "-c:v", "ffv1", "-c:s",
        "copy", "-metadata:s:s:1", "language=fra", str(both))
    run("ffmpeg", "-v", "error", "-y", *IMAGES, "-i", str(folder / "s.srt"), "-i",
        str(folder / "s.ass"), "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-pix_fmt",
        "yuv420p", "-c:s", "mov_text", "-metadata:s:s:1", "language=fra", str(moved))
    for film, out, how, text in ((both, folder / "to.mp4", ["mp4", "x264"], "mov_text"),
                                 (both, folder / "to.mov", ["mov", "x264"], "mov_text"),
                                 (moved, folder / "to.mkv", [], "subrip")):
        told, wanted = copy(program, film, out, *how), folder / f"wanted{out.suffix}"
        assert "they were converted" in told and "other streams" not in told, told
        run("ffmpeg", "-v", "error", "-y", "-i", str(film), "-map", "0", "-c:v", "libx264", "-c:s",
            "srt" if text == "subrip" else text, str(wanted))
        streams = probe(out, "-show_streams", "-select_streams", "s")["streams"]
        assert [stream["codec_name"] for stream in streams] == [text, text], streams
        assert [stream["tags"].get("language") for stream in streams][1] == "fra", streams
        for number in (0, 1):
            got = subtitles(out, number)
            assert got == subtitles(wanted, number) and "-->" in got, f"{out.name}: {got}"
    copy(program, folder / "to.mp4", folder / "again.mp4", "mp4", "x264")
    assert subtitles(folder / "again.mp4", 0) == subtitles(folder / "to.mp4", 0)
    assert "other streams" in copy(program, moved, folder / "to.nut", "nut")


def check_damaged_sound(program, folder):
    """A stream whose header is damaged costs only that stream."""
    film, bad = folder / "heard.mkv", folder / "damaged.mkv"
    run("ffmpeg", "-v", "error", "-y", *IMAGES, "-f", "lavfi", "-i", SOUND, "-map", "0", "-map",
        "1", "-map", "1", "-c:v", "ffv1", "-c:a:0", "flac", "-c:a:1", "aac", str(film))
    data = film.read_bytes()
    private = data.index(b"\x63\xa2", data.index(b"A_FLAC"))
    lost = data[:private] + b"\x63\xa3" + data[private + 2:]  # it is not the private data now
    garbled = data[:private + 4] + b"\xee" * 30 + data[private + 34:]
    for damaged in (lost, garbled):
        bad.write_bytes(damaged)
        for out, how in ((folder / "heard_copy.mkv", []), (folder / "heard.mp4", ["mp4", "x264"])):
            assert "whose headers are damaged" in copy(program, bad, out, *how), out
            names = [stream["codec_name"] for stream in probe(out, "-show_streams")["streams"]]
            assert names[1:] == ["aac"], names
            assert len(times(out)) == 50, out
            sums = [run("ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:a:{number}", "-c",
                        "copy", "-f", "streamhash", "-") for path, number in ((film, 1), (out, 0))]
            assert sums[0] == sums[1], f"{out}: other sound"


def check_timecode(program, folder):
    """What a camera tells as a stream of its own is kept as a tag, or its loss is told."""
    film = folder / "camera.mov"
    run("ffmpeg", "-v", "error", "-y", *IMAGES, "-c:v", "libx264", "-pix_fmt", "yuv420p",
        "-timecode", "10:11:12:13", str(film))
    for out, how, lost in (("camera.mkv", [], False), ("camera.nut", ["nut"], False),
                           ("camera.mp4", ["mp4", "x264"], False),
                           ("copied.mov", ["mov", "x264"], False), ("camera.avi", ["avi"], True)):
        assert ("other streams" in copy(program, film, folder / out, *how)) == lost, out
        tags = probe(folder / out, "-show_streams")["streams"][0].get("tags", {})
        code = {name.lower(): value for name, value in tags.items()}.get("timecode")
        assert code == (None if lost else "10:11:12:13"), f"{out}: {code}"


def main():
    program = sys.argv[1]
    told = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for clip, (options, layout) in CLIPS.items():
            make(folder / clip, options)
            told[clip] = check_clip(program, folder, clip, layout)
        check_everything(program, folder)
        check_subtitles(program, folder)
        check_damaged_sound(program, folder)
        check_timecode(program, folder)
    assert "turn the images" in told["rotated.mp4"]
    quiet = [clip for clip, text in told.items() if "lost" not in text]
    print(f"{len(CLIPS)} kinds of clips copied, {len(quiet)} of them without any loss")


main()
