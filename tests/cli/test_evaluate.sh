#!/bin/sh
# patina evaluate: scores of a model's predictions, against scikit-image and the other commands.
. "$(dirname "$0")/lib.sh"
grid='sigma=0.5,2;strength=0,0.5,1'
expect 0 "$PATINA" degrade "$sample/undamaged" -o pairs --per-image 3 --crop 64x64 -q
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o d.csv --trials t.csv --grid "$grid" -q
expect 0 "$PATINA" train d.csv --no-images --kind forest --grid "$grid" -o forest.model -q
expect 0 "$PATINA" train d.csv --no-images --trials-from t.csv --kind surface -o surface.model -q

# The report agrees with the details, and the details agree with the search.
for kind in forest surface; do
    expect 0 "$PATINA" evaluate $kind.model --manifest pairs/manifest.csv --details $kind.csv --json
    mv out $kind.json
    lines $kind.csv 52
    expect 0 "$PATINA" evaluate $kind.model --manifest pairs/manifest.csv --details again.csv --jobs 1 --force
    same again.csv $kind.csv
    mv out $kind.txt
done
cat >check.py <<'PY'
import csv, json, math, sys
trials = {}
for row in csv.DictReader(open("t.csv")):
    trials.setdefault(row["filename"], []).append(row)
searched = {row["filename"]: row for row in csv.DictReader(open("d.csv"))}
def close(a, b):
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-13)
def nothing(row):
    return row["color_method"] == "none" and float(row["sharpen_strength"]) == 0
def setting(row):
    return (row["color_method"], float(row["sharpen_strength"]),
            0 if float(row["sharpen_strength"]) == 0 else float(row["sharpen_sigma"]))
found = 0
for kind in ("forest", "surface"):
    rows = list(csv.DictReader(open(kind + ".csv")))
    report = json.load(open(kind + ".json", encoding="utf-8"))
    assert report["schema"] == {"name": "patina.evaluate", "version": 1}
    text = open(kind + ".txt", encoding="utf-8").read()
    assert [row["filename"] for row in rows] == list(searched)
    assert report["pairs"] == len(rows) == 51
    assert report["originals"] == len({row["original"] for row in rows}) == 17
    columns = {"similarity": "score", "psnr": "psnr", "ssim": "ssim"}
    most = {"score": 1, "psnr": 50, "ssim": 1} # means and gains count at most these
    for row in rows:
        for way in ("untouched", "predicted", "oracle"):
            for column, limit in most.items():
                row[f"{way}_mean_{column}"] = min(float(row[f"{way}_{column}"]), limit)
    sums = {way: {score: sum(row[f"{way}_mean_{column}"] for row in rows)
                  for score, column in columns.items()}
            for way in ("untouched", "predicted", "oracle")}
    for way, of in sums.items():
        for score, total in of.items():
            estimate = report["ways"][way][score]
            assert close(estimate["value"], total / 51), (way, score)
            assert estimate["low"] < estimate["value"] < estimate["high"]
            assert f"{total / 51:.{3 if score == 'psnr' else 4}f}" in text
    for score in columns:
        share = ((sums["predicted"][score] - sums["untouched"][score]) /
                 (sums["oracle"][score] - sums["untouched"][score]))
        assert math.isclose(report["captured"][score]["value"], share, rel_tol=1e-9)
        assert f"{100 * share:.1f} %" in text
    gains = [row["predicted_mean_score"] - row["untouched_mean_score"] for row in rows]
    assert report["made_worse"] == sum(gain < 0 for gain in gains)
    assert report["left_alone"] == sum(nothing(row) for row in rows)
    assert report["unlike"] == sum(row["unlike"] == "1" for row in rows)
    assert close(report["best"][0]["gain"], max(gains))
    assert close(report["worst"][0]["gain"], min(gains))
    assert rows[gains.index(max(gains))]["filename"] == report["best"][0]["filename"]
    fixed = {}
    for row in rows:
        name = row["filename"]
        if nothing(row): # an image left alone has exactly the untouched scores
            assert row["predicted_score"] == row["untouched_score"], name
            assert row["predicted_ssim"] == row["untouched_ssim"], name
        best, own = searched[name], trials[name]
        untouched = [t for t in own if nothing(t)][-1]
        assert row["untouched_score"] == untouched["similarity_score"], name
        assert float(row["oracle_score"]) == max(float(best["similarity_score"]),
                                                 float(untouched["similarity_score"])), name
        for trial in own:
            key = setting(trial)
            fixed.setdefault(key, {})[name] = float(trial["similarity_score"])
            if key == setting(row):
                assert row["predicted_score"] == trial["similarity_score"], name
                assert row["predicted_psnr"] == trial["psnr"], name
                found += 1
    best = max(sum(scores.values()) for scores in fixed.values())
    assert close(report["ways"]["fixed"]["similarity"]["value"], best / 51)
    assert close(sum(fixed[setting(report["fixed_setting"])].values()), best)
