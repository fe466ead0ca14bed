#!/usr/bin/python3
"""Check the formats that imread does not read: pixels, metadata, limits and written files.

    check_formats.py PATINA DECODE_DIGEST CASES FOLDER

CASES is the folder that make_further_cases.py wrote. Pixels are compared with those of
heif-convert, djxl and Pillow. Files are made in FOLDER.
"""
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

import cv2
import numpy as np
from PIL import Image, ImageCms

SETTING = ["--color", "white_balance", "--sigma", "1", "--strength", "1"]
IDLE = ["--color", "none", "--strength", "0"]
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
OUTPUTS = {".heic": ".jpg", ".gif": ".png", ".jp2": ".tif", ".avif": ".avif", ".jxl": ".jxl"}
STARTS = {".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG", ".tif": b"II*\0", ".webp": b"RIFF"}
FIRST_FRAME = "only page 1 of 3 was kept"

checks = 0


def check(truth, what):
    global checks
    checks += 1
    if not truth:
        sys.exit(f"FAILED: {what}")


def run(*command, status=0):
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False)
    check(result.returncode == status,
          f"{' '.join(map(str, command))}: {result.returncode}: {result.stderr.decode()}")
    return result


# ---- Boxes

def boxes(data):
    """The type and content of each box."""
    while data:
        size, kind = struct.unpack(">I4s", data[:8])
        yield kind, data[8:size]
        data = data[size:]


def box(kind, content):
    return struct.pack(">I4s", len(content) + 8, kind) + content


def with_property(data, added):
    """A HEIF file whose primary image has one more property. A new description of the file is
    appended, so that the image data stay where they are."""
    at = data.index(b"meta") - 4
    size = struct.unpack(">I", data[at:at + 4])[0]
    parts = dict(boxes(data[at + 12:at + size]))
    primary = struct.unpack(">H", parts[b"pitm"][4:6])[0]
    properties = dict(boxes(parts[b"iprp"]))
    number = len(list(boxes(properties[b"ipco"]))) + 1
    properties[b"ipco"] += added
    old, new = properties[b"ipma"], b""
    at_entry = 8
    for _ in range(struct.unpack(">I", old[4:8])[0]):
        item, count = struct.unpack(">HB", old[at_entry:at_entry + 3])
        links = old[at_entry + 3:at_entry + 3 + count]
        at_entry += 3 + count
        links += bytes([0x80 | number]) if item == primary else b""
        new += struct.pack(">HB", item, len(links)) + links
    properties[b"ipma"] = old[:8] + new
    parts[b"iprp"] = b"".join(box(kind, content) for kind, content in properties.items())
    meta = box(b"meta", data[at + 8:at + 12] +
               b"".join(box(kind, content) for kind, content in parts.items()))
    return data[:at + 4] + b"free" + data[at + 8:] + meta


# ---- Pixels

def digest(pixels):
    height, width = pixels.shape[:2]
    if pixels.dtype == np.uint16:
        pixels = pixels >> 8
    return f"{width} {height} {hashlib.sha256(pixels.astype('u1').tobytes()).hexdigest()}"


def pixels_of(path):
    """RGB as another decoder sees it; alpha is dropped."""
    if path.suffix == ".gif":
        samples = np.asarray(Image.open(path).convert("RGBA"))
        return samples[:, :, :3] * (samples[:, :, 3:] > 0)  # what is transparent is black
    target = path.parent / (path.name + ".png")
    if path.suffix == ".jxl":
        run("djxl", path, target)
    else:
        run("heif-convert", path, target)
    samples = cv2.imread(str(target), cv2.IMREAD_UNCHANGED)
    target.unlink()
    if samples.ndim == 2:
        return np.dstack([samples] * 3)
    return samples[:, :, 2::-1]


def check_pixels(decoder, folder):
    for path in sorted(folder.iterdir()):
        found = run(decoder, path).stdout.decode().strip()
        check(found == digest(pixels_of(path)), f"the pixels of {path.name}")


def check_limits(decoder, program, folder):
    """Sizes are found in the header, before memory is allocated."""
    count = len(list(folder.iterdir()))
    run(program, "features", folder, "-o", folder / "x.csv", "--max-pixels", "2000", "--quiet",
        status=1)
    failures = (folder / "x.failures.csv").read_text().splitlines()[1:]
    check(len(failures) == count and
          all(",decode,too_large," in line and "61 x 47 pixels" in line for line in failures),
          f"files above the limit: {failures}")
    huge = folder.parent / "huge.gif"
    huge.write_bytes((folder / "gif.gif").read_bytes().replace(struct.pack("<HH", 61, 47),
                                                               b"\xff" * 4))
    check(b"65535 x 65535" in run(decoder, huge, status=1).stderr, "a GIF of 4 billion pixels")


# ---- Restoring

