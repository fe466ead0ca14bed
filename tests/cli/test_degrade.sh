#!/bin/sh
# patina degrade: pairs from clean images, with the same bytes for any number of workers.
. "$(dirname "$0")/lib.sh"
mkdir -p clean/sub
cp "$sample/undamaged/grass.bmp" "$sample/undamaged/skyline.png" clean/
cp "$sample/undamaged/astronaut_flag.webp" clean/sub/grass.webp

# digest DIR: write the names and digests of all its files to DIR.digest.
digest() {
    (cd "$1" && find . -type f ! -name '.patina-*' | LC_ALL=C sort | xargs sha256sum) >"$1.digest"
}

# same_tree DIR DIR: both have the same files with the same bytes.
same_tree() {
    digest "$1"
    digest "$2"
    same "$1.digest" "$2.digest"
}

# search reads the pairs.
expect 0 "$PATINA" degrade clean -o one --recursive --jobs 1
has out "15 versions: 15 rows, 0 failures"
lines one/manifest.csv 16
has one/manifest.csv "damaged/grass.bmp~1.png,../clean/grass.bmp,grass.bmp~1,grass.bmp,1,"
has one/manifest.csv "damaged/sub/grass.webp~5.png,../clean/sub/grass.webp,sub/grass.webp~5,"
head -1 one/manifest.csv >header
has header "damaged,undamaged,id,original,version,seed,mild,family,vignette_amount,"
expect 0 "$PATINA" search --force --manifest one/manifest.csv -o search.csv
has out "15 pairs: 15 rows, 0 failures"
has out "mean gain over the untouched image"

# The same bytes with more workers and with none; different bytes with another seed.
expect 0 "$PATINA" degrade clean -o three --recursive --jobs 3 --quiet
same_tree one three
expect 0 "$PATINA" degrade clean -o here --recursive --in-process --quiet
same_tree one here
expect 0 "$PATINA" degrade clean -o other --recursive --seed 2 --quiet
for picture in one/damaged/*.png; do
    checks=$((checks + 1))
    ! cmp -s "$picture" "other/damaged/${picture##*/}" || fail "$picture: the seed is not used"
done

# A version depends neither on the other files nor on the number of versions. The output folder may be
# the input folder.
mkdir alone
cp clean/skyline.png alone/
expect 0 "$PATINA" degrade alone -o alone --per-image 2 --quiet
same alone/damaged/skyline.png~2.png one/damaged/skyline.png~2.png
absent alone/damaged/skyline.png~3.png
has alone/manifest.csv "damaged/skyline.png~1.png,skyline.png,"
expect 0 "$PATINA" search --force --manifest alone/manifest.csv -o search.csv --quiet
expect 0 "$PATINA" degrade clean -o top --per-image 1
has out "clean/sub: a folder; use --recursive to include it"
lines top/manifest.csv 3

# Two images whose names differ only in the extension are two images.
mkdir twins
cp clean/grass.bmp twins/a.bmp
cp clean/skyline.png twins/a.png
expect 0 "$PATINA" degrade twins -o twins_out --per-image 1 --quiet
lines twins_out/manifest.csv 3
[ "$(find twins_out/damaged -name '*.png' | wc -l)" -eq 2 ] || fail "two originals share one version"

# Windows: each version crops a different place.
expect 0 "$PATINA" degrade clean -o windows --crop 64x48 --per-image 3 --recipe /dev/stdin <<END
{}
END
lines windows/manifest.csv 7
has windows/manifest.csv "damaged/grass.bmp~1.png,undamaged/grass.bmp~1.png,grass.bmp~1,"
same windows/damaged/grass.bmp~1.png windows/undamaged/grass.bmp~1.png
! cmp -s windows/undamaged/grass.bmp~1.png windows/undamaged/grass.bmp~2.png ||
    fail "two versions have the same window"
expect 0 "$PATINA" search --force --manifest windows/manifest.csv -o search.csv --quiet
expect 1 "$PATINA" degrade clean -o large --crop 300x200 --per-image 1
has large/manifest.failures.csv "~1,degrade,too_small,clean/"
has out "is smaller than the crop window (300x200)"

