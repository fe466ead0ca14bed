#!/bin/sh
# patina bench: its figures add up, and it leaves no files behind. No timing is asserted.
. "$(dirname "$0")/lib.sh"
few_pairs
mkdir scratch
TMPDIR=$work/scratch
export TMPDIR
few='--grid color=none;sigma=1;strength=1 --seconds 0'
nothing_left() {
    [ -z "$(ls scratch)" ] || fail "files are left in the temporary folder"
}

# The tables: each setting once, in order.
expect 0 "$PATINA" bench damaged undamaged --workers 2,1,2 --batches 2,1 --repeat 2 $few
nothing_left
has out "3 pairs, 1 setting; medians of 2"
has out "A run has 9 pairs, each pair 3 times."
has out "same bytes in all 8 runs, sha256 "
has out "one pair: mean of 3, typically "
awk '$1 $2 ~ /^[0-9]+$/ && NF == 7 { print $1, $2 }' out >settings
printf '1 1\n1 2\n2 1\n2 2\n' >wanted
same settings wanted
for stage in "read both files" "decode both images" "grid, only the winner" features pool total \
    "in a run with one worker" "grid, all scores"; do
    has out "$stage "
done
setting=$(sed -n 's/^recommended: \([0-9]*\) workers\{0,1\}, batch \([0-9]*\) .*/\1 --batch \2/p' out)
has out "patina search DAMAGED_DIR UNDAMAGED_DIR --jobs $setting"

# The figures as JSON, with nothing else on stdout.
cat >check.py <<'PY'
import json, math, statistics, sys
bench = json.load(open("out", encoding="utf-8"))
def close(a, b):
    assert math.isclose(a, b, rel_tol=1e-6), (a, b)
assert bench["schema"] == {"name": "patina.bench", "version": 1}
assert (bench["tool"], bench["command"]) == ("patina", "bench")
assert bench["machine"]["cpus_available"] >= 1 and bench["machine"]["cpu"]
options, sweep, stages = bench["options"], bench["sweep"], bench["breakdown"]
rows = sweep["settings"]
settings = [(row["jobs"], row["batch"]) for row in rows]
assert settings == [(j, b) for j in options["jobs"] for b in options["batch"]], settings
fewest = [row for row in rows if row["jobs"] == options["jobs"][0]]
base = min(fewest, key=lambda row: row["seconds"])
assert sweep["baseline"] == {"jobs": base["jobs"], "batch": base["batch"]}
for row in rows:
    assert len(row["runs"]) == options["repeat"]
    close(row["seconds"], statistics.median(row["runs"]))
    close(row["pairs_per_second"], sweep["pairs_per_run"] / row["seconds"])
    close(row["speed_up"], base["seconds"] / row["seconds"])
    close(row["efficiency"], row["speed_up"] * base["jobs"] / row["jobs"])
best = min(row["seconds"] for row in rows)
least = next(row for row in rows if row["seconds"] <= 1.03 * best)
assert sweep["recommended"] == {"jobs": least["jobs"], "batch": least["batch"]}
pairs = stages["pairs"]
assert sweep["pairs_per_run"] == sweep["times_each"] * len(pairs)
assert sweep["pairs_per_run"] >= 4 * options["jobs"][-1]
assert len(sweep["sha256"]) == 64 and sweep["start_up_seconds"] > 0
if base["jobs"] == 1:
    close(sweep["worker_ms"] / 1000 * sweep["pairs_per_run"],
          base["seconds"] - sweep["start_up_seconds"])
else:
    assert sweep["worker_ms"] is None
assert sweep["same_bytes"] is True and sweep["failures"] == 0 and stages["failures"] == 0
assert stages["measured"] == len(pairs) == int(sys.argv[1])
mean = stages["mean"]
for stage in ("read_ms", "decode_ms", "grid_ms", "features_ms", "grid_all_ms"):
    close(mean[stage], statistics.mean(pair[stage] for pair in pairs))
pixels = statistics.mean(pair["width"] * pair["height"] for pair in pairs)
steps_ms = sum(mean[stage] for stage in ("read_ms", "decode_ms", "grid_ms", "features_ms"))
cells = pixels * 3 * options["grid_settings"]
close(mean["megapixels_per_second"], pixels / 1e6 / (steps_ms / 1e3))
close(mean["ns_per_cell"], mean["grid_ms"] * 1e6 / cells)
close(mean["ns_per_cell_all"], mean["grid_all_ms"] * 1e6 / cells)
print(*(pair["filename"] for pair in pairs))
PY
expect 0 "$PATINA" bench damaged undamaged --workers 1,2 --repeat 3 --json --progress never $few
mv err messages
[ ! -s messages ] || fail "messages on stderr with --json: $(cat messages)"
python3 check.py 3 >names || fail "the JSON does not add up"
echo "astronaut_flag.webp grass.bmp skyline.png" >wanted
same names wanted
expect 0 "$PATINA" bench damaged undamaged --workers 3,2 --batches 2 --repeat 2 --sample 2 --json $few
python3 check.py 2 >names || fail "the JSON does not add up"

# The runs write the same bytes as a search over the same list.
printf 'damaged,undamaged,id\n' >list.csv
for i in 1 2 3 4; do
    echo "damaged/grass.bmp,undamaged/grass.bmp,$i" >>list.csv
done
expect 0 "$PATINA" search --manifest list.csv -o list.out.csv --grid 'color=none;sigma=1;strength=1'
sum=$(sha256sum <list.out.csv | cut -d ' ' -f 1)
head -1 list.csv >one.csv
echo "damaged/grass.bmp,undamaged/grass.bmp,1" >>one.csv
expect 0 "$PATINA" bench --manifest one.csv --workers 1 --batches 1 --repeat 1 $few
has out "same bytes in all 1 runs, sha256 $sum"

