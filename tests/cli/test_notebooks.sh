#!/bin/sh
# The notebook's stages, as programs that use the public API.
. "$(dirname "$0")/lib.sh"
few_pairs
expect 0 "$BUILD/notebooks_port/stage1_features" damaged undamaged f.csv
has out "6 images, 6 rows in f.csv"
expect 0 "$PATINA" features --label label=damaged damaged --label label=undamaged undamaged \
    -o program.csv
same f.csv program.csv
expect 2 "$BUILD/notebooks_port/stage1_features" damaged nowhere f.csv
has err "nowhere: no such image or folder"

expect 0 "$PATINA" search damaged undamaged -o s.csv
expect 0 "$BUILD/notebooks_port/stage3_search" damaged/grass.bmp undamaged/grass.bmp
mv out found
grep '^grass.bmp,' s.csv | awk -F, '{
    printf "best: %s, sigma %s, strength %s\n", $19, $21, $22
    printf "%.6f\n%.6f\n%.6f\n", $2, $3, $4
    for (i = 5; i <= 18; i++) printf "%.6f\n", $i }' >wanted
while read -r line; do has found "$line"; done <wanted
expect 1 "$BUILD/notebooks_port/stage3_search" damaged/grass.bmp nowhere.png
has err nowhere.png

stage4=$BUILD/notebooks_port/stage4_train
image=$sample/damaged/skyline.png
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o d.csv
expect 0 "$stage4" d.csv "$sample/damaged" "$sample/undamaged" n.model "$image" n.png
mv out said
expect 0 "$PATINA" train d.csv "$sample/damaged" "$sample/undamaged" --keep-harmful --kind forest \
    --kind boosting -o p.model --json
mv out p.json
same n.model p.model
/usr/bin/python3 - p.json >wanted <<'EOF' || fail "p.json"
import json, sys
report = json.load(open(sys.argv[1]))
for model in report["models"]:
    pixels = model["cross_validation"]["pixels"]["ways"]
    print("%-10s %10.6f %10.6f" % (model["kind"], pixels["predicted"]["similarity"]["value"],
                                   pixels["untouched"]["similarity"]["value"]))
print("saved:", report["chosen"])
EOF
lines wanted 3
while read -r line; do has said "$line"; done <wanted
expect 0 "$PATINA" restore "$image" --model p.model -o p.png
same n.png p.png
! cmp -s n.png "$image" || fail "the image was not restored"
expect 1 "$stage4" d.csv "$sample/damaged" nowhere half.model "$image" x.png
has err "nowhere: "
head -c 1000 "$image" >half.png
expect 1 "$stage4" d.csv "$sample/damaged" "$sample/undamaged" half.model half.png x.png
has err "stage4_train: half.png: "
absent x.png

expect 0 "$BUILD/notebooks_port/film" "$SOURCE/data/film/old.mkv" same.mkv
has out "96 frames, 2 scenes, 96 frames restored"
expect 0 "$PATINA" film "$SOURCE/data/film/old.mkv" --deflicker-only -o told.mkv
same same.mkv told.mkv
expect 2 "$BUILD/notebooks_port/film" nowhere.mkv x.mkv
has err "nowhere.mkv: "
finish
