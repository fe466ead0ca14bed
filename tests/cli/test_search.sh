#!/bin/sh
# patina search: its files, its options, and the same bytes for any number of workers.
. "$(dirname "$0")/lib.sh"
pairs=$(ls "$sample/damaged" | wc -l)
header=filename,similarity_score,psnr,ssim,mean,std_dev,skewness,kurtosis,low_freq_energy,high_freq_energy,energy_ratio,radial_center,radial_25,radial_50,radial_75,radial_edge,color_balance_need,sharpening_need,color_method,apply_color_correction,sharpen_sigma,sharpen_strength

# The defaults, on the sample.
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged"
has out "$pairs pairs: $pairs rows, 0 failures"
has out "mean gain over the untouched image"
lines regression_training_data.csv $((pairs + 1))
[ "$(head -1 regression_training_data.csv)" = $header ] || fail "the header is wrong"
tail -n +2 regression_training_data.csv | cut -d, -f1 >names
LC_ALL=C sort names | cmp -s - names || fail "rows are not in byte order"
lines regression_training_data.failures.csv 1
python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["results"]["sha256"])' \
    regression_training_data.run.json >sha256
has sha256 "$(sha256sum <regression_training_data.csv | cut -d' ' -f1)"
absent regression_training_data.csv.partial regression_training_data.failures.csv.partial

# The same bytes for any number of workers, any batch, and in one process.
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o one.csv --trials one.trials.csv \
    --jobs 1 --quiet
[ ! -s out ] || fail "--quiet printed something"
lines one.trials.csv $((pairs * 41 + 1))
same regression_training_data.csv one.csv
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o many.csv \
    --trials many.trials.csv --jobs 5 --batch 3
has out "5 workers"
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o here.csv \
    --trials here.trials.csv --in-process
has out "in one process"
for run in many here; do
    same one.csv $run.csv
    same one.trials.csv $run.trials.csv
    same one.failures.csv $run.failures.csv
done

# Additional scores are appended as columns; nothing else changes, also in one process.
few_pairs
expect 0 "$PATINA" search damaged undamaged -o usual.csv --trials usual.trials.csv --quiet
expect 0 "$PATINA" search damaged undamaged -o scored.csv --trials scored.trials.csv --quiet \
    --scores delta_e,ms_ssim
expect 0 "$PATINA" search damaged undamaged -o scored_here.csv --trials scored_here.trials.csv \
    --scores ms_ssim,delta_e --in-process
for table in scored scored.trials; do
    same $table.csv $(echo $table | sed s/scored/scored_here/).csv
    [ "$(head -1 $table.csv | rev | cut -d, -f1,2 | rev)" = ms_ssim,delta_e ] || fail "the columns of $table.csv"
    rev $table.csv | cut -d, -f3- | rev >cut.csv
    same cut.csv $(echo $table | sed s/scored/usual/).csv
done
has scored.run.json '"scores": "psnr,ssim,ms_ssim,delta_e"'
expect 2 "$PATINA" search damaged undamaged -o scored.csv --scores psnr,lpips
has err "unknown score 'lpips'"
expect 0 "$PATINA" explain scored.csv grass.bmp damaged undamaged
has out "reproduced to the last digit (24 cells)"
expect 0 "$PATINA" inspect scored.csv
lacks out "delta_e"

# Trials have a filter column only if the grid has several filters; axes that a filter ignores are 0.
expect 0 "$PATINA" search damaged undamaged -o filters.csv --trials filters.trials.csv --quiet \
    --grid "color=stretch,none;filter=none,unsharp;sigma=1;strength=0.5"
[ "$(head -1 filters.trials.csv)" = \
    filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,ssim,filter ] ||
    fail "the columns of filters.trials.csv"
lines filters.trials.csv $((3 * 5 + 1))
has filters.trials.csv "skyline.png,stretch,0,0,"
has filters.trials.csv "skyline.png,stretch,1,0.5,"
expect 0 "$PATINA" inspect filters.csv --trials-from filters.trials.csv
has out "filter=none,unsharp"
expect 0 "$PATINA" explain filters.csv skyline.png damaged undamaged
has out "reproduced to the last digit"

# The last trial of each pair is the untouched image.
sed -n 42p one.trials.csv >nothing
has nothing ",none,0,0,"

few_pairs
# Custom grids.
expect 0 "$PATINA" search damaged undamaged -o g.csv --trials g.trials.csv \
    --grid 'color=none;sigma=0.5:1.5:0.5;strength=0,1'
lines g.trials.csv $((3 * 7 + 1))
has g.run.json '"color=none;sigma=0.5,1,1.5;strength=0,1"'

# --limit and --dry-run.
expect 0 "$PATINA" search damaged undamaged -o l.csv --limit 2
lines l.csv 3
echo text >damaged/notes.txt
cp damaged/skyline.png damaged/alone.png
expect 0 "$PATINA" search damaged undamaged -o dry.csv --dry-run
has out "3 pairs, 40 settings each"
has out "damaged/alone.png: no undamaged image with this name"
has out "damaged/notes.txt: not the extension of an image"
absent dry.csv dry.csv.partial dry.run.json
expect 0 "$PATINA" search damaged undamaged -o left.csv
has out "2 files left out"
has left.run.json '"name": "alone.png"'
rm damaged/notes.txt damaged/alone.png

# --match stem.
mkdir -p other
cp undamaged/grass.bmp undamaged/skyline.png other/
mv other/grass.bmp other/grass.BMP
expect 0 "$PATINA" search damaged other -o name.csv
has out "no undamaged image with this name, but there is grass.BMP"
lines name.csv 2
expect 0 "$PATINA" search damaged other -o stem.csv --match stem
lines stem.csv 3

