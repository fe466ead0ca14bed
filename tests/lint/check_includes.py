#!/usr/bin/python3
"""Check the house rules about includes: which room may see which, one door per library, no circles.

    check_includes.py PROJECT_DIR

Rooms lie in layers. A file may include its own room and rooms of lower layers, private headers and
public ones alike; src/cli sees only itself and the public headers. Each third-party library, or
the header that wraps it, is included by the files named in DOORS alone; `*` stands for anything.

A module is a header with the source of the same name, or either alone. No module may need, by way
of whatever headers, one that needs it.
"""

import collections
import fnmatch
import pathlib
import re
import sys

# Lowest first; rooms of one layer do not see each other.
LAYERS = [
    {"base"},
    {"kernels"},
    {"image"},
    {"restore", "score", "features", "film", "rig"},
    {"search", "degrade"},
    {"data"},
    {"learn", "inspect"},
    {"tasks"},
    {"workers"},
    {"run"},
    {"report", "web"},
    {"workflow"},
    {"cli"},
]
LAYER = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}

# The room that each public header speaks for: of several the lowest.
PUBLIC = {"setting": "restore",
          "export": "base", "json": "base", "memory": "base", "status": "base",
          "version": "base",
          "grid": "search", "dataset": "data", "model": "learn", "evaluation": "learn",
          "inspect": "inspect",
          "run": "tasks", "degrade": "tasks", "restoration": "tasks", "explain": "run",
          "training": "run", "film": "run", "frames": "run", "report": "report", "sheet": "report",
          "learn": "workflow",
          "serve": "web"}
EVERYTHING = "patina/patina.h"

DOORS = {
    "glib": [],
    "vips/": ["src/image/vips.h"],
    "image/vips.h": ["src/image/codec.c", "src/image/encode.c", "src/image/format_*.c",
                     "src/image/heif.c", "src/image/picture.c", "src/image/picture_save.c",
                     "src/image/thumbnail.c", "src/image/vips.c"],
    "libav": ["src/film/libav.h"],
    "film/libav.h": ["src/film/codec_*.c", "src/film/container.h", "src/film/libav.c",
                     "src/film/muxer.c", "src/film/part.h", "src/film/samples.c",
                     "src/film/subtitles.h"],
    "film/container.h": ["src/film/codec.c", "src/film/container.c", "src/film/encoder.c",
                         "src/film/reader.c", "src/film/streams.h"],
    "jpeglib.h": ["src/image/jpeg.c"],
    "fftw3.h": ["src/features/fourier.c"],
    "uv.h": ["src/workers/fleet.c"],
    "csv.h": ["src/data/csv.c"],
    "gsl/": ["src/base/random.c", "src/learn/components.c",
             "src/learn/linear.c", "src/inspect/statistics.c"],
    "jansson.h": ["src/base/json.h"],
    "zlib.h": ["src/base/deflate.c"],
    "xgboost/": ["src/learn/xgboost.h"],
    "learn/xgboost.h": ["src/learn/booster.c", "src/learn/xgboost.c"],
    "seccomp.h": ["src/workers/sandbox.c"],
    "linux/landlock.h": ["src/workers/sandbox.c"],
    "xxhash": ["src/base/fingerprint.c"],
    "nettle/base64.h": ["src/report/data_uri.c", "src/report/page.c", "src/web/answer.c"],
    "nettle/md5.h": ["src/image/xmp.c"],
    "nettle/memops.h": ["src/web/token.c"],
    "nettle/sha2.h": ["src/base/sha256.h"],
    "nettle/version.h": ["src/base/sha256.c"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def check_room(name, room, bracket, header):
    """Complaints about one include of a file in src/."""
    if bracket == "<" or (header.startswith("patina/") and room == "cli"):
        return []
    other = header.split("/")[0] if "/" in header else room
    if header == EVERYTHING:
        other = "run"
    elif other == "patina":
        word = header[len("patina/"):-len(".h")]
        other = PUBLIC.get(word, word)
    if other not in LAYER:
        return [f"{name}: includes {header}, which is in no room"]
    if room == "cli" and other != "cli":
        return [f"{name}: includes {header}; the command line uses the public headers alone"]
    if other != room and LAYER[other] >= LAYER[room]:
        return [f"{name}: {room} may not include {header}: {other} is not below it"]
    return []


def check_door(name, header):
    return [f"{name}: includes {header}; its one door is {', '.join(files)}"
            for library, files in DOORS.items()
            if header.startswith(library)
            and not any(fnmatch.fnmatch(name, file) for file in files)]


def shortest_circle(needs, start):
    """The modules on a shortest way from `start` back to it; empty if there is none."""
    came_from = {}
    queue = collections.deque([start])
    while queue:
        module = queue.popleft()
        for other in sorted(needs[module]):
            if other == start:
                way = [module]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if other not in came_from:
                came_from[other] = module
                queue.append(other)
    return []


def circles(src):
    """Complaints about modules that need each other: of every module in a circle, the shortest."""
    needs = collections.defaultdict(set)
    for path in sorted(src.rglob("*.[ch]")):
        module = path.relative_to(src).with_suffix("").as_posix()
        for bracket, header in includes(path):
            for place in (path.parent / header, src / header):
                if bracket == '"' and place.exists():
                    needs[module].add(place.relative_to(src).with_suffix("").as_posix())
        needs[module].discard(module)
    found = {}
    for module in sorted(needs):
        way = shortest_circle(needs, module)
        if way:
            found.setdefault(frozenset(way), way)
    return ["src: a circle of includes: " + " -> ".join(way + way[:1]) for way in found.values()]


def main():
    project = pathlib.Path(sys.argv[1])
    complaints, checked = [], 0
    for folder in ("src", "include", "notebooks_port"):
        for path in sorted((project / folder).rglob("*.[ch]")):
            name = path.relative_to(project).as_posix()
            room = path.relative_to(project / folder).parts[0]
            checked += 1
            for bracket, header in includes(path):
                complaints += check_door(name, header)
                if folder == "src":
                    complaints += check_room(name, room, bracket, header)
                elif bracket == '"' and not header.startswith("patina/"):
                    complaints.append(f"{name}: includes {header}, which is not public")
    complaints += circles(project / "src")
    for complaint in complaints:
        print(complaint)
    print(f"{checked} files checked, {len(complaints)} complaints")
    return 1 if complaints or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
