#!/bin/sh
# Hostile folders and files: names, links, pipes, devices, decompression bombs. Every entry is accounted
# for, every name is written exactly, and memory stays bounded.
. "$(dirname "$0")/lib.sh"
tools=$SOURCE/tests/cli
export PYTHONDONTWRITEBYTECODE=1
quick='color=none;sigma=1;strength=0.5'

# within COMMAND...: end it if it blocks, for example on a FIFO without a writer.
within() {
    timeout 120 "$@"
}
make_hostile() {
    python3 "$tools/make_hostile.py" "$@" || fail "make_hostile.py $*"
}
check_hostile() {
    checks=$((checks + 1))
    python3 "$tools/check_hostile.py" "$@" || fail "check_hostile.py $*"
}

# ---- Names, and entries that are not images.
make_hostile names "$sample"
expect 1 within "$PATINA" search d u -o s.csv --trials s.trials.csv --grid "$quick"
has out "44 pairs: 42 rows, 2 failures; 22 files left out"
check_hostile search s
expect 1 within "$PATINA" features d -o f.csv
has out "44 images: 42 rows, 2 failures; 11 files left out"
sed -n '/^left out/,$p' out | LC_ALL=C sed -n 's,^ *d/\([a-z]*\)\.png: .*,\1,p' | sort >left_out
printf '%s\n' '' device fifo folder linked loop nothing socket >wanted
same left_out wanted
check_hostile features f
has f.failures.csv '=empty.png,decode,empty_file,d/=empty.png: '
expect 0 within "$PATINA" search d u --dry-run
[ "$(tr -cd '\033\007' <out | wc -c)" -eq 0 ] || fail "control characters on the terminal"
[ "$(LC_ALL=C grep -c "$(printf '\302\233')" out)" -eq 0 ] || fail "C1 control characters on the terminal"

# The same table with single quotes for spreadsheets.
cp s.csv q.exact.csv
cp s.trials.csv q.exact.trials.csv
expect 1 within "$PATINA" search d u -o q.csv --trials q.trials.csv --grid "$quick" \
    --spreadsheet-safe
check_hostile safe q
has q.run.json '"spreadsheet_safe": true'
has s.run.json '"spreadsheet_safe": false'
cd d
expect 1 within "$PATINA" features --label kind=-x ./=1+2.png =1+2.png =empty.png \
    --label kind=-1 @SUM\(1\).png --spreadsheet-safe -o ../p.csv
cd ..
has p.csv "./=1+2.png,"
has p.csv "'=1+2.png,"
has p.csv ",'-x"
[ "$(grep -c ',-1$' p.csv)" -eq 1 ] || fail "a number was quoted"
has p.failures.csv "'=empty.png,decode,empty_file,\"'=empty.png: the file is empty"

# Listed in a manifest: special files are not opened, as they might block or never end.
{
    printf 'damaged,undamaged,id\n'
    for name in nothing loop device fifo socket folder empty; do
        printf 'd/%s.png,u/plain.png,%s\nu/plain.png,d/%s.png,u%s\n' $name $name $name $name
    done
    printf '"d/new\nline.png","u/new\nline.png","=id\n1"\n'
    printf 'd/latin\351.png,u/latin\351.png,\n'
    printf 'd/plain.png/,u/plain.png,slash\n'
} >list.csv
expect 1 within "$PATINA" search --manifest list.csv -o m.csv --grid "$quick"
has out "17 pairs: 2 rows, 15 failures"
for reason in nothing,not_found loop,unreadable device,not_a_file fifo,not_a_file \
    socket,unreadable folder,not_a_file empty,empty_file; do
    name=${reason%,*} reason=${reason#*,}
    has m.failures.csv "$name,decode_damaged,$reason,"
    has m.failures.csv "u$name,decode_undamaged,$reason,"
done
has m.failures.csv "slash,decode_damaged,not_found,"
printf 'd/latin\351.png,' >wanted
has m.csv "$(cat wanted)"
expect 2 within "$PATINA" search --manifest d/fifo.png
has err "is not a regular file"
expect 2 within "$PATINA" features d/fifo.png d/nothing.png
has err "no such image or folder"
expect 1 within "$PATINA" features d/fifo.png d/device.png -o n.csv
[ "$(grep -c ',decode,not_a_file,' n.failures.csv)" -eq 2 ] || fail "not two failures with not_a_file"
rm -rf d u

# ---- Files and folders without read permission. Root must drop the capabilities to override it.
few_pairs
mkdir damaged/closed undamaged/closed
cp damaged/skyline.png damaged/closed/
cp undamaged/skyline.png undamaged/closed/
bounded=
[ "$(id -u)" -ne 0 ] || bounded='setpriv --bounding-set=-dac_override,-dac_read_search'
chmod 000 damaged/closed damaged/grass.bmp
if $bounded true 2>err && ! $bounded ls damaged/closed >out 2>&1; then
    expect 1 within $bounded "$PATINA" search damaged undamaged --recursive -o c.csv
    has out "3 pairs: 2 rows, 1 failure"
    has c.failures.csv "grass.bmp,decode_damaged,unreadable,"
    has out "damaged/closed: cannot list the folder (Permission denied)"
    has out "undamaged/closed/skyline.png: no damaged image with this name"
    expect 2 within $bounded "$PATINA" search damaged/closed undamaged -o c2.csv
    has err "damaged/closed: cannot list the folder (Permission denied)"
    expect 2 within $bounded "$PATINA" features damaged/closed/skyline.png -o c2.csv
    has err "damaged/closed/skyline.png: cannot access it (Permission denied)"
else
    echo "not tested: files without read permission (root cannot drop its capabilities here)"
fi
chmod 755 damaged/closed damaged/grass.bmp

# ---- Paths beyond the limit; circular links.
make_hostile deep
ln -s .. deep_d/circle
expect 1 within "$PATINA" search deep_d deep_u --recursive -o deep.csv
has out "20 pairs: 0 rows, 20 failures; 3 files left out"
has out ": the path is too long"
has out "deep_d/circle: a link to a folder; these are not followed"
[ "$(grep -c ',empty_file,.* the file is empty; copy it' deep.failures.csv)" -eq 20 ] ||
    fail "the cause is missing from messages with long paths"
rm -rf deep_d deep_u

# ---- Bombs: a few megabytes of files that claim, or unpack to, gigabytes.
make_hostile bombs
limit=4000000
cat >peak.py <<'PY'
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=file)
sys.exit(status)
PY
expect 1 within python3 peak.py peak "$PATINA" search bomb_d bomb_u -o bomb.csv --grid "$quick" \
    --max-pixels $limit --jobs 1
has out "18 pairs: 5 rows, 13 failures"
for name in claim.png claim_progressive.jpg claim.webp claim.tif claim_rle.bmp expands.png \
    expands.tif; do
    has bomb.failures.csv "$name,decode_damaged,too_large,"
done
for name in most.png most.tif most.bmp claim.bmp claim.jpg; do
    has bomb.failures.csv "$name,decode_damaged,corrupt,"
done
has bomb.failures.csv "scans.jpg,decode_damaged,unsupported_format,"
for name in within.png within.tif within_text.png within_more.png within_scans.jpg; do
    has bomb.csv "$name,"
done
if ! sanitized; then
    echo "largest process: $(cat peak) MB"
    [ "$(cat peak)" -lt 256 ] || fail "$(cat peak) MB for images of at most $limit pixels"
fi
finish