# Folders from a Mac and a network drive: system files are ignored, and the two spellings of an accent
# are one name. Files left out are counted by reason.
mkdir -p mac/d mac/u/@eaDir
cp damaged/skyline.png "mac/d/$(printf 'cafe\314\201').png"
cp undamaged/skyline.png "mac/u/$(printf 'caf\303\251').png"
cp damaged/skyline.png mac/d/a_damaged.png
cp undamaged/skyline.png mac/u/a.png
touch mac/d/._a.png mac/u/.DS_Store mac/d/note1.txt mac/d/note2.txt mac/d/note3.txt mac/d/note4.txt
expect 0 "$PATINA" search mac/d mac/u -o mac.csv
has mac.csv "$(printf 'cafe\314\201').png,"
lines mac.csv 2
has out "  4 without the extension of an image, such as"
has out "    mac/d/note1.txt: not the extension"
lacks out note4.txt
has out "ignored: 3 created by operating systems"
lacks out ._a.png
has mac.run.json '"ignored": 3'
has mac.run.json note4.txt
lacks mac.run.json ._a.png
expect 0 "$PATINA" search mac/d mac/u --dry-run
has out note4.txt
expect 0 "$PATINA" features mac/d -o mac.features.csv --json
has out '"left_out": 4,'
has out '"ignored": 1'

# --suffix and --match REGEX.
expect 0 "$PATINA" search mac/d mac/u -o suffix.csv --suffix _damaged
has suffix.csv a_damaged.png,
lines suffix.csv 2
has suffix.run.json '"suffix": "_damaged"'
expect 0 "$PATINA" search mac/d mac/u -o pattern.csv --match '^([a-z])'
lines pattern.csv 3
has pattern.run.json '"match": "^([a-z])"'
expect 2 "$PATINA" search mac/d mac/u -o pattern.csv --match '(a'
has err "'(a' is not a regular expression"
expect 2 "$PATINA" search mac/d mac/u -o pattern.csv --match '(a)' --suffix _damaged
has err "--suffix cannot be combined with a regular expression"

# Pairs that differ in shape are named.
mkdir -p shape/d shape/u
cp damaged/skyline.png damaged/grass.bmp shape/d/
cp undamaged/grass.bmp shape/u/
/usr/bin/python3 - <<'PY' || fail "cropping an image"
from PIL import Image
image = Image.open("undamaged/skyline.png")
image.crop((0, 0, image.width, image.height // 2)).save("shape/u/skyline.png")
PY
expect 0 "$PATINA" search shape/d shape/u -o shape.csv
has out "warning: in 1 of 2 pairs the images differ in shape (skyline.png), so one is stretched"
has shape.run.json '"pairs_of_other_shape": 1'

# --recursive: names are paths below the folder.
mkdir -p deep/d/sub deep/u/sub
cp damaged/grass.bmp deep/d/sub/
cp undamaged/grass.bmp deep/u/sub/
expect 2 "$PATINA" search deep/d deep/u -o deep.csv
has out "a folder; use --recursive to include it"
expect 0 "$PATINA" search deep/d deep/u/ -o deep.csv --recursive
has deep.csv sub/grass.bmp,

# A manifest: its order, its ids, one original for two damaged images.
mkdir -p lists
cat >lists/pairs.csv <<'CSV'
id,undamaged,damaged
"second, first",../undamaged/skyline.png,../damaged/skyline.png
again,../undamaged/skyline.png,../damaged/skyline.png
CSV
expect 0 "$PATINA" search --manifest lists/pairs.csv -o m.csv
cut -d, -f1-2 m.csv >m.names
has m.names '"second, first"'
sed -n 3p m.csv >m.row
has m.row again,
expect 2 "$PATINA" search --manifest lists/pairs.csv damaged undamaged
has err "not both"

# Progress: none without a terminal, unless requested; NO_COLOR.
expect 0 "$PATINA" search damaged undamaged -o p.csv
[ ! -s err ] || fail "progress within ten seconds, without a terminal"
expect 0 "$PATINA" search damaged undamaged -o p.csv --progress always
has err "3/3 pairs  100%"
: >damaged/empty.png
: >undamaged/empty.png
on_a_terminal() {
    expect 1 env TERM=xterm "$@" script -qec "'$PATINA' search damaged undamaged -o p.csv" /dev/null
}
on_a_terminal NO_COLOR=
has out "[31m"
on_a_terminal NO_COLOR=1
has out "1 failed"
lacks out "[31m"
rm damaged/empty.png undamaged/empty.png
expect 0 env TERM=xterm script -qec "'$PATINA' search damaged undamaged -o p.csv --jobs 1" /dev/null
has out "3/3 pairs  100%"

# Files with new times but the same bytes are not searched again, with and without --trials. (The empty
# file fails, which keeps the journal.)
rm -rf damaged undamaged
few_pairs
: >damaged/empty.png
cp undamaged/skyline.png undamaged/empty.png
for way in "" "--trials a.trials.csv"; do
    # shellcheck disable=SC2086 # an option and its value
    expect 1 "$PATINA" search damaged undamaged -o again.csv $way
    has out " pairs/s, "
    cp again.csv first.csv
    [ -z "$way" ] || cp a.trials.csv first.trials.csv
    touch damaged/* undamaged/*
    # shellcheck disable=SC2086
    expect 1 "$PATINA" search damaged undamaged -o again.csv $way
    has out "4 pairs had already been done"
    lacks out "pairs/s"
    same again.csv first.csv
    rm again.*
done
same a.trials.csv first.trials.csv
finish
