#!/bin/sh
# The model that is used when none is named, what a tone model expects of its choices, and training
# that finds the images by itself and writes no harmful model.
. "$(dirname "$0")/lib.sh"
unset PATINA_MODEL
expect 0 "$PATINA" degrade "$sample/undamaged" -o pairs --per-image 3 --crop 64x64 -q
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o d.csv --extended -q --grid 'sigma=1;strength=0,1'

# The search's record names the images. What the model is worth comes first.
expect 0 "$PATINA" train --force d.csv --kind tone --folds 2 --keep-harmful -o tone.model
sed -n 1p out >first
has first "worth, cross-validated: similarity "
has first " over the best fixed setting"
has out "9 pairs of 3 originals"
expect 0 "$PATINA" train --force d.csv --kind linear --no-images -o plain.model
has out "worth: not known"
lacks out "in pixels"
expect 2 "$PATINA" train --force d.csv pairs/damaged pairs/undamaged --no-images -o x.model
has err "not both"
mkdir away
mv d.csv d.run.json pairs away/
expect 0 "$PATINA" train --force away/d.csv --kind linear --keep-harmful -o x.model
has out "in pixels" # paths relative to the data set
mv away/pairs gone
expect 0 "$PATINA" train --force away/d.csv --kind linear -o x.model
has err "the images of the search are gone (away/pairs/manifest.csv"
expect 2 "$PATINA" train --force away/d.csv --kind tone -o x.model
has err "a tone model learns from the images"
mv gone pairs
mv away/* .

# A model that is no better than leaving images alone is not written: 14 rows for 14 features.
grep -e filename -e '~1,' d.csv >few.csv
expect 3 "$PATINA" train --force few.csv --manifest pairs/manifest.csv --kind linear -o harmful.model
has err "harmful.model was not written: the best model, linear, is no better than leaving images alone"
has err "--keep-harmful"
lacks out "written:"
absent harmful.model harmful.model.partial
expect 3 "$PATINA" train --force few.csv --manifest pairs/manifest.csv --kind linear -o harmful.model --json
has out '"harmful": true'
has out '"written": false'
expect 0 "$PATINA" train --force few.csv --manifest pairs/manifest.csv --kind linear -o harmful.model --keep-harmful
has out "written: harmful.model"
[ -s harmful.model ] || fail "the harmful model was not written"

# A model that is written, but is worse on the originals held out, warns: on the terminal, in the file and on
# the page.
worse='held out, the model is worse on average than leaving images alone (similarity -'
has err "patina: WARNING: on the 3 originals $worse"
has err "hundreds are needed), and look at what the model does with 'patina restore --sheet'"
grep -qaF "$worse" harmful.model || fail "the model file does not say that it does harm"
expect 0 "$PATINA" report few.csv --manifest pairs/manifest.csv --model harmful.model -o harm.html
has harm.html "On originals held out from training, the model is worse on average than leaving images alone: "

# The default model goes with the program, wherever that is.
mkdir bin
cp "$PATINA" bin/
expect 2 bin/patina restore pairs/damaged -o restored
has err "the default model is not installed"
has err "--model FILE"
expect 2 bin/patina serve
has err "the default model is not installed"
absent restored
mkdir -p share/patina/model
cp tone.model share/patina/model/default.model
expect 0 bin/patina restore pairs/damaged -o restored
has out "with the default model: tone, learned from 42 images of 14 originals"
lacks out "d.csv" # which nobody knows
lacks out "$work"
[ "$(ls restored | wc -l)" -eq 51 ] || fail "not every image was restored"
expect 0 bin/patina restore pairs/damaged --model plain.model --dry-run
lacks out "with the model"
expect 0 bin/patina restore pairs/damaged --color none --sigma 1 --strength 1 --dry-run
lacks out "with the model"
expect 0 env PATINA_MODEL=plain.model bin/patina restore pairs/damaged --dry-run
has out "with the model that PATINA_MODEL names: linear, learned from 42 images of 14 originals (d.csv)"
expect 0 "$PATINA" train d.csv --kind linear --no-images --use-all -o whole.model -q
expect 0 env PATINA_MODEL=whole.model bin/patina restore pairs/damaged --dry-run
has out "linear, learned from 51 images of 17 originals (d.csv)"
expect 0 "$PATINA" report d.csv --model whole.model -o whole.html
has whole.html "features, trained on all 51 rows (from 17 originals). "
expect 2 env PATINA_MODEL=none.model bin/patina restore pairs/damaged --dry-run
has err "PATINA_MODEL: cannot read the model none.model"
if [ -e "$BUILD/data/model/default.model" ]; then
    expect 0 "$PATINA" restore "$sample/damaged" --dry-run
    has out "with the default model: "
    [ "$(stat -Lc %s "$BUILD/data/model/default.model")" -le 4194304 ] || fail "the model is too large"
fi

# The limit on harm, and what the model expects.
PATINA_MODEL=tone.model
export PATINA_MODEL
cat >check.py <<'PY'
import json
LIMITS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 1]
told = {limit: json.load(open(f"{100 * limit:g}.json", encoding="utf-8")) for limit in LIMITS}
left = {limit: {image["input"]["path"] for image in told[limit]["images"]
                if image["prediction"]["left_alone"]} for limit in LIMITS}
for limit, document in told.items():
    assert document["model"].startswith("with the model that PATINA_MODEL names: tone")
    for image in document["images"]:
        prediction, path = image["prediction"], image["input"]["path"]
        assert 0 <= prediction["harm"] <= 1 and prediction["expected_gain"] >= 0, image
        risky = prediction["harm"] >= 0.1 or len(image["unlike"]) > 0
        assert prediction["flagged"] == (risky and not prediction["left_alone"]), image
        assert prediction["left_alone"] == (prediction["expected_gain"] == 0), image
        greater = [other for other in LIMITS[:-1] if path not in left[other]]
        wanted = min(greater, default=None) if prediction["left_alone"] else None
        assert prediction["restored_at"] == wanted, (limit, wanted, image)
    assert document["left_alone"] == len(left[limit])
    assert document["unlike"] == sum(image["prediction"]["flagged"] for image in document["images"])
assert len(left[0.001]) > len(left[0.1]) > len(left[1])
assert told[1]["unlike"] > 0
with open("suggestion", "w", encoding="utf-8") as file:
    limit = next(limit for limit in (0.05, 0.1) if left[limit] < left[0.001])
    more = len(left[0.001] - left[limit])
    print(f"--max-harm {100 * limit:g}% would restore {more} more, at a greater risk", file=file)
PY
for limit in 0.1 0.25 0.5 1 2 3 5 10 100; do
    expect 0 "$PATINA" restore pairs/damaged --dry-run --json --max-harm $limit%
    mv out $limit.json
done
/usr/bin/python3 check.py || fail "what the tone model expects"
expect 0 "$PATINA" restore pairs/damaged --dry-run --max-harm 0.1%
has out "left alone: no restoration is worth its risk"
has out "% would restore it"
has out "$(cat suggestion); use another output folder"
expect 0 "$PATINA" restore pairs/damaged --dry-run --max-harm 100%
has out "; expected gain +0."
has out "look at the result: it may be worse than the image"
has out " flagged"
for command in "restore pairs/damaged --dry-run --model plain.model" \
    "evaluate plain.model --manifest pairs/manifest.csv" "serve --model plain.model"; do
    expect 2 "$PATINA" $command --max-harm 1%
    has err "--max-harm: plain.model is a linear model, which does not predict harm"
done
expect 2 "$PATINA" restore pairs/damaged --dry-run --color none --max-harm 1%
has err "without a model it has no effect"

# A larger image is shrunk to 640 pixels before it is measured, so its size makes no difference: here
# each pixel of one is four of the other.
/usr/bin/python3 - "$sample/damaged/rocket_launch.jpg" <<'PY'
import sys
from PIL import Image
small = Image.open(sys.argv[1]).convert("RGB").resize((640, 480))
small.save("small.png")
small.resize((1280, 960), Image.NEAREST).save("large.png")
PY
for size in small large; do
    expect 0 "$PATINA" restore $size.png --dry-run --json --max-harm 100%
    mv out $size.json
done
/usr/bin/python3 - <<'PY' || fail "the size of an image makes a difference"
import json
small, large = (json.load(open(f"{size}.json"))["images"][0] for size in ("small", "large"))
assert large["input"]["width"] == 1280
assert small["features"] == large["features"]
scale = large["prediction"].pop("filter_scale", 0.5)
assert scale == 0.5 and small["prediction"] == large["prediction"]
PY

# Evaluations know it too.
for limit in 0.1% 100%; do
    expect 0 "$PATINA" evaluate tone.model --manifest pairs/manifest.csv --max-harm $limit --details x$limit.csv
    sed -n 1p out >first
    has first "worth: similarity "
    has x$limit.csv "oracle_ssim,expected_gain,harm"
done
cmp -s x0.1%.csv x100%.csv && fail "--max-harm has no effect on an evaluation"
finish
