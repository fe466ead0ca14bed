#!/bin/sh
# patina restore: the restored images, their metadata, and that no file is lost.
. "$(dirname "$0")/lib.sh"
tools=$SOURCE/tests/cli
export PYTHONDONTWRITEBYTECODE=1
few_pairs
setting='--color white_balance --sigma 1 --strength 0.5'
# shellcheck disable=SC2086 # $setting is a list of words
restore() {
    "$PATINA" restore $setting "$@"
}

/usr/bin/python3 "$tools/check_restore.py" "$PATINA" pictures || fail "restored images"
/usr/bin/python3 "$tools/check_metadata.py" "$PATINA" metadata || fail "metadata"
/usr/bin/python3 "$tools/check_restore.py" "$PATINA" "$CASES" cases || fail "restored cases"
checks=$((checks + 3))

# The same bytes for any number of workers, and in one process.
expect 0 restore damaged --jobs 1 -o one
has out "3 restored, 0 left alone, 0 failed"
expect 0 restore damaged --jobs 3 -o three
expect 0 restore damaged --in-process -o none
for name in grass.bmp skyline.png astronaut_flag.webp; do
    same one/$name three/$name
    same one/$name none/$name
    cmp -s one/$name damaged/$name && fail "$name is unchanged"
done
[ "$(ls one | wc -l)" -eq 3 ] || fail "unexpected files in the output folder"

# Existing files are replaced only with --force, and inputs never.
cp damaged/grass.bmp one/
expect 2 restore damaged -o one
has err "one/grass.bmp: already exists"
same one/grass.bmp damaged/grass.bmp
expect 0 restore damaged/grass.bmp -o one --force
expect 2 restore damaged -o damaged --force
has err "is an input of this run, and would be replaced"
ln damaged/grass.bmp linked.bmp
expect 2 restore damaged/grass.bmp -o linked.bmp --force
has err "linked.bmp: is an input of this run"
mkdir twice
cp damaged/grass.bmp twice/
expect 2 restore damaged twice -o both
has err "damaged/grass.bmp and twice/grass.bmp would both be written to both/grass.bmp"
absent both
cp damaged/skyline.png twice/skyline.webp
cp damaged/skyline.png twice/
expect 0 restore twice --format tiff -o both
[ "$(ls both)" = "$(printf 'grass.tif\nskyline.png.tif\nskyline.webp.tif')" ] ||
    fail "two images with the same stem"
cp damaged/skyline.png twice/skyline.png.webp
expect 2 restore twice --format tiff -o clash
has err "twice/skyline.png and twice/skyline.png.webp would both be written to clash/skyline.png.tif"
mkdir -p folder/grass.bmp
expect 2 restore damaged/grass.bmp -o folder --force
has err "folder/grass.bmp: is a folder"

# An image left alone is copied, unless another format is requested.
expect 0 "$PATINA" restore damaged --color none -o alone
has out "left alone"
for name in grass.bmp skyline.png astronaut_flag.webp; do
    same alone/$name damaged/$name
done
expect 0 "$PATINA" restore damaged/skyline.png --strength 0 -o alone.webp --json
has out '"copied": false'
has out '"left_alone": true'

# Nested folders, and a single image.
mkdir -p deep/inner
cp damaged/grass.bmp deep/inner/
cp damaged/skyline.png deep/
expect 0 restore deep --recursive -o mirrored
same mirrored/inner/grass.bmp one/grass.bmp
expect 0 restore deep/inner/grass.bmp -o mirrored/new/
same mirrored/new/grass.bmp one/grass.bmp
expect 0 restore deep -o shallow
has out "left out:"
absent shallow/inner

