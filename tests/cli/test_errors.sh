#!/bin/sh
# Error messages name the cause and what to do; no partial output is left.
. "$(dirname "$0")/lib.sh"
few_pairs

# Usage.
expect 2 "$PATINA"
has err "Usage: patina COMMAND"
expect 2 "$PATINA" serch
has err "there is no command 'serch'"
expect 0 "$PATINA" --version
for command in search features verify bench; do
    expect 0 "$PATINA" $command --help
    has out "129, 130 or 143"
done
for jobs in 0 -1 1025 many ""; do
    expect 2 "$PATINA" search damaged undamaged --jobs "$jobs"
    has err "--jobs: '$jobs' is not a whole number in 1..1024"
done
expect 2 "$PATINA" search damaged
has err "name two folders"
expect 2 "$PATINA" search damaged undamaged third
expect 2 "$PATINA" search damaged undamaged --grid 'sigma=0'
has err "sigma 0 is outside"
expect 2 "$PATINA" search damaged undamaged --match loosely
expect 2 "$PATINA" search damaged undamaged --progress sometimes

# Only decoding loads libvips: if it is missing, decoding says so, and other commands work.
mkdir other
for cause in "file too short" "undefined symbol: vips_init"; do
    : >other/libvips.so.42
    [ "$cause" = "file too short" ] || cc -shared -x c /dev/null -o other/libvips.so.42
    for way in --jobs=2 --in-process; do
        expect 1 env LD_LIBRARY_PATH=other "$PATINA" search damaged undamaged -o v.csv "$way"
        has err "cannot load libvips.so.42 (other/libvips.so.42: $cause"
        has err "install libvips42"
        absent v.csv
    done
done
expect 0 env LD_LIBRARY_PATH=other "$PATINA" --version
if ! sanitized; then # the limits of memory at which it loads in part
    for limit in 30000 60000 100000; do
        # shellcheck disable=SC3045 # ulimit -v is not in POSIX
        expect 1 sh -c "ulimit -v $limit; exec '$PATINA' search damaged undamaged -o v.csv -j1"
        has err "cannot load libvips.so.42 ("
        has err "because memory has run out; allow more (ulimit -v), or free some"
        lacks err install
        absent v.csv
    done
fi
expect 0 env LD_LIBRARY_PATH=other "$PATINA" search damaged undamaged --dry-run

# Folders and outputs.
expect 2 "$PATINA" search nowhere undamaged
has err "nowhere: cannot list the folder"
mkdir empty
expect 2 "$PATINA" search empty undamaged -o e.csv
has err "no pairs to search"
absent e.csv e.csv.partial e.failures.csv e.run.json
expect 1 "$PATINA" search damaged undamaged -o nowhere/x.csv
has err "create the folder first"
expect 1 "$PATINA" search damaged undamaged -o empty
has err "not a regular file"
expect 1 "$PATINA" search damaged undamaged -o /dev/null
[ -c /dev/null ] || fail "/dev/null is gone"
absent /dev/null.partial

# No output may replace an input or another output, however its name is spelled.
for trials in x.csv ./x.csv x.failures.csv ./x.run.json x.csv.partial x.failures.csv.partial; do
    expect 2 "$PATINA" search damaged undamaged -o x.csv --trials $trials
    has err "this run also writes this file"
    absent x.csv x.failures.csv x.run.json
done
expect 2 "$PATINA" search damaged undamaged -o x.csv.partial --trials x.csv
expect 2 "$PATINA" search damaged undamaged -o damaged/skyline.png
has err "is an image name"
same damaged/skyline.png "$sample/damaged/skyline.png"
printf 'damaged,undamaged\ndamaged/grass.bmp,undamaged/grass.bmp\n' >list.csv
cp list.csv kept.csv
expect 2 "$PATINA" search --manifest list.csv -o ./list.csv
expect 2 "$PATINA" search --manifest list.csv -o l.csv --trials ./list.csv
has err "is the manifest"
same list.csv kept.csv
expect 2 "$PATINA" search damaged undamaged -o ''
has err "an output file name is empty"
expect 2 "$PATINA" search '' undamaged
has err "a folder name is empty"
expect 2 "$PATINA" search damaged/grass.bmp undamaged/grass.bmp
has err "is a file, not a folder"
printf 'damaged,undamaged\n' >list.csv
expect 2 "$PATINA" search --manifest list.csv
has err "the manifest has no rows below its header"
expect 2 "$PATINA" search --manifest list.csv --recursive
expect 1 sh -c "'$PATINA' search damaged undamaged --dry-run >/dev/full"
has err "cannot write to the standard output"

# With --jobs 999, three pairs get three workers.
expect 0 "$PATINA" search damaged undamaged -o x.csv --jobs 999
has out "3 workers"

