#!/usr/bin/python3
"""Write a small image in every variant of JPEG 2000, HEIC, AVIF, JPEG XL and GIF.

usage: make_further_cases.py OUT_DIR

OUT_DIR/*.jp2        must decode to exactly the pixels that cv2.imread (OpenCV 4.6) returns
OUT_DIR/further/*    must be decoded; imread does not read these formats
OUT_DIR/refused/*    must be refused; docs/decoding.md says why

Every run writes the same files. Needs python3-opencv, python3-numpy, python3-pil, libheif-examples
and libjxl-tools.
"""
import io
import os
import struct
import subprocess
import sys
import tempfile

import cv2
from PIL import Image

from make_decode_cases import picture, pillow, write_all


def jp2_space(data, number):
    """Declare another color space: 12 CMYK, 14 CIELab, 16 sRGB, 17 gray, 18 YCbCr."""
    at = data.index(b"colr") + 7
    return data[:at] + struct.pack(">I", number) + data[at + 4:]


def jp2_cases():
    rgb, rgba, la = picture(), picture(channels=4), picture(channels=2)
    deep = picture(levels=65536)
    plain = pillow(rgb, form="JPEG2000")
    yield "jp2_rgb.jp2", plain
    yield "jp2_grey.jp2", pillow(rgb[:, :, 0], form="JPEG2000")
    yield "jp2_rgba.jp2", pillow(rgba, form="JPEG2000")
    yield "jp2_grey_alpha.jp2", pillow(la, form="JPEG2000")
    yield "jp2_code_stream.j2k", plain[plain.index(b"\xff\x4f\xff\x51"):]
    yield "jp2_tiles.jp2", pillow(rgb, form="JPEG2000", tile_size=(32, 16))
    yield "jp2_one_level.jp2", pillow(rgb, form="JPEG2000", num_resolutions=1)
    for progression in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL"):
        yield f"jp2_{progression.lower()}.jp2", pillow(rgb, form="JPEG2000",
                                                       progression=progression)
    yield "jp2_lossy.jp2", pillow(rgb, form="JPEG2000", irreversible=True, quality_mode="rates",
                                  quality_layers=[40, 20, 10])
    yield "jp2_lossy_5_3.jp2", pillow(rgb, form="JPEG2000", quality_mode="dB",
                                      quality_layers=[30, 40])
    yield "jp2_8.jp2", cv2.imencode(".jp2", rgb)[1].tobytes()
    yield "jp2_16.jp2", cv2.imencode(".jp2", deep)[1].tobytes()
    yield "jp2_grey16.jp2", cv2.imencode(".jp2", deep[:, :, 0])[1].tobytes()
    yield "jp2_1x1.jp2", pillow(rgb[:1, :1], form="JPEG2000", num_resolutions=1)
    yield "jp2_grey_of_three.jp2", jp2_space(plain, 17)


def converted(program, *options, samples, suffix):
    """What a program makes of a PNG file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in.png"), os.path.join(folder, "out" + suffix)
        cv2.imwrite(source, samples)
        order = [source, target] if program == "cjxl" else [source, "-o", target]
        subprocess.run([program, *options, *order], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(target, "rb") as file:
            return file.read()


def gif(*frames, **options):
    images = [Image.fromarray(frame).quantize(64) for frame in frames]
    file = io.BytesIO()
    images[0].save(file, "GIF", save_all=len(images) > 1, append_images=images[1:], **options)
    return file.getvalue()


def further_cases():
    rgb, rgba, grey = picture(), picture(channels=4), picture(channels=1)
    deep = picture(levels=65536)
    yield "gif.gif", gif(rgb)
    yield "gif_87.gif", gif(rgb).replace(b"GIF89a", b"GIF87a", 1)
    yield "gif_interlaced.gif", gif(rgb, interlace=1)
    yield "gif_transparent.gif", gif(rgb, transparency=3)
    yield "gif_animation.gif", gif(rgb, rgb[::-1], rgb[:, ::-1], duration=50)
    for name, samples in (("rgb", rgb), ("rgba", rgba)):
        yield f"heic_{name}.heic", converted("heif-enc", samples=samples, suffix=".heic")
        yield f"avif_{name}.avif", converted("heif-enc", "-A", samples=samples, suffix=".avif")
    yield "heic_10.heic", converted("heif-enc", "-b", "10", samples=deep, suffix=".heic")
    yield "avif_12.avif", converted("heif-enc", "-A", "-b", "12", samples=deep, suffix=".avif")
    for name, samples in (("rgb", rgb), ("rgba", rgba), ("grey", grey), ("16", deep)):
        yield f"jxl_{name}.jxl", converted("cjxl", "-d", "0", samples=samples, suffix=".jxl")
        yield f"jxl_{name}_lossy.jxl", converted("cjxl", "-d", "1", samples=samples, suffix=".jxl")
    yield "jxl_boxes.jxl", converted("cjxl", "-d", "0", "--container=1", samples=rgb,
                                     suffix=".jxl")


def refused_cases():
    plain = pillow(picture(), form="JPEG2000")
    for name, number in (("cmyk", 12), ("lab", 14), ("ycc", 18)):
        yield f"jp2_{name}.jp2", jp2_space(plain, number)
    for name, data in (*further_cases(), *jp2_cases()):
        if name in ("gif.gif", "gif_animation.gif", "heic_rgb.heic", "avif_rgb.avif", "jxl_rgb.jxl",
                    "jxl_rgb_lossy.jxl", "jxl_boxes.jxl", "jp2_rgb.jp2", "jp2_code_stream.j2k"):
            yield "truncated_" + name, data[:len(data) * 9 // 10]
            yield "header_" + name, data[:40]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    count = write_all(folder, jp2_cases())
    further = write_all(os.path.join(folder, "further"), further_cases())
    refused = write_all(os.path.join(folder, "refused"), refused_cases())
    print(f"{count} images in {folder}, {further} in its further/, {refused} in its refused/")


if __name__ == "__main__":
    main()
