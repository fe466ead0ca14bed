#!/usr/bin/python3
"""Make folders with hostile contents, for test_hostile.sh.

    make_hostile.py names SAMPLE       d/ and u/: names of every kind, entries that are not images
    make_hostile.py bombs              bomb_d/ and bomb_u/: images that claim or need much memory
    make_hostile.py deep               deep_d/ and deep_u/: folders nested beyond the path limit
"""
import os
import shutil
import socket
import struct
import sys
import zlib

NAMES = [
    b"plain.png", b"A.PNG", b"..png", b"com,ma.png", b'qu"ote.png', b'"quoted".png', b"semi;=1.png",
    b"new\nline.png", b"\nfirst.png", b"crlf\r\n.png", b"\rfirst.png", b"in\ttab.png",
    b"\ttab.png", b" space .png", b"=1+2.png", b"+a.png", b"-a.png", b"-rf.jpg", b"@SUM(1).png",
    b"'quoted'.png", b"'=1+2.png", b"%s%n%d.png", b"$(touch x).png", b"*.png", b"[shrink=8].png",
    b"\x1b[31mred.png", b"\xc2\x9b31mred.png", b"\x7f.png",
    "é€🙂.png".encode(), "\u202egnp.png".encode(),
    b"\xef\xbb\xbfbom.png", b"latin\xe9.png", b"\xff\xfe.png", b"\xc3.png", b"\xed\xa0\x80.png",
    b"back\\slash.png", b"\\xff.png", b"\xff.png", b"\xff\\xff.png", b"c" * 251 + b".png",
    "é".encode() * 125 + b".png",
]

# Entries in no pair, and how the reported reason begins.
LEFT_OUT = {
    b"nothing.png": "a broken link",
    b"loop.png": "a loop of links",
    b"device.png": "not a regular file",
    b"fifo.png": "not a regular file",
    b"socket.png": "not a regular file",
    b"folder.png": "a folder; use --recursive to include it",
    b"linked.png": "a link to a folder; these are not followed",
    b".png": "not the extension of an image",
    b"a.png\n": "not the extension of an image",
    b"notes\xff.txt": "not the extension of an image",
    b"notes\\xff.txt": "not the extension of an image",  # four letters
}


def names(sample):
    for folder, side in ((b"d", "damaged"), (b"u", "undamaged")):
        os.mkdir(folder)
        with open(f"{sample}/{side}/grass.bmp", "rb") as file:
            picture = file.read()
        for name in NAMES + [b"a.png\n", b"notes\xff.txt", b"notes\\xff.txt", b".png"]:
            with open(folder + b"/" + name, "wb") as file:
                file.write(picture)
        os.symlink(f"{sample}/{side}/skyline.png", folder + b"/outside.png")
        os.symlink("/nowhere/at/all", folder + b"/nothing.png")
        os.symlink("loop.png", folder + b"/loop.png")
        os.symlink("/dev/zero", folder + b"/device.png")
        os.symlink("..", folder + b"/linked.png")
        os.mkfifo(folder + b"/fifo.png")
        os.mkdir(folder + b"/folder.png")
        socket.socket(socket.AF_UNIX).bind(folder.decode() + "/socket.png")
    for name in (b"empty.png", b"=empty.png"):
        open(b"d/" + name, "wb").close()
        shutil.copy(b"u/plain.png", b"u/" + name)


# ------------------------------------------------------------------------------------------ bombs

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def squeezed_zeros(size):
    """`size` zero bytes, compressed."""
    squeeze = zlib.compressobj(9)
    block, parts = bytes(1 << 20), []
    for start in range(0, size, len(block)):
        parts.append(squeeze.compress(block[:size - start]))
    return b"".join(parts) + squeeze.flush()


