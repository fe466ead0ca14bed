#!/usr/bin/python3
"""Write one small image in every variant of every format that patina decodes.

usage: make_decode_cases.py OUT_DIR

OUT_DIR/*            must decode to exactly the pixels that cv2.imread (OpenCV 4.6) returns
OUT_DIR/refused/*    must be refused; docs/decoding.md says why

make_further_cases.py does the same for other formats. Every run writes the same files. BMP, PNG and
TIFF are assembled here byte by byte, to control each tag and bit depth; JPEG and WebP data come
from Pillow and OpenCV. Needs python3-opencv, python3-numpy and python3-pil.
"""
import io
import os
import struct
import sys
import zlib

import cv2
import numpy as np
from PIL import Image, ImageCms

import irregular_webp

WIDTH, HEIGHT = 61, 47
ICC_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ICC_PROFILE = ICC_PROFILE[:24] + bytes(12) + ICC_PROFILE[36:]  # without the creation time


def picture(width=WIDTH, height=HEIGHT, channels=3, seed=1, levels=256):
    """Smooth shapes plus noise, to reveal chroma subsampling and 16-bit rounding."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [(np.sin(x / (5 + 3 * c)) + np.cos(y / (7 - c)) + 2) / 4 for c in range(channels)]
    noisy = np.stack(planes, axis=-1) + rng.normal(0, 0.08, (height, width, channels))
    noisy[height // 3: height // 2, width // 4: width // 2] = rng.random(channels)
    return np.clip(noisy * levels, 0, levels - 1).astype(np.uint16 if levels > 256 else np.uint8)


# ---------------------------------------------------------------------------------------- EXIF

def exif_block(orientation, endian="<", entries_before=(), entries_after=()):
    """A TIFF header with IFD0 holding the orientation; entries are (tag, type, count, value)."""
    entries = [*entries_before, (0x0112, 3, 1, orientation), *entries_after]
    out = (b"II*\0" if endian == "<" else b"MM\0*") + struct.pack(endian + "IH", 8, len(entries))
    for tag, kind, count, value in entries:
        out += struct.pack(endian + "HHI", tag, kind, count)
        out += struct.pack(endian + ("HH" if kind == 3 else "I"),
                           *((value, 0) if kind == 3 else (value,)))
    return out + b"\0\0\0\0" + b"Maker\0\0\0"


# ----------------------------------------------------------------------------------------- PNG

def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_samples(rows, bits):
    """rows: height x samples. The bytes of each row, packed high bit first as in PNG and TIFF."""
    if bits == 16:
        return [row.astype(">u2").tobytes() for row in rows]
    if bits == 8:
        return [row.astype(np.uint8).tobytes() for row in rows]
    per_byte = 8 // bits
    packed = []
    for row in rows:
        padded = np.zeros((len(row) + per_byte - 1) // per_byte * per_byte, np.uint8)
        padded[:len(row)] = row
        groups = padded.reshape(-1, per_byte)
        shifts = np.arange(per_byte - 1, -1, -1) * bits
        packed.append((groups << shifts).sum(axis=1).astype(np.uint8).tobytes())
    return packed


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]


def png(samples, bits, color_type, interlaced=False, before=(), after=()):
    """samples: height x width x channels. before, after: chunks around IDAT."""
    height, width, channels = samples.shape
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for x0, y0, dx, dy in passes:
        part = samples[y0::dy, x0::dx]
        if part.size == 0:
            continue
        for number, row in enumerate(pack_samples(part.reshape(part.shape[0], -1), bits)):
            if number % 2:  # filter 1, Sub
                step = max(1, channels * bits // 8)
                data = np.frombuffer(row, np.uint8)
                left = np.concatenate([np.zeros(step, np.uint8), data])[:len(data)]
                raw += b"\1" + (data - left).tobytes()
            else:
                raw += b"\0" + row
    data = zlib.compress(raw, 9)
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, int(interlaced))
    half = len(data) // 2
    chunks = [(b"IHDR", header), *before, (b"IDAT", data[:half]), (b"IDAT", data[half:]), *after,
              (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(k, d) for k, d in chunks)


def palette_chunk(colors, seed=3):
    return b"PLTE", np.random.default_rng(seed).integers(0, 256, colors * 3, np.uint8).tobytes()


def png_cases():
    rgb, rgb16 = picture(), picture(levels=65536)
    rgba, rgba16 = picture(channels=4), picture(channels=4, levels=65536)
    for interlaced in (False, True):
        tail = "_interlaced" if interlaced else ""
        for bits in (1, 2, 4, 8, 16):
            yield f"png_grey{bits}{tail}.png", png(
                picture(channels=1, levels=1 << bits), bits, 0, interlaced)
        for bits in (1, 2, 4, 8):
            indices = picture(channels=1, levels=1 << bits)
            yield f"png_palette{bits}{tail}.png", png(
                indices, bits, 3, interlaced, [palette_chunk(1 << bits)])
            alpha = (b"tRNS", bytes(range(0, 256, 256 >> bits))[:1 << bits])
            yield f"png_palette{bits}_trns{tail}.png", png(
                indices, bits, 3, interlaced, [palette_chunk(1 << bits), alpha])
        yield f"png_rgb8{tail}.png", png(rgb, 8, 2, interlaced)
        yield f"png_rgb16{tail}.png", png(rgb16, 16, 2, interlaced)
        yield f"png_rgba8{tail}.png", png(rgba, 8, 6, interlaced)
        yield f"png_rgba16{tail}.png", png(rgba16, 16, 6, interlaced)
        yield f"png_la8{tail}.png", png(picture(channels=2), 8, 4, interlaced)
        yield f"png_la16{tail}.png", png(picture(channels=2, levels=65536), 16, 4, interlaced)
    grey = picture(channels=1)
    yield "png_grey8_trns.png", png(grey, 8, 0, before=[(b"tRNS", struct.pack(">H", 100))])
    yield "png_grey2_trns.png", png(grey >> 6, 2, 0, before=[(b"tRNS", struct.pack(">H", 2))])
    yield "png_grey16_trns.png", png(picture(channels=1, levels=65536), 16, 0,
                                     before=[(b"tRNS", struct.pack(">H", 100))])
    key = struct.pack(">HHH", *map(int, rgb[5, 5]))
    yield "png_rgb8_trns.png", png(rgb, 8, 2, before=[(b"tRNS", key)])
    yield "png_rgb16_trns.png", png(rgb16, 16, 2, before=[(b"tRNS", key)])
    yield "png_short_palette.png", png(grey // 16, 8, 3, before=[palette_chunk(16)])
    yield "png_rgb_with_plte.png", png(rgb, 8, 2, before=[palette_chunk(16)])
    profile = b"sRGB\0\0" + zlib.compress(ICC_PROFILE)
    yield "png_icc_gamma_text.png", png(rgb, 8, 2, before=[
        (b"gAMA", struct.pack(">I", 100000)), (b"iCCP", profile), (b"sBIT", b"\5\6\5"),
        (b"bKGD", b"\0\1\0\2\0\3"), (b"tEXt", b"Comment\0hello"), (b"zzZz", b"unknown")])
    for orientation in (*range(1, 9), 0, 9):
        yield f"png_exif{orientation}.png", png(
            rgb, 8, 2, before=[(b"eXIf", exif_block(orientation))])
    yield "png_exif6_after.png", png(rgb, 8, 2, after=[(b"eXIf", exif_block(6, ">"))])
    yield "png_exif_twice.png", png(rgb, 8, 2, before=[(b"eXIf", exif_block(3))],
                                    after=[(b"eXIf", exif_block(6))])
    yield "png_exif_garbage.png", png(rgb, 8, 2, before=[(b"eXIf", b"II*\0\xff\xff\xff\xff")])
    yield "png_exif_not_exif.png", png(rgb, 8, 2, before=[(b"eXIf", b"Exif\0\0" + exif_block(6))])
    broken = png(rgb, 8, 2, before=[(b"eXIf", exif_block(6))])
    place = broken.index(b"eXIf") + 4 + len(exif_block(6))
    yield "png_exif_bad_crc.png", broken[:place] + b"\0\0\0\0" + broken[place + 4:]
    for width, height in ((1, 1), (1, 50), (50, 1), (7, 9), (64, 64)):
        yield f"png_{width}x{height}.png", png(picture(width, height), 8, 2)
        yield f"png_{width}x{height}_interlaced.png", png(picture(width, height), 8, 2, True)
    yield "png_trailing_bytes.png", png(rgb, 8, 2) + b"after the end"


# ---------------------------------------------------------------------------------------- JPEG

def pillow(array, mode=None, form="JPEG", **options):
    array = array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array
    out = io.BytesIO()
    Image.fromarray(array, mode).save(out, form, **options)
    return out.getvalue()


def jpeg_segments(data):
    """[(marker, payload)] up to the scan, and the rest from SOS on."""
    segments, at = [], 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2: at + 4])[0]
        segments.append((data[at + 1], data[at + 4: at + 2 + length]))
        at += 2 + length
    return segments, data[at:]


def jpeg_join(segments, rest):
    out = b"\xff\xd8"
    for marker, payload in segments:
        out += struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
    return out + rest


def jpeg_insert(data, *added, drop=()):
    segments, rest = jpeg_segments(data)
    return jpeg_join([*added, *(s for s in segments if s[0] not in drop)], rest)


def adobe(transform):
    return 0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)


def exif_segment(*args, **options):
    return 0xE1, b"Exif\0\0" + exif_block(*args, **options)


def jpeg_cases():
    rgb, cmyk = picture(), picture(channels=4)
    yield "jpeg_grey.jpg", pillow(picture(channels=1), quality=90)
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        for progressive in (False, True):
            tail = "_progressive" if progressive else ""
            yield f"jpeg_{name}{tail}.jpg", pillow(
                rgb, quality=85, subsampling=sampling, progressive=progressive)
    yield "jpeg_low_quality.jpg", pillow(rgb, quality=5)
    yield "jpeg_optimized.jpg", pillow(rgb, quality=95, optimize=True)
    _, restart = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_RST_INTERVAL, 2])
    yield "jpeg_restart_markers.jpg", restart.tobytes()
    plain = pillow(rgb, quality=85, subsampling=0)
    yield "jpeg_adobe_rgb.jpg", jpeg_insert(plain, adobe(0), drop=(0xE0, 0xEE))
    yield "jpeg_adobe_ycc.jpg", jpeg_insert(plain, adobe(1), drop=(0xE0, 0xEE))
    yield "jpeg_adobe_unknown_transform.jpg", jpeg_insert(plain, adobe(77), drop=(0xE0, 0xEE))
    yield "jpeg_no_app_markers.jpg", jpeg_insert(plain, drop=(0xE0, 0xEE))
    segments, rest = jpeg_segments(plain)
    swap = bytes.maketrans(b"\1\2\3", b"RGB")
    ids = [(m, p[:6] + bytes(c if i % 3 else swap[c] for i, c in enumerate(p[6:])))
           if m == 0xC0 else (m, p) for m, p in segments if m != 0xE0]
    scan = rest[:5] + bytes(c if i % 2 else swap[c] for i, c in enumerate(rest[5:11])) + rest[11:]
    yield "jpeg_component_ids_rgb.jpg", jpeg_join(ids, scan)
    inked = pillow(cmyk, "CMYK", quality=85)
    yield "jpeg_cmyk_adobe.jpg", inked
    yield "jpeg_cmyk_no_marker.jpg", jpeg_insert(inked, drop=(0xE0, 0xEE))
    yield "jpeg_ycck.jpg", jpeg_insert(inked, adobe(2), drop=(0xE0, 0xEE))
    yield "jpeg_ycck_progressive.jpg", jpeg_insert(
        pillow(cmyk, "CMYK", quality=85, progressive=True), adobe(2), drop=(0xE0, 0xEE))
    yield "jpeg_icc.jpg", pillow(rgb, quality=85, icc_profile=ICC_PROFILE)
    for orientation in (*range(1, 9), 0, 9):
        yield f"jpeg_exif{orientation}.jpg", jpeg_insert(plain, exif_segment(orientation))
    base = pillow(rgb, quality=85)
    yield "jpeg_exif6_big_endian.jpg", jpeg_insert(base, exif_segment(6, ">"))
    yield "jpeg_exif8_progressive.jpg", jpeg_insert(
        pillow(rgb, quality=85, progressive=True), exif_segment(8))
    yield "jpeg_exif5_cmyk.jpg", jpeg_insert(inked, exif_segment(5))
    yield "jpeg_exif7_grey.jpg", jpeg_insert(pillow(picture(channels=1)), exif_segment(7))
    make = (0x010F, 2, 6, 26)  # a string inside the block
    lost = (0x010F, 2, 6, 60000)  # a string at an offset outside
    yield "jpeg_exif6_after_make.jpg", jpeg_insert(base, exif_segment(6, entries_before=[make]))
    yield "jpeg_exif6_after_lost_make.jpg", jpeg_insert(
        base, exif_segment(6, entries_before=[lost]))
    yield "jpeg_exif6_before_lost_copyright.jpg", jpeg_insert(
        base, exif_segment(6, entries_after=[(0x8298, 2, 600, 60000)]))
    yield "jpeg_exif6_lost_resolution.jpg", jpeg_insert(
        base, exif_segment(6, entries_before=[(0x011A, 5, 1, 60000)]))
    yield "jpeg_exif6_first_of_two.jpg", jpeg_insert(base, exif_segment(6), exif_segment(3))
    yield "jpeg_exif6_behind_xmp.jpg", jpeg_insert(
        base, (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), exif_segment(6))
    yield "jpeg_exif6_behind_jfif.jpg", jpeg_insert(
        base, *jpeg_segments(base)[0][:1], exif_segment(6), drop=(0xE0,))
    yield "jpeg_exif6_wrong_mark.jpg", jpeg_insert(
        base, (0xE1, b"Exif\0\0" + exif_block(6).replace(b"II*\0", b"II+\0")))
    yield "jpeg_exif6_wrong_prefix.jpg", jpeg_insert(base, (0xE1, b"Ghost!" + exif_block(6)))
    yield "jpeg_exif_truncated.jpg", jpeg_insert(base, (0xE1, b"Exif\0\0" + exif_block(6)[:15]))
    yield "jpeg_exif_tiny.jpg", jpeg_insert(base, (0xE1, b"Exif"))
    yield "jpeg_comment.jpg", jpeg_insert(base, (0xFE, b"a comment \xff\xe1\0\x10 with markers"))
    segments, rest = jpeg_segments(base)
    yield "jpeg_stray_bytes_twice.jpg", b"\xff\xd8" + b"".join(
        struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + b"\0\0" * (number < 2)
        for number, (marker, payload) in enumerate(segments)) + rest
    yield "jpeg_trailing_bytes.jpg", base + b"\0\0after the end"
    for width, height in ((1, 1), (1, 50), (50, 1), (8, 8), (17, 33), (200, 3)):
        yield f"jpeg_{width}x{height}.jpg", pillow(picture(width, height), quality=85)
    yield "jpeg_named.png", base


# ---------------------------------------------------------------------------------------- WebP

def webp_cases():
    rgb, rgba = picture(), picture(channels=4)
    rgba[10:20, 10:20, 3] = 0
    yield "webp_lossy.webp", pillow(rgb, form="WEBP", quality=80)
    yield "webp_lossless.webp", pillow(rgb, form="WEBP", lossless=True)
    yield "webp_grey.webp", pillow(picture(channels=1), form="WEBP", quality=80)
    yield "webp_lossy_alpha.webp", pillow(rgba, form="WEBP", quality=80, alpha_quality=60)
    yield "webp_lossless_alpha.webp", pillow(rgba, form="WEBP", lossless=True)
    yield "webp_lossless_alpha_exact.webp", pillow(rgba, form="WEBP", lossless=True, exact=True)
    yield "webp_lossy_alpha_exact.webp", pillow(rgba, form="WEBP", quality=50, exact=True)
    yield "webp_exif6.webp", pillow(rgb, form="WEBP", exif=b"Exif\0\0" + exif_block(6))
    yield "webp_icc_xmp.webp", pillow(rgb, form="WEBP", icc_profile=ICC_PROFILE, xmp=b"<x/>")
    for width, height in ((1, 1), (16, 16), (33, 17), (3, 100)):
        yield f"webp_{width}x{height}.webp", pillow(
            picture(width, height), form="WEBP", quality=80)
    yield "webp_trailing_bytes.webp", pillow(rgb, form="WEBP", quality=80) + b"after the end"
    yield from irregular_webp.cases(
        pillow(rgb, form="WEBP", quality=80), pillow(rgb, form="WEBP", lossless=True),
        pillow(rgba, form="WEBP", quality=80), exif_block(1))


def webp_animation():
    frames = [Image.fromarray(picture(seed=s)) for s in (1, 2)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


# ---------------------------------------------------------------------------------------- TIFF

BYTE, ASCII, SHORT, LONG, SSHORT, SLONG, LONG8 = 1, 2, 3, 4, 8, 9, 16
NONE, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 7, 8, 32946, 32773


def lzw(data):
    """Valid but not compressed: 9-bit literals; the table is cleared before it needs 10 bits."""
    bits = ""
    for at in range(0, len(data), 250):
        bits += format(256, "09b") + "".join(format(b, "09b") for b in data[at: at + 250])
    bits += format(257, "09b")
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def packbits(data):
    """Literal runs, and repeat runs for equal neighbors."""
    out, at = b"", 0
    while at < len(data):
        run = 1
        while at + run < len(data) and run < 128 and data[at + run] == data[at]:
            run += 1
        if run > 2:
            out += bytes([257 - run, data[at]])
        else:
            run = min(100, len(data) - at)
            out += bytes([run - 1]) + data[at: at + run]
        at += run
    return out


COMPRESS = {NONE: bytes, LZW: lzw, DEFLATE: zlib.compress, OLD_DEFLATE: zlib.compress,
            PACKBITS: packbits}


class Tiff:
    """One page. data: height x width x samples, as stored for this photometric and bits."""

    def __init__(self, data, bits=8, photometric=2, compression=NONE, rows=16, tile=None,
                 separate=False, predictor=1, jpeg=None, **tags):
        self.endian = "<"
        self.data, self.bits, self.compression = data, bits, compression
        self.rows, self.tile, self.separate, self.predictor = rows, tile, separate, predictor
        self.jpeg = jpeg
        height, width, samples = data.shape
        self.tags = {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * samples),
                     259: (SHORT, [compression]), 262: (SHORT, [photometric]),
                     277: (SHORT, [samples])}
        if tile:
            self.tags[322], self.tags[323] = (SHORT, [tile[0]]), (SHORT, [tile[1]])
        else:
            self.tags[278] = (LONG, [rows])
        if separate:
            self.tags[284] = (SHORT, [2])
        if predictor != 1:
            self.tags[317] = (SHORT, [predictor])
        for name, value in tags.items():
            number = {"orientation": 274, "extra": 338, "colormap": 320, "fill_order": 266,
                      "sample_format": 339, "subsampling": 530, "icc": 34675,
                      "unknown": 65000, "dng_version": 50706}[name]
            kind, values = value if isinstance(value, tuple) else (SHORT, value)
            self.tags[number] = (kind, values if isinstance(values, (list, bytes)) else [values])

    def encode(self, block):
        if self.jpeg:
            return self.jpeg(block)
        if self.predictor == 2:
            block = block.copy()
            block[:, 1:] = block[:, 1:] - block[:, :-1]
        packed = []
        for row in block.reshape(block.shape[0], -1):
            if self.bits == 16:
                packed.append(row.astype(self.endian + "u2").tobytes())
            else:
                packed += pack_samples([row], self.bits)
        return COMPRESS[self.compression](b"".join(packed))

    def blocks(self):
        planes = np.split(self.data, self.data.shape[2], 2) if self.separate else [self.data]
        for plane in planes:
            height, width, samples = plane.shape
            if not self.tile:
                for y in range(0, height, self.rows):
                    yield self.encode(plane[y: y + self.rows])
                continue
            tile_width, tile_height = self.tile
            for y in range(0, height, tile_height):
                for x in range(0, width, tile_width):
                    block = np.zeros((tile_height, tile_width, samples), plane.dtype)
                    part = plane[y: y + tile_height, x: x + tile_width]
                    block[:part.shape[0], :part.shape[1]] = part
                    yield self.encode(block)


def tiff(*pages, endian="<", big=False, lost_block=False):
    """For each page its blocks, then its directory. lost_block: the last block is missing."""
    mark = b"II" if endian == "<" else b"MM"
    head = mark + (struct.pack(endian + "HHHQ", 43, 8, 0, 0) if big
                   else struct.pack(endian + "HI", 42, 0))
    out, link = bytearray(head), len(head) - (8 if big else 4)
    pointer, count_format = ("Q", "Q") if big else ("I", "H")
    for page in pages:
        page.endian = endian
        offsets, counts = [], []
        for block in page.blocks():
            out += b"\0" * (len(out) % 2)
            offsets.append(len(out))
            counts.append(len(block))
            out += block
        if lost_block:
            offsets[-1] += 1 << 20
        tags = dict(page.tags)
        tags[324 if page.tile else 273] = (LONG8 if big else LONG, offsets)
        tags[325 if page.tile else 279] = (LONG, counts)
        entries = []
        for number, (kind, values) in sorted(tags.items()):
            letter = {BYTE: "B", ASCII: "s", SHORT: "H", LONG: "I", LONG8: "Q", 7: "B",
                      SSHORT: "h", SLONG: "i"}[kind]
            data = values if isinstance(values, bytes) else struct.pack(
                f"{endian}{len(values)}{letter}", *values)
            if len(data) > (8 if big else 4):
                out += b"\0" * (len(out) % 2)
                place = struct.pack(endian + pointer, len(out))
                out += data
            else:
                place = data.ljust(8 if big else 4, b"\0")
            entries.append(struct.pack(endian + "HH" + pointer, number, kind, len(values)) + place)
        out += b"\0" * (len(out) % 2)
        struct.pack_into(endian + pointer, out, link, len(out))
        out += struct.pack(endian + count_format, len(entries)) + b"".join(entries)
        link = len(out)
        out += struct.pack(endian + pointer, 0)
    return bytes(out)


def tiff_jpeg(**options):
    """An encoder that makes each block a complete JPEG file, including tables."""
    def encode(block):
        return pillow(np.ascontiguousarray(block), **{"quality": 85, **options})
    return encode


def tiff_jpeg_rgb(block):
    return jpeg_insert(tiff_jpeg(subsampling=0)(block), adobe(0), drop=(0xE0,))


def colormap(entries, scale, seed=5):
    return np.random.default_rng(seed).integers(0, 256, 3 * entries).astype(int) * scale


def tiff_layout_cases(rgb):
    """Strips and tiles, compressions, planes, byte orders: mostly the same RGB image."""
    for name, compression in (("none", NONE), ("lzw", LZW), ("deflate", DEFLATE),
                              ("old_deflate", OLD_DEFLATE), ("packbits", PACKBITS)):
        yield f"tiff_rgb8_{name}.tif", tiff(Tiff(rgb, compression=compression))
        yield f"tiff_rgb8_{name}_tiled.tif", tiff(
            Tiff(rgb, compression=compression, tile=(32, 16)))
    for compression, name in ((LZW, "lzw"), (DEFLATE, "deflate")):
        yield f"tiff_rgb8_{name}_predictor.tif", tiff(
            Tiff(rgb, compression=compression, predictor=2))
    yield "tiff_rgb16_predictor.tif", tiff(
        Tiff(picture(levels=65536), 16, compression=LZW, predictor=2))
    yield "tiff_rgb8_one_strip.tif", tiff(Tiff(rgb, rows=HEIGHT))
    yield "tiff_rgb8_row_strips.tif", tiff(Tiff(rgb, rows=1))
    yield "tiff_rgb8_tall_strip.tif", tiff(Tiff(picture(20, 300), rows=300, compression=LZW))
    yield "tiff_rgb8_endless_strip.tif", tiff(Tiff(rgb, rows=0xFFFFFFFF))
    yield "tiff_rgb8_one_tile.tif", tiff(Tiff(rgb, tile=(64, 48)))
    yield "tiff_rgb8_separate.tif", tiff(Tiff(rgb, separate=True))
    yield "tiff_rgb16_separate.tif", tiff(Tiff(picture(levels=65536), 16, separate=True))
    yield "tiff_rgb8_big_endian.tif", tiff(Tiff(rgb), endian=">")
    yield "tiff_rgb16_big_endian.tif", tiff(Tiff(picture(levels=65536), 16), endian=">")
    yield "tiff_rgb8_bigtiff.tif", tiff(Tiff(rgb), big=True)
    yield "tiff_rgba8_bigtiff_big_endian.tif", tiff(
        Tiff(picture(channels=4), extra=[1]), endian=">", big=True)
    yield "tiff_multipage.tif", tiff(Tiff(rgb), Tiff(picture(30, 20, seed=9)))
    yield "tiff_unknown_tag_icc.tif", tiff(
        Tiff(rgb, unknown=(LONG, 7), icc=(7, ICC_PROFILE)))
    yield "tiff_pillow_lzw.tif", pillow(rgb, form="TIFF", compression="tiff_lzw")
    yield "tiff_opencv.tif", cv2.imencode(".tif", rgb)[1].tobytes()


def tiff_pixel_cases(rgb):
    grey, grey16 = picture(channels=1), picture(channels=1, levels=65536)
    bits = picture(channels=1, levels=2)
    for name, photometric in (("white_is_zero", 0), ("black_is_zero", 1)):
        yield f"tiff_grey8_{name}.tif", tiff(Tiff(grey, 8, photometric))
        yield f"tiff_grey16_{name}.tif", tiff(Tiff(grey16, 16, photometric))
        yield f"tiff_bilevel_{name}.tif", tiff(Tiff(bits, 1, photometric))
        yield f"tiff_bilevel_{name}_tiled.tif", tiff(
            Tiff(bits, 1, photometric, DEFLATE, tile=(32, 16)))
    for name, method in (("g3", "group3"), ("g4", "group4"), ("rle", "tiff_ccitt")):
        out = io.BytesIO()
        Image.fromarray(grey[:, :, 0]).convert("1").save(out, "TIFF", compression=method)
        yield f"tiff_fax_{name}.tif", out.getvalue()
    yield "tiff_rgb16.tif", tiff(Tiff(picture(levels=65536), 16))
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    yield "tiff_rgb16_all_values.tif", tiff(Tiff(np.repeat(ramp, 3, 2), 16))
    yield "tiff_grey16_all_values.tif", tiff(Tiff(ramp, 16, 1))
    rgba, rgba16 = picture(channels=4), picture(channels=4, levels=65536)
    for name, extra in (("none", None), ("unspecified", [0]), ("associated", [1]),
                        ("unassociated", [2])):
        tags = {"extra": extra} if extra else {}
        for layout, options in (("", {}), ("_tiled", {"tile": (16, 16)}),
                                ("_separate", {"separate": True})):
            yield f"tiff_rgba8_{name}{layout}.tif", tiff(Tiff(rgba, **tags, **options))
            yield f"tiff_rgba16_{name}{layout}.tif", tiff(Tiff(rgba16, 16, **tags, **options))
        yield f"tiff_rgba8_{name}_big_endian.tif", tiff(Tiff(rgba, **tags), endian=">")
        la = picture(channels=2)
        yield f"tiff_la8_{name}.tif", tiff(Tiff(la, 8, 1, **tags))
        yield f"tiff_la16_{name}.tif", tiff(
            Tiff(picture(channels=2, levels=65536), 16, 1, **tags))
    for name, scale in (("8_in_high_byte", 256), ("times_257", 257), ("old_8bit", 1)):
        yield f"tiff_palette8_{name}.tif", tiff(
            Tiff(grey, 8, 3, colormap=list(colormap(256, scale))))
    greys = list(np.tile(np.random.default_rng(4).permutation(256) * 257, 3))
    yield "tiff_palette8_grey.tif", tiff(Tiff(grey, 8, 3, colormap=[int(v) for v in greys]))
    yield "tiff_palette1.tif", tiff(Tiff(bits, 1, 3, colormap=list(colormap(2, 257))))
    yield "tiff_palette8_alpha.tif", tiff(
        Tiff(picture(channels=2), 8, 3, colormap=list(colormap(256, 257)), extra=[2]))
    for extra in ([0, 0], [2, 0], [1, 0], [0, 0, 0]):
        name = "".join(map(str, extra))
        yield f"tiff_grey8_extra{name}.tif", tiff(
            Tiff(picture(channels=1 + len(extra)), 8, 1, extra=extra))
    yield "tiff_orientation6_sshort.tif", tiff(Tiff(rgb, orientation=(SSHORT, 6)))
    yield "tiff_orientation6_slong.tif", tiff(Tiff(rgb, orientation=(SLONG, 6)), endian=">")
    yield "tiff_unassociated_sshort.tif", tiff(Tiff(rgba, extra=(SSHORT, 2)))
    cmyk = picture(channels=4)
    yield "tiff_cmyk.tif", tiff(Tiff(cmyk, 8, 5, LZW))
    yield "tiff_cmyk_tiled.tif", tiff(Tiff(cmyk, 8, 5, tile=(32, 32)))
    yield "tiff_cmyk_separate.tif", tiff(Tiff(cmyk, 8, 5, separate=True))
    for width, height in ((1, 1), (1, 50), (50, 1)):
        yield f"tiff_{width}x{height}.tif", tiff(Tiff(picture(width, height)))
    yield "tiff_fill_order.tif", tiff(Tiff(picture(channels=1, levels=2), 1, 1, fill_order=2))


def tiff_jpeg_cases(rgb):
    grey = picture(channels=1)
    ycc = {"photometric": 6, "compression": JPEG}
    for name, sampling, tag in (("444", 0, [1, 1]), ("422", 1, [2, 1]), ("420", 2, [2, 2])):
        encode = tiff_jpeg(subsampling=sampling)
        yield f"tiff_jpeg_{name}.tif", tiff(Tiff(rgb, jpeg=encode, subsampling=tag, **ycc))
        yield f"tiff_jpeg_{name}_tiled.tif", tiff(
            Tiff(rgb, jpeg=encode, subsampling=tag, tile=(32, 32), **ycc))
    yield "tiff_jpeg_grey.tif", tiff(
        Tiff(grey, photometric=1, compression=JPEG, jpeg=tiff_jpeg()))
    yield "tiff_jpeg_grey_tiled.tif", tiff(
        Tiff(grey, photometric=1, compression=JPEG, jpeg=tiff_jpeg(), tile=(32, 32)))
    yield "tiff_jpeg_rgb.tif", tiff(Tiff(rgb, compression=JPEG, jpeg=tiff_jpeg_rgb))
    yield "tiff_jpeg_rgb_tiled.tif", tiff(
        Tiff(rgb, compression=JPEG, jpeg=tiff_jpeg_rgb, tile=(32, 32)))
    yield "tiff_pillow_jpeg.tif", pillow(rgb, form="TIFF", compression="jpeg")


def tiff_orientation_cases(rgb):
    grey16 = picture(channels=1, levels=65536)
    for orientation in range(1, 9):
        yield f"tiff_orientation{orientation}.tif", tiff(Tiff(rgb, orientation=orientation))
        yield f"tiff_orientation{orientation}_one_strip.tif", tiff(
            Tiff(rgb, orientation=orientation, rows=HEIGHT))
        yield f"tiff_orientation{orientation}_grey16.tif", tiff(
            Tiff(grey16, 16, 1, orientation=orientation))
    yield from tiff_tiled_orientation_cases(rgb, (1, 4, 5, 8))


def tiff_tiled_orientation_cases(rgb, orientations):
    for orientation in orientations:
        yield f"tiff_orientation{orientation}_tiled.tif", tiff(
            Tiff(rgb, orientation=orientation, tile=(32, 16)))


def tiff_cases():
    rgb = picture()
    yield from tiff_layout_cases(rgb)
    yield from tiff_pixel_cases(rgb)
    yield from tiff_jpeg_cases(rgb)
    yield from tiff_orientation_cases(rgb)


# ----------------------------------------------------------------------------------------- BMP

def bmp_rows(rows, top_down=False):
    """rows: bytes of each row, top first. Padded to 4 bytes, bottom row first."""
    padded = [row + b"\0" * (-len(row) % 4) for row in rows]
    return b"".join(padded if top_down else padded[::-1])


def bmp(pixels, bits, size=(WIDTH, HEIGHT), compression=0, palette=b"", header=40, masks=b"",
        colors_used=0, gap=b"", top_down=False):
    width, height = size
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits,
                           compression, len(pixels), 2835, 2835, colors_used, 0)
        if header > 40:  # V4 and V5 hold the masks inside the header
            info = struct.pack("<I", header) + info[4:] + masks.ljust(16, b"\0")
            info, masks = info.ljust(header, b"\0"), b""
    start = 14 + len(info) + len(masks) + len(palette) + len(gap)
    head = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
    return head + info + masks + palette + gap + pixels


def bmp_palette(entries, seed=6, grey=False, size=4):
    rng = np.random.default_rng(seed)
    colors = rng.integers(0, 256, (entries, 3), np.uint8)
    if grey:
        colors[:] = colors[:, :1]
    return b"".join(bytes(c) + b"\0" * (size - 3) for c in colors)


def rle8(indices):
    """Encoded runs, absolute runs, a delta and early line ends, in turn."""
    out = b""
    for number, row in enumerate(indices):
        row = list(map(int, row))
        if number == 4:
            continue  # the delta before it skips this row
        if number == 5:
            row = row[7:]  # and starts in this column
        if number == 6:
            row = row[:20]  # the rest of the line is color 0
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and run < 255 and row[at + run] == row[at]:
                run += 1
            if run == 1 and len(row) - at >= 5:
                chunk = row[at: at + 5]
                out += bytes([0, 5, *chunk, 0])
                at += 5
            else:
                out += bytes([run, row[at]])
                at += run
        out += b"\0\0" if number != 3 else b"\0\0\0\2\7\1"
    return out + b"\0\1"


def rle4(indices):
    out = b""
    for number, row in enumerate(indices):
        row = list(map(int, row))
        at = 0
        while at < len(row):
            if number % 2 and len(row) - at >= 7:
                a = row[at: at + 7] + [0]
                out += bytes([0, 7, *(a[i] << 4 | a[i + 1] for i in range(0, 8, 2))])
                at += 7
            else:
                count = min(4, len(row) - at)
                out += bytes([count, row[at] << 4 | row[min(at + 1, len(row) - 1)]])
                at += count
        if number < len(indices) - 1:
            out += b"\0\0"
    return out + b"\0\1"


def bmp_cases():
    bgr, bgra = picture(), picture(channels=4)
    rows24, rows32 = ([row.tobytes() for row in image] for image in (bgr, bgra))
    yield "bmp_24.bmp", bmp(bmp_rows(rows24), 24)
    yield "bmp_24_top_down.bmp", bmp(bmp_rows(rows24, True), 24, top_down=True)
    yield "bmp_24_gap.bmp", bmp(bmp_rows(rows24), 24, gap=b"some bytes in between")
    yield "bmp_32.bmp", bmp(bmp_rows(rows32), 32)
    yield "bmp_32_top_down.bmp", bmp(bmp_rows(rows32, True), 32, top_down=True)
    masks = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)
    alpha = struct.pack("<I", 0xFF000000)
    yield "bmp_32_bitfields.bmp", bmp(bmp_rows(rows32), 32, compression=3, masks=masks)
    yield "bmp_32_bitfields_v4.bmp", bmp(
        bmp_rows(rows32), 32, compression=3, masks=masks + alpha, header=108)
    yield "bmp_32_bitfields_v5.bmp", bmp(
        bmp_rows(rows32), 32, compression=3, masks=masks + alpha, header=124)
    yield "bmp_24_v5.bmp", bmp(bmp_rows(rows24), 24, header=124)
    for bits in (1, 4, 8):
        indices = picture(channels=1, levels=1 << bits)[:, :, 0]
        rows, colors = bmp_rows(pack_samples(indices, bits)), 1 << bits
        down = bmp_rows(pack_samples(indices, bits), True)
        yield f"bmp_palette{bits}.bmp", bmp(rows, bits, palette=bmp_palette(colors))
        yield f"bmp_palette{bits}_grey.bmp", bmp(
            rows, bits, palette=bmp_palette(colors, grey=True))
        yield f"bmp_palette{bits}_top_down.bmp", bmp(
            down, bits, palette=bmp_palette(colors), top_down=True)
        yield f"bmp_palette{bits}_core.bmp", bmp(
            rows, bits, palette=bmp_palette(colors, size=3), header=12)
        yield f"bmp_palette{bits}_v5.bmp", bmp(rows, bits, palette=bmp_palette(colors), header=124)
        fewer = max(2, colors // 2)
        yield f"bmp_palette{bits}_short.bmp", bmp(
            bmp_rows(pack_samples(indices, bits)), bits, palette=bmp_palette(fewer),
            colors_used=fewer)
    yield "bmp_24_core.bmp", bmp(bmp_rows(rows24), 24, header=12)
    words = picture(channels=1, levels=65536)[:, :, 0].astype("<u2")
    rows16 = bmp_rows([row.tobytes() for row in words])
    yield "bmp_16.bmp", bmp(rows16, 16)
    yield "bmp_16_555.bmp", bmp(rows16, 16, compression=3,
                                masks=struct.pack("<III", 0x7C00, 0x3E0, 0x1F))
    yield "bmp_16_565.bmp", bmp(rows16, 16, compression=3,
                                masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    eight = picture(channels=1)[:, :, 0] // 32
    yield "bmp_rle8.bmp", bmp(rle8(eight[::-1]), 8, compression=1, palette=bmp_palette(256))
    yield "bmp_rle8_top_down.bmp", bmp(
        rle8(eight), 8, compression=1, palette=bmp_palette(256), top_down=True)
    yield "bmp_rle8_ends_early.bmp", bmp(
        rle8(eight[:20]), 8, compression=1, palette=bmp_palette(256))
    yield "bmp_rle4.bmp", bmp(rle4(eight[::-1]), 4, compression=2, palette=bmp_palette(16))
    yield "bmp_1x1.bmp", bmp(bmp_rows([b"\1\2\3"]), 24, (1, 1))
    yield "bmp_pillow.bmp", pillow(bgr, form="BMP")
    yield "bmp_trailing_bytes.bmp", bmp(bmp_rows(rows24), 24) + b"after the end"


# ------------------------------------------------------------------------------------- refused

def refused_cases():
    rgb, rgba = picture(), picture(channels=4)
    plain_png, plain_jpeg = png(rgb, 8, 2), pillow(rgb, quality=85)
    yield "webp_animation.webp", webp_animation()
    yield "pnm.ppm", cv2.imencode(".ppm", rgb)[1].tobytes()
    yield "text.png", b"this is not a picture\n"
    # truncated or damaged: for several of these, imread returns a half gray image
    yield "truncated.jpg", plain_jpeg[:len(plain_jpeg) * 2 // 3]
    scans = pillow(rgb, progressive=True)
    yield "truncated_progressive.jpg", scans[:len(scans) * 2 // 3]
    middle = len(plain_jpeg) * 2 // 3
    yield "damaged.jpg", plain_jpeg[:middle] + b"\xff\xd9" + plain_jpeg[middle + 2:]
    yield "truncated.png", plain_png[:len(plain_png) * 2 // 3]
    yield "no_iend.png", plain_png[:-12]
    broken = bytearray(plain_png)
    broken[len(broken) // 3] ^= 1
    yield "bad_crc.png", bytes(broken)
    last = bytearray(plain_png)
    last[-20] ^= 1
    yield "bad_last_crc.png", bytes(last)
    lossy = pillow(rgb, form="WEBP", quality=80)
    yield "truncated.webp", lossy[:len(lossy) // 2]
    yield from irregular_webp.refused_cases(pillow(rgb, form="WEBP", lossless=True))
    for name, compression in (("none", NONE), ("lzw", LZW), ("deflate", DEFLATE),
                              ("packbits", PACKBITS)):
        yield f"truncated_{name}.tif", tiff(Tiff(rgb, compression=compression), lost_block=True)
    yield "truncated.bmp", bmp(bmp_rows([row.tobytes() for row in rgb]), 24)[:-100]
    yield "jpeg_ls.jpg", plain_jpeg.replace(b"\xff\xc0", b"\xff\xf7", 1)
    yield "cgbi.png", png(rgb, 8, 2).replace(
        b"\0\0\0\rIHDR", png_chunk(b"CgBI", b"\0\0\0\0") + b"\0\0\0\rIHDR", 1)
    # imread refuses these, too
    frame, scan = plain_jpeg.index(b"\xff\xc0"), plain_jpeg.index(b"\xff\xda")
    yield "two_components.jpg", b"".join([
        plain_jpeg[:frame], b"\xff\xc0\0\x0e", plain_jpeg[frame + 4: frame + 9], b"\2",
        plain_jpeg[frame + 10: frame + 16], plain_jpeg[frame + 19: scan],
        b"\xff\xda\0\x0a\2", plain_jpeg[scan + 5: scan + 9], plain_jpeg[scan + 11:]])
    grey = picture(channels=1)
    yield "tiff_grey4.tif", tiff(Tiff(grey >> 4, 4, 1))
    yield "tiff_half_float.tif", tiff(
        Tiff(picture(channels=1, levels=65536), 16, 1, sample_format=3))
    # imread decodes these in ways that patina does not reproduce
    yield "raw.tif", tiff(Tiff(rgb, dng_version=(BYTE, [1, 4, 0, 0])))
    yield "tiff_signed8.tif", tiff(Tiff(grey, 8, 1, sample_format=2))
    yield "tiff_lab.tif", tiff(Tiff(rgb, 8, 8))
    yield "tiff_ycc_raw.tif", tiff(Tiff(rgb, 8, 6, subsampling=[1, 1]))
    yield "tiff_tiled_separate.tif", tiff(Tiff(rgb, separate=True, tile=(32, 16)))
    rows32 = bmp_rows([row.tobytes() for row in rgba])
    yield "bmp_32_swapped_masks.bmp", bmp(
        rows32, 32, compression=3, masks=struct.pack("<III", 0xFF, 0xFF00, 0xFF0000))
    words = bmp_rows([row.astype("<u2").tobytes()
                      for row in picture(channels=1, levels=65536)[:, :, 0]])
    yield "bmp_16_4444.bmp", bmp(words, 16, compression=3,
                                 masks=struct.pack("<III", 0xF00, 0xF0, 0xF))
    yield from tiff_tiled_orientation_cases(rgb, (2, 3, 6, 7))


def write_all(folder, cases):
    os.makedirs(folder, exist_ok=True)
    count = 0
    for name, data in cases:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        count += 1
    return count


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    count = sum(write_all(folder, cases()) for cases in (
        png_cases, jpeg_cases, webp_cases, tiff_cases, bmp_cases))
    refused = write_all(os.path.join(folder, "refused"), refused_cases())
    print(f"{count} images in {folder}, {refused} in {folder}/refused")


if __name__ == "__main__":
    main()
