#!/bin/sh
# patina bench --film: its figures add up, its film is that of patina film, and it leaves no files
# behind. No timing is asserted.
. "$(dirname "$0")/lib.sh"
mkdir scratch films
cp "$SOURCE/data/film/old.mkv" films/
TMPDIR=$work/scratch
export TMPDIR
nothing_left() {
    [ -z "$(ls scratch)" ] || fail "files are left in the temporary folder"
    [ "$(ls films)" = old.mkv ] || fail "files are left beside the film"
}

# The tables: each setting once, in order, and each stage of the recommended one.
expect 0 "$PATINA" bench --film films/old.mkv --workers 2,1 --batches 12,4 --repeat 2 --frames 20
nothing_left
has out "films/old.mkv: "
has out "20 frames; medians of 2"
has out "same bytes in all 9 runs"
awk '$1 $2 ~ /^[0-9]+$/ && /MiB$/ { print $1, $2 }' out >settings
printf '1 4\n1 12\n2 4\n2 12\n' >wanted
same settings wanted
awk '$1 ~ /^[123]$/ && /%$/ { print $1, $(NF - 3) }' out >stages
printf '1 decode\n1 measure\n2 again\n2 restore\n2 encode\n3 write\n' >wanted
same stages wanted
setting=$(sed -n 's/^recommended: \([0-9]*\) workers\{0,1\}, batch \([0-9]*\) .*/\1 --batch \2/p' out)
has out "patina film FILM -o OUT.mkv --jobs $setting"

# The figures as JSON, with nothing else on stdout.
cat >check.py <<'PY'
import json, math, statistics
bench = json.load(open("out", encoding="utf-8"))
def close(a, b):
    assert math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9), (a, b)
assert bench["schema"] == {"name": "patina.bench_film", "version": 1}
assert (bench["tool"], bench["command"]) == ("patina", "bench")
assert bench["machine"]["cpus_available"] >= 1 and bench["machine"]["sandbox"]
options, film, rows = bench["options"], bench["film"], bench["settings"]
assert options["film"] == "films/old.mkv" and options["repeat"] == 3
assert film["frames"] == options["frames"] == 30
assert film["frame_bytes"] >= film["width"] * film["height"]
assert [(r["jobs"], r["batch"]) for r in rows] == [(1, 4), (1, 7), (3, 4), (3, 7)]
stages = [(1, "decode"), (1, "measure"), (2, "decode again"), (2, "restore"), (2, "encode"),
          (3, "write")]
for row in rows:
    assert len(row["runs"]) == 3
    close(row["seconds"], statistics.median(row["runs"]))
    close(row["frames_per_second"], 30 / row["seconds"])
    close(row["speed_up"], rows[0]["seconds"] / row["seconds"])
    assert [p["pass"] for p in row["passes"]] == ["measure", "restore", "write"]
    for p in row["passes"]:
        close(p["frames_per_second"], 30 / p["seconds"])
        assert 0 < p["seconds"] < max(row["runs"])
    assert [(s["pass"], s["stage"]) for s in row["stages"]] == stages
    for s in row["stages"]:
        most = row["jobs"] if s["stage"] in ("measure", "restore", "encode") else 1
        assert s["workers"] == most, s
        close(s["ms_per_frame"], 1000 * s["busy_seconds"] / 30)
        # Medians of each: one more than the other by chance.
        assert 0 < s["busy_seconds"] < 1.2 * s["workers"] * max(row["runs"]), s
        seconds = row["passes"][s["pass"] - 1]["seconds"]
        busy = sum(t["busy_seconds"] for t in row["stages"]
                   if t is s or {t["stage"], s["stage"]} == {"restore", "encode"})
        close(s["idle"], min(max(1 - busy / (seconds * s["workers"]), 0), 1))
    items = 1 if row["jobs"] == 1 else 2 * row["jobs"] + 2
    assert row["frames_in_flight"] == items * row["batch"], row
    assert row["bytes_in_flight"] == row["frames_in_flight"] * film["frame_bytes"]
best = min(row["seconds"] for row in rows)
least = next(row for row in rows if row["seconds"] <= 1.03 * best)
assert bench["recommended"] == {"jobs": least["jobs"], "batch": least["batch"]}
assert bench["same_bytes"] is True
PY
expect 0 "$PATINA" bench --film films/old.mkv --workers 1,3 --batches 4,7 --repeat 3 --frames 30 --json \
    --progress never
mv err messages
[ ! -s messages ] || fail "messages on stderr with --json: $(cat messages)"
python3 check.py || fail "the JSON does not add up"
nothing_left

# Wrong input is named, and nothing is left.
expect 2 "$PATINA" bench --film films/none.mkv
has err "films/none.mkv: no such film"
expect 2 "$PATINA" bench --film films
has err "films: is a folder"
echo "no film" >words.mkv
expect 1 "$PATINA" bench --film words.mkv
has err "words.mkv: is not a film"
expect 2 "$PATINA" bench --film films/old.mkv damaged undamaged
has err "a film is not made of pairs"
expect 2 "$PATINA" bench --film films/old.mkv --single
has err "use either --film or --single"
expect 2 "$PATINA" bench --frames 3
has err "--frames"
expect 2 "$PATINA" bench --film films/old.mkv --batches 0
has err "--batches"
nothing_left

# Stopped: the same.
"$PATINA" bench --film films/old.mkv --repeat 100 >out 2>err &
bench=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -z "$(ls scratch)" ] || break
    sleep 0.1
done
kill -TERM $bench
status=0
wait $bench || status=$?
[ $status -eq 143 ] || fail "status $status when stopped"
has err interrupted
nothing_left
finish
