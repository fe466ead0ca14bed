#!/bin/sh
# The study of docs/study.md: photographs are damaged, searched, learnt from, and restored where
# they have never been seen. Takes about half an hour on two cores.
#
#     scripts/study.sh [FOLDER]        # default: build/study; a few GB
#
# What is there already is kept, so a second run only does what is missing.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/study}
versions=32
grid='color=levels,white_balance,none;sigma=0.5,1,1.5,2,3;strength=0,0.5,1,1.5,2.5'

scripts/setup.sh --study
[ -x build/patina ] || { cmake --preset release >/dev/null && cmake --build --preset release; }
patina=$PWD/build/patina
scripts=$PWD/scripts
mkdir -p "$folder"
cd "$folder"

title() {
    printf '\n== %s\n' "$*"
}

[ -d learn ] || "$scripts/study_originals.py" learn unseen
for part in learn unseen; do
    [ -f $part.csv ] && continue
    title "damage and search: $part"
    "$patina" degrade $part -o pairs_$part --force --crop 512x512 --per-image $versions -q
    "$patina" search --manifest pairs_$part/manifest.csv -o $part.csv --trials $part.trials.csv \
        --extended --grid "$grid"
done

title "the data set"
"$patina" inspect learn.csv --trials-from learn.trials.csv --manifest pairs_learn/manifest.csv |
    tee inspect.txt

# The steps of the improvement. The first is the study's: 14 features, 3 targets, its colour methods.
cut -d, -f1-22 learn.csv >learn14.csv
for part in learn unseen; do # without levels: the rows of the other grid, found again
    [ -f plain_$part.csv ] || "$patina" search --manifest pairs_$part/manifest.csv --extended \
        -o plain_$part.csv --trials plain_$part.trials.csv -q \
        --grid 'sigma=0.5,1,1.5,2,3;strength=0,0.5,1,1.5,2.5'
done
cut -d, -f1-22 plain_learn.csv >plain14_learn.csv

step() { # NAME DATA TRIALS UNSEEN_TRIALS [train's options...]
    name=$1 data=$2 trials=$3 unseen_trials=$4
    shift 4
    title "$name"
    [ -f "$name.model" ] ||
        "$patina" train "$data" --trials-from "$trials" --manifest pairs_learn/manifest.csv \
            -o "$name.model" --progress never "$@" >"$name.train.txt" 2>"$name.warnings.txt"
    sed -n '/^in pixels, cross-validated/,/^chosen/p' "$name.train.txt"
    "$patina" evaluate "$name.model" --manifest pairs_unseen/manifest.csv \
        --details "$name.details.csv" --progress never | tee "$name.txt"
    "$scripts/study_bounds.py" "$name.details.csv" "$unseen_trials" | tee "$name.bounds.txt"
}

step a-study plain14_learn.csv plain_learn.trials.csv plain_unseen.trials.csv \
    --kind forest --kind boosting --kind linear
step b-surface plain14_learn.csv plain_learn.trials.csv plain_unseen.trials.csv --kind surface
step c-features plain_learn.csv plain_learn.trials.csv plain_unseen.trials.csv
step d-levels learn.csv learn.trials.csv unseen.trials.csv

# How much more originals would bring: the last step with a half and a quarter of them.
for part in 2 4; do
    cut -d, -f1 learn.csv | sed 1d | sed 's/~[0-9]*$//' | sort -u | awk "NR % $part == 0" >keep.txt
    awk -F, 'NR == FNR {keep[$1]; next}
             FNR == 1 {print; next}
             {name = $1; sub(/~[0-9]*$/, "", name)} name in keep' keep.txt learn.csv >one$part.csv
    step "e-one-in-$part" one$part.csv learn.trials.csv unseen.trials.csv --model surface
done

# What a model would capture that knew the originals: versions of one on both sides of every split,
# since nothing in names, paths or manifest tells any more that they are versions.
if [ ! -d pairs_known ]; then
    mkdir -p pairs_known/damaged pairs_known/undamaged
    for image in pairs_learn/*/*~*; do
        side=${image#pairs_learn/}
        ln -s "../../$image" "pairs_known/$(echo "$side" | tr '~' -)"
    done
fi
tr '~' - <learn.csv >known.csv
tr '~' - <learn.trials.csv >known.trials.csv
tr '~' - <pairs_learn/manifest.csv | sed '1s/,original,/,forgotten,/' >pairs_known/manifest.csv
title "f-known-originals"
[ -f f-known-originals.model ] ||
    "$patina" train known.csv --trials-from known.trials.csv --manifest pairs_known/manifest.csv \
        -o f-known-originals.model --progress never --kind surface \
        >f-known-originals.train.txt 2>f-known-originals.warnings.txt
head -1 f-known-originals.train.txt
sed -n '/^in pixels, cross-validated/,/^chosen/p' f-known-originals.train.txt
