#!/bin/sh
# Sandboxed workers write the same bytes as a single process without a sandbox, for valid and invalid
# images; time and memory limits; a progress stream that is closed early.
# CASES is a folder with images in every variant of every format.
. "$(dirname "$0")/lib.sh"

# both NAME STATUS COMMAND...: run it with workers and in one process, and compare the outputs.
both() {
    name=$1 wanted=$2
    shift 2
    expect "$wanted" "$PATINA" "$@" -o "$name.workers.csv" --jobs 2
    expect "$wanted" "$PATINA" "$@" -o "$name.alone.csv" --in-process
    same "$name.workers.csv" "$name.alone.csv"
    same "$name.workers.failures.csv" "$name.alone.failures.csv"
}
both sample 0 search "$sample/damaged" "$sample/undamaged" --force --trials trials.csv
if sanitized; then
    has sample.workers.run.json '"sandbox": "none (a build with AddressSanitizer)"'
else
    has sample.workers.run.json '"sandbox": "seccomp'
fi
has sample.alone.run.json '"sandbox": "none (in one process)"'
both cases 1 features --recursive "$CASES"
[ "$(wc -l <cases.alone.csv)" -gt 300 ] ||
    fail "only $(wc -l <cases.alone.csv) rows for the images in $CASES"

# Images with more than 100 MB of pixels, for which libvips might use a temporary file. The missing
# original is only noticed after the damaged image has been decoded.
/usr/bin/python3 - <<'PY'
import os
import struct
import zlib
from PIL import Image
WIDTH, HEIGHT = 6200, 5600
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]
size = sum((1 + 3 * len(range(x, WIDTH, right))) * len(range(y, HEIGHT, down))
           for x, y, right, down in adam7)
os.mkdir("large")
with open("large/interlaced.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n")
    file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)))
    file.write(chunk(b"IDAT", zlib.compress(bytes(size), 1)) + chunk(b"IEND", b""))
picture = Image.new("RGB", (WIDTH, HEIGHT), (90, 120, 150))
picture.save("large/progressive.jpg", progressive=True)
picture.save("large/lossy.webp", method=0)
picture.save("large/deflate.tiff", compression="tiff_adobe_deflate")
PY
{
    echo damaged,undamaged
    for file in large/*; do echo "$file,missing.png"; done
} >large.csv
both large 1 search --manifest large.csv
[ "$(grep -c ',decode_undamaged,not_found,' large.workers.failures.csv)" -eq 4 ] ||
    fail "a large image was not decoded"

# Workers and a single process report unreadable files and invalid images alike.
few_pairs
mkfifo fifo
ln -s loop loop
ln -s nowhere dangling
long=$(printf '%0300d' 0)
{
    echo id,damaged,undamaged
    for file in missing.png damaged fifo loop dangling "$long" damaged/grass.bmp/x /dev/null; do
        echo "$file as damaged,$file,undamaged/grass.bmp"
        echo "$file as undamaged,damaged/grass.bmp,$file"
    done
    echo neither,damaged/grass.bmp,undamaged/grass.bmp
} >list.csv
both odd 1 search --manifest list.csv
lines odd.alone.csv 2
for reason in decode_damaged,not_found decode_undamaged,not_found decode_damaged,unreadable \
    decode_undamaged,unreadable decode_damaged,not_a_file decode_undamaged,not_a_file; do
    has odd.workers.failures.csv ",$reason,"
done
has odd.workers.failures.csv "cannot be read (Too many levels of symbolic links)"
has odd.workers.failures.csv "cannot be read (File name too long)"

# Limits.
for memory in 63M 1 12Q 4GX -1 "" 4.5G; do
    expect 2 "$PATINA" search damaged undamaged --memory "$memory"
    has err "--memory: '$memory' is not a size such as 500M or 4G"
done
for timeout in -1 soon ""; do
    expect 2 "$PATINA" search damaged undamaged --timeout "$timeout"
done
expect 0 "$PATINA" search damaged undamaged -o limits.csv --timeout 0 --memory 0
expect 0 "$PATINA" search damaged undamaged -o limits.csv --timeout 100 --memory 2G
has limits.run.json '"memory": 2147483648'
if ! sanitized; then
    expect 1 "$PATINA" search --manifest large.csv -o small.csv --memory 100M
    has small.failures.csv "out_of_memory"
    has small.failures.csv "which --memory or fewer --jobs can raise"
    lacks small.failures.csv "worker_died"
fi

# The reader of the progress messages may exit early.
expect 0 sh -c "'$PATINA' search damaged undamaged -o closed.csv --progress always 2>&1 >/dev/null |
    head -c 1 >/dev/null"
finish
