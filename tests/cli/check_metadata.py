#!/usr/bin/python3
"""Check that patina restore keeps resolutions and XMP in all formats that can hold them.

    check_metadata.py PATINA FOLDER
"""

import hashlib
import pathlib
import struct
import sys
import xml.etree.ElementTree
import zlib

from PIL import Image, PngImagePlugin

import check_restore
from check_restore import Bench, check, picture

NO_ASPECT = "the aspect ratio of the pixels was dropped: the format does not support it"
NO_EXIF = "EXIF was dropped: patina cannot transfer it to the new file"
NO_EXTENDED = "extended XMP was dropped: it is incomplete or not in RDF"
STANDARD, EXTENDED = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"


# ---------------------------------------------------------------------------------- Files

def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def write_png(path, phys=None, orientation=None):
    """phys: pixels per unit across and down, and the unit."""
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.fromarray(picture(3)).save(path, exif=exif)
    if phys is not None:
        data = path.read_bytes()
        path.write_bytes(data[:33] + chunk(b"pHYs", struct.pack(">IIB", *phys)) + data[33:])


def write_jpeg(path, jfif=(0, 1, 1), orientation=None, dpi=None):
    """jfif: the unit, and pixels per unit across and down. dpi: in EXIF."""
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if dpi is not None:
        exif[0x011A] = exif[0x011B] = dpi
        exif[0x0128] = 2
    Image.fromarray(picture(3)).save(path, exif=exif)
    data = bytearray(path.read_bytes())
    data[13:18] = struct.pack(">BHH", *jfif)
    path.write_bytes(data)


def write_tiff(path, unit=None, resolution=None, orientation=1):
    """A gray TIFF of 20 x 10 pixels. resolution: two pairs of numerator and denominator."""
    samples = picture(1)[:10, :20].tobytes()
    entries = [(256, 3, 1, 20), (257, 3, 1, 10), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
               (273, 4, 1, 8), (274, 3, 1, orientation), (277, 3, 1, 1), (278, 3, 1, 10),
               (279, 4, 1, len(samples))]
    numbers = b""
    for i, rational in enumerate(resolution or ()):
        entries.append((282 + i, 5, 1, 8 + len(samples) + len(numbers)))
        numbers += struct.pack("<II", *rational)
    if unit is not None:
        entries.append((296, 3, 1, unit))
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8 + len(samples) + len(numbers)) + samples +
                     numbers + struct.pack("<H", len(entries)) +
                     b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4))


def chunks(path):
    """The types and bodies of a PNG's chunks, whose checksums must be right."""
    data, at, found = path.read_bytes(), 8, []
    while at < len(data):
        length, = struct.unpack(">I", data[at:at + 4])
        name, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        check(data[at:at + 12 + length] == chunk(name, body), f"{path}: checksum of {name}")
        found.append((name, body))
        at += 12 + length
    return found


def segments(path):
    """The markers and bodies of a JPEG's segments before the scan."""
    data, at, found = path.read_bytes(), 2, []
    while data[at + 1] != 0xDA:
        length, = struct.unpack(">H", data[at + 2:at + 4])
        found.append((data[at + 1], data[at + 4:at + 2 + length]))
        at += 2 + length
    return found


# ---------------------------------------------------------------------------------- Resolution

def resolution(path):
    """As pHYs, JFIF or the TIFF tags have it; for WebP and JPEG without JFIF, as EXIF has it."""
    if path.suffix == ".png":
        found = [struct.unpack(">IIB", body) for name, body in chunks(path) if name == b"pHYs"]
        return found[0] if len(found) == 1 else found
    if path.suffix == ".jpg":
        marker, body = segments(path)[0]
        if marker == 0xE0:
            return struct.unpack(">BHH", body[7:12])
    with Image.open(path) as image:
        if path.suffix == ".tif":
            return tuple(image.tag_v2.get(tag) for tag in (296, 282, 283))
        return tuple(round(image.getexif()[tag]) for tag in (0x0128, 0x011A, 0x011B))


def check_resolution(bench, name, **wanted):
    """wanted: the resolution that each format must have, or the one note that it must have."""
    for suffix, value in wanted.items():
        output, told = bench.restore(name, output=f"resolution.{suffix}")
        notes = [note for note in told["output"]["notes"]
                 if note != NO_EXIF and "gray" not in note]
        got = notes if isinstance(value, list) else resolution(output)
        check(got == value, f"{name} as {suffix}: {got} instead of {value}")
        check(isinstance(value, list) or notes == [], f"{name} as {suffix}: {notes}")