assert found > 51, found # all of the surface's predictions and some of the forest's are on the grid
PY
/usr/bin/python3 check.py || fail "details, report and search differ"

# An image left alone is written like the untouched one in trials, whatever sigma the model predicts.
expect 0 "$PATINA" train d.csv --no-images --kind linear --grid "$grid" -o linear.model -q
expect 0 "$PATINA" evaluate linear.model --manifest pairs/manifest.csv --details linear.csv
grep ',none,[^,]*,0,' linear.csv >alone.csv || fail "the linear model leaves no image alone"
! grep -v ',none,0,0,' alone.csv || fail "an image left alone has a sigma"
checks=$((checks + 1))

# evaluate scores what restore writes: scikit-image computes the same scores from its files.
expect 0 "$PATINA" restore pairs/damaged --model forest.model -o restored -q
cat >check.py <<'PY'
import csv, cv2, math
from skimage.metrics import structural_similarity
changed = 0
for row in csv.DictReader(open("forest.csv")):
    name = row["filename"] + ".png"
    restored, original, damaged = (cv2.imread(f"{folder}/{name}") for folder in
                                   ("restored", "pairs/undamaged", "pairs/damaged"))
    ssim = structural_similarity(original, restored, channel_axis=2, data_range=255)
    mse = ((original.astype(float) - restored.astype(float)) ** 2).mean()
    assert math.isclose(ssim, float(row["predicted_ssim"]), abs_tol=1e-9), name
    assert math.isclose(10 * math.log10(255 ** 2 / mse), float(row["predicted_psnr"]), rel_tol=1e-9)
    changed += (restored != damaged).any()
assert changed > 20, changed
PY
/usr/bin/python3 check.py || fail "the restored files have other scores"
checks=$((checks + 1))

# The seed changes the intervals and nothing else.
expect 0 "$PATINA" evaluate forest.model --manifest pairs/manifest.csv --json --jobs 3
same out forest.json
expect 0 "$PATINA" evaluate forest.model --manifest pairs/manifest.csv --json --seed 2
/usr/bin/python3 - <<'PY' || fail "the seed changes more than the intervals"
import json
one, two = (json.load(open(name))["ways"]["predicted"]["psnr"] for name in ("forest.json", "out"))
assert one["value"] == two["value"] and one["low"] != two["low"]
PY

# Two folders, with a file without a partner and an identical pair.
few_pairs
cp undamaged/skyline.png damaged/skyline.png
cp damaged/grass.bmp damaged/alone.bmp
expect 0 "$PATINA" evaluate forest.model damaged undamaged --details few.csv
has out "3 pairs of 3 originals"
has out "1 damaged image equals the original"
has out "written: few.csv"
grep -q '^skyline.png,skyline.png,.*,inf,inf,1,inf,inf,1,nan,nan$' few.csv || fail "the identical pair"
expect 0 "$PATINA" evaluate forest.model damaged undamaged -q
[ ! -s out ] || fail "--quiet printed something"
expect 0 "$PATINA" evaluate forest.model damaged undamaged --limit 1 --in-process
has out "1 pair of 1 original;"
expect 0 "$PATINA" evaluate surface.model undamaged undamaged --limit 1
has out "share of the oracle's gain that the prediction captures: none to capture"
expect 0 "$PATINA" evaluate surface.model undamaged undamaged --limit 1 --json
/usr/bin/python3 -c 'import json; assert json.load(open("out"))["captured"]["psnr"]["low"] is None' ||
    fail "the share captured is not null where there is no gain to capture"