def restore(program, path, output, *options, setting=None):
    """The entry of the image in the --json output."""
    result = run(program, "restore", path, *(setting or SETTING), "-o", output, "--json", "--force",
                 *options)
    return json.loads(result.stdout)["images"][0]


def decoded(decoder, path):
    return run(decoder, path).stdout


def check_outputs(program, decoder, folder, out):
    """Each format becomes the one that docs/restore.md names, with the same bytes on one processor
    and on all."""
    command = [program, "restore", folder, "--json", "--force"]
    images = json.loads(run(*command, *SETTING, "-o", out).stdout)["images"]
    one = ["taskset", "-c", "0", *command, *SETTING, "--jobs", "1", "-o", f"{out}.one"]
    idle = json.loads(run(*command, *IDLE, "-o", f"{out}.idle").stdout)["images"]
    run(*one)
    check(len(images) == len(list(folder.iterdir())), "all files are restored")
    for image, unchanged in zip(images, idle):
        path = pathlib.Path(image["input"]["path"])
        written = pathlib.Path(image["output"]["path"])
        wanted = OUTPUTS[path.suffix]
        check(written.suffix == wanted and
              written.read_bytes().startswith(STARTS.get(wanted, b"")), f"the format of {written}")
        decoded(decoder, written)
        check(written.read_bytes() == pathlib.Path(f"{out}.one", written.name).read_bytes(),
              f"{written} has other bytes on one processor")
        notes = image["output"]["notes"]
        check((FIRST_FRAME in notes) == ("animation" in path.name), f"{path.name}: {notes}")
        check(unchanged["output"]["copied"] == (wanted == path.suffix), f"{path.name} is copied")


def check_kept(program, decoder, cases, out):
    """JPEG XL loses nothing where the original lost nothing. AVIF is near."""
    grey, deep, alpha = (out / f"{name}.png" for name in ("grey", "deep", "alpha"))
    run("djxl", cases / "jxl_grey.jxl", grey)
    run("djxl", cases / "jxl_16.jxl", deep)
    run("djxl", cases / "jxl_rgba.jxl", alpha)
    for path in (grey, deep, alpha):
        wanted = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        restore(program, path, out / "x.jxl", "--quality", "100", setting=IDLE)
        told = restore(program, path, out / "x.avif", setting=IDLE)
        notes = told["output"]["notes"]
        check(any("12 bits" in note for note in notes) == (path == deep), f"bits in AVIF: {notes}")
        check(any("gray" in note for note in notes) == (path == grey), f"gray in AVIF: {notes}")
        run("heif-convert", out / "x.avif", out / "x.png")
        found = cv2.imread(str(out / "x.png"), cv2.IMREAD_UNCHANGED)
        if wanted.ndim == 2:
            found = found[:, :, 0]
        check(found.shape == wanted.shape, f"{path.name} as AVIF has the same channels")
        scale = 1 if path != deep else 257
        check(np.abs(found.astype(int) - wanted).max() <= 24 * scale, f"{path.name} as AVIF")
    restore(program, cases / "jxl_16.jxl", out / "y.jxl")
    restore(program, deep, out / "y.png")
    run("djxl", out / "y.jxl", out / "z.png")
    check(np.array_equal(cv2.imread(str(out / "z.png"), cv2.IMREAD_UNCHANGED),
                         cv2.imread(str(out / "y.png"), cv2.IMREAD_UNCHANGED)),
          "a lossless JPEG XL stays lossless")
    small, large = restore(program, alpha, out / "x.avif", "--quality", "20"), restore(
        program, alpha, out / "x.avif")
    check(small["output"]["bytes"] < large["output"]["bytes"], "--quality in AVIF")
    lossy, fine = restore(program, alpha, out / "x.jxl", "--quality", "20"), restore(
        program, alpha, out / "x.jxl")
    check(lossy["output"]["bytes"] < fine["output"]["bytes"], "--quality in JPEG XL")
    check(decoded(decoder, out / "x.jxl") != b"", "a JPEG XL file is read again")