def check_aspect_ratios(bench):
    write_png(bench.path("aspect.png"), (2, 1, 0))
    check_resolution(bench, "aspect.png", png=(2, 1, 0), jpg=(0, 2, 1), tif=(1, 2, 1),
                     webp=[NO_ASPECT])
    with Image.open(bench.path("out/resolution.jpg")) as image:
        check(image.getexif()[0x011A] == 72, "an aspect ratio is no resolution in EXIF")
    write_png(bench.path("turned_aspect.png"), (2, 1, 0), orientation=6)
    check_resolution(bench, "turned_aspect.png", png=(2, 1, 0), jpg=(0, 1, 2), tif=(1, 1, 2))
    write_png(bench.path("square.png"), (1, 1, 0))
    check_resolution(bench, "square.png", png=(1, 1, 0), jpg=(0, 1, 1), tif=(1, 1, 1),
                     webp=(2, 72, 72))
    write_png(bench.path("large.png"), (4000000000, 2000000000, 0))
    check_resolution(bench, "large.png", png=(4000000000, 2000000000, 0), jpg=(0, 2, 1))
    write_png(bench.path("prime.png"), (4294967291, 2147483647, 0))
    check_resolution(bench, "prime.png", jpg=(0, 65535, 32767))
    write_jpeg(bench.path("aspect.jpg"), (0, 3, 2))
    check_resolution(bench, "aspect.jpg", png=(3, 2, 0), jpg=(0, 3, 2), tif=(1, 3, 2),
                     webp=[NO_ASPECT])
    write_tiff(bench.path("aspect.tif"), 1, ((300, 2), (300, 3)))
    check_resolution(bench, "aspect.tif", png=(900, 600, 0), jpg=(0, 900, 600), tif=(1, 900, 600))
    write_tiff(bench.path("no_unit.tif"), 1, ((300, 1), (300, 1)))
    check_resolution(bench, "no_unit.tif", png=(300, 300, 0), tif=(1, 300, 300))


def check_resolutions(bench):
    write_png(bench.path("fine.png"), (11811, 7874, 1), orientation=6)
    check_resolution(bench, "fine.png", png=(11811, 7874, 1), jpg=(2, 200, 300), webp=(2, 200, 300))
    write_jpeg(bench.path("turned.jpg"), (1, 300, 200), orientation=8)
    check_resolution(bench, "turned.jpg", jpg=(1, 300, 200), png=(7874, 11811, 1),
                     tif=(2, 200, 300))
    write_jpeg(bench.path("exif.jpg"), dpi=25.4)
    check_resolution(bench, "exif.jpg", jpg=(0, 1, 1), png=(1000, 1000, 1))
    write_tiff(bench.path("inches.tif"), None, ((300, 1), (200, 1)))
    check_resolution(bench, "inches.tif", png=(11811, 7874, 1), tif=(2, 300, 200))
    write_tiff(bench.path("mm.tif"), None, ((254, 10), (254, 10)))
    check_resolution(bench, "mm.tif", png=(1000, 1000, 1))
    write_tiff(bench.path("cm.tif"), 3, ((10, 1), (10, 1)))
    check_resolution(bench, "cm.tif", png=(1000, 1000, 1), tif=(3, 10, 10))
    write_tiff(bench.path("unknown.tif"))
    check_resolution(bench, "unknown.tif", png=(2835, 2835, 1))


# ---------------------------------------------------------------------------------- XMP

def rdf(inner, namespaces=""):
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/">'
            f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"{namespaces}>'
            f'{inner}</rdf:RDF></x:xmpmeta>')


def packet(text):
    inner = ('<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
             f' xmp:Rating="4"><a:text>{text}</a:text></rdf:Description>')
    return ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
            rdf(inner, ' xmlns:a="http://example.org/a"') + "\n" + " " * 2000 +
            '<?xpacket end="w"?>').encode()


def properties(xmp):
    """The attributes and elements of all descriptions in a packet, by name."""
    found = {}
    for element in xml.etree.ElementTree.fromstring(xmp.decode()).iter():
        if element.tag.endswith("}Description"):
            found.update(element.attrib)
            found.update({child.tag: child.text for child in element})
    return {name.partition("}")[2]: value for name, value in found.items() if "rdf" not in name}


def split_xmp(path):
    """The standard packet of a JPEG, and its extended packet or None."""
    standard, parts = None, {}
    for marker, body in segments(path):
        if marker == 0xE1 and body.startswith(STANDARD):
            standard = body[len(STANDARD):]
        if marker == 0xE1 and body.startswith(EXTENDED):
            guid, size, at = struct.unpack(">32sII", body[len(EXTENDED):len(EXTENDED) + 40])
            parts[at] = body[len(EXTENDED) + 40:]
    if not parts:
        return standard, None
    extended = b"".join(parts[at] for at in sorted(parts))
    check(len(extended) == size and guid == hashlib.md5(extended).hexdigest().upper().encode(),
          f"{path}: the extended XMP has the wrong size or digest")
    check(properties(standard) == {"HasExtendedXMP": guid.decode()}, f"{path}: the standard XMP")
    return standard, extended