# A pair that cannot be scored is named; the rest is evaluated without it.
cp -r pairs torn
head -c 300 "pairs/damaged/grass.bmp~2.png" >"torn/damaged/grass.bmp~2.png"
expect 1 "$PATINA" evaluate forest.model --manifest torn/manifest.csv --details torn.csv --json
has err "grass.bmp~2"
has err "1 of 51 pairs failed"
has out '"pairs": 50,'
has out '"originals": 17,'
grep -v '^grass.bmp~2,' forest.csv >wanted.csv
same torn.csv wanted.csv
for name in damaged/*; do echo x >"$name"; done
expect 2 "$PATINA" evaluate forest.model damaged undamaged --details none.csv
has err "none of the 3 pairs could be scored; the first failure: "
absent none.csv none.csv.partial

# Invalid models, for evaluate and restore.
size=$(wc -c <forest.model)
head -c $((size / 2)) forest.model >half.model
cp forest.model changed.model
printf 'X' | dd of=changed.model bs=1 seek=$((size - 100)) conv=notrunc 2>/dev/null
sed 's/^patina-model 2$/patina-model 9/' forest.model >newer.model
for case in "1 half.model:the model file is cut off" "1 changed.model:the model file is" \
    "2 newer.model:newer.model" "2 d.csv:is not a model" "2 no.model:cannot open the model" \
    "1 empty.model:empty.model"; do
    model=${case%%:*}
    : >empty.model
    expect "${model%% *}" "$PATINA" evaluate "${model#* }" --manifest pairs/manifest.csv --details none.csv
    has err "${case#*:}"
    expect "${model%% *}" "$PATINA" restore "pairs/damaged/skyline.png~1.png" --model "${model#* }" -o none.png
    has err "${case#*:}"
done
absent none.csv none.csv.partial none.png

# Outputs that cannot be written, or would replace an input, are refused before any work.
cp pairs/manifest.csv manifest.before
cp forest.model model.before
ln "pairs/damaged/skyline.png~1.png" image
for case in "1 no/x.csv:create the folder first" "2 forest.model:is the model" \
    "2 pairs/manifest.csv:is the manifest" "2 image:is an image of the pair skyline.png~1" \
    "2 x.png:is an image name"; do
    output=${case%%:*}
    expect "${output%% *}" "$PATINA" evaluate forest.model --manifest pairs/manifest.csv \
        --details "${output#* }"
    has err "${case#*:}"
done
same pairs/manifest.csv manifest.before
same forest.model model.before
expect 2 "$PATINA" evaluate
has err "name a model written by patina train"
for folders in "" damaged; do
    expect 2 "$PATINA" evaluate forest.model $folders
    has err "name two folders"
done
mkdir empty
expect 2 "$PATINA" evaluate forest.model empty empty
has err "no pairs to evaluate the model on"

# An evaluation that is stopped leaves nothing.
/usr/bin/python3 - <<'PY'
rows = open("pairs/manifest.csv").read().splitlines()
with open("pairs/long.csv", "w") as file:
    print("damaged,undamaged,id", file=file)
    for i in range(20000):
        damaged, undamaged, *_ = rows[1 + i % 51].split(",")
        print(damaged, undamaged, i, sep=",", file=file)
PY
"$PATINA" evaluate forest.model --manifest pairs/long.csv --details stopped.csv >out 2>err &
pid=$!
while [ ! -e stopped.csv.partial ] && kill -0 $pid; do sleep 0.01; done
kill -TERM $pid
status=0
wait $pid || status=$?
[ $status -eq 143 ] || fail "status $status instead of 143"
has err "interrupted: nothing was evaluated"
absent stopped.csv stopped.csv.partial
finish