# Without folders: the sample; an error from a copy of the program that finds no sample.
expect 0 "$PATINA" bench --single --repeat 1 --grid 'color=none;sigma=1;strength=1'
has out "17 pairs, 1 setting"
has out "one pair: mean of 17, typically "
lacks out workers
lacks out pool
cp "$PATINA" lonely
expect 2 ./lonely bench
has err "name two folders"
expect 0 "$PATINA" bench damaged undamaged --single --json --repeat 1
python3 -c 'import json; assert json.load(open("out"))["sweep"] is None' || fail "--single has a sweep"

# Names that need quoting in CSV or escapes in JSON.
mkdir hard_d hard_u
for name in 'a "quoted", name.bmp' "$(printf 'caf\351.bmp')" "$(printf 'caf\303\251.bmp')"; do
    cp damaged/grass.bmp "hard_d/$name"
    cp undamaged/grass.bmp "hard_u/$name"
done
expect 0 "$PATINA" bench hard_d hard_u --workers 1 --batches 1 --repeat 1 --json $few
python3 check.py 3 >names || fail "the JSON does not add up"
has names 'a "quoted", name.bmp caf'
has names ' caf\xe9.bmp'

# Some pairs fail, or all; images change during the runs.
mkdir bad_d bad_u
cp damaged/* bad_d
cp undamaged/* bad_u
: >bad_d/grass.bmp
expect 1 "$PATINA" bench bad_d bad_u --workers 1,2 --batches 1 --repeat 1 $few
has err "bad_d/grass.bmp: the file is empty"
has out "same bytes in all 2 runs"
has out "one pair: mean of 2"
lacks out "in a run with one worker"
expect 1 "$PATINA" bench bad_d bad_u --limit 2 --repeat 1 --single
has out "2 pairs, 40 settings"
has out "one pair: mean of 1"
for name in grass.bmp skyline.png astronaut_flag.webp; do
    : >bad_d/$name
done
expect 1 "$PATINA" bench bad_d bad_u --workers 1 --batches 1 --repeat 1 $few
lacks out "one pair"
expect 1 "$PATINA" bench bad_d bad_u --single --json
python3 -c 'import json; assert json.load(open("out"))["breakdown"]["measured"] == 0' ||
    fail "something was measured"

mkdir change_d change_u
cp undamaged/grass.bmp change_u
while :; do
    ln -sf ../damaged/grass.bmp new && mv -T new change_d/grass.bmp
    ln -sf ../undamaged/grass.bmp new && mv -T new change_d/grass.bmp
done &
changer=$!
trap 'kill $changer; rm -rf "$work"' EXIT
until [ -e change_d/grass.bmp ]; do sleep 0.05; done
expect 1 "$PATINA" bench change_d change_u --sample 1 --workers 1,2 --repeat 5 $few
kill $changer
trap 'rm -rf "$work"' EXIT
has out "DIFFERENT BYTES: "
has err "gave other bytes than the first"
nothing_left

# Usage.
for list in 0 1,,2 1,x 2000 ""; do
    expect 2 "$PATINA" bench damaged undamaged --workers "$list"
    has err "is not a whole number in 1..1024"
done
expect 2 "$PATINA" bench damaged undamaged --workers 1,2,3,4,5,6,7,8,9,10,11,12,13
has err "--workers: more than 12 values"
expect 2 "$PATINA" bench damaged undamaged --batches 65
has err "--batches: '65' is not a whole number in 1..64"
expect 2 "$PATINA" bench damaged undamaged --repeat 101
expect 2 "$PATINA" bench damaged undamaged --repeat 0
expect 2 "$PATINA" bench damaged undamaged --seconds 3601
expect 2 "$PATINA" bench damaged undamaged --sample 0
expect 2 "$PATINA" bench damaged undamaged --progress sometimes
expect 2 "$PATINA" bench damaged
expect 2 "$PATINA" bench damaged undamaged third
expect 2 "$PATINA" bench damaged undamaged --manifest list.csv
expect 2 "$PATINA" bench damaged nowhere
has err nowhere
mkdir empty
expect 2 "$PATINA" bench empty empty
has err "no pairs to measure"
expect 1 env TMPDIR="$work/nowhere" "$PATINA" bench damaged undamaged
has err "set TMPDIR"
expect 0 "$PATINA" bench --help
has out "--single"

# Signals during the runs, and Ctrl-C during the single-pair stages.
for signal in INT TERM HUP; do
    case $signal in INT) wanted=130 ;; TERM) wanted=143 ;; HUP) wanted=129 ;; esac
    env --default-signal=INT "$PATINA" bench damaged undamaged --seconds 600 >out 2>err &
    driver=$!
    tries=0
    until [ -n "$(find scratch -name run.csv.partial)" ]; do
        sleep 0.05
        tries=$((tries + 1))
        [ $tries -lt 2400 ] || fail "no run after two minutes"
    done
    kill -$signal $driver
    status=0
    wait $driver || status=$?
    [ $status -eq $wanted ] || fail "status $status after SIG$signal"
    has err "patina: interrupted"
    nothing_left
done
rm out err
env --default-signal=INT "$PATINA" bench damaged undamaged --single --repeat 100 \
    --progress always --json >out 2>err &
driver=$!
until [ -s err ]; do sleep 0.05; done
kill -INT $driver
status=0
wait $driver || status=$?
[ $status -eq 130 ] || fail "status $status after SIGINT"
[ ! -s out ] || fail "an interrupted bench printed JSON"
finish
