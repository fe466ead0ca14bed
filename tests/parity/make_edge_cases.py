#!/usr/bin/python3
"""Write small pairs for the edge cases of the definitions to OUT_DIR/{damaged,undamaged}.

A name always has the same images: each case uses a random generator seeded with its name. Sizes in
names are width x height.
"""

import argparse
import io
import os
import struct
import sys
import zlib

import cv2
import numpy as np
from PIL import Image

FORMAT_SIZE = (67, 45)      # size of the pairs that test a file format


# Images: height x width x 3, R, G, B

def picture(rng, width, height):
    """A photo-like image: clouds of color, a few hard edges, a little texture."""
    clouds = rng.uniform(20, 235, (5, 6, 3)).astype(np.float32)
    image = cv2.resize(clouds, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        x, y = rng.integers(0, width), rng.integers(0, height)
        w, h = rng.integers(1, width // 2 + 2), rng.integers(1, height // 2 + 2)
        image[y:y + h, x:x + w] += rng.uniform(-70, 70, 3)
    return to_bytes(image + rng.normal(0, 6, image.shape))


def to_bytes(image):
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def damage(rng, image):
    """Blurred, faded, tinted and grainy."""
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 1.8)).astype(np.float64)
    faded = soft * rng.uniform(0.7, 0.95, 3) + rng.uniform(5, 30, 3)
    return to_bytes(faded + rng.normal(0, rng.uniform(0, 4), image.shape))


def resized(image, width, height):
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def constant(width, height, *color):
    return np.full((height, width, 3), color, np.uint8)


def without(image, *channels):
    image = image.copy()
    image[:, :, channels] = 0
    return image


def alpha_of(image):
    """An alpha channel for `image`: transparent at the left edge, opaque at the right."""
    ramp = np.linspace(0, 255, image.shape[1]).astype(np.uint8)
    return np.broadcast_to(ramp[None, :, None], (*image.shape[:2], 1))


def grey_of(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def deep(image):
    """16 bits per sample. The low byte differs from the high one, to reveal rounding."""
    return image.astype(np.uint16) * 256 + image[::-1, ::-1]


def with_alpha(image):
    return np.concatenate([image, alpha_of(image)], axis=2)


def deep_alpha(image):
    return deep(with_alpha(image))


def deep_grey(image):
    return deep(grey_of(image))


def deep_grey_alpha(image):
    return deep(np.dstack([grey_of(image), alpha_of(image)]))


def shallow_grey(bits):
    return lambda image: grey_of(image) >> (8 - bits)


# Writers: (path, image) -> a file

def pil(mode="RGB", **options):
    """Convert to a Pillow mode, and save in the format of the path's extension."""
    def write(path, image):
        rgba = Image.fromarray(with_alpha(image))
        converted = rgba if mode == "RGBA" else rgba.convert("RGB").convert(mode)
        converted.save(path, **options)
    return write


def pil_grey_alpha(path, image):
    Image.fromarray(with_alpha(image)).convert("LA").save(path)


def pil_palette(colors, transparent=None):
    def write(path, image):
        options = {} if transparent is None else {"transparency": transparent}
        Image.fromarray(image).quantize(colors).save(path, **options)
    return write


def opencv(prepare=np.asarray, *flags):
    """Save prepare(image) with cv2.imwrite (3 channels are R, G, B)."""
    def write(path, image):
        pixels = prepare(image)
        if not cv2.imwrite(path, pixels[:, :, ::-1] if pixels.ndim == 3 else pixels, flags):
            raise OSError(f"cannot write {path}")
    return write


def png_chunk(kind, data=b""):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_rows(samples, depth):
    """Packed rows, each after filter type 0; nothing for an empty interlace pass."""
    if samples.size == 0:
        return b""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        packed = rows.astype(">u2").view(np.uint8)
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[:, :, None], axis=2)[:, :, 8 - depth:]
        packed = np.packbits(bits.reshape(len(rows), -1), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
         (1, 0, 2, 1)]      # first row, first column, row step, column step


def png(color_type, depth, prepare, interlaced=False, chunks=b""):
    """A PNG of any color type and depth, for variants that Pillow and OpenCV do not write."""
    def write(path, image):
        samples = prepare(image)
        height, width = samples.shape[:2]
        header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
        if interlaced:
            data = b"".join(png_rows(samples[y::dy, x::dx], depth) for y, x, dy, dx in ADAM7)
        else:
            data = png_rows(samples, depth)
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + chunks
                       + png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND"))
    return write


