#!/bin/sh
# No command overwrites its inputs.
. "$(dirname "$0")/lib.sh"
mkdir clean
for file in cat_eyes.jpg coffee_cup.jpg grass.bmp skyline.png; do
    cp "$sample/undamaged/$file" clean/
done
expect 0 "$PATINA" degrade clean -o pairs --crop 64x64 --per-image 2 --quiet
expect 0 "$PATINA" search --manifest pairs/manifest.csv -o d.csv --trials t.csv --quiet
expect 0 "$PATINA" train d.csv -o linear.model --kind linear --no-images --quiet

# kept FILE COMMAND...: the command is refused because it would replace FILE, which is unchanged.
kept() {
    file=$1
    shift
    cp "$file" before
    expect 2 "$@"
    has err ", and would be replaced; choose another name"
    same "$file" before
    absent "$file.partial"
}
ln -s d.csv link.csv
kept d.csv "$PATINA" train d.csv -o d.csv
kept d.csv "$PATINA" train d.csv -o link.csv
kept t.csv "$PATINA" train d.csv --trials-from t.csv -o t.csv
kept pairs/manifest.csv "$PATINA" train d.csv --manifest pairs/manifest.csv -o pairs/manifest.csv
kept linear.model "$PATINA" evaluate linear.model --manifest pairs/manifest.csv --details linear.model
kept pairs/manifest.csv "$PATINA" evaluate linear.model --manifest pairs/manifest.csv \
    --details pairs/manifest.csv
cp linear.model model.jpg
kept model.jpg "$PATINA" restore clean/cat_eyes.jpg --model model.jpg -o model.jpg --force
expect 2 "$PATINA" train d.csv -o clean/cat_eyes.jpg
has err "is an image name"
same clean/cat_eyes.jpg "$sample/undamaged/cat_eyes.jpg"

# An unwritable model is reported before training.
head -2 d.csv >few.csv
expect 2 "$PATINA" train few.csv -o linear.model --force
has err "too few to train on"
expect 1 "$PATINA" train few.csv -o missing/linear.model
has err "create the folder first"

# Versions are never written into the folder of clean images, where one may have the same name.
mkdir -p among/damaged
cp clean/grass.bmp among/damaged/a.png
cp clean/skyline.png among/damaged/a.png~1.png
expect 2 "$PATINA" degrade among/damaged -o among
has err "would be written among the clean ones"
same among/damaged/a.png~1.png clean/skyline.png
mv among/damaged among/undamaged
expect 2 "$PATINA" degrade among/undamaged -o among --crop 32x32
expect 0 "$PATINA" degrade among/undamaged -o among --quiet # without --crop, undamaged/ is not written
finish
