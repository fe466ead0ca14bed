#!/usr/bin/python3
"""Check restored images against OpenCV and NumPy, and that metadata is kept.

    check_restore.py PATINA FOLDER
    check_restore.py PATINA CASES FOLDER

Makes an image of each kind in FOLDER, restores it, and checks the result with Pillow and OpenCV; or
restores all images in the folder CASES into FOLDER.
"""

import json
import pathlib
import struct
import subprocess
import sys
import zlib

import cv2
import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

SIGMA, STRENGTH = 1.3, 0.7
SETTING = ["--color", "white_balance", "--sigma", str(SIGMA), "--strength", str(STRENGTH)]
WIDTH, HEIGHT = 61, 47
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>b</a></x:xmpmeta>'

checks = 0


def check(truth, what):
    global checks
    checks += 1
    if not truth:
        sys.exit(f"FAILED: {what}")


def picture(bands, depth=8):
    """A smooth image with an edge, some noise and a color cast; values in 3..252 (times 257)."""
    generator = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = []
    for band in range(bands):
        base = 40 + 30 * band + 1.5 * x + (y > 20) * 60 + generator.normal(0, 4, x.shape)
        planes.append(np.clip(base, 3, 252))
    samples = np.dstack(planes)
    if depth == 16:
        return np.rint(samples * 257 + generator.integers(-100, 100, samples.shape)).astype("u2")
    return samples.astype("u1")