# Shrunk images: the shorter side gets the length asked for, then the window is cropped; smaller images
# stay as they are. Both sides are written.
sizes() { # FILE...: print their sizes
    /usr/bin/python3 -c 'import cv2, sys
for name in sys.argv[1:]:
    print(*cv2.imread(name).shape[1::-1], sep="x")' "$@"
}
expect 0 "$PATINA" degrade clean -o shrunk --shrink 100 --per-image 1 -q
sizes clean/grass.bmp clean/skyline.png shrunk/*/grass.bmp~1.png shrunk/*/skyline.png~1.png >values
printf '%s\n' 263x257 262x256 102x100 102x100 102x100 102x100 >wanted
same values wanted
has shrunk/manifest.csv "damaged/grass.bmp~1.png,undamaged/grass.bmp~1.png,grass.bmp~1,"
lacks shrunk/manifest.csv crop_x
expect 0 "$PATINA" degrade clean -o kept --shrink 300 --per-image 1 -q
sizes kept/undamaged/grass.bmp~1.png >values
printf '263x257\n' >wanted
same values wanted
expect 0 "$PATINA" degrade clean -o shrunk_window --shrink 100 --crop 64x64 --per-image 2 -q
sizes shrunk_window/*/skyline.png~2.png >values
printf '64x64\n64x64\n' >wanted
same values wanted
expect 1 "$PATINA" degrade clean -o large --force --shrink 100 --crop 128x128 --per-image 1
has out "the image (102x100) is smaller than the crop window (128x128)"

# A range of sizes: each version has its own, which the manifest tells; all else is as with one size.
ranged='--crop 64x64 --per-image 30 -q'
expect 0 "$PATINA" degrade clean -o sizes --shrink 80..200 $ranged
head -1 sizes/manifest.csv >header
has header ",family,shrink,crop_x,crop_y,"
expect 0 "$PATINA" degrade clean -o one_size --shrink 80 $ranged
/usr/bin/python3 - <<'PY' || fail "a range of sizes"
import csv
rows = {name: list(csv.DictReader(open(f"{name}/manifest.csv"))) for name in ["sizes", "one_size"]}
sizes = [int(row.pop("shrink")) for row in rows["sizes"]]
assert len(set(sizes)) > 30 and min(sizes) < 90 and max(sizes) > 180, sorted(sizes)
assert sum(size < 126 for size in sizes) in range(20, 41), "logarithms are not equally likely"
assert rows["sizes"] == rows["one_size"], "the range affects the other numbers"
PY
# The window of a version is that of an image shrunk to its size. NAME and number: one version.
row=$(grep '^damaged/skyline.png~7.png,' sizes/manifest.csv | cut -d, -f9)
expect 0 "$PATINA" degrade clean -o that_size --shrink "$row" $ranged
same sizes/undamaged/skyline.png~7.png that_size/undamaged/skyline.png~7.png
same sizes/damaged/skyline.png~7.png that_size/damaged/skyline.png~7.png
expect 0 "$PATINA" degrade clean -o sizes_here --shrink 80..200 $ranged --in-process
same_tree sizes sizes_here
expect 2 "$PATINA" degrade clean -o sizes --shrink 80..210 $ranged
has err "already exists"
expect 0 "$PATINA" degrade clean -o one_size --shrink 80..80 ${ranged% -q}
has out "60 versions had already been done" # by --shrink 80, which is the same
expect 2 "$PATINA" degrade clean -o none --shrink 200..80
has err "--shrink: 200..80: the sizes must be in 1..16777216, the smaller one first"
expect 2 "$PATINA" degrade clean -o none --shrink 0..80
has err "--shrink: 0..80: the sizes must be in 1.."
for wrong in 80.. ..80 .. 80-90 80...90 '80 ..90' x +80 -80; do
    expect 2 "$PATINA" degrade clean -o none --shrink="$wrong"
    has err "--shrink: '$wrong' is neither N nor N..M"
done
expect 2 "$PATINA" degrade clean -o none --shrink 47..80 --crop 64x48
has err "--shrink: 47..80 has sizes below that of the crop window, 64x48; begin with 48"
expect 0 "$PATINA" degrade clean -o fits --shrink 63..80 --crop 64x48 --per-image 2 -q

# Unreadable files are named, the rest is done, and no partial files are left.
cp -r clean damp
head -c 5000 clean/skyline.png >damp/half.png
: >damp/empty.jpg
expect 1 "$PATINA" degrade damp -o damp_out --per-image 2
has out "8 versions: 4 rows, 4 failures"
has damp_out/manifest.failures.csv "empty.jpg~1,decode,empty_file,damp/empty.jpg: "
has damp_out/manifest.failures.csv "half.png~2,decode,corrupt,damp/half.png: "
lines damp_out/manifest.csv 5
[ "$(find damp_out -type f ! -name '.patina-*' | wc -l)" -eq 6 ] || fail "files are left in damp_out"

# An image that cannot be written.
mkdir -p blocked/damaged/grass.bmp~1.png.partial
expect 1 "$PATINA" degrade clean -o blocked --per-image 1
has blocked/manifest.failures.csv "grass.bmp~1,write,write_failed,blocked/damaged/grass.bmp~1.png"
lines blocked/manifest.csv 2

# An earlier result is replaced only with --force.
cp -r three again
expect 2 "$PATINA" degrade clean -o again --recursive --seed 2
has err "already exists"
same_tree again three
expect 0 "$PATINA" degrade clean -o again --recursive --seed 2 --force --quiet
same_tree again other

# A run ended by a signal (a second one ends it at once) leaves only complete images and no manifest;
# the next run continues.
for signal in TERM KILL; do
    "$PATINA" degrade clean -o ended_$signal --recursive --per-image 400 --jobs 2 --quiet >out 2>err &
    run=$!
    tries=0
    until [ "$(find ended_$signal/damaged -name '*.png' 2>/dev/null | wc -l)" -ge 3 ]; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "no image after two minutes"
        sleep 0.1
    done
    kill -$signal $run
    sleep 0.01
    kill -$signal $run 2>/dev/null || true
    status=0
    wait $run || status=$?
    [ $status -gt 128 ] || fail "status $status after SIG$signal"
    absent ended_$signal/manifest.csv
    expect 0 "$PATINA" features --force ended_$signal/damaged -o whole.csv --recursive --quiet
    if [ $signal = TERM ]; then
        [ -z "$(find ended_$signal/damaged -name '*.partial')" ] || fail "partial images are left"
    fi
done
expect 0 "$PATINA" degrade clean -o ended_KILL --recursive --per-image 3 --quiet
same ended_KILL/damaged/grass.bmp~3.png one/damaged/grass.bmp~3.png
expect 0 "$PATINA" search --force --manifest ended_KILL/manifest.csv -o search.csv --quiet

# Recipes.
expect 0 "$PATINA" degrade --print-recipe
cp out recipe.json
has recipe.json '"blur": {"probability": '
expect 0 "$PATINA" degrade --print-recipe --recipe recipe.json
same out recipe.json
expect 0 "$PATINA" degrade clean -o by_recipe --recursive --recipe recipe.json --quiet
same_tree by_recipe one
echo '{"blur": {"probability": 1, "sigma": 2}, "mild": 0}' >blur.json
expect 0 "$PATINA" degrade clean -o blurred --recipe blur.json --per-image 1 --quiet
# column NAME FILE: print the values of one column of a manifest.
column() {
    number=$(head -1 "$2" | tr , '\n' | grep -nx "$1" | cut -d: -f1)
    tail -n +2 "$2" | cut -d, -f"$number"
}
column mild blurred/manifest.csv | sort -u >values
column family blurred/manifest.csv | sort -u >>values
column blur_sigma blurred/manifest.csv | sort -u >>values
column fade_amount blurred/manifest.csv | sort -u >>values
printf '0\ncustom\n2\n\n' >wanted
same values wanted
echo '{"blur": {"sigma": [1, 99]}}' >wrong.json
expect 2 "$PATINA" degrade clean -o none --recipe wrong.json
has err "wrong.json: 'sigma' of 'blur' must be [LOW, HIGH] or one number, from 0 to 20"
expect 2 "$PATINA" degrade clean -o none --recipe missing.json
has err "missing.json: not a recipe (it cannot be opened: No such file or directory)"

# Families: of the built-in recipe and of a file.
expect 0 "$PATINA" degrade clean -o two --per-image 40 --families sepia_toned,clean --quiet
column family two/manifest.csv | sort -u >values
printf 'clean\nsepia_toned\n' >wanted
same values wanted
echo '{"families": {"soft": {"blur": {}}, "loud": {"grain": {}}, "none": {"weight": 2}}}' >three.json
expect 0 "$PATINA" degrade clean -o left --per-image 40 --recipe three.json --except soft,none --quiet
column family left/manifest.csv | sort -u >values
echo loud >wanted
same values wanted
expect 0 "$PATINA" degrade --print-recipe --recipe three.json --families soft,loud --except soft
has out '"loud"'
lacks out '"soft"'
expect 2 "$PATINA" degrade clean -o none --recipe three.json --families soft,hard
has err "--families: no family 'hard' in the recipe; it has soft, loud, none"
expect 2 "$PATINA" degrade clean -o none --except hard
has err "--except: no family 'hard' in the recipe; it has faded_scan, "
expect 2 "$PATINA" degrade clean -o none --recipe three.json --families soft --except soft
has err "leave no family"

# Wrong usage.
expect 2 "$PATINA" degrade clean
has err "name the output folder with -o DIR"
expect 2 "$PATINA" degrade -o none
has err "name the folder of clean images"
expect 2 "$PATINA" degrade clean more -o none
has err "'more' is one argument too many"
expect 2 "$PATINA" degrade missing -o none
has err "missing: cannot"
expect 2 "$PATINA" degrade clean -o none --crop 64
has err "not of the form WxH"
expect 2 "$PATINA" degrade clean -o none --per-image 0
has err "--per-image: '0' is not a whole number"
expect 2 "$PATINA" degrade clean -o clean/sub/pairs --recursive
has err "is inside the folder of clean images"
mkdir nothing
expect 2 "$PATINA" degrade nothing -o none
has err "nothing: no images ("
absent none
finish
