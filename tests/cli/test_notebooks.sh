#!/bin/sh
# The notebook's stages as programs on the public API.
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
finish