def exif(orientation, order="<"):
    """A TIFF directory with one entry: tag 0x112, one SHORT."""
    magic = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return magic + struct.pack(order + "IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def jpeg_exif(orientation, order="<"):
    return pil(quality=92, exif=b"Exif\0\0" + exif(orientation, order))


def jpeg_ycck(path, image):
    """Pillow only writes CMYK: pass it Y, Cb, Cr, K planes and fix the Adobe marker."""
    planes = [np.array(plane) for plane in Image.fromarray(image).convert("YCbCr").split()]
    black = np.full(image.shape[:2], 230, np.uint8)
    inverted = [Image.fromarray(255 - plane) for plane in (*planes, black)]
    buffer = io.BytesIO()
    Image.merge("CMYK", inverted).save(buffer, "JPEG", quality=92)
    data = bytearray(buffer.getvalue())
    data[data.index(b"Adobe") + 11] = 2     # color transform: none -> YCCK
    with open(path, "wb") as file:
        file.write(data)


def jpeg_bytes(path, image):
    Image.fromarray(image).save(path, "JPEG", quality=92)


def bmp_555(path, image):
    """16 bits per pixel, bottom row first, rows padded to 4 bytes."""
    r, g, b = np.moveaxis(image.astype(np.uint16) >> 3, 2, 0)
    rows = (r << 10 | g << 5 | b)[::-1].astype("<u2")
    height, width = rows.shape
    data = np.pad(rows, ((0, 0), (0, width % 2))).tobytes()
    with open(path, "wb") as file:
        file.write(struct.pack("<2sIHHI", b"BM", 54 + len(data), 0, 0, 54))
        file.write(struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 0, len(data), 0, 0, 0, 0))
        file.write(data)


# Cases: name -> (damaged, undamaged, writer)

def size_cases(case):
    """Odd, prime and tiny sizes, around the features' 60 px box and the 7 px SSIM window."""
    for width, height in [(61, 47), (127, 33), (101, 97), (59, 113), (149, 151), (59, 59),
                          (60, 60), (61, 61), (60, 100), (59, 100), (100, 58), (120, 160),
                          (64, 64), (7, 7), (7, 40), (40, 7), (8, 8), (9, 11), (10, 9), (160, 13),
                          (521, 13), (13, 502)]:
        case(f"size_{width}x{height}.png", size=(width, height))


def value_cases(case):
    """Constant, black, white, extreme and identical images."""
    w, h = 53, 38
    case("constant_grey.png", constant(w, h, 90, 90, 90), constant(w, h, 128, 128, 128))
    case("constant_color.png", constant(w, h, 200, 60, 9), constant(w, h, 190, 66, 30))
    case("constant_damaged.png", constant(w, h, 77, 130, 20))
    case("constant_undamaged.png", undamaged=constant(w, h, 10, 128, 250))
    case("black_blue_channel.png", adapt=lambda rng, image: without(image, 2))
    case("black_green_channel.png", adapt=lambda rng, image: without(image, 1))
    case("black_two_channels.png", adapt=lambda rng, image: without(image, 0, 2))
    case("black_both.png", constant(w, h, 0, 0, 0), constant(w, h, 0, 0, 0))
    case("black_damaged.png", constant(w, h, 0, 0, 0))
    case("black_undamaged.png", undamaged=constant(w, h, 0, 0, 0))
    case("white_both.png", constant(w, h, 255, 255, 255), constant(w, h, 255, 255, 255))
    case("white_damaged.png", constant(w, h, 255, 255, 255))
    case("white_undamaged.png", undamaged=constant(w, h, 255, 255, 255))
    case("nearly_black.png", adapt=lambda rng, image: to_bytes(image / 100))
    case("one_bright_pixel.png", adapt=lambda rng, image: one_bright_pixel(image))
    case("identical.png", size=(81, 62), adapt=lambda rng, image: image)
    case("identical_grey.png", constant(w, h, 128, 128, 128), constant(w, h, 128, 128, 128))
    case("mirrored.png", adapt=lambda rng, image: np.ascontiguousarray(image[:, ::-1]))
    case("negative.png", adapt=lambda rng, image: 255 - image)
    case("noise.png", size=(97, 71), adapt=lambda rng, image: noise(rng, image.shape))
    case("extremes.png", size=(97, 71), adapt=lambda rng, image: extremes(rng, image.shape))
    checkers = np.indices((64, 65)).sum(axis=0) % 2 * 255
    checkers = np.repeat(checkers.astype(np.uint8)[:, :, None], 3, axis=2)
    case("checkerboard.png", checkers, 255 - checkers)
    case("checkerboard_damaged.png", checkers, to_bytes(checkers * 0.5 + 64))
    case("checkerboard_undamaged.png", to_bytes(checkers * 0.9 + 10), checkers)
    stripes = np.where(np.arange(66) % 4 < 2, 255, 0).astype(np.uint8)
    stripes = np.ascontiguousarray(np.broadcast_to(stripes[None, :, None], (63, 66, 3)))
    case("stripes.png", to_bytes(cv2.GaussianBlur(stripes, (0, 0), 1.0)), stripes)