def png(width, height, data, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def segment(marker, data):
    return bytes([0xff, marker]) + struct.pack(">H", len(data) + 2) + data


def progressive_jpeg(width, height, scans):
    """Gray: one DC scan, then `scans` scans, each for one coefficient and without any change. They
    are in a valid order: no decoder complains."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    runs = (blocks + 16383) // 16384
    bits = "0" + "0" * 14  # end of band for 16384 blocks
    nothing = (bits * runs).ljust((runs * 15 + 7) // 8 * 8, "1")
    nothing = int(nothing, 2).to_bytes(len(nothing) // 8, "big")
    out = [b"\xff\xd8", segment(0xdb, b"\0" + b"\1" * 64),
           segment(0xc2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
           segment(0xc4, b"\x00" + b"\1" + bytes(15) + b"\0"),     # one code: no difference
           segment(0xc4, b"\x10" + b"\1" + bytes(15) + b"\xe0"),   # one code: a run of blocks
           segment(0xda, b"\1\1\0" + b"\0\0\0"), bytes((blocks + 7) // 8)]
    for scan in range(scans):
        coefficient, refinement = 1 + scan // 14, scan % 14
        low = 13 - refinement
        high = low + 1 if refinement else 0
        out += [segment(0xda, b"\1\1\0" + bytes([coefficient, coefficient, high << 4 | low])),
                nothing]
    return b"".join(out) + b"\xff\xd9"


def baseline_jpeg_header(width, height):
    return (b"\xff\xd8" + segment(0xdb, b"\0" + b"\1" * 64)
            + segment(0xc0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"))


def tiff(width, height, data):
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 8),
               (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height),
               (279, 4, 1, len(data))]
    return (b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(entries))
            + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4))


def bmp(width, height, run_length):
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8 if run_length else 24,
                         1 if run_length else 0, 0, 0, 0, 256 if run_length else 0, 0)
    palette = bytes(1024) if run_length else b""
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<III", 0, 0, start) + header + palette + b"\0\1"


def webp(width, height):
    size = struct.pack("<I", (width - 1) | (height - 1) << 14)
    data = b"VP8L" + struct.pack("<I", 6) + b"\x2f" + size + b"\0"
    return b"RIFF" + struct.pack("<I", 4 + len(data)) + b"WEBP" + data


def bombs():
    """Sides of 30000 exceed the test's --max-pixels, sides of 2000 do not."""
    text = chunk(b"zTXt", b"a\0\0" + squeezed_zeros(64 << 20))
    files = {
        # large sizes in the header, without the data
        "claim.png": png(30000, 30000, b""),
        "most.png": png(0x7fffffff, 0x7fffffff, b""),
        "claim.jpg": baseline_jpeg_header(65000, 65000),
        "claim_progressive.jpg": progressive_jpeg(30000, 30000, 0)[:300],
        "claim.webp": webp(16383, 16383),
        "claim.tif": tiff(30000, 30000, b"\0"),
        "most.tif": tiff(0xffffffff, 0xffffffff, b"\0"),
        "claim.bmp": bmp(30000, 30000, False),
        "claim_rle.bmp": bmp(30000, 30000, True),
        "most.bmp": bmp(0x7fffffff, -0x80000000, True),
        # small files that decode to large images
        "expands.png": png(30000, 30000, squeezed_zeros(32 << 20)),
        "expands.tif": tiff(30000, 30000, squeezed_zeros(64 << 20)),
        # within the limit, but costly: these succeed
        "within.png": png(2000, 2000, squeezed_zeros(2000 * 6001)),
        "within.tif": tiff(2000, 2000, squeezed_zeros(2000 * 2000)),
        "within_text.png": png(64, 64, squeezed_zeros(64 * 193), text),
        "within_more.png": png(64, 64, squeezed_zeros(64 << 20)),
        "within_scans.jpg": progressive_jpeg(2000, 2000, 400),
        # too many scans: this one fails
        "scans.jpg": progressive_jpeg(2000, 2000, 880),
    }
    for folder in ("bomb_d", "bomb_u"):
        os.mkdir(folder)
        for name, data in files.items():
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)


def deep():
    here = os.getcwd()
    for folder in ("deep_d", "deep_u"):
        os.mkdir(folder)
        os.chdir(folder)
        for _ in range(25):
            os.mkdir("n" * 200)
            os.chdir("n" * 200)
            open("deep.png", "wb").close()
        os.chdir(here)


if __name__ == "__main__":
    {"names": names, "bombs": bombs, "deep": deep}[sys.argv[1]](*sys.argv[2:])
