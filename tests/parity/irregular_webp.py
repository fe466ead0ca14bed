"""WebP files whose chunks are not as they should be (RFC 9649 section 2), for make_decode_cases.py.

imread ignores what follows the first image, and an odd size of the RIFF.
"""

import struct


def chunk(kind, data, padded=True):
    return (kind + struct.pack("<I", len(data)) + data +
            (b"\0" if padded and len(data) % 2 else b""))


def riff(body, size=None):
    return b"RIFF" + struct.pack("<I", 4 + len(body) if size is None else size) + b"WEBP" + body


def odd_image(webp):
    """The image chunk of a simple file, with data of odd size."""
    size, = struct.unpack("<I", webp[16:20])
    return chunk(webp[12:16], webp[20:20 + size] + (b"" if size % 2 else b"\0"))


def extended_header(webp, flags):
    """For a simple lossy file."""
    width, height = struct.unpack("<HH", webp[26:30])
    return chunk(b"VP8X", struct.pack("<IHBHB", flags, width - 1, 0, height - 1, 0))


def cases(lossy, lossless, with_alpha, exif):
    """Names and files, from three encodings of an image and a block of EXIF."""
    has_exif = 8
    other, extended = lossy[12:], extended_header(lossy, has_exif)
    metadata = chunk(b"EXIF", exif)
    for name, image in (("lossy", odd_image(lossy)), ("lossless", odd_image(lossless))):
        body = extended + image + metadata
        yield f"webp_{name}_odd_padded.webp", riff(image, 4 + len(image) - 1)
        yield f"webp_{name}_odd_not_padded.webp", riff(image[:-1])
        yield f"webp_{name}_exif_not_padded.webp", riff(
            extended + image + chunk(b"EXIF", exif + b"x"[len(exif) % 2:], padded=False))
        yield f"webp_{name}_image_not_padded.webp", riff(extended + image[:-1] + metadata)
        yield f"webp_{name}_two_images.webp", riff(image + other)
        yield f"webp_{name}_extended_two_images.webp", riff(extended + image + other + metadata)
        yield f"webp_{name}_trailing_bytes.webp", riff(image + b"abc")
        yield f"webp_{name}_exif_too_long.webp", riff(
            extended + image + metadata[:4] + b"\xff\0\0\0" + metadata[8:])
        yield f"webp_{name}_riff_ends_in_exif.webp", riff(body, 4 + len(body) - 2)
    yield "webp_alpha_two_images.webp", riff(with_alpha[12:] + other)
    yield "webp_alpha_trailing_bytes.webp", riff(with_alpha[12:] + b"abcdefghijk")


def refused_cases(lossless):
    image = odd_image(lossless)
    size = len(image) - 9  # of the data, without header and padding
    yield "truncated_by_one.webp", riff(image)[:-1]
    yield "riff_too_long.webp", riff(image, 4 + len(image) + 2)
    yield "riff_ends_in_image.webp", riff(image, 4 + len(image) - 2)
    yield "short_image_chunk.webp", riff(
        image[:4] + struct.pack("<I", size - 6) + image[8:])