def one_bright_pixel(image):
    dark = np.zeros_like(image)
    dark[image.shape[0] // 2, image.shape[1] // 3] = 255
    return dark


def noise(rng, shape):
    return rng.integers(0, 256, shape).astype(np.uint8)


def extremes(rng, shape):
    return (rng.integers(0, 2, shape) * 255).astype(np.uint8)


def resize_cases(case):
    """Damaged images whose size differs from the undamaged one."""
    for name, damaged_size, size in [
            ("bigger", (110, 93), (61, 47)), ("smaller", (45, 31), (83, 67)),
            ("twice", (122, 94), (61, 47)), ("twice_even", (128, 96), (64, 48)),
            ("half", (32, 24), (64, 48)), ("half_odd", (31, 23), (62, 46)),
            ("wider_lower", (99, 33), (64, 51)), ("narrower_higher", (37, 90), (70, 53)),
            ("twice_x_only", (128, 48), (64, 48)), ("twice_y_only", (64, 96), (64, 48)),
            ("thrice", (159, 129), (53, 43)), ("four_times", (160, 120), (40, 30)),
            ("one_px_wider", (65, 48), (64, 48)), ("one_px_narrower", (63, 48), (64, 48)),
            ("one_px_higher", (64, 49), (64, 48)), ("one_px_lower", (64, 47), (64, 48)),
            ("one_px_both", (62, 46), (61, 47)), ("from_7x7", (7, 7), (40, 33)),
            ("to_7x7", (40, 33), (7, 7)), ("to_7x7_twice", (14, 14), (7, 7)),
            ("much_bigger", (160, 160), (9, 8))]:
        case(f"resize_{name}.png", size=size,
             adapt=lambda rng, image, to=damaged_size: damage(rng, resized(image, *to)))


def png_cases(case):
    case("png_grey.png", write=pil("L"))
    case("png_grey_alpha.png", write=pil_grey_alpha)
    case("png_rgba.png", write=pil("RGBA"))
    case("png_bilevel.png", write=pil("1"))
    case("png_palette.png", write=pil_palette(200))
    case("png_palette_4bit.png", write=pil_palette(16))
    case("png_palette_transparent.png", write=pil_palette(90, transparent=7))
    case("png_rgb16.png", write=opencv(deep))
    case("png_rgba16.png", write=png(6, 16, deep_alpha))
    case("png_grey16.png", write=opencv(deep_grey))
    case("png_grey_alpha16.png", write=png(4, 16, deep_grey_alpha))
    case("png_grey_2bit.png", write=png(0, 2, shallow_grey(2)))
    case("png_grey_4bit.png", write=png(0, 4, shallow_grey(4)))
    case("png_grey_key.png", write=png(0, 8, grey_of, chunks=png_chunk(b"tRNS", b"\0\x80")))
    case("png_rgb_key.png", write=png(2, 8, np.asarray, chunks=png_chunk(b"tRNS", b"\0\x80" * 3)))
    case("png_gamma.png", write=png(2, 8, np.asarray, chunks=png_chunk(b"gAMA", b"\0\1\x86\xa0")))
    case("png_background.png",
         write=png(6, 8, with_alpha, chunks=png_chunk(b"bKGD", b"\0\x40" * 3)))
    case("png_exif_6.png", write=png(2, 8, np.asarray, chunks=png_chunk(b"eXIf", exif(6))))
    case("png_interlaced.png", write=png(2, 8, np.asarray, True))
    case("png_interlaced_16.png", write=png(2, 16, deep, True))
    case("png_interlaced_1bit.png", write=png(0, 1, shallow_grey(1), True))
    case("png_interlaced_rgba.png", write=png(6, 8, with_alpha, True))
    case("png_jpeg_inside.png", write=jpeg_bytes)


def jpeg_cases(case):
    case("jpeg_grey.jpg", write=pil("L", quality=90))
    case("jpeg_progressive.jpg", write=pil(quality=90, progressive=True))
    case("jpeg_progressive_grey.jpg", write=pil("L", quality=90, progressive=True))
    case("jpeg_444.jpg", write=pil(quality=90, subsampling=0))
    case("jpeg_422.jpg", write=pil(quality=90, subsampling=1))
    case("jpeg_420.jpg", write=pil(quality=90, subsampling=2))
    case("jpeg_420_size_7x9.jpg", size=(7, 9), write=pil(quality=90, subsampling=2))
    case("jpeg_420_size_17x15.jpg", size=(17, 15), write=pil(quality=90, subsampling=2))
    case("jpeg_quality_10.jpg", write=pil(quality=10))
    case("jpeg_quality_100.jpeg", write=pil(quality=100))
    case("jpeg_optimized.jpg", write=pil(quality=75, optimize=True))
    case("jpeg_cmyk.jpg", write=pil("CMYK", quality=92))
    case("jpeg_ycck.jpg", write=jpeg_ycck)
    for orientation in range(10):       # 0 and 9 are invalid
        case(f"exif_{orientation}.jpg", write=jpeg_exif(orientation))
    case("exif_6_big_endian.jpg", write=jpeg_exif(6, ">"))


def webp_cases(case):
    case("webp_lossy.webp", write=pil(quality=80))
    case("webp_lossless.webp", write=pil(lossless=True))
    case("webp_alpha.webp", write=pil("RGBA", quality=80))
    case("webp_alpha_lossless.webp", write=pil("RGBA", lossless=True, exact=True))
    case("webp_exif_6.webp", write=pil(lossless=True, exif=b"Exif\0\0" + exif(6)))  # not applied


def tiff_cases(case):
    """No 16-bit RGB or unassociated alpha: imread rounds or premultiplies them."""
    compression = cv2.IMWRITE_TIFF_COMPRESSION
    case("tiff_plain.tif", write=pil())
    case("tiff_lzw.tif", write=pil(compression="tiff_lzw"))
    case("tiff_deflate.tiff", write=pil(compression="tiff_adobe_deflate"))
    case("tiff_packbits.tif", write=pil(compression="packbits"))
    case("tiff_grey.tif", write=pil("L"))
    case("tiff_grey_lzw.tif", write=pil("L", compression="tiff_lzw"))
    case("tiff_grey16.tif", write=opencv(deep_grey, compression, 1))
    case("tiff_grey16_lzw.tif", write=opencv(deep_grey, compression, 5))
    case("tiff_bilevel.tif", write=pil("1"))
    case("tiff_bilevel_group4.tif", write=pil("1", compression="group4"))
    case("tiff_palette.tif", write=pil_palette(100))
    for orientation in (3, 6):
        case(f"tiff_orientation_{orientation}.tif", write=pil(tiffinfo={0x112: orientation}))


def bmp_cases(case):
    case("bmp_24.bmp", write=pil())
    case("bmp_32.bmp", write=pil("RGBA"))
    case("bmp_16.bmp", write=bmp_555)
    case("bmp_palette.bmp", write=pil_palette(256))
    case("bmp_grey.bmp", write=pil("L"))
    case("bmp_bilevel.bmp", write=pil("1"))


def name_cases(case):
    for name in ["with space.png", "with,comma.png", 'with"quote.png', "zürich_é.png",
                 "UPPER.PNG", "Mixed.JpG", "-dash.png", "two.dots.png", "[brackets=1].png"]:
        case(name, size=(24, 19))


GROUPS = [size_cases, value_cases, resize_cases, png_cases, jpeg_cases, webp_cases, tiff_cases,
          bmp_cases, name_cases]


def write_all(out_dir):
    """Write every pair; return the names."""
    names = []
    folders = [os.path.join(out_dir, side) for side in ("damaged", "undamaged")]
    for folder in folders:
        os.makedirs(folder, exist_ok=True)

    def case(name, damaged=None, undamaged=None, *, size=None, adapt=damage, write=pil()):
        """A missing undamaged image is random, a missing damaged one is adapt(rng, undamaged)."""
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        if damaged is not None and undamaged is None:
            size = damaged.shape[1::-1]
        if undamaged is None:
            undamaged = picture(rng, *(size or FORMAT_SIZE))
        if damaged is None:
            damaged = adapt(rng, undamaged)
        for folder, image in zip(folders, (damaged, undamaged)):
            write(os.path.join(folder, name), image)
        names.append(name)

    for group in GROUPS:
        group(case)
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", metavar="OUT_DIR")
    out_dir = parser.parse_args().out_dir

    names = write_all(out_dir)
    broken = [path for side in ("damaged", "undamaged") for path in
              (os.path.join(out_dir, side, name) for name in names) if cv2.imread(path) is None]
    print(f"{len(names)} pairs in {out_dir}")
    for path in broken:
        print(f"OpenCV cannot read {path}", file=sys.stderr)
    return 1 if broken or len(set(names)) != len(names) else 0


if __name__ == "__main__":
    sys.exit(main())
