#!/bin/sh
# patina restore --model: each image is restored with the setting that the model predicts.
. "$(dirname "$0")/lib.sh"
grid='sigma=0.5,1;strength=0,0.5,1'
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o d.csv --trials t.csv --grid "$grid"

# said FILE: print the settings in a --json document in model_of's format.
said() {
    /usr/bin/python3 - "$1" <<'EOF'
import json, os, sys
told = json.load(open(sys.argv[1]))
assert told["schema"] == {"name": "patina.restore", "version": 1}
for image in told["images"]:
    assert image["status"] == "ok" and len(image["prediction"]["raw"]) == 3, image
    assert image["unlike"] == [], image
    setting = image["setting"]
    assert setting.items() <= image["prediction"].items(), image
    print(os.path.basename(image["input"]["path"]), setting["color_method"],
          "%.17g" % setting["sharpen_sigma"], "%.17g" % setting["sharpen_strength"])
EOF
}
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o extended.d.csv --extended \
    --trials extended.t.csv --grid "$grid"
for kind in linear forest boosting surface extended_forest; do
    data=
    [ $kind != extended_forest ] || data=extended.
    "$MODEL_OF" ${kind#extended_} ${data}d.csv ${data}t.csv $kind.model >$kind.wanted ||
        fail "model_of $kind"
    expect 0 "$PATINA" restore "$sample/damaged" --model $kind.model -o $kind --json --jobs 3
    said out >$kind.said || fail "the JSON for $kind"
    same $kind.said $kind.wanted
    lacks err patina:
done
[ "$(cat ./*.wanted | sort -u | wc -l)" -gt 20 ] || fail "the models predict too few different settings"

# The images equal those restored with the predicted setting.
while read -r name color sigma strength; do
    expect 0 "$PATINA" restore "$sample/damaged/$name" --color "$color" --sigma "$sigma" \
        --strength "$strength" -o "one/$name/"
    same "one/$name/$name" "forest/$name"
done <forest.wanted
expect 0 "$PATINA" restore "$sample/damaged" --model forest.model -o again --jobs 1
for file in again/*; do same "$file" "forest/${file#again/}"; done

# An image unlike the training data is restored and reported.
/usr/bin/python3 -c 'from PIL import Image; Image.new("RGB", (200, 100), (250, 0, 0)).save("red.png")' ||
    fail "red.png"
expect 0 "$PATINA" restore red.png --model forest.model -o unlike.png
has out "unlike the images the model has seen:"
has out "color_balance_need"
has out "1 restored, 0 left alone, 0 failed; 1 flagged"
expect 0 "$PATINA" restore red.png --model forest.model --dry-run --json
has out '"unlike": 1'

# Invalid models.
expect 2 "$PATINA" restore red.png --model missing.model -o x.png
has err "missing.model: cannot open the model"
head -c 500 forest.model >half.model
expect 1 "$PATINA" restore red.png --model half.model -o x.png
has err "half.model: the model file is cut off"
expect 2 "$PATINA" restore red.png --model d.csv -o x.png
has err "d.csv: is not a model"
absent x.png x.png.partial
finish