def corrected(plane, color):
    largest = np.iinfo(plane.dtype).max
    if color == "white_balance":
        return np.clip(plane * (128 * (largest // 255) / plane.mean()), 0, largest).astype(
            plane.dtype)
    tail = -(-plane.size // 200)
    ordered = np.sort(plane, axis=None).astype(float)
    low, high = ordered[tail - 1], ordered[-tail]
    if low == high:
        return plane
    return np.rint(np.clip((plane - low) * largest / (high - low), 0, largest)).astype(plane.dtype)


def restored(samples, color="white_balance"):
    """The definition, applied to each color channel; no alpha."""
    samples = samples.reshape(samples.shape[0], samples.shape[1], -1)
    planes = []
    for band in range(samples.shape[2]):
        plane = corrected(samples[:, :, band], color)
        if plane.dtype == np.uint8:
            blurred = cv2.GaussianBlur(plane, (0, 0), SIGMA)
            planes.append(cv2.addWeighted(plane, 1 + STRENGTH, blurred, -STRENGTH, 0))
        else:
            planes.append(sharpened_deep(plane))
    return np.dstack(planes)


def sharpened_deep(plane):
    taps = int(np.rint(6 * SIGMA + 1)) | 1
    wide = np.pad(plane.astype("u4"), taps // 2, mode="reflect")
    weights = gaussian_weights(taps)
    columns = sum(int(w) * wide[k:k + plane.shape[0], :] for k, w in enumerate(weights))
    total = sum(int(w) * columns[:, k:k + plane.shape[1]].astype("u8")
                for k, w in enumerate(weights))
    blurred = (total + 32768) >> 16
    sharp = plane * (1 + STRENGTH) - blurred * STRENGTH
    return np.clip(np.rint(sharp), 0, 65535).astype("u2")


def gaussian_weights(taps):
    """cv2's kernel for 8-bit images, in 1/256: its response to a line of 255."""
    image = np.zeros((4 * taps, 4 * taps), "u1")
    image[:, 2 * taps] = 255
    row = cv2.GaussianBlur(image, (0, 0), SIGMA)[2 * taps]
    weights = np.rint(row[2 * taps - taps // 2:2 * taps + taps // 2 + 1] * 256 / 255)
    check(weights.sum() == 256, "the weights of the blur sum to 256")
    return weights.astype(int)


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        (folder / "out").mkdir(parents=True)

    def path(self, name):
        return self.folder / name

    def restore(self, name, *options, output=None):
        """The path of the restored file, and its entry in the --json output."""
        output = self.folder / "out" / (output or name)
        result = subprocess.run(
            [self.program, "restore", self.path(name), *SETTING, *options, "-o", output, "--json",
             "--force", "--progress", "never"],
            stdout=subprocess.PIPE, check=False)
        check(result.returncode == 0, f"restore {name}: status {result.returncode}")
        told = json.loads(result.stdout)["images"][0]
        written = told["output"]
        check(written["path"] == str(output) and written["bytes"] == output.stat().st_size,
              f"{name}: the JSON has the wrong path or size")
        return output, told


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "A maker"
    data.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0kept"
    return data


def samples_of(path):
    samples = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if samples.ndim == 3:
        samples = samples[:, :, [2, 1, 0, 3][:samples.shape[2]]]
    return samples


def unturned(path):
    """The samples as stored, ignoring the orientation tag."""
    with Image.open(path) as image:
        return np.asarray(image)


def same(got, wanted, what):
    wanted = wanted.reshape(got.shape)
    check(got.dtype == wanted.dtype, f"{what}: {got.dtype} instead of {wanted.dtype}")
    check(np.array_equal(got, wanted), f"{what}: {np.abs(got.astype(int) - wanted).max()} off")


def near(got, wanted, mean, what):
    difference = np.abs(got.astype(int) - wanted.reshape(got.shape)).mean()
    check(difference < mean, f"{what}: {difference} off on average")


def info(path, *names):
    with Image.open(path) as image:
        image.load()
        return {name: image.info.get(name) for name in names} | {
            "exif": dict(image.getexif()), "more": dict(image.getexif().get_ifd(0x8769))}


def check_png(bench):
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Somebody")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    rgb = picture(3)
    Image.fromarray(rgb).save(bench.path("rgb.png"), pnginfo=text, icc_profile=ICC, exif=exif(6),
                              dpi=(300, 300))
    output, told = bench.restore("rgb.png")
    same(unturned(output), restored(rgb), "rgb.png")
    names = ("icc_profile", "dpi", "Author", "XML:com.adobe.xmp")
    check(info(output, *names) == info(bench.path("rgb.png"), *names), "rgb.png keeps its metadata")
    check(told["output"]["notes"] == [] and told["output"]["format"] == "png" and
          told["input"]["bits"] == 8, "the JSON for rgb.png")

    Image.fromarray(picture(3)).save(bench.path("plain.png"))
    output, _ = bench.restore("plain.png")
    check("dpi" not in Image.open(output).info, "plain.png gets no resolution")

    for name, bands, depth in (("grey", 1, 8), ("grey_alpha", 2, 8), ("rgba", 4, 8),
                               ("deep_grey", 1, 16), ("deep_rgb", 3, 16), ("deep_rgba", 4, 16)):
        samples = picture(bands, depth)
        write_png(bench.path(name + ".png"), samples)
        output, told = bench.restore(name + ".png")
        colors = 3 if bands > 2 else 1
        wanted = np.dstack([restored(samples[:, :, :colors]), samples[:, :, colors:]])
        same(read_png(output), wanted, name)
        facts = [told["input"][name] for name in ("bits", "channels", "alpha")]
        check(facts == [depth, colors, bands != colors],
              f"the JSON for {name}")

    deep = picture(3, 16)
    low = restored((deep >> 8).astype("u1")).astype(int)
    apart = np.abs((read_png(bench.path("out/deep_rgb.png")) >> 8).astype(int) - low)
    gain = 128 / (deep >> 8).reshape(-1, 3).mean(axis=0).min()
    check(apart.max() <= 1 + gain * (1 + 2 * STRENGTH), f"16 bits like 8: {apart.max()} apart")


def check_levels(bench):
    for bands, depth in ((1, 8), (3, 8), (4, 8), (1, 16), (4, 16)):
        name = f"levels_{bands}_{depth}"
        samples = picture(bands, depth)
        samples[:3, 0, :] = 0  # fewer than one in 200: clipped
        write_png(bench.path(name + ".png"), samples)
        output, told = bench.restore(name + ".png", "--color", "levels")
        colors = 3 if bands > 2 else 1
        wanted = np.dstack([restored(samples[:, :, :colors], "levels"), samples[:, :, colors:]])
        same(read_png(output), wanted, name)
        check(told["setting"] == {"color_method": "levels", "sharpen_sigma": SIGMA,
                                  "sharpen_strength": STRENGTH, "left_alone": False},
              "the JSON for " + name)
    flat = picture(3, 16)
    flat[:, :, 1] = 12345
    flat[:, :, 2] = 12345 + (flat[:, :, 2] > 30000)  # one value in 8 bits, two in 16
    write_png(bench.path("flat.png"), flat)
    output, _ = bench.restore("flat.png", "--color", "levels", "--strength", "0")
    got = read_png(output)
    check((got[:, :, 1] == 12345).all(), "a channel of one value stays as it is")
    check(set(np.unique(got[:, :, 2])) == {0, 65535}, "two adjacent values are stretched")


def write_png(path, samples):
    """Write 1 to 4 bands of 8 or 16 bits, which neither Pillow nor OpenCV fully supports."""
    height, width, bands = samples.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[bands]
    depth = samples.dtype.itemsize * 8
    rows = samples.astype(">u2" if depth == 16 else "u1")
    data = b"".join(b"\0" + rows[y].tobytes() for y in range(height))

    def chunk(name, body):
        return (struct.pack(">I", len(body)) + name + body +
                struct.pack(">I", zlib.crc32(name + body)))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def read_png(path):
    """The samples of a non-interlaced PNG with any number of bands."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length, = struct.unpack(">I", data[at:at + 4])
        name, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        packed += body if name == b"IDAT" else b""
        at += 12 + length
    check(interlaced == 0, "not interlaced")
    bands = {0: 1, 4: 2, 2: 3, 6: 4}[kind]
    step, row = bands * depth // 8, width * bands * depth // 8
    raw, above, rows = zlib.decompress(packed), np.zeros(row, int), []
    for y in range(height):
        line = np.frombuffer(raw, "u1", row + 1, y * (row + 1)).astype(int)
        above = unfilter(line[0], line[1:], above, step)
        rows.append(above)
    samples = np.array(rows).astype("u1").tobytes()
    return np.frombuffer(samples, ">u2" if depth == 16 else "u1").reshape(
        height, width, bands).astype("u2" if depth == 16 else "u1")


def unfilter(kind, line, above, step):
    if kind == 0:
        return line
    if kind == 2:
        return (line + above) & 255
    out = np.zeros(len(line), int)
    for i, value in enumerate(line):
        left = out[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            guess = min((left, above[i], corner), key=lambda v: abs(left + above[i] - corner - v))
        out[i] = (value + guess) & 255
    return out


def check_jpeg(bench):
    with_xmp = Image.fromarray(picture(3))
    with_xmp.save(bench.path("rgb.jpg"), quality=92, icc_profile=ICC, exif=exif(6), dpi=(300, 200),
                  comment=b"a comment", subsampling=2)
    data = bench.path("rgb.jpg").read_bytes()
    segment = b"http://ns.adobe.com/xap/1.0/\0" + XMP
    at = data.index(b"\xff\xe2")  # before the profile
    bench.path("rgb.jpg").write_bytes(
        data[:at] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[at:])
    output, _ = bench.restore("rgb.jpg")
    near(unturned(output), restored(unturned(bench.path("rgb.jpg"))), 2.5, "rgb.jpg")
    names = ("icc_profile", "dpi", "comment", "jfif_density", "jfif_unit")
    check(info(output, *names) == info(bench.path("rgb.jpg"), *names), "rgb.jpg keeps its metadata")
    check(info(output)["exif"][0x0112] == 6, "rgb.jpg keeps its orientation")
    check(XMP in output.read_bytes(), "rgb.jpg keeps its XMP")
    check(Image.open(output).layer[0][1:3] == (2, 2), "rgb.jpg keeps its subsampling")
    turned = cv2.imread(str(output))
    check(turned.shape[:2] == (WIDTH, HEIGHT), "rgb.jpg is still shown rotated")

    Image.fromarray(picture(3)).save(bench.path("fine.jpg"), subsampling=0, progressive=True)
    output, _ = bench.restore("fine.jpg")
    image = Image.open(output)
    check(image.layer[0][1:3] == (1, 1), "fine.jpg keeps full chroma resolution")
    check(image.info.get("progressive") == 1, "fine.jpg stays progressive")
    near(unturned(output), restored(unturned(bench.path("fine.jpg"))), 2, "fine.jpg")
    rough, _ = bench.restore("fine.jpg", "--quality", "30", output="rough.jpg")
    check(rough.stat().st_size < output.stat().st_size, "--quality has an effect")

    Image.fromarray(picture(3)).save(bench.path("half.jpg"), subsampling=1)
    output, _ = bench.restore("half.jpg")
    check(Image.open(output).layer[0][1:3] == (1, 1), "half.jpg loses no chroma resolution")

    Image.fromarray(picture(1)[:, :, 0]).save(bench.path("grey.jpg"))
    output, told = bench.restore("grey.jpg")
    check(Image.open(output).mode == "L" and told["input"]["channels"] == 1, "grey.jpg stays grey")
    near(unturned(output), restored(unturned(bench.path("grey.jpg"))), 2, "grey.jpg")

    Image.fromarray(picture(4), "CMYK").save(bench.path("cmyk.jpg"), quality=95, icc_profile=ICC,
                                             exif=exif(8))
    output, told = bench.restore("cmyk.jpg")
    check(Image.open(output).mode == "RGB", "cmyk.jpg became RGB")
    check("CMYK was converted to RGB" in told["output"]["notes"][0], "cmyk.jpg is told")
    check(info(output, "icc_profile")["icc_profile"] is None, "the CMYK profile is gone")
    wanted = restored(cv2.imread(str(bench.path("cmyk.jpg"))))
    near(cv2.imread(str(output)), wanted, 3, "cmyk.jpg")
    output, told = bench.restore("cmyk.jpg", "--format", "png", output="cmyk.png")
    same(cv2.imread(str(output)), wanted, "cmyk.jpg as PNG")


def check_webp(bench):
    for name, bands, lossless in (("rgb", 3, True), ("rgba", 4, True), ("lossy", 3, False),
                                  ("lossy_alpha", 4, False)):
        path = bench.path(name + ".webp")
        samples = picture(bands)
        Image.fromarray(samples).save(path, lossless=lossless, quality=95, exact=True,
                                      icc_profile=ICC, exif=exif(3), xmp=XMP)
        output, _ = bench.restore(path.name)
        before, after = unturned(path), unturned(output)
        if lossless:
            same(after[:, :, :3], restored(before[:, :, :3]), path.name)
        else:
            near(after[:, :, :3], restored(before[:, :, :3]), 5, path.name)
        if bands == 4:
            same(after[:, :, 3], before[:, :, 3], path.name + " alpha")
        names = ("icc_profile", "xmp")
        check(info(output, *names) == info(path, *names), path.name + " keeps its metadata")
    Image.fromarray(picture(3)).save(bench.path("plain.webp"), lossless=True)
    output, _ = bench.restore("plain.webp")
    same(unturned(output), restored(picture(3)), "plain.webp")


def tiff_pages(pages, order, big):
    """An uncompressed TIFF or BigTIFF file."""
    word = "Q" if big else "I"
    out = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    out += struct.pack(order + "HH", 8, 0) if big else b""
    link = len(out)
    out += bytes(8 if big else 4)
    for samples in pages:
        height, width, bands = samples.shape
        start = len(out)
        out += samples.tobytes() + bytes(-samples.size % 2)
        bits = len(out)
        out += struct.pack(order + "3H", 8, 8, 8)
        fits = bands * 2 <= struct.calcsize(word)
        fields = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, bands, 8 if fits else bits),
                  (259, 3, 1, 1), (262, 3, 1, 2 if bands == 3 else 1), (273, 4, 1, start),
                  (277, 3, 1, bands), (278, 3, 1, height), (279, 4, 1, samples.size)]
        at = len(out) + len(out) % 2
        out = out[:link] + struct.pack(order + word, at) + out[link + struct.calcsize(word):]
        out += bytes(at - len(out)) + struct.pack(order + ("Q" if big else "H"), len(fields))
        for tag, kind, count, value in fields:
            size = struct.calcsize(word)
            held = struct.pack(order + "H", value) * count if kind == 3 and (count == 1 or fits) \
                else struct.pack(order + "I", value)
            out += struct.pack(order + "HH" + word, tag, kind, count) + held.ljust(size, b"\0")
        link = len(out)
        out += bytes(struct.calcsize(word))
    return out


def check_pages(bench):
    pages = [picture(3), picture(1), picture(3)[::-1]]
    for name, order, big in (("pages.tif", "<", False), ("pages_mm.tif", ">", False),
                             ("pages_big.tif", "<", True), ("pages_big_mm.tif", ">", True)):
        bench.path(name).write_bytes(tiff_pages(pages, order, big))
        for page, wanted in enumerate(pages, 1):
            output, told = bench.restore(name, *([] if page == 1 else ["--pages", str(page)]))
            check(told["output"]["notes"] == [f"only page {page} of 3 was kept"],
                  f"the notes on page {page} of {name}: {told['output']['notes']}")
            check(getattr(Image.open(output), "n_frames", 1) == 1, name + " has one page")
            same(unturned(output), restored(wanted), f"page {page} of {name}")
    bench.restore("pages.tif", "--sheet", str(bench.path("pages.html")))
    check(b"Note: only page 1 of 3 was kept." in bench.path("pages.html").read_bytes(),
          "the note on the contact sheet")
    for name, page, message in (("pages.tif", "4", b"has 3 pages"),
                                ("fine.jpg", "2", b"JPEG files have no pages")):
        result = subprocess.run(
            [bench.program, "restore", bench.path(name), *SETTING, "--pages", page, "-o",
             bench.path("none.png")], stderr=subprocess.PIPE, check=False)
        check(result.returncode == 1 and message in result.stderr, f"page {page} of {name}")
    check(not bench.path("none.png").exists(), "a page that is not there makes no file")


def check_tiff(bench):
    tags = {274: 3, 270: "A description", 700: XMP}
    Image.fromarray(picture(3)).save(bench.path("rgb.tif"), icc_profile=ICC, dpi=(300, 300),
                                     tiffinfo=tags, compression="tiff_lzw")
    output, _ = bench.restore("rgb.tif")
    same(cv2.imread(str(output)), restored(cv2.imread(str(bench.path("rgb.tif")))), "rgb.tif")
    before, after = Image.open(bench.path("rgb.tif")), Image.open(output)
    for tag in (270, 274, 282, 283, 296, 700, 34675):
        check(before.tag_v2[tag] == after.tag_v2[tag], f"rgb.tif keeps tag {tag}")
    check(after.info["compression"] != "raw", "rgb.tif stays compressed")
    for name, bands in (("grey", 1), ("rgb", 3)):
        samples = picture(bands, 16)
        path = bench.path(f"deep_{name}.tif")
        cv2.imwrite(str(path), samples[:, :, ::-1].reshape(HEIGHT, WIDTH, bands))
        output, told = bench.restore(path.name)
        same(samples_of(output), restored(samples), path.name)
        check(told["input"]["bits"] == 16, "the JSON for " + path.name)
    Image.fromarray(picture(4)).save(bench.path("rgba.tif"))
    output, _ = bench.restore("rgba.tif")
    same(unturned(output)[:, :, :3], restored(picture(4)[:, :, :3]), "rgba.tif")
    same(unturned(output)[:, :, 3], picture(4)[:, :, 3], "rgba.tif alpha")
    check_pages(bench)
    Image.fromarray(picture(4), "CMYK").save(bench.path("cmyk.tif"), tiffinfo={274: 6})
    output, told = bench.restore("cmyk.tif")
    same(cv2.imread(str(output)), restored(cv2.imread(str(bench.path("cmyk.tif")))), "cmyk.tif")


def check_bmp(bench):
    Image.fromarray(picture(3)).save(bench.path("rgb.bmp"), dpi=(300, 300))
    output, told = bench.restore("rgb.bmp")
    same(unturned(output), restored(picture(3)), "rgb.bmp")
    check(info(output, "dpi") == info(bench.path("rgb.bmp"), "dpi"), "rgb.bmp keeps its resolution")
    check(told["output"]["notes"] == [] and output.read_bytes()[:2] == b"BM",
          "rgb.bmp stays a BMP")
    Image.fromarray(picture(1)[:, :, 0]).save(bench.path("grey.bmp"))
    output, told = bench.restore("grey.bmp")
    check("24 bits" in told["output"]["notes"][0], "the notes on grey.bmp")
    same(unturned(output), np.repeat(restored(picture(1)), 3, axis=2), "grey.bmp")


def check_others(bench):
    """Kinds of image that cannot be kept, and conversion to other formats."""
    for suffix in ("png", "tif"):
        path = bench.path("palette." + suffix)
        Image.fromarray(picture(3)).quantize(64).save(path)
        output, told = bench.restore(path.name)
        check("palette" in told["output"]["notes"][0], "the notes on " + path.name)
        same(unturned(output), restored(np.asarray(Image.open(path).convert("RGB"))), path.name)
        path = bench.path("one." + suffix)
        Image.fromarray(picture(3)).convert("1").save(path)
        output, told = bench.restore(path.name)
        check("fewer than 8 bits" in told["output"]["notes"][0], "the notes on " + path.name)
        same(unturned(output), restored(np.asarray(Image.open(path).convert("L"))), path.name)

    turned = cv2.imread(str(bench.path("rgb.png")))
    turned = np.rot90(picture(3), -1) if turned.shape[:2] == (HEIGHT, WIDTH) else turned[:, :, ::-1]
    for name, options in (("tiff", ()), ("webp", ()), ("jpeg", ()), ("png", ("--strip",))):
        output, told = bench.restore("rgb.png", "--format", name, *options, output="x." + name)
        image = Image.open(output)
        check(told["output"]["format"] == name and image.format.lower() == name, f"--format {name}")
        check(image.getexif().get(0x0112, 1) == 1, f"--format {name}: orientation tag")
        check(image.info["icc_profile"] == ICC, f"--format {name} keeps the profile")
        check(image.size == (HEIGHT, WIDTH), f"--format {name}: pixels are not rotated")
        near(np.asarray(image), restored(turned), 4 if name in ("jpeg", "webp") else 1e-9, name)
    check(b"Somebody" not in output.read_bytes() and XMP not in output.read_bytes(), "--strip")
    output, told = bench.restore("rgb.jpg", "--strip", output="stripped.jpg")
    check(b"A maker" not in output.read_bytes() and XMP not in output.read_bytes() and
          ICC in output.read_bytes(), "--strip on a JPEG")
    output, told = bench.restore("deep_rgba.png", "--format", "jpeg", output="deep.jpg")
    notes = told["output"]["notes"]
    check(len(notes) == 2, f"--format jpeg should note lost depth and alpha: {notes}")
    wanted = (restored(picture(4, 16)[:, :, :3]) >> 8).astype("u1")
    near(unturned(output), wanted, 4, "deep.jpg")
    result = subprocess.run(
        [bench.program, "restore", bench.path("fine.jpg"), *SETTING, "--format", "jpeg", "-o",
         bench.path("other.png")], stderr=subprocess.PIPE, check=False)
    check(result.returncode == 2 and b"its extension does not fit --format jpeg" in result.stderr
          and not bench.path("other.png").exists(), "--format and the extension contradict")
    output, _ = bench.restore("fine.jpg", output="by_name.png")
    check(Image.open(output).format == "PNG", "the output's extension selects the format")


def check_metadata_is_kept_or_told(bench):
    dropped = "EXIF was dropped: patina cannot transfer it to the new file"
    Image.fromarray(picture(3)).save(bench.path("late.png"), exif=exif(6))
    data = bench.path("late.png").read_bytes()
    at = data.index(b"eXIf") - 4
    end = at + 12 + struct.unpack(">I", data[at:at + 4])[0]
    bench.path("late.png").write_bytes(data[:at] + data[end:] + data[at:end])
    output, _ = bench.restore("late.png")
    check(b"eXIf" not in output.read_bytes(), "EXIF behind IEND does not turn late.png")

    for size in range(1, 4):
        Image.fromarray(picture(3)).save(bench.path("tiny.webp"), exif=b"IIx"[:size])
        _, told = bench.restore("tiny.webp")
        check(told["output"]["notes"] == [], "tiny.webp keeps its EXIF")
        _, told = bench.restore("tiny.webp", output="tiny.jpg")
        check(told["output"]["notes"] == [dropped], "the notes on tiny.webp as JPEG")

    long = exif(1)
    long[0x010E] = "x" * 90000
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode().replace("b", "b" * 100000, 1))
    Image.fromarray(picture(3)).save(bench.path("long.png"), exif=long, pnginfo=text)
    _, told = bench.restore("long.png")
    check(told["output"]["notes"] == [], "long.png keeps its EXIF and XMP")
    _, told = bench.restore("long.png", output="long.jpg")
    check(told["output"]["notes"] == [dropped],
          f"the notes on long.png as JPEG: {told['output']['notes']}")

    block = b"\x1c\x02\x78" + struct.pack(">H", 139) + b"c" * 139
    for kind, count in ((1, 144), (4, 36), (7, 144)):
        write_tiff_with_iptc(bench.path("iptc.tif"), kind, count, block)
        output, told = bench.restore("iptc.tif")
        check(block in output.read_bytes() and told["output"]["notes"] == [],
              f"iptc.tif keeps its IPTC of type {kind}")
    _, told = bench.restore("iptc.tif", output="iptc.png")
    check(len(told["output"]["notes"]) == 1 and "IPTC" in told["output"]["notes"][0],
          "the notes on iptc.tif as PNG")

    data = bytearray(bench.path("rgb.bmp").read_bytes())
    data[38:46] = struct.pack("<II", 1000, 1000)
    bench.path("mm.bmp").write_bytes(data)
    output, _ = bench.restore("mm.bmp", output="mm.png")
    check(b"pHYs" + struct.pack(">IIB", 1000, 1000, 1) in output.read_bytes(),
          "25.4 dpi stay 25.4 dpi")


def write_tiff_with_iptc(path, kind, count, block):
    """A gray TIFF of one strip, with IPTC of a type of number."""
    samples = picture(1).tobytes()
    entries = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 1, 8), (259, 3, 1, 1),
               (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, HEIGHT),
               (279, 4, 1, len(samples)), (33723, kind, count, 8 + len(samples))]
    start = 8 + len(samples) + len(block)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, start) + samples + block +
                     struct.pack("<H", len(entries)) +
                     b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4))


def check_cases(program, cases, folder):
    """Restore the decoder tests' files: all kinds must succeed. Where the output format is
    lossless, the result must be the restoration of the decoded pixels."""
    result = subprocess.run([program, "restore", cases, *SETTING, "-o", folder, "--json"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    told = json.loads(result.stdout)
    check(result.returncode == 0 and told["failed"] == 0 and told["restored"] > 250,
          "not all cases were restored")
    compared = 0
    for image in told["images"]:
        facts, output = image["input"], image["output"]
        lossy = output["format"] in ("jpeg", "webp")
        plain = "unspecified" in facts["path"] or "none" in facts["path"]
        multiplied = facts["alpha"] and output["format"] != "png" and not plain
        before, after = cv2.imread(facts["path"]), cv2.imread(output["path"])
        check(after.shape == before.shape, facts["path"])
        if facts["bits"] == 8 and not lossy and not multiplied:
            same(after, restored(before), facts["path"])
            compared += 1
    check(compared > 100, f"only {compared} cases could be compared exactly")


def main():
    if len(sys.argv) == 4:
        check_cases(*sys.argv[1:])
        print(f"{checks} checks of cases passed")
        return
    bench = Bench(sys.argv[1], pathlib.Path(sys.argv[2]))
    for part in (check_png, check_levels, check_jpeg, check_webp, check_tiff, check_bmp,
                 check_others, check_metadata_is_kept_or_told):
        part(bench)
    print(f"{checks} checks of images passed")


if __name__ == "__main__":
    main()