def xmp_of(path):
    """The packet of a PNG, TIFF or WebP."""
    if path.suffix == ".png":
        head = b"XML:com.adobe.xmp\0\0\0\0\0"
        found = [body[len(head):] for name, body in chunks(path)
                 if name == b"iTXt" and body.startswith(head)]
        return found[0] if len(found) == 1 else None
    with Image.open(path) as image:
        return image.tag_v2[700] if path.suffix == ".tif" else image.info["xmp"]


def check_long_xmp(bench):
    for size, is_split in ((60500, False), (64500, False), (66000, True), (300000, True)):
        original = packet("t" * size)
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", original.decode())
        Image.fromarray(picture(3)).save(bench.path("xmp.png"), pnginfo=text)
        output, told = bench.restore("xmp.png", output="xmp.jpg")
        check(told["output"]["notes"] == [], f"XMP of {size} bytes as JPEG: {told['output']}")
        standard, extended = split_xmp(output)
        check((extended is not None) == is_split, f"XMP of {size} bytes is split")
        check(properties(extended or standard) == {"Rating": "4", "text": "t" * size},
              f"XMP of {size} bytes as JPEG")
        bench.path("xmp.jpg").write_bytes(output.read_bytes())
        output, told = bench.restore("xmp.jpg")
        check(split_xmp(output) == (standard, extended) and told["output"]["notes"] == [],
              f"XMP of {size} bytes from JPEG to JPEG")
        for suffix in ("png", "tif", "webp"):
            output, told = bench.restore("xmp.jpg", output="xmp." + suffix)
            check(properties(xmp_of(output)) == {"Rating": "4", "text": "t" * size},
                  f"XMP of {size} bytes from JPEG to {suffix}")
            check(all(note == NO_EXIF for note in told["output"]["notes"]),
                  f"the notes on XMP of {size} bytes from JPEG to {suffix}")
        names = [name for name, _ in chunks(bench.path("out/xmp.png"))]
        check(names.count(b"eXIf") == 1 and b"zTXt" not in names, f"the chunks are {names}")
    output, _ = bench.restore("xmp.png", "--strip", output="stripped.jpg")
    check(split_xmp(output) == (None, None), "--strip removes long XMP")


def write_split(path, standard, extended, order=None):
    """A JPEG with extended XMP in parts of 1000 bytes."""
    write_jpeg(path)
    data = path.read_bytes()
    guid = hashlib.md5(extended).hexdigest().upper().encode()
    bodies = [STANDARD + standard.replace(b"GUID", guid)]
    places = list(range(0, len(extended), 1000))
    for at in places if order is None else order(places):
        bodies.append(EXTENDED + guid + struct.pack(">II", len(extended), at) +
                      extended[at:at + 1000])
    path.write_bytes(data[:20] + b"".join(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
                                          for body in bodies) + data[20:])


def check_foreign_xmp(bench):
    """Extended XMP as other programs write it, complete or not."""
    note = ' xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
    attribute = rdf(f'<rdf:Description{note} xmpNote:HasExtendedXMP="GUID"'
                    ' xmlns:b="http://example.org/b" b:short="yes"/>').encode()
    element = rdf(f'<rdf:Description{note} xmlns:b="http://example.org/b">'
                  '<xmpNote:HasExtendedXMP>GUID</xmpNote:HasExtendedXMP>'
                  '<b:short>yes</b:short></rdf:Description>').encode()
    extended = rdf('<rdf:Description><a:long>' + "l" * 5000 + "</a:long></rdf:Description>",
                   ' xmlns:a="http://example.org/a"').encode()
    both = {"short": "yes", "long": "l" * 5000}
    path = bench.path("split.jpg")
    for what, standard, order in (("an attribute", attribute, None), ("an element", element, None),
                                  ("another order", attribute, lambda places: places[::-1])):
        write_split(path, standard, extended, order)
        output, told = bench.restore("split.jpg", output="split.png")
        check(properties(xmp_of(output)) == both and told["output"]["notes"] == [],
              f"split XMP with {what}")
    for what, standard, order in (
            ("a part missing", attribute, lambda places: places[1:]),
            ("a part twice", attribute, lambda places: places[:1] + places),
            ("no GUID", attribute.replace(b"GUID", b"0" * 32), None)):
        write_split(path, standard, extended, order)
        output, told = bench.restore("split.jpg", output="split.png")
        check(properties(xmp_of(output)).get("short") == "yes" and
              told["output"]["notes"] == [NO_EXTENDED], f"split XMP with {what}")
        _, told = bench.restore("split.jpg", output="split_too.jpg")
        check(told["output"]["notes"] == [], f"split XMP with {what} is kept in a JPEG")
    write_split(path, attribute, b"<other/>" * 400)
    _, told = bench.restore("split.jpg", output="split.png")
    check(told["output"]["notes"] == [NO_EXTENDED], "split XMP that is not in RDF")