# Unusable files are failures with a reason; the others have rows.
mkdir -p bad_d bad_u
add_bad() { # add_bad NAME <DAMAGED_FILE
    cat >"bad_d/$1"
    cp undamaged/skyline.png "bad_u/$1"
}
head -c 2000 "$sample/damaged/coffee_cup.jpg" | add_bad truncated.jpg
head -c 9000 "$sample/damaged/photographer.png" | add_bad truncated.png
head -c 900 "$sample/damaged/astronaut_flag.webp" | add_bad truncated.webp
head -c 900 damaged/grass.bmp | add_bad truncated.bmp
head -c 3000 "$sample/damaged/rocket_tower.tiff" | add_bad truncated.tiff
add_bad zero.png </dev/null
echo "this is no picture" | add_bad text.png
add_bad "good, with a comma and a space.png" <damaged/skyline.png
add_bad '[shrink=8].png' <damaged/skyline.png
expect 1 "$PATINA" search bad_d bad_u -o bad.csv
has out "9 pairs: 2 rows, 7 failures"
lines bad.csv 3
lines bad.failures.csv 8
has bad.csv '"good, with a comma and a space.png"'
has bad.csv '[shrink=8].png'
for kind in jpg png webp bmp tiff; do
    has bad.failures.csv "truncated.$kind,decode_damaged,corrupt,"
done
has bad.failures.csv "zero.png,decode_damaged,empty_file,"
has bad.failures.csv "text.png,decode_damaged,unsupported_format,"
[ "$(tail -n +2 bad.failures.csv | grep -c 'bad_d/')" -eq 7 ] || fail "a message names no file"

# Images that are too small to score, or larger than --max-pixels.
python3 - <<'PY'
import struct
def bmp(path, width, height):
    row = (3 * width + 3) // 4 * 4
    size = row * height
    header = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54 + size, 0, 0, 54, 40, width, height, 1,
                                 24, 0, size, 0, 0, 0, 0)
    open(path, "wb").write(header + bytes(range(256)) * (size // 256 + 1))
import os
os.makedirs("small_d"); os.makedirs("small_u")
for folder in ("small_d", "small_u"):
    bmp(f"{folder}/six.bmp", 6, 20)
    bmp(f"{folder}/seven.bmp", 7, 7)
PY
expect 1 "$PATINA" search small_d small_u -o small.csv
lines small.csv 2
has small.failures.csv "six.bmp,search,too_small,"
expect 2 "$PATINA" search small_d small_u -o small.csv --max-pixels 100 --force
has err "small.journal: belongs to a run with max-pixels=268435456, but this run has max-pixels=100"
lines small.csv 2
expect 1 "$PATINA" search small_d small_u -o small.csv --max-pixels 100 --restart --force
has out "the previous journal is kept as small.journal.1"
has small.failures.csv "six.bmp,decode_damaged,too_large,"

# The first ten failures are printed, the others counted; the failures file has all.
mkdir -p dozen_d dozen_u
for i in $(seq -w 12); do
    : >dozen_d/$i.png
    : >dozen_u/$i.png
done
expect 1 "$PATINA" search dozen_d dozen_u -o dozen.csv
[ "$(grep -c 'the file is empty' out)" -eq 10 ] || fail "not ten failures on the terminal"
has out "... and 2 more, all in dozen.failures.csv"
lines dozen.csv 1
lines dozen.failures.csv 13

# Closed standard streams.
expect 0 sh -c "exec '$PATINA' search damaged undamaged -o c.csv <&- >&- 2>&-"
lines c.csv 4

# Interrupted half way: no output file; finished work is kept, and a message says so.
mkdir -p long_d long_u
for i in $(seq -w 200); do
    ln "$sample/damaged/coffee_cup.jpg" "long_d/$i.jpg" 2>/dev/null ||
        cp "$sample/damaged/coffee_cup.jpg" "long_d/$i.jpg"
    ln "$sample/undamaged/coffee_cup.jpg" "long_u/$i.jpg" 2>/dev/null ||
        cp "$sample/undamaged/coffee_cup.jpg" "long_u/$i.jpg"
done
wait_for_rows() {
    tries=0
    until [ -e long.csv.partial ] && [ "$(wc -l <long.csv.partial)" -gt 2 ]; do
        sleep 0.05
        tries=$((tries + 1))
        [ $tries -lt 2400 ] || fail "no row after two minutes"
    done
}
for signal in INT TERM HUP; do
    rm -f long.csv* long.journal
    # env resets what the shell ignores for background commands
    env --default-signal=INT "$PATINA" search long_d long_u -o long.csv >out 2>err &
    driver=$!
    wait_for_rows
    kill -$signal $driver
    status=0
    wait $driver || status=$?
    case $signal in INT) wanted=130 ;; TERM) wanted=143 ;; HUP) wanted=129 ;; esac
    [ $status -eq $wanted ] || fail "status $status after SIG$signal"
    has err "interrupted: long.csv was not written"
    absent long.csv long.run.json
    has err "the same command resumes the run; finished work is in long.journal"
    [ "$(wc -l <long.csv.partial)" -gt 2 ] || fail "the partial file was not kept"
done
expect 0 "$PATINA" search long_d long_u -o long.csv
has out "pairs had already been done"
lines long.csv 201
absent long.journal long.csv.partial

# On a terminal, the message about the interruption starts on a new line.
env --default-signal=INT TERM=xterm script -qec \
    "echo \$\$ >driver; exec '$PATINA' search long_d long_u -o long.csv" /dev/null >out 2>err &
wait_for_rows
kill -INT "$(cat driver)"
status=0
wait $! || status=$?
[ $status -eq 130 ] || fail "status $status after SIGINT on a terminal"
grep -q '^patina: finishing the work in progress' out || fail "the message does not start a line"
finish
