#!/bin/sh
# The study of docs/study.md: photographs are damaged in every way that the recipe knows, a model
# learns from some of them, and is judged on others that nothing has seen; then on families of
# damage that it has not seen either.
#
#     scripts/study.sh [FOLDER]         # default: build/study; 20 GB and some hours
#     scripts/study.sh --quick [FOLDER] # the 17 sample images and three families: a minute; to see
#                                       # that every step works, for its figures mean nothing
#
# What is there already is kept, so a second run only does what is missing. After a change of the
# photographs or of this script, use a new folder. PATINA names another program than build/patina.
set -eu
cd "$(dirname "$0")/.."
versions=36 unseen_versions=8 parts="2 4 8" sides="320 800" damage="--crop 256x256"
sizes="--shrink 320..960" # of what is learned from; the unseen images have 320 pixels
families="old_jpeg sepia_toned slide_fade underexposed mottled dusty_scan"
quick=
if [ "${1-}" = --quick ]; then
    shift
    quick=yes versions=4 unseen_versions=4 parts=2 sides="" families=old_jpeg
    damage="--crop 96x96 --families faded_scan,washed_out,old_jpeg" sizes="--shrink 128..256"
fi
folder=${1:-build/study}
grid='color=levels,white_balance,none;sigma=0.5,1,1.5,2,3;strength=0,0.5,1,1.5,2.5'
fixed='color=stretch,levels,none;filter=none,gaussian,median,bilateral;sigma=0.7,1.5,2;range=20,40;strength=0'

patina=${PATINA:-$PWD/build/patina}
scripts=$PWD/scripts
sample=$PWD/data/sample/undamaged
[ -n "$quick" ] || scripts/setup.sh --study
[ -x "$patina" ] || { cmake --preset release >/dev/null && cmake --build --preset release; }
mkdir -p "$folder"
cd "$folder"

title() {
    printf '\n== %s\n' "$*"
}

if [ -n "$quick" ] && [ ! -d learn ]; then
    mkdir learn unseen large
    cp "$sample"/* learn
    mv learn/cat_* learn/coffee_* learn/rocket_* unseen
    ln -s ../learn large/learn
fi
if [ -z "$quick" ]; then
    [ -f cache/photographs.csv ] || "$scripts/photographs.py" cache
    [ -f split.csv ] || "$scripts/study_photographs.py" cache .
    [ -f large/split.csv ] || "$scripts/study_photographs.py" cache large --shrink 960
fi

make_pairs() { # PART FOLDER [patina degrade's options...]
    part=$1 from=$2
    shift 2
    [ -f pairs_$part/manifest.csv ] ||
        "$patina" degrade "$from" -o pairs_$part --force $damage "$@" -q
    [ -f $part.csv ] ||
        "$patina" search --manifest pairs_$part/manifest.csv -o $part.csv --trials $part.trials.csv \
            --extended --grid "$grid" -q
}

judge() { # MODEL PART [study_judge.py's options...]
    model=$1 part=$2
    shift 2
    [ -f "$model.details.csv" ] ||
        "$patina" evaluate "$model.model" --manifest pairs_$part/manifest.csv \
            --details "$model.details.csv" --progress never >"$model.txt"
    "$scripts/study_judge.py" "$model.details.csv" $part.trials.csv pairs_$part/manifest.csv "$@"
}

learn() { # MODEL DATA
    [ -f "$1.model" ] ||
        "$patina" train "$2" --manifest pairs_learn/manifest.csv --kind tone --use-all -o "$1.model" \
            --keep-harmful --progress never >"$1.train.txt"
    sed -n '/^in pixels, cross-validated/,/^chosen/p' "$1.train.txt"
}

whole() { # SIZE
    [ -f whole$1.txt ] || "$patina" evaluate tone.model --manifest whole$1/manifest.csv \
        --progress never >whole$1.txt
    grep -E '^(worth|made worse|share)' whole$1.txt
}

title "damage and search"
make_pairs learn large/learn $sizes --per-image $versions
make_pairs unseen unseen --per-image $unseen_versions

title "the model, on originals that it has not seen"
learn tone learn.csv
judge tone unseen --json tone.json

title "the best single setting for all images"
for part in learn unseen; do
    [ -f fixed_$part.trials.csv ] ||
        "$patina" search --manifest pairs_$part/manifest.csv -o fixed_$part.csv \
            --trials fixed_$part.trials.csv --grid "$fixed" -q
done
"$scripts/study_fixed.py" fixed_learn.trials.csv fixed_unseen.trials.csv

# ImageMagick's, for those who have it.
for way in normalize auto-level; do
    command -v mogrify >/dev/null || continue
    title "ImageMagick -$way"
    if [ ! -f im_$way.trials.csv ]; then
        mkdir -p im_$way
        mogrify -path im_$way -$way pairs_unseen/damaged/*
        "$patina" search im_$way pairs_unseen/undamaged -o im_$way.csv \
            --trials im_$way.trials.csv --grid 'color=none;sigma=1;strength=0' -q
    fi
    "$scripts/study_outside.py" unseen.trials.csv pairs_unseen/manifest.csv im_$way.trials.csv
done

for part in $parts; do
    title "one original in $part"
    [ -f part$part.csv ] ||
        "$scripts/study_rows.py" learn.csv pairs_learn/manifest.csv --one-in $part >part$part.csv
    learn part$part part$part.csv
    judge part$part unseen | grep -E '^(all|share)'
done

title "a sheet: half of the originals, restored by a model of the others"
"$scripts/study_rows.py" pairs_learn/manifest.csv pairs_learn/manifest.csv --one-in 2 --others \
    >pairs_learn/half.csv
[ -f half.details.csv ] || "$patina" evaluate part2.model --manifest pairs_learn/half.csv \
    --details half.details.csv --progress never >half.txt
"$scripts/study_sheet.py" half.details.csv pairs_learn/half.csv part2.model sheet.jpg \
    --patina "$patina" || echo "no sheet"

for family in $families; do
    title "a model without the family $family, judged on it"
    [ -f without_$family.csv ] || "$scripts/study_rows.py" learn.csv pairs_learn/manifest.csv \
        --except $family --versions 24 >without_$family.csv
    learn without_$family without_$family.csv
    make_pairs $family unseen --per-image 4 --seed 7 --families $family
    judge without_$family $family | grep -E '^(all|share)'
done

# Whole images: of two sizes, and enlarged as a scan is.
for side in $sides; do
    title "whole images, $side pixels on the shorter side"
    [ -f whole$side/manifest.csv ] || "$patina" degrade large/unseen -o whole$side --force \
        --shrink "$side" --per-image 2 -q
    whole $side
done
if [ -n "$sides" ]; then
    title "the same, enlarged to 3000 pixels on the longer side"
    [ -f whole3000/manifest.csv ] ||
        "$scripts/study_enlarge.py" whole800/manifest.csv whole3000 --longer 3000
    whole 3000
fi