# Images that cannot be restored are named and leave no file; the rest is done.
: >damaged/empty.png
head -c 1000 "$sample/damaged/rocket_launch.jpg" >damaged/half.jpg
expect 1 restore damaged -o bad
has err "patina: damaged/empty.png: the file is empty"
has err "patina: damaged/half.jpg: truncated or damaged JPEG"
has out "3 restored, 0 left alone, 2 failed"
[ "$(ls bad | wc -l)" -eq 3 ] || fail "a failed image left a file"
expect 1 restore damaged -o bad --force --json
python3 -m json.tool out >/dev/null || fail "--json is not JSON"
has out '"status": "corrupt"'
has out '"restored": 3,'
has out '"failed": 2,'
expect 1 restore damaged/half.jpg -o half.jpg
absent half.jpg half.jpg.partial
expect 1 restore damaged/grass.bmp -o /dev/full/x.bmp
has err "/dev/full/x.bmp"
expect 1 restore damaged/grass.bmp -o missing/x.bmp
has err "missing/x.bmp"
rm damaged/empty.png damaged/half.jpg

# A dry run writes nothing.
expect 0 restore damaged --dry-run
has out "white balance, sharpened (sigma 1, strength 0.5)"
expect 0 "$PATINA" restore damaged --color levels --dry-run
has out "grass.bmp: levels"
expect 0 "$PATINA" restore damaged --sigma 1 --strength 2 --dry-run
has out "grass.bmp: sharpened (sigma 1, strength 2)"
expect 0 restore damaged --dry-run -o dry --json
absent dry

# An interrupted run leaves only complete files.
mkdir many
i=0
while [ $i -lt 60 ]; do
    cp "$sample/damaged/rocket_launch.jpg" many/$i.jpg
    i=$((i + 1))
done
restore many -o ended --quiet &
run=$!
while [ ! -d ended ] || [ "$(ls ended | wc -l)" -lt 3 ]; do sleep 0.01; done
kill -INT $run 2>/dev/null || true
wait $run || [ $? -eq 130 ] || fail "the exit status of an interrupted run"
checks=$((checks + 1))
for name in ended/*; do
    case $name in *.partial) fail "$name is left" ;; esac
done

# A contact sheet shows every image before and after; what is left alone is only named.
expect 0 restore damaged -o sheeted --sheet sheet.html
lacks err "contact sheet" # no line of progress for so short a run
has out "look through: sheet.html"
has sheet.html "<h1>3 of 3 images restored</h1>"
[ "$(grep -o 'src="data:image/jpeg' sheet.html | wc -l)" -eq 6 ] || fail "images of the sheet"
expect 2 restore damaged -o again --sheet sheet.html
has err "--sheet sheet.html: already exists"
absent again
expect 0 restore damaged -o sheeted --sheet sheet.html --force
mv damaged/grass.bmp 'damaged/a <b>&.bmp'
expect 0 "$PATINA" restore damaged --color none --sheet alone.html -o untouched
has alone.html "<h1>0 of 3 images restored</h1>"
has alone.html "3 images left alone"
has alone.html "a &lt;b&gt;&amp;.bmp"
lacks alone.html "<b>&"
mv 'damaged/a <b>&.bmp' damaged/grass.bmp
expect 2 "$PATINA" restore damaged --color levels --dry-run --sheet sheet.html
has err "--sheet"
expect 2 restore damaged/grass.bmp -o - --sheet x.html
has err "--sheet shows images in files"
expect 2 restore damaged -o x --sheet damaged/grass.bmp
has err "does not end in .html"
expect 2 restore damaged -o x --sheet nowhere/sheet.html
has err "--sheet nowhere/sheet.html: cannot write into its folder"
absent x

# Usage.
expect 2 "$PATINA" restore damaged --color affine -o x
has err "--color affine does nothing without a number; give at least one of --red-gain, --red-offset"
absent x
expect 2 "$PATINA" restore damaged --strength 1 -o x
has err "--strength needs --sigma"
expect 2 "$PATINA" restore damaged --color sepia -o x
has err "'sepia' is not one of none, white_balance, levels, stretch"
expect 2 "$PATINA" restore damaged --color none --sigma 50 -o x
has err "not a number in 0.01..20"
expect 2 restore damaged --model m -o x
has err "either --model or --color"
expect 2 restore damaged
has err "name the output with -o OUT"
expect 2 restore damaged --format bmp -o x
has err "'bmp' is not one of png, jpeg, webp, tiff"
expect 2 restore damaged/skyline.png -o x.bmp
has err "other formats cannot be converted to BMP"
expect 2 restore missing.png -o x
has err "missing.png: no such image or folder"
expect 2 restore -o x
has err "name at least one image"
finish
