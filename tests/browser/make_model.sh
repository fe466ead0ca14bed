#!/bin/sh
# Train the model for the browser tests: FOLDER/page.model.
#
#     make_model.sh PATINA SAMPLE FOLDER
set -eu
mkdir -p "$3"
"$1" search --force "$2/damaged" "$2/undamaged" -o "$3/data.csv" --trials "$3/trials.csv" --quiet \
    --grid 'color=levels,white_balance,none;strength=0:2.5:0.5'
"$1" train --force "$3/data.csv" "$2/damaged" "$2/undamaged" --trials-from "$3/trials.csv" --quiet --keep-harmful \
    -o "$3/page.model" >"$3/train.txt"
