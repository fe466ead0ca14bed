#!/bin/sh
# patina train --kind tone: from clean images to restored ones, and what is refused.
. "$(dirname "$0")/lib.sh"
mkdir clean
for name in astronaut_flag.webp grass.bmp gravel.jpg photographer.png retina_vessels.jpg skyline.png; do
    [ ! -e "$sample/undamaged/$name" ] || cp "$sample/undamaged/$name" clean/
done
originals=$(ls clean | wc -l)
[ "$originals" -ge 5 ] || fail "the sample has other names"
expect 0 "$PATINA" degrade clean -o pairs --per-image 4 --crop 48x48 -q
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o d.csv --extended \
    --grid 'sigma=1;strength=0,1' -q
head -1 d.csv >header
has header ,best_red_gain,best_red_offset,best_green_gain,best_green_offset,best_blue_gain,best_blue_offset,best_color_similarity

# The same bytes for any number of workers.
args='d.csv --manifest pairs/manifest.csv --kind tone --folds 2 --keep-harmful'
expect 0 "$PATINA" train $args -o one.model --jobs 1
has out "$((originals * 4)) rows of $originals originals"
has out "chosen: tone, the only kind trained"
has out "in pixels, cross-validated"
expect 0 "$PATINA" train $args -o two.model --jobs 2 -q
same two.model one.model
grep -qa '"kind": *"tone"' one.model || fail "one.model is of another kind"
expect 0 "$PATINA" train $args -o other.model --seed 2 -q
cmp -s other.model one.model && fail "another seed made the same model"

# Predictions are actions: a filter of the list, and affine color or none. With a limit of 0 fewer
# images are restored than without a limit.
acted() {
    expect 0 "$PATINA" train $args -o "$1.model" --max-harm "$2" -q
    expect 0 "$PATINA" restore pairs/damaged --model "$1.model" -o "$1" --json -q
    /usr/bin/python3 - <<'PY'
import json
images = json.load(open("out", encoding="utf-8"))["images"]
for image in images:
    setting = image["setting"]
    assert setting["color_method"] in ("none", "affine"), setting
    assert image["prediction"]["left_alone"] == image["output"]["copied"], image
print(sum(not image["prediction"]["left_alone"] for image in images))
PY
}
strict=$(acted strict 0)
free=$(acted free 100%)
[ "$free" -gt 0 ] || fail "no image was restored"
[ "$strict" -le "$free" ] || fail "$strict images were restored with a limit, $free without"

# Without the images, and without the columns of --extended.
expect 2 "$PATINA" train d.csv --kind tone --no-images -o none.model
has err "a tone model learns from the images"
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o plain.csv --grid 'sigma=1;strength=0,1' -q
expect 2 "$PATINA" train plain.csv --manifest pairs/manifest.csv --kind tone -o none.model
has err "search again with --extended"
expect 2 "$PATINA" train $args --max-harm 101% -o none.model
absent none.model
finish