def check_metadata(program, decoder, cases, out):
    exif = Image.Exif()
    exif[0x0112], exif[0x010f] = 6, "Maker"
    samples = np.asarray(Image.open(out / "grey.png").convert("RGB"))
    Image.fromarray(samples).save(out / "in.jpg", exif=exif.tobytes(), icc_profile=ICC, quality=95)
    run("heif-enc", out / "in.jpg", "-o", out / "meta.heic")
    told = restore(program, out / "meta.heic", out / "meta.jpg")
    image = Image.open(out / "meta.jpg")
    check(told["output"]["notes"] == [] and image.info["icc_profile"] == ICC, "a profile in HEIC")
    check(image.getexif().get(0x010f) == "Maker", "EXIF in HEIC")
    check(image.getexif().get(0x0112, 1) == 1 and image.size == (61, 47),
          "the EXIF orientation in a HEIC is not applied")

    inner = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    key = b"http://ns.adobe.com/xap/1.0/\0"
    data = (out / "in.jpg").read_bytes()
    for packet in (inner, b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>" + inner):
        segment = b"\xff\xe1" + struct.pack(">H", 2 + len(key) + len(packet)) + key + packet
        (out / "xmp.jpg").write_bytes(data[:2] + segment + data[2:])
        for coded, options in (("xmp.heic", []), ("xmp.avif", ["-A"])):
            run("heif-enc", *options, out / "xmp.jpg", "-o", out / coded)
            told = restore(program, out / coded, out / "xmp.png")
            check(told["output"]["notes"] == [] and packet in (out / "xmp.png").read_bytes(),
                  f"XMP in {coded}: {told['output']['notes']}")
            restore(program, out / coded, out / "xmp_out.avif")
            check(packet in (out / "xmp_out.avif").read_bytes(), f"XMP from {coded} in AVIF")

    plain = (cases / "heic_rgb.heic").read_bytes()
    (out / "turned.heic").write_bytes(with_property(plain, box(b"irot", b"\1")))
    check(decoded(decoder, out / "turned.heic").startswith(b"47 61 "), "HEIF's rotation is applied")
    restore(program, out / "turned.heic", out / "turned.jpg")
    check(cv2.imread(str(out / "turned.jpg")).shape == (61, 47, 3), "it is applied once")
    depth = with_property(plain, box(b"auxC", b"\0\0\0\0urn:mpeg:hevc:2015:auxid:2\0"))
    wide = with_property(plain, box(b"colr", b"nclx" + struct.pack(">HHHB", 12, 16, 6, 128)))
    for name, data, note in (("depth", depth, "auxiliary images, such as a depth map"),
                             ("wide", wide, "not those of sRGB")):
        (out / f"{name}.heic").write_bytes(data)
        notes = restore(program, out / f"{name}.heic", out / f"{name}.jpg")["output"]["notes"]
        check(len(notes) == 1 and note in notes[0], f"the notes on {name}.heic: {notes}")

    block = b"\0\0\0\0" + exif.tobytes()[6:]
    boxed = (cases / "jxl_boxes.jxl").read_bytes() + box(b"Exif", block) + box(b"xml ", b"<x/>")
    (out / "boxed.jxl").write_bytes(boxed)
    told = restore(program, out / "boxed.jxl", out / "boxed_out.jxl")
    parts = dict(boxes((out / "boxed_out.jxl").read_bytes()))
    check(parts[b"Exif"] == block and parts[b"xml "] == b"<x/>" and told["output"]["notes"] == [],
          "JPEG XL keeps EXIF and XMP")
    run("djxl", out / "boxed_out.jxl", out / "boxed_out.png")
    Image.fromarray(samples).save(out / "in.png", exif=exif.tobytes(), icc_profile=ICC)
    for name in ("in.jpg", "in.png"):
        told = restore(program, out / name, out / "new.jxl")
        parts = dict(boxes((out / "new.jxl").read_bytes()))
        found = Image.Exif()
        found.load(b"Exif\0\0" + parts[b"Exif"][4:])
        check(told["output"]["notes"] == [] and parts[b"Exif"][:4] == bytes(4) and
              dict(found) == {0x0112: 1, 0x010f: "Maker"}, f"EXIF of {name} in JPEG XL: {found}")
        run("djxl", out / "new.jxl", out / "new.png")
        check(Image.open(out / "new.png").size == (61, 47)[::-1], f"{name} is turned upright")
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    Image.fromarray(samples).save(out / "xmp.webp", xmp=packet)
    restore(program, out / "xmp.webp", out / "new.jxl")
    check(dict(boxes((out / "new.jxl").read_bytes())).get(b"xml ") == packet, "XMP in JPEG XL")
    restore(program, out / "in.jpg", out / "new.jxl", "--strip")
    check((out / "new.jxl").read_bytes().startswith(b"\xff\x0a"), "--strip in JPEG XL")
    notes = restore(program, out / "boxed.jxl", out / "boxed.png")["output"]["notes"]
    check(len(notes) == 2 and notes[0].startswith("EXIF"), f"EXIF lost from JPEG XL: {notes}")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, decoder = sys.argv[1], sys.argv[2]
    cases, out = pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    copies = out / "copies"
    copies.mkdir(parents=True)
    for path in cases.iterdir():
        (copies / path.name).write_bytes(path.read_bytes())
    check_pixels(decoder, copies)
    check_outputs(program, decoder, copies, out / "restored")
    check_kept(program, decoder, copies, out)
    check_metadata(program, decoder, copies, out)
    check_limits(decoder, program, copies)
    print(f"{checks} checks of formats")


if __name__ == "__main__":
    main()