def check_irregular_webp(bench):
    """A chunk without its padding byte does not hide the metadata after it."""
    Image.fromarray(picture(3)).save(bench.path("odd.webp"), lossless=True, exif=b"EXIF!",
                                     xmp=packet("odd"))
    data = bench.path("odd.webp").read_bytes()
    at = data.index(b"EXIF\5")
    data = data[:at + 13] + data[at + 14:]
    bench.path("odd.webp").write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    for suffix in ("webp", "png"):
        output, told = bench.restore("odd.webp", output="odd." + suffix)
        check(properties(xmp_of(output))["text"] == "odd" and told["output"]["notes"] == [],
              f"XMP after EXIF without padding, as {suffix}: {told['output']['notes']}")


# ---------------------------------------------------------------------------------- TIFF

TEXTS = {269: "scan 7", 270: "A description", 271: "Maker", 272: "Mo", 305: "Program 1.0",
         306: "2001:02:03 04:05:06", 315: "Someone", 316: "A host", 33432: "(c)"}
GPS, EXIF = 34853, 34665


def write_texts(path, order, height, directory=None):
    """A gray TIFF with TEXTS, and with a further directory of one entry."""
    samples = picture(1)[:height, :20].tobytes()
    numbers = {256: (3, 20), 257: (3, height), 258: (3, 8), 259: (3, 1), 262: (3, 1), 273: (4, 8),
               277: (3, 1), 278: (3, height), 279: (4, len(samples))}
    values = samples + bytes(len(samples) % 2)
    if directory is not None:
        numbers[directory] = (4, 8 + len(values))
        values += struct.pack(order + "HHHI4sI", 1, 1, 2, 2, b"N\0\0\0", 0)
    entries = {}
    for tag, (kind, number) in numbers.items():
        value = struct.pack(order + ("H" if kind == 3 else "I"), number)
        entries[tag] = struct.pack(order + "HHI4s", tag, kind, 1, value)
    for tag, text in TEXTS.items():
        text = text.encode() + b"\0"
        value = text
        if len(text) > 4:
            value = struct.pack(order + "I", 8 + len(values))
            values += text + bytes(len(text) % 2)
        entries[tag] = struct.pack(order + "HHI4s", tag, 2, len(text), value)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8 + len(values))
    path.write_bytes(head + values + struct.pack(order + "H", len(entries)) +
                     b"".join(entries[tag] for tag in sorted(entries)) + bytes(4))


def tiff_tags(data):
    """The tags of the first directory, in the order of the file."""
    at = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[at:at + 2])[0]
    return [struct.unpack("<H", data[i:i + 2])[0] for i in range(at + 2, at + 2 + 12 * count, 12)]


def check_tiff_texts(bench):
    for order in "<>":
        for height in (9, 10, 13):
            write_texts(bench.path("texts.tif"), order, height)
            output, told = bench.restore("texts.tif")
            kept = Image.open(output).tag_v2
            check({tag: kept.get(tag) for tag in TEXTS} == TEXTS, f"the texts of a TIFF: {kept}")
            tags = tiff_tags(output.read_bytes())
            check(len(tags) > len(TEXTS) and tags == sorted(set(tags)), f"the entries: {tags}")
            check(told["output"]["notes"] == [], f"a TIFF loses {told['output']['notes']}")
    for name in ("texts.jpg", "texts.webp", "texts.avif"):
        _, told = bench.restore("texts.tif", output=name)
        check(any(note.startswith("comments were dropped") for note in told["output"]["notes"]),
              f"the texts of a TIFF in {name}")
    for tag in (GPS, EXIF):
        write_texts(bench.path("more.tif"), "<", 10, tag)
        for name in ("out.tif", "out.jpg", "out.png", "out.webp", "out.jxl"):
            _, told = bench.restore("more.tif", output=name)
            check(NO_EXIF in told["output"]["notes"], f"directory {tag} of a TIFF in {name}")


def main():
    bench = Bench(sys.argv[1], pathlib.Path(sys.argv[2]))
    for part in (check_aspect_ratios, check_resolutions, check_long_xmp, check_foreign_xmp,
                 check_irregular_webp, check_tiff_texts):
        part(bench)
    print(f"{check_restore.checks} checks of metadata passed")


if __name__ == "__main__":
    main()
