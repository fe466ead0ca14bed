#!/bin/sh
# patina train: from clean images to a model, and what is refused.
. "$(dirname "$0")/lib.sh"
grid='sigma=0.5,2;strength=0,0.5,1'
expect 0 "$PATINA" degrade "$sample/undamaged" -o pairs --per-image 3 --crop 64x64 -q
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o d.csv --trials t.csv --grid "$grid" -q
rm -f ./*.run.json # the images are those that each command names

# Four commands lead from clean images to restored ones.
expect 0 "$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --manifest pairs/manifest.csv -o all.model
has out "51 rows of 17 originals, 14 features; held out: 9 rows of 3 originals; 5 folds"
has out "cross-validation: MSE, MAE and R2 of each target"
has out "by the similarity of the images it restores"
has out "9 pairs of 3 originals"
has out "written: all.model"
expect 0 "$PATINA" restore pairs/damaged --model all.model -o restored -q
[ "$(ls restored | wc -l)" -eq 51 ] || fail "not every image was restored"

# Versions without '~' in their names are grouped by the manifest's `original` column.
mkdir nameless
for image in pairs/*/*~*; do
    side=${image#pairs/}
    mkdir -p "nameless/${side%/*}"
    ln -s "../../$image" "nameless/$(echo "$side" | tr '~' -)"
done
tr '~' - <d.csv >nameless.csv
tr '~' - <pairs/manifest.csv >nameless/manifest.csv
expect 0 "$PATINA" train --force --keep-harmful nameless.csv --manifest nameless/manifest.csv --kind linear -o nameless.model
has out "51 rows of 17 originals, 14 features; held out: 9 rows of 3 originals; 5 folds"

# The same bytes for any number of workers and threads, and any data folder; not for other seeds.
args='d.csv --trials-from t.csv --manifest pairs/manifest.csv -q'
expect 0 env OMP_NUM_THREADS=3 "$PATINA" train --force --keep-harmful $args --jobs 3 -o again.model
same again.model all.model
args="$args --kind forest"
expect 0 "$PATINA" train --force --keep-harmful $args --jobs 1 -o one.model
expect 0 "$PATINA" train --force --keep-harmful $args --jobs 3 -o three.model
same three.model one.model
expect 0 "$PATINA" train --force --keep-harmful $args --seed 2 -o other.model
cmp -s other.model one.model && fail "another seed made the same model"
mkdir elsewhere
ln -s ../pairs elsewhere/images
cd elsewhere
expect 0 "$PATINA" train --force --keep-harmful ../d.csv --trials-from ../t.csv --manifest images/manifest.csv \
    --kind forest -o ../moved.model -q
cd ..
same moved.model one.model
args=${args% --kind forest}

# No original is on both sides of the split: 14 and 3 of the 17.
expect 0 "$PATINA" train --force --keep-harmful $args --folds 3 -o x.model --json
cat >check.py <<'PY'
import json, sys
report = json.load(open("out", encoding="utf-8"))
assert report["schema"] == {"name": "patina.train", "version": 1}
kinds = report["models"]
assert [kind["kind"] for kind in kinds] == ["linear", "forest", "boosting", "surface"]
assert report["originals"] == 17 and report["rows"] == 51 and report["folds"] == 3
assert report["held_out_originals"] == 3 and report["held_out_rows"] == 9
assert report["chosen_by"] == "pixels" and report["constant_targets"] == []
predicted = {}
for kind in kinds:
    cross, held_out = kind["cross_validation"]["pixels"], kind["held_out"]["pixels"]
    assert (cross["originals"], cross["pairs"]) == (14, 42), cross
    assert (held_out["originals"], held_out["pairs"]) == (3, 9), held_out
    assert abs(sum(kind["importances"].values()) - 1) < 1e-9
    predicted[kind["kind"]] = cross["ways"]["predicted"]["similarity"]["value"]
    for way in ("untouched", "fixed", "oracle"):
        assert cross["ways"][way] == kinds[0]["cross_validation"]["pixels"]["ways"][way]
assert report["chosen"] == max(predicted, key=predicted.get), predicted
description = open("x.model", "rb").read()
assert b'"judged_in_pixels": true' in description and b"pairs/manifest" not in description
PY
/usr/bin/python3 check.py || fail "the JSON report is wrong"

# Versions that are only recognized by their common original: names without '~'.
expect 0 "$PATINA" degrade "$sample/undamaged" -o whole --per-image 2 -q
/usr/bin/python3 - <<'PY'
import csv
rows = list(csv.DictReader(open("whole/manifest.csv")))[:24]
with open("whole/plain.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["damaged", "undamaged", "id"])
    for i, row in enumerate(rows):
        writer.writerow([row["damaged"], row["undamaged"], f"picture{i * 7 % 24}"])
PY
expect 0 "$PATINA" search --manifest whole/plain.csv -o plain.csv --grid "$grid" -q
rm -f ./*.run.json # the images are those that each command names
expect 0 "$PATINA" train --force --keep-harmful plain.csv --manifest whole/plain.csv -o x.model --kind linear
has out "24 rows of 12 originals, 14 features; held out: 4 rows of 2 originals; 5 folds"
expect 0 "$PATINA" train --force --keep-harmful plain.csv -o x.model --kind linear
has out "24 rows of 24 originals"
expect 0 "$PATINA" train --force --keep-harmful plain.csv --manifest whole/plain.csv --limit 21 -o x.model --kind linear
has out "3 rows have no images among those given and are not judged in pixels"
expect 0 "$PATINA" train --force --keep-harmful plain.csv --manifest whole/plain.csv --limit 23 -o x.model --kind linear
has out "1 row has no images among those given and is not judged in pixels"

# Each kind.
for kind in linear forest boosting surface; do
    expect 0 "$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --kind $kind -o $kind.model
    has out "chosen: $kind, the only kind trained"
    grep -qa "\"kind\": *\"$kind\"" $kind.model || fail "$kind.model is of another kind"
    expect 0 "$PATINA" restore "pairs/damaged/skyline.png~1.png" --model $kind.model -o $kind.png
done
expect 0 "$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --kind boost -o boost.model -q
same boost.model boosting.model
expect 0 "$PATINA" train --force --keep-harmful d.csv --kind linear --kind forest -o x.model
lacks out boosting
has out "by the errors of its targets"
expect 0 "$PATINA" train --force --keep-harmful d.csv --kind linear --kind all -o x.model
has out boosting
lacks out surface
lacks out "in pixels"
expect 2 "$PATINA" train --force --keep-harmful d.csv --kind surface -o none.model
has err "a surface model learns from the scores of every setting"
expect 2 "$PATINA" train --force --keep-harmful d.csv --kind oak -o none.model
has err "'oak' is not one of"

# Findings of inspect are passed on, but only constant targets make a model unreliable.
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o edge.csv --grid 'sigma=0.5,1;strength=0,0.5' -q
rm -f ./*.run.json # the images are those that each command names
expect 0 "$PATINA" train --force --keep-harmful edge.csv -o x.model --kind linear
has err "patina: WARNING: sharpen_sigma: "
has err "look at these first; patina inspect edge.csv gives details"
lacks err "is unreliable"

# A data set like the study's, as pandas writes it: two of three targets are constant.
/usr/bin/python3 - <<'PY'
import csv
rows = list(csv.reader(open("d.csv")))
with open("study.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(rows[0])
    for i in range(112):
        row = rows[1 + i % 51]
        writer.writerow([f"{i}.png", *row[1:18], "white_balance" if i % 3 else "none", bool(i % 3),
                         "0.5", "0.50"])
with open("good.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(rows[0])
    for row in rows[1:]:
        writer.writerow([*row[:19], row[19] == "1", *(float(cell) for cell in row[20:])])
for name, column, value in (("nan", 5, "nan"), ("inf", 20, "inf"), ("empty", 4, "")):
    copy = [list(row) for row in rows]
    copy[7][column] = value
    csv.writer(open(f"{name}.csv", "w", newline="")).writerows(copy)
csv.writer(open("short.csv", "w", newline="")).writerows(row[:9] + row[10:] for row in rows)
csv.writer(open("few.csv", "w", newline="")).writerows(rows[:10])
csv.writer(open("unscored.csv", "w", newline="")).writerows(row[:1] + row[4:] for row in rows)
csv.writer(open("empty_table.csv", "w", newline="")).writerows(rows[:1])
PY
expect 0 "$PATINA" train --force --keep-harmful study.csv -o study.model
for column in sharpen_sigma sharpen_strength; do
    has err "patina: WARNING: $column is 0.5 in all 112 rows, the grid's least value: a model \
learns nothing from a constant target, and an R2 of 1 on it means nothing; widen the grid"
done
has err "a model trained on such data is unreliable; patina inspect study.csv gives details"
[ "$(grep -c '^  \(constant predictor\|linear\|forest\|boosting\) .*[0-9]  *0\.0000  0\.0000  *-  *0\.0000  0\.0000  *-$' out)" -eq 8 ] ||
    fail "an R2 is shown for a constant target"
expect 0 "$PATINA" train --force --keep-harmful study.csv -o x.model --json -q
/usr/bin/python3 - <<'PY' || fail "R2 of constant targets in JSON"
import json
report = json.load(open("out"))
assert report["constant_targets"] == ["sharpen_sigma", "sharpen_strength"]
assert len(report["warnings"]) == 2 and report["chosen_by"] == "targets"
def relative(errors):
    return (errors["apply_color_correction"]["mse"] /
            report["constant_predictor"]["cross_validation"]["apply_color_correction"]["mse"])
error = {}
for kind in report["models"]:
    for part in ("cross_validation", "held_out"):
        targets = kind[part]["targets"]
        assert targets["sharpen_sigma"]["r2"] is None and targets["sharpen_sigma"]["mse"] == 0
        assert isinstance(targets["apply_color_correction"]["r2"], float)
    error[kind["kind"]] = relative(kind["cross_validation"]["targets"])
assert report["chosen"] == min(error, key=error.get), error
PY
expect 0 "$PATINA" train --force --keep-harmful good.csv -o good.model --kind forest -q
expect 0 "$PATINA" train --force --keep-harmful d.csv -o plain.model --kind forest -q
for model in good plain; do # they differ only in the name and digest of the data
    expect 0 "$PATINA" restore pairs/damaged --model $model.model --dry-run --json
    mv out $model.json
done
same good.json plain.json
expect 0 "$PATINA" train --force --keep-harmful unscored.csv -o x.model --kind linear
has err "WARNING: the data could not be inspected: the first line lacks"
elsewhere=$(printf 'else\377where')
mkdir "$elsewhere"
cp unscored.csv "$elsewhere/"
expect 0 "$PATINA" train --force --keep-harmful "$elsewhere/unscored.csv" -o y.model --kind linear
same x.model y.model # the model does not record the data's folder
bad=$(printf 'b\377d')
sed "3s/^[^,]*,[^,]*/$bad,high/" good.csv >bytes.csv
expect 0 "$PATINA" train --force --keep-harmful bytes.csv -o z.model --kind linear
has err "column 'similarity_score': 'high' is not a number"

# Invalid data.
for case in "short.csv:high_freq_energy" "nan.csv:row 8" "nan.csv:std_dev" "inf.csv:row 8" \
    "inf.csv:sharpen_sigma" "empty.csv:mean" "few.csv:3 originals are too few" \
    "empty_table.csv:empty_table.csv" "no.csv:cannot open" "pairs:not a regular file" "t.csv:mean"; do
    expect 2 "$PATINA" train --force --keep-harmful "${case%%:*}" -o none.model
    has err "${case%%:*}"
    has err "${case#*:}"
done
expect 2 "$PATINA" train --force --keep-harmful d.csv --folds 15 -o none.model
has err "use at most 14"
expect 2 "$PATINA" train --force --keep-harmful study.csv --trials-from t.csv -o none.model
has err "t.csv"

# Trials of another grid or of another data set, also where the scores are missing.
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o other.csv --trials other_t.csv \
    --grid 'sigma=3;strength=0.25,0.75' -q
sed 's/0\.[0-9]*,[0-9.]*,[0-9.]*$/0.1,10,0.1/' t.csv >foreign_t.csv
rm -f ./*.run.json # the images are those that each command names
for case in d.csv:other_t.csv d.csv:foreign_t.csv unscored.csv:other_t.csv; do
    expect 2 "$PATINA" train --force --keep-harmful "${case%%:*}" --trials-from "${case#*:}" -o none.model
    has err "${case#*:}: does not belong to the data set: "
    has err "; use the file that was written with it"
done
expect 0 "$PATINA" train --force --keep-harmful unscored.csv --trials-from t.csv -o x.model --kind linear
has err "WARNING: the data could not be inspected: the first line lacks"
mkdir empty
expect 2 "$PATINA" train --force --keep-harmful d.csv empty empty -o none.model
has err "none of its 51 rows matches a pair"
expect 2 "$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --grid sigma=1 -o none.model
has err "not both"
expect 2 "$PATINA" train --force --keep-harmful d.csv
has err "name the model to write with -o MODEL"
absent none.model none.model.partial

# An output that is impossible or an input is refused before any work; inputs are unchanged.
cp d.csv d.before
cp t.csv t.before
cp pairs/manifest.csv manifest.before
cp pairs/damaged/skyline.png~1.png image.before
ln pairs/damaged/skyline.png~1.png image
ln d.csv linked.partial
for case in "1 no/x.model:create the folder first" "1 empty:is not a regular file" \
    "2 d.csv:is the data set" "2 linked:is the data set" "2 t.csv:is the trials table" \
    "2 pairs/manifest.csv:is the manifest" "2 image:is an image of the pair skyline.png~1" \
    "2 x.png:is an image name"; do
    output=${case%%:*}
    expect "${output%% *}" "$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --manifest pairs/manifest.csv \
        -o "${output#* }"
    has err "${case#*:}"
    lacks err WARNING
done
same d.csv d.before
same t.csv t.before
same pairs/manifest.csv manifest.before
same image image.before

# A pair that cannot be scored is named; the others judge the models.
cp -r pairs torn
head -c 300 "pairs/damaged/grass.bmp~2.png" >"torn/damaged/grass.bmp~2.png"
expect 1 "$PATINA" train --force --keep-harmful d.csv --manifest torn/manifest.csv --kind linear --kind forest -o torn.model --json
has err "grass.bmp~2"
has err "1 of 51 pairs failed"
has out '"pairs_failed": 1'
[ -s torn.model ] || fail "no model was written"

# If no pair can be scored, the model is still written.
for image in torn/damaged/*; do : >"$image"; done
expect 1 "$PATINA" train --force --keep-harmful d.csv --manifest torn/manifest.csv --kind linear -o blind.model
has err "models were not tested in pixels"
has err "the file is empty"
lacks out "in pixels"
[ -s blind.model ] || fail "no model was written"

# Interrupted training leaves no files.
"$PATINA" train --force --keep-harmful d.csv --trials-from t.csv --folds 14 -o stopped.model >out 2>err &
pid=$!
while [ ! -e stopped.model.partial ] && kill -0 $pid; do sleep 0.01; done
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status -eq 143 ] || fail "status $status instead of 143"
has err "interrupted: stopped.model was not written"
absent stopped.model stopped.model.partial
finish
