#!/usr/bin/python3
"""Convert and restore folders of frames with `patina film`, and compare with OpenCV and NumPy.

    check_frames.py PATINA SAMPLE_DIR
"""

import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np
from PIL import Image

METADATA = ["trial_path", "trial_name", "camera_id", "structure", "total_frames", "successful",
            "failed", "frame_range", "processing_time_seconds", "processing_fps", "num_workers"]
INGEST = "--ingest-only"
rng = np.random.default_rng(1)


def film(*arguments, status=0):
    result = subprocess.run([PATINA, "film", *map(str, arguments)], capture_output=True, text=True,
                            timeout=600)
    assert result.returncode in np.atleast_1d(status), \
        f"{arguments}: {result.returncode}, {result.stderr}"
    return result


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def metadata(out):
    found = json.loads((out / "metadata.json").read_text())
    assert list(found)[:len(METADATA)] == METADATA, list(found)
    return found


def bytes_of(out):
    """All files of a camera that do not depend on the number of workers."""
    return {path.relative_to(out).as_posix(): path.read_bytes()
            for path in sorted(out.rglob("*"))
            if path.is_file() and path.name != "metadata.json" and not path.name.startswith(".")}


# ---- What is made -------------------------------------------------------------------------------


def picture(bits=8, channels=3, size=(48, 64)):
    most = 1 << bits
    shape = size + ((channels,) if channels > 1 else ())
    return rng.integers(0, most, shape).astype(np.uint8 if bits == 8 else np.uint16)


