#!/bin/sh
# patina inspect: its output and its exit status.
. "$(dirname "$0")/lib.sh"
damaged=$sample/damaged undamaged=$sample/undamaged
expect 0 "$PATINA" search "$damaged" "$undamaged" -o s.csv --trials t.csv -q

# The sample has no suspicious pair, and the gain equals the one that search prints.
expect 0 "$PATINA" search "$damaged" "$undamaged" -o again.csv
gain=$(sed -n 's/^mean gain over the untouched image: +\([0-9.]*\) dB.*/\1/p' out)
warning=$(sed -n 's/^warning: //p' out)
expect 0 "$PATINA" inspect s.csv --trials-from t.csv "$damaged" "$undamaged" --strict
has out "s.csv: 17 rows"
has out "17 pairs checked, 0 could not be checked"
has out "verdict: usable, but only 17 originals: use hundreds"
has out "note  harmed: $warning"
lacks out BAD
[ "$(awk '$1 == "PSNR," { printf "%.2f", $4 }' out)" = "$gain" ] || fail "the gain is not $gain"

# The same for any number of workers, and as JSON, with nothing else on stdout.
for jobs in 1 3; do
    expect 0 "$PATINA" inspect s.csv --trials-from t.csv "$damaged" "$undamaged" --json --jobs $jobs
    mv out json$jobs
done
same json1 json3
expect 0 "$PATINA" inspect s.csv --trials-from t.csv "$damaged" "$undamaged"
cat >check.py <<'PY'
import json, re
report = json.load(open("json1", encoding="utf-8"))
assert report["schema"] == {"name": "patina.inspect", "version": 1}
text = open("out", encoding="utf-8").read()
lines = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
assert report["rows"] == 17 and len(report["columns"]) == 20
for name, column in report["columns"].items():
    shown = lines[name] if name not in report["parameters"] else next(
        line.split() for line in text.splitlines()
        if line.startswith(name) and ":" not in line)
    wanted = [column["count"]] + [column[key] for key in
                                  ("mean", "std", "min", "25%", "50%", "75%", "max")]
    assert [f"{value:.5g}" for value in wanted] == shown[1:], (name, shown, wanted)
for name, values in report["parameters"].items():
    assert sum(value["count"] for value in values) == 17
    shown = ", ".join(f"{v['value']}: {v['count']}" if isinstance(v["value"], str)
                      else f"{v['value']:.6g}: {v['count']}" for v in values)
    assert shown in text, shown
assert len(report["settings"]) == 40
assert sum(setting["wins"] for setting in report["settings"]) == 17
assert report["pairs"]["checked"] == 17 and report["pairs"]["failed"] == 0
assert f"{report['gain']['pairs_harmed']} harmed by every setting" in text
assert report["bad_findings"] == 0
for finding in report["findings"]:
    assert f"note  {finding['kind']}: {finding['text']}" in text
PY
/usr/bin/python3 check.py || fail "text and JSON differ"
checks=$((checks + 1))

# Mismatched pairs are found, and good ones are not suspected.
/usr/bin/python3 "$SOURCE/tests/cli/make_bad_pairs.py" "$sample" bad
expect 0 "$PATINA" inspect s.csv --manifest bad/pairs.csv --json
cat >check.py <<'PY'
import json
report = json.load(open("out", encoding="utf-8"))
items = {finding["kind"]: finding["items"] for finding in report["findings"]}
def about(kind, *findings):
    return sum(item.startswith(kind + "_") for name in findings for item in items.get(name, []))
suspicious = ("misaligned", "other_shape", "wrong_partner", "swapped", "identical", "unchecked")
assert about("good", *suspicious) == 0
assert about("identical", "identical") == len(items["identical"]) == 17
assert about("shifted", "misaligned") == len(items["misaligned"]) == 15
assert all(item.endswith("shifted by (-7, -3) pixels") for item in items["misaligned"])
assert about("other", "wrong_partner") == 17
assert about("squeezed", "other_shape", "wrong_partner") == 15
assert about("swapped", "swapped") == len(items["swapped"]) >= 8
assert len(items["unchecked"]) == 1 and "bad/empty.png" in items["unchecked"][0]
assert report["pairs"]["checked"] == 99 and report["pairs"]["failed"] == 1
assert any(item.startswith("bad/good_astronaut_face") and item.endswith("bad/again.png")
           or item.startswith("bad/again.png") for item in items["duplicate_original"])
assert len(items["row_without_pair"]) == 17
PY
/usr/bin/python3 check.py || fail "the findings about mismatched pairs are wrong"
checks=$((checks + 1))

