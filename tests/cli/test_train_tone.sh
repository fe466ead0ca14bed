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
expect 0 "$PATINA" train --force $args -o one.model --jobs 1
has out "$((originals * 4)) rows of $originals originals"
has out "chosen: tone, the only kind trained"
has out "in pixels, cross-validated"
expect 0 "$PATINA" train --force $args -o two.model --jobs 2 -q
same two.model one.model
grep -qa '"kind": *"tone"' one.model || fail "one.model is of another kind"
expect 0 "$PATINA" train --force $args -o other.model --seed 2 -q
cmp -s other.model one.model && fail "another seed made the same model"

# Predictions are actions: a filter of the list, and affine color or none. With a limit of 0 fewer
# images are restored than without a limit.
acted() {
    expect 0 "$PATINA" train --force $args -o "$1.model" --max-harm "$2" -q
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
expect 2 "$PATINA" train --force d.csv --kind tone --no-images -o none.model
has err "a tone model learns from the images"
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o plain.csv --grid 'sigma=1;strength=0,1' -q
expect 2 "$PATINA" train --force plain.csv --manifest pairs/manifest.csv --kind tone -o none.model
has err "search again with --extended"
expect 2 "$PATINA" train --force $args --max-harm 101% -o none.model

# Only one original has images of its own size, whose best colors are known: that is not enough. The
# kind is left out with a warning, unless it was asked for.
/usr/bin/python3 - <<'PY'
import pathlib
from PIL import Image
for part in ("damaged", "undamaged", "other"):
    pathlib.Path("big", part).mkdir(parents=True, exist_ok=True)
    for path in pathlib.Path("pairs", "undamaged" if part == "undamaged" else "damaged").iterdir():
        image = Image.open(path)
        factor = 15 if part == "other" and not path.name.startswith("grass") else 16
        size = [factor * side for side in image.size]
        image.resize(size, Image.NEAREST).save(pathlib.Path("big", part, path.name))
PY
grid='sigma=1;strength=0,1'
expect 0 "$PATINA" search big/other big/undamaged -o other.csv --extended --grid "$grid" -q
expect 2 "$PATINA" train --force other.csv --kind tone -o none.model
has err "other.csv: too few rows have both an image that can be read and best colors"
expect 0 "$PATINA" train --force other.csv --keep-harmful --folds 2 -o linear.model
has err "no tone model was trained: other.csv: too few rows"
absent none.model

# The model tells how large the images were that it learned from; larger ones are shrunk to that.
expect 0 "$PATINA" search big/damaged big/undamaged -o big.csv --extended --grid "$grid" -q
expect 0 "$PATINA" train --force big.csv --kind tone --folds 2 --keep-harmful -o big.model
grep -qa '"longest": *768' big.model || fail "the size of the images is not in the model"
grep -qa '"longest"' one.model && fail "images of up to 640 pixels need no size in the model"
absent none.model
finish