def make_color(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


def make_depth(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".raw":
        values.astype(np.uint16).tofile(path)
    elif path.suffix == ".npy":
        np.save(path, values)
    else:
        assert cv2.imwrite(str(path), values.astype(np.uint16))


def meters(values):
    values = values.astype(np.float32)
    return values / 1000.0 if values.max() > 100 else values


def check_depth(path, wanted):
    expected = path.with_suffix(".expected")
    with open(expected, "wb") as file:
        np.save(file, np.ascontiguousarray(wanted, dtype=np.float32))
    assert path.read_bytes() == expected.read_bytes(), f"{path}: is not as NumPy has it"
    expected.unlink()


# ---- Layouts ------------------------------------------------------------------------------------

LAYOUTS = {  # a name: where images and depth maps are, and the camera
    "multi": ("cam1/color/frame_{:06d}.png", "cam1/depth/frame_{:06d}.raw", "cam1"),
    "named": ("cam2/color/cam2_{:06d}.jpg", "cam2/depth/cam2_{:06d}.npy", "cam2"),
    "single": ("Color/Color_{:06d}.bmp", "Depth/Depth_{:06d}.png", "cam1"),
    "scored": ("_Color/_Color_{:04d}.jpeg", "_Depth/_Depth_{:04d}.npy", "cam1"),
    "plain": ("color/frame_{:06d}.PNG", "depth/frame_{:06d}.RAW", "cam1"),
    "mixed": ("cam_left/color/Color_{:06d}.png", "cam_left/depth/frame_{:06d}.npy", "cam_left"),
}


def check_layouts(folder):
    for name, (color, depth, camera) in LAYOUTS.items():
        maps = {}
        for number in (1, 2, 9999):
            make_color(folder / name / color.format(number), picture())
            maps[number] = rng.integers(0, 6000, (480, 640))
            make_depth(folder / name / depth.format(number).lower()
                       if "RAW" in depth else folder / name / depth.format(number), maps[number])
        told = film(folder / name, INGEST, "-o", folder / "out").stdout
        out = folder / "out" / name / camera
        found = metadata(out)
        assert (found["trial_name"], found["camera_id"]) == (name, camera)
        assert found["structure"] == ("multi" if "cam" in color else "single") + "_camera"
        assert (found["total_frames"], found["successful"], found["failed"]) == (3, 3, 0), told
        assert found["frame_range"] == [1, 9999] and found["gaps"] == [[3, 9998]]
        assert "GAPS: 9996 numbers are missing: 3..9998\n" in told, told
        for number, values in maps.items():
            image = cv2.imread(str(folder / name / color.format(number)))
            written = cv2.imread(str(out / f"color/frame_{number:06d}.png"))
            assert np.array_equal(image, written), f"{name}: image {number} changed"
            check_depth(out / f"depth/frame_{number:06d}.npy", meters(values))
        table = rows(out / "frames.csv")
        assert [row["frame"] for row in table] == ["1", "2", "9999"]
        assert all(row["success"] == "1" and row["depth_divided"] == "1" for row in table)
        assert rows(out / "failures.csv") == [] and not (out / "scenes.csv").exists()
    # a camera of a trial, named itself
    film(folder / "multi/cam1", INGEST, "-o", folder / "out2")
    assert bytes_of(folder / "out2/multi/cam1") == bytes_of(folder / "out/multi/cam1")
    shutil.rmtree(folder / "out2")


def check_kinds_of_images(folder):
    """The depth, gray and alpha of images are kept."""
    for number, (bits, channels) in enumerate([(8, 1), (8, 3), (8, 4), (16, 1), (16, 3), (16, 4)]):
        make_color(folder / f"kinds/color/frame_{number:06d}.png", picture(bits, channels))
    for how in ([INGEST], ["--filter", "gaussian", "--sigma", 1, "--keep-flicker"]):
        film(folder / "kinds", *how, "-o", folder / "out", "--force")
        for number in range(6):
            name = f"color/frame_{number:06d}.png"
            image, written = (cv2.imread(str(path / name), cv2.IMREAD_UNCHANGED)
                              for path in (folder / "kinds", folder / "out/kinds/cam1"))
            assert image.dtype == written.dtype and image.shape == written.shape, number
            assert np.array_equal(image, written) == (how == [INGEST]), number
            if image.ndim == 3 and image.shape[2] == 4:
                assert np.array_equal(image[:, :, 3], written[:, :, 3]), "alpha changed"
        single = folder / "single.png"
        if how != [INGEST]:
            subprocess.run([PATINA, "restore", "--filter", "gaussian", "--sigma", "1", "-q", "-o",
                            single, folder / "kinds/color/frame_000001.png"], check=True)
            assert single.read_bytes() == (folder / "out/kinds/cam1/color/frame_000001.png"
                                           ).read_bytes(), "not as patina restore has it"


def check_odd_images(folder):
    """Images that are turned, gray, in CMYK or with a palette are as OpenCV shows them."""
    image = Image.fromarray(cv2.GaussianBlur(picture(), (0, 0), 2))
    turned = Image.Exif()
    turned[0x0112] = 6
    (folder / "odd/color").mkdir(parents=True)
    for number, (mode, kind, exif) in enumerate([
            ("RGB", "jpg", turned), ("L", "jpg", b""), ("CMYK", "jpeg", b""),
            ("RGB", "png", turned), ("P", "png", b""), ("1", "png", b""), ("P", "bmp", b""),
            ("1", "bmp", b"")]):
        image.convert(mode).save(folder / f"odd/color/frame_{number:06d}.{kind}", exif=exif)
    film(folder / "odd", INGEST, "-o", folder / "out")
    told = film(folder / "odd", "--keep-flicker", "--filter", "median", "-o",
                folder / "blurred").stdout
    assert "LOST: the palette was converted to full color (1 image)\n" in told, told
    for path in sorted((folder / "odd/color").iterdir()):
        written = cv2.imread(str(folder / f"out/odd/cam1/color/{path.stem}.png"))
        assert np.array_equal(cv2.imread(str(path)), written), path.name


def check_kinds_of_depth(folder):
    """Shapes, types and units of depth maps."""
    small = rng.random((7, 5)) * 5
    maps = [np.arange(6, dtype=np.uint16).reshape(2, 3), small, small.astype(np.float32),
            small.astype(np.float16), small * 1000, np.asfortranarray(small),
            (small * 1000).astype(">u2"), (small * 1000).astype(np.int32), small[None, :, :],
            (small * 1000).astype(">f8"), (small * 20).astype(np.uint8), (small * 1e6).astype("u8"),
            np.array([[100.0]]), np.array([[100.5]])]
    for number, values in enumerate(maps):
        make_color(folder / f"maps/color/frame_{number:06d}.png", picture())
        make_depth(folder / f"maps/depth/frame_{number:06d}.npy", values)
    raws = {100: (480, 640), 101: (720, 1280), 102: (1080, 1920), 103: (512, 512)}
    for number, shape in raws.items():
        raws[number] = rng.integers(0, 65536, shape)
        make_color(folder / f"maps/color/frame_{number:06d}.png", picture())
        make_depth(folder / f"maps/depth/frame_{number:06d}.raw", raws[number])
    film(folder / "maps", INGEST, "-o", folder / "out")
    for number, values in list(enumerate(maps)) + list(raws.items()):
        wanted = values.reshape(values.shape[-2:])
        check_depth(folder / f"out/maps/cam1/depth/frame_{number:06d}.npy", meters(wanted))


# ---- Faults -------------------------------------------------------------------------------------


def make_faults(trial):
    """20 frames with all that can be wrong; what is to be told of each: (frame, file, reason)."""
    for number in range(20):
        make_color(trial / f"cam1/color/frame_{number:06d}.png", picture())
        make_depth(trial / f"cam1/depth/frame_{number:06d}.npy", rng.random((4, 6)))
    color = [trial / f"cam1/color/frame_{number:06d}.png" for number in range(20)]
    depth = [trial / f"cam1/depth/frame_{number:06d}.npy" for number in range(20)]
    color[0].write_bytes(color[0].read_bytes()[:-100])
    color[1].write_bytes(b"")
    color[2].write_text("no image")
    color[3].unlink()
    color[4].unlink()
    color[4].mkdir()
    np.save(depth[5], np.array([["a", "b"]]))
    np.save(depth[6], rng.random((4, 6)) * 1j)
    depth[7].write_bytes(depth[7].read_bytes()[:150])
    depth[8].write_bytes(depth[8].read_bytes().replace(b"(4, 6)", b"(4, 9)"))
    depth[9].unlink()
    for number, size in ((10, 1001), (11, 2 * 480 * 640 + 3), (12, 0)):
        depth[number].unlink()
        depth[number].with_suffix(".raw").write_bytes(bytes(range(1, 256)) * 2500 if size > 10 ** 5
                                                      else b"x" * size)
    depth[13].unlink()
    make_color(depth[13].with_suffix(".png"), picture(8, 3))
    np.save(depth[14], rng.random((4, 6, 3)))
    np.save(depth[15], np.zeros((0, 6)))
    color[16].unlink()
    depth[16].unlink()  # a gap
    (trial / "cam1/color/Color_000001.png").write_bytes(color[19].read_bytes())
    (trial / "cam1/color/notes.txt").write_text("a note")
    make_color(trial / "cam1/color/frame_000017.jpg", picture())
    color[18].unlink()
    color[18].symlink_to("/nowhere")
    (trial / "cam3").mkdir()
    return [(0, "color", "corrupt"), (1, "color", "empty_file"),
            (2, "color", "unsupported_format"), (3, "color", "not_found"),
            (4, "color", "not_a_file"), (5, "depth", "unsupported_format"),
            (6, "depth", "unsupported_format"), (7, "depth", "corrupt"), (8, "depth", "corrupt"),
            (9, "depth", "not_found"), (10, "depth", "corrupt"), (12, "depth", "empty_file"),
            (13, "depth", "unsupported_format"), (14, "depth", "unsupported_format"),
            (15, "depth", "unsupported_format"), (18, "color", "not_found")]


def check_faults(folder):
    trial = folder / "faulty"
    wanted = make_faults(trial)
    for how in ([INGEST], ["--deflicker-only"], []):
        out = folder / f"out{len(how)}{how == [INGEST]}"
        result = film(trial, *how, "-o", out, status=1)
        told, errors, out = result.stdout, result.stderr.splitlines(), out / "faulty/cam1"
        failures = rows(out / "failures.csv")
        assert [(int(row["frame"]), row["file"], row["reason"]) for row in failures] == wanted, \
            failures
        for row in failures:
            assert row["file"] in row["message"] and str(trial) in row["message"], row["message"]
        shown = [line for line in errors if line.startswith("patina: ")]
        assert shown == ["patina: " + row["message"] for row in failures[:10]] + \
            ["patina: ... and 6 more, in failures.csv"], errors
        found = metadata(out)
        assert (found["total_frames"], found["successful"], found["failed"]) == (19, 3, 16), found
        assert found["gaps"] == [[16, 16]] and "GAPS: 1 number is missing: 16\n" in told
        assert found["without_color"] == 1 and found["without_depth"] == 1
        assert found["depth_guessed"] == 1 and "GUESSED: the size of 1 depth map" in told
        assert found["left_out"] == ["color/Color_000001.png", "color/notes.txt",
                                     "color/frame_000017.jpg"], found["left_out"]
        assert "LEFT OUT: cam3 has no folder of images" in told, told
        table = {int(row["frame"]): row for row in rows(out / "frames.csv")}
        failed = {frame for frame, _, _ in wanted}
        assert {frame for frame, row in table.items() if row["success"] == "0"} == failed
        assert table[9]["color"] == "written" and table[9]["depth"] == "missing"
        assert table[0]["color"] == "failed" and table[0]["depth"] == "written"
        assert table[11]["depth_guessed"] == "1"
        written = {path.name for path in (out / "color").iterdir()}
        assert written == {f"frame_{number:06d}.png" for number in range(20)
                           if number not in (0, 1, 2, 3, 4, 16, 18)}, written
        assert len(list((out / "depth").iterdir())) == 9
        raw = np.fromfile(trial / "cam1/depth/frame_000011.raw", np.uint16, 480 * 640)
        check_depth(out / "depth/frame_000011.npy", meters(raw.reshape(480, 640)))
        assert how == [INGEST] or (table[0]["scene"] == "" and table[5]["scene"] == "0")
        assert not list(out.rglob("*.partial"))


def check_refusals(folder):
    """What is wrong as a whole is named, and nothing is written."""
    trial, out = folder / "refused", folder / "nothing"
    for camera in ("cam1", "cam2"):
        for number in (3, 4):
            make_color(trial / f"{camera}/color/frame_{number:06d}.png", picture())
    (folder / "empty/color").mkdir(parents=True)
    make_color(folder / "strange/color/img1.png", picture())
    make_color(folder / "unknown/images/frame_000001.png", picture())
    make_color(folder / "both/color/frame_000001.png", picture())
    make_color(folder / "both/cam1/color/frame_000001.png", picture())
    for arguments, status, words in (
            ([trial], 2, "has several cameras; choose one with --camera, or --all: cam1, cam2"),
            ([trial, "--camera", "cam3"], 2, "has no camera 'cam3'; it has cam1, cam2"),
            ([trial, "--camera", "cam1", "--all"], 2, "either --camera or --all"),
            ([trial, "--all", "--range", "5:"], 2, "numbers 3 to 4"),
            ([trial, "--all", "--range", "1s:2s"], 2, "such as 240:480"),
            ([trial, "--all", "--scenes", folder / "x.csv"], 2, "No such file"),
            ([trial, "--all", "--restart"], 2, "--restart has no effect on a folder"),
            ([trial, "--all", "--codec", "x264"], 2, "--codec has no effect on a folder"),
            ([trial, "--all", "--report", "x.html"], 2, "--report has no effect on a folder"),
            ([trial, "--all", INGEST, "--deflicker-only"], 2, "nothing is restored"),
            ([folder / "empty"], 2, "empty/color: is empty"),
            ([folder / "strange"], 2, "no file is named like a frame"),
            ([folder / "unknown"], 2, "is not laid out in a known way"),
            ([folder / "both"], 2, "has both a folder color and cameras"),
            ([folder / "missing"], 2, "no such film")):
        errors = film(*arguments, "-o", out, status=status).stderr
        assert words in errors, (arguments, errors)
        assert not list(out.rglob("*.*")), f"{arguments}: wrote {list(out.rglob('*'))}"
    errors = film(trial, "--all", "-o", folder, status=2).stderr
    assert "lies in the folder that is read" in errors, errors
    assert len(list(trial.rglob("*.png"))) == 4, "files were written into the trial"
    document = json.loads(film(trial, "--all", "--range", "4:5", INGEST, "--json", "-o",
                               out).stdout)
    assert document["schema"] == {"name": "patina.frames", "version": 1}
    assert [(camera["camera_id"], camera["frame_range"], camera["total_frames"])
            for camera in document["cameras"]] == [("cam1", [4, 4], 1), ("cam2", [4, 4], 1)]
    (trial / "cam1/color/frame_000003.png").unlink()
    document = json.loads(film(trial, "--all", "--range", "3:4", INGEST, "--json", "--force", "-o",
                               out, status=2).stdout)
    assert document["cameras"][0]["failure"]["reason"] == "nothing_to_do", document["cameras"][0]
    assert document["cameras"][1]["frame_range"] == [3, 3]


# ---- Restoring ----------------------------------------------------------------------------------


def make_old(trial, sample):
    """A trial in two scenes whose exposure flickers."""
    photos = sorted(path for path in sample.rglob("*") if path.suffix in (".png", ".jpg"))
    for number in range(40):
        image = cv2.resize(cv2.imread(str(photos[number // 25])), (192, 144))
        image = np.roll(image, number, axis=1) * (1 + 0.06 * rng.standard_normal()) * 0.7 + 30
        image = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        make_color(trial / f"cam1/color/frame_{number:06d}.png", image)
        make_depth(trial / f"cam1/depth/frame_{number:06d}.raw", rng.integers(0, 6000, (64, 64)))


def check_restored(folder, sample):
    trial = folder / "old"
    make_old(trial, sample)
    told = film(trial, "-o", folder / "restored").stdout
    out = folder / "restored/old/cam1"
    found = metadata(out)
    assert found["successful"] == 40 and found["scenes"] == 2, told
    assert found["flicker_after"] < found["flicker_before"] / 3, told
    assert [row["first_frame"] for row in rows(out / "scenes.csv")] == ["0", "25"]
    table = rows(out / "frames.csv")
    luma = np.array([0.114, 0.587, 0.299])
    for number, row in enumerate(table):
        for key, path in (("luma", trial / "cam1"), ("restored_luma", out)):
            image = cv2.imread(str(path / f"color/frame_{number:06d}.png"))
            wanted = float((image.reshape(-1, 3).mean(axis=0) * luma).sum())
            assert abs(float(row[key]) - wanted) < 1e-6, (number, key, row[key], wanted)
        assert (row["predicted_filter"] != "") == (number % 12 == 0)
    for options in (["-j", 1], ["-j", 5, "--batch", 3], ["--in-process"]):
        shutil.rmtree(folder / "again", ignore_errors=True)
        film(trial, "-o", folder / "again", *options)
        assert bytes_of(folder / "again/old/cam1") == bytes_of(out), f"{options}: other bytes"
    # a first image that is damaged does not leave its scene without a setting
    first = trial / "cam1/color/frame_000000.png"
    whole = first.read_bytes()
    first.write_bytes(whole[:500])
    film(trial, "-o", folder / "damaged", "--range", ":12", status=1)
    predicted = [row["frame"] for row in rows(folder / "damaged/old/cam1/frames.csv")
                 if row["predicted_filter"] != ""]
    assert predicted == ["6"], predicted
    first.write_bytes(whole)
    return trial, bytes_of(out)


def check_scenes(folder, trial, wanted):
    """The table of scenes as it was written gives the same files; edited, others."""
    table, out = folder / "scenes.csv", folder / "planned"
    table.write_bytes(wanted["scenes.csv"])
    film(trial, "-o", out, "--scenes", table)
    assert bytes_of(out / "old/cam1") == wanted
    edited = rows(table)
    edited[1]["first_frame"] = 10
    edited.append({**edited[1], "first_frame": 30, "color_method": "none", "filter": "gaussian",
                   "sharpen_sigma": 2, "filter_scale": 1})
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(edited[0]))
        writer.writeheader()
        writer.writerows(edited)
    film(trial, "-o", out, "--scenes", table, "--force")
    found = rows(out / "old/cam1/scenes.csv")
    assert [(row["first_frame"], row["frames"]) for row in found] == [("0", "10"), ("10", "20"),
                                                                      ("30", "10")]
    assert found[2]["filter"] == "gaussian" and found[2]["sharpen_sigma"] == "2"
    film(trial, "-o", out, "--scenes", table, "--force", "--range", "12:32")
    found = rows(out / "old/cam1/scenes.csv")
    assert [row["first_frame"] for row in found] == ["12", "30"], found
    refused = film(trial, "-o", out, "--scenes", out / "old/cam1/scenes.csv", "--force", status=2)
    assert "would be replaced" in refused.stderr, refused.stderr
    table.write_text("first_frame\n5\n")
    refused = film(trial, "-o", out, "--scenes", table, "--force", status=2).stderr
    assert "begins at frame 5, but there is a frame 0" in refused, refused


def start(trial, out):
    return subprocess.Popen([PATINA, "film", trial, "-o", out, "-q", "-j", "2"],
                            stderr=subprocess.PIPE, text=True)


def check_resumed(folder, trial, wanted):
    """A run that is killed, and one whose workers are, gives the same files."""
    out, generator, resumed = folder / "killed", random.Random(1), False
    for attempt in range(60):
        if attempt % 20 == 0:
            shutil.rmtree(out, ignore_errors=True)
        process = start(trial, out)
        time.sleep(generator.random() * 0.6)
        if attempt % 3 == 0:
            process.send_signal(signal.SIGINT)
        elif attempt % 3 == 1:
            process.kill()
        else:
            workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True,
                                     text=True, check=False).stdout.split()
            for worker in workers[:1]:
                try:
                    os.kill(int(worker), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        _, errors = process.communicate(timeout=600)
        if process.returncode == 0:
            resumed = resumed or attempt % 20 > 0
            assert bytes_of(out / "old/cam1") == wanted, "other bytes after kills"
            shutil.rmtree(out)
        else:
            # SIGINT: it came before the program could take it
            assert process.returncode in (130, -signal.SIGKILL, -signal.SIGINT), errors
    assert resumed, "no run was resumed"


def check_existing(folder, trial, wanted):
    """What is there is not replaced, but by --force, which keeps what is as it should be."""
    out = folder / "restored"
    camera = out / "old/cam1"
    assert "already exists" in film(trial, "-o", out, status=2).stderr
    image = camera / "color/frame_000007.png"
    times = {path: path.stat().st_mtime_ns for path in camera.rglob("frame_*")}
    image.write_bytes(b"mine")
    told = film(trial, "-o", out, "--force").stdout
    assert "79 files already done" in told, told
    assert bytes_of(camera) == wanted
    assert [path for path in times if path.stat().st_mtime_ns != times[path]] == [image]
    other = folder / "other/old/cam1/color/frame_000003.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"mine")
    errors = film(trial, "-o", folder / "other", status=2).stderr
    assert "measuring" not in errors, errors
    assert "frame_000003.png: already exists" in errors and other.read_bytes() == b"mine", errors
    # two runs at once
    first = start(trial, folder / "twice")
    while first.poll() is None and not (folder / "twice/old/cam1/metadata.json.partial").exists():
        time.sleep(0.001)
    errors = film(trial, "-o", folder / "twice", status=(1, 2)).stderr
    assert f"{first.pid}" in errors or "already exists" in errors, errors
    first.communicate()
    assert first.returncode == 0 and bytes_of(folder / "twice/old/cam1") == wanted


def main():
    sample = pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for check in (check_layouts, check_kinds_of_images, check_odd_images,
                      check_kinds_of_depth, check_faults, check_refusals):
            (folder / check.__name__).mkdir()
            check(folder / check.__name__)
        trial, wanted = check_restored(folder, sample)
        check_scenes(folder, trial, wanted)
        check_existing(folder, trial, wanted)
        check_resumed(folder, trial, wanted)


if __name__ == "__main__":
    PATINA = sys.argv[1]
    main()