# An original listed many times is not a duplicate; a copy of it is. Swapped folders are found.
{
    echo damaged,undamaged,id
    for name in skyline.png grass.bmp; do
        echo "$damaged/$name,$undamaged/skyline.png,$name"
    done
} >m.csv
expect 0 "$PATINA" inspect s.csv --manifest m.csv
lacks out duplicate_original
cp "$undamaged/skyline.png" copy.png
echo "$damaged/skyline.png,copy.png,x" >>m.csv
expect 0 "$PATINA" inspect s.csv --manifest m.csv
has out "duplicate_original: originals with the same bytes as another: 1;"
expect 1 "$PATINA" inspect s.csv "$undamaged" "$damaged" --strict
has out "BAD   swapped: "

# A data set as pandas wrote it in the study: findings and exit status.
/usr/bin/python3 - <<'PY'
import csv
rows = list(csv.reader(open("s.csv")))
with open("study.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(rows[0] + ["note"])
    for i in range(112):
        row = rows[1 + i % 17]
        writer.writerow([f"{i}.png", *row[1:18], row[18], bool(i % 17), "0.5", "0.5", "x, y"])
PY
expect 0 "$PATINA" inspect study.csv
has out "study.csv: 112 rows"
for column in sharpen_sigma sharpen_strength; do
    has out "BAD   constant_target: $column is 0.5 in all 112 rows, the grid's least value: a \
model learns nothing from a constant target, and an R2 of 1 on it means nothing; widen the grid"
done
has out "widen the grid or include 0"
has out "verdict: not fit for training as it is"
expect 1 "$PATINA" inspect study.csv --strict
expect 1 "$PATINA" inspect study.csv --strict -q
[ ! -s out ] || fail "--quiet printed something"

# Color operators are listed by name, in text and JSON; levels is not reported as a contradiction.
expect 0 "$PATINA" search "$damaged" "$undamaged" -o l.csv --trials lt.csv -q \
    --grid 'color=levels,white_balance,none;sigma=1,1.5;strength=0,0.5'
cat >check.py <<'PY'
import collections, csv, json
rows = list(csv.DictReader(open("l.csv", encoding="utf-8")))
report = json.load(open("l.json", encoding="utf-8"))
text = open("out", encoding="utf-8").read()
wins = collections.Counter(row["color_method"] for row in rows)
assert len(wins) == 3, wins
told = report["parameters"]["color_method"]
assert {value["value"]: value["count"] for value in told} == wins, told
assert ", ".join(f"{name}: {wins[name]}" for name in ("none", "white_balance", "levels")) in text
told = report["parameters"]["apply_color_correction"]
assert [value["count"] for value in told] == [wins["none"], 17 - wins["none"]], told
settings = collections.Counter(
    (row["color_method"], float(row["sharpen_sigma"]), float(row["sharpen_strength"]))
    for row in rows)
assert settings == {(s["color_method"], s["sharpen_sigma"], s["sharpen_strength"]): s["wins"]
                    for s in report["settings"] if s["wins"] > 0}
PY
for options in '' '--trials-from lt.csv'; do
    # shellcheck disable=SC2086 # $options is a list of words
    expect 0 "$PATINA" inspect l.csv $options --json
    mv out l.json
    # shellcheck disable=SC2086
    expect 0 "$PATINA" inspect l.csv $options
    lacks out contradiction
    /usr/bin/python3 check.py || fail "levels, with '$options'"
    checks=$((checks + 1))
done
has out "grid: color=levels,white_balance,none;sigma=1,1.5;strength=0,0.5"

# The extended features are described as well; the best colors are not features.
expect 0 "$PATINA" search "$damaged" "$undamaged" -o e.csv --limit 5 --extended -q
expect 0 "$PATINA" inspect e.csv
lacks out unknown_column
for column in $(head -1 e.csv | tr , ' '); do
    case $column in
    filename | best_*) ;;
    *) has out "$column " ;;
    esac
done

# Unreadable inputs.
expect 2 "$PATINA" inspect
has err "name a data set"
expect 2 "$PATINA" inspect none.csv
has err "none.csv: cannot open the CSV file"
expect 2 "$PATINA" inspect t.csv
has err "the first line lacks the columns 'mean', 'std_dev'"
head -c 3000 s.csv | sed '3s/^/"/' >torn.csv
expect 2 "$PATINA" inspect torn.csv
has err "torn.csv"
expect 2 "$PATINA" inspect study.csv --trials-from t.csv
has err "t.csv: does not belong to the data set: it has no trials of 0.png (row 2 there)"
expect 2 "$PATINA" inspect s.csv --trials-from t.csv --grid sigma=1
has err "not both"
expect 2 "$PATINA" inspect s.csv "$damaged"
has err "name two folders"
mkdir empty
expect 2 "$PATINA" inspect s.csv empty empty
has err "no pairs to check"
finish
