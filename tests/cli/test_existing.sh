#!/bin/sh
# Files that exist: which are replaced, what the same command does again, and two runs at once.
. "$(dirname "$0")/lib.sh"
few_pairs
setting='--color levels --sigma 1 --strength 1'
# shellcheck disable=SC2086 # $setting is a list of words
restore() {
    "$PATINA" restore $setting "$@"
}

# restore: the same command does only what is missing, and replaces nothing else.
expect 0 restore damaged -o new
cp -r new first
expect 0 restore damaged -o new
has out "3 already done"
rm new/grass.bmp
expect 0 restore damaged -o new
has out "2 already done"
same new/grass.bmp first/grass.bmp
touch damaged/*
expect 0 restore damaged -o new
has out "3 restored, 0 left alone, 0 failed; 3 already done"
cp damaged/grass.bmp damaged/more.bmp
expect 0 restore damaged -o new
has out "3 already done"
same new/more.bmp new/grass.bmp
cp undamaged/grass.bmp damaged/more.bmp
expect 0 restore damaged -o new
has out "3 already done"
cmp -s new/more.bmp new/grass.bmp && fail "an image that changed was not restored again"
rm damaged/more.bmp
expect 2 "$PATINA" restore damaged --color stretch -o new
has err "new/astronaut_flag.webp: already exists"
echo edited >>new/grass.bmp
expect 2 restore damaged -o new
has err "new/grass.bmp: already exists"
same new/skyline.png first/skyline.png
expect 0 restore damaged -o new --skip-existing
has out "3 skipped, because their output exists"
tail -c 7 new/grass.bmp | grep -q edited || fail "an edited image was replaced"
expect 0 restore damaged -o new --force
same new/grass.bmp first/grass.bmp
[ -z "$(find . -name '*.partial')" ] || fail "partial files remain"

# A run that was killed continues, with the same files.
for wait in 0.05 0.1 0.2 0.3 0.5; do
    # shellcheck disable=SC2086
    timeout -s KILL $wait "$PATINA" restore $setting damaged -o killed -j 1 -q || true
done
expect 0 restore damaged -o killed
for name in grass.bmp skyline.png astronaut_flag.webp; do
    same killed/$name first/$name
done
[ -z "$(find killed -name '*.partial')" ] || fail "partial files remain"

# Several runs at once: all but one are refused, and say who is writing.
for _ in 1 2 3; do
    for run in 1 2 3 4; do
        { status=0; restore damaged -o race -q 2>race$run.err || status=$?; echo $status >race$run; } &
    done
    wait
    for run in 1 2 3 4; do
        grep -q '^[01]$' race$run || fail "a run beside another ended with $(cat race$run)"
        [ "$(cat race$run)" = 0 ] || grep -q "is writing this file" race$run.err ||
            fail "a run that was refused does not say why: $(cat race$run.err)"
    done
    for name in grass.bmp skyline.png astronaut_flag.webp; do
        same race/$name first/$name
    done
    rm -r race
done

# Names of files and folders.
for extension in gif heic jp2 txt xyz; do
    expect 2 restore damaged/skyline.png -o "x.$extension"
    has err "x.$extension: patina cannot write .$extension files; choose png"
done
expect 2 restore damaged -o one.jpg
has err "one.jpg: is the name of an image"
expect 2 restore damaged/skyline.png damaged/grass.bmp -o one.jpg
has err "one.jpg: is the name of an image"
expect 2 restore --recursive damaged -o damaged/new
has err "damaged/new: is inside damaged"
absent x.gif x.heic one.jpg damaged/new
expect 0 restore damaged/skyline.png -o folder
same folder/skyline.png first/skyline.png

# Names and an image on the standard input.
find damaged -type f | restore - -o listed >/dev/null || fail "a list of files"
find damaged -type f -print0 | restore -0 - -o listed0 >/dev/null || fail "a list with null bytes"
for name in grass.bmp skyline.png astronaut_flag.webp; do
    same listed/$name first/$name
    same listed0/$name first/$name
    restore - -o - <damaged/$name >piped || fail "an image from the standard input"
    same piped first/$name
done
printf 'damaged/grass.bmp\r\ndamaged/skyline.png\r\n' | restore - -o windows >/dev/null ||
    fail "a list from Windows"
[ "$(ls windows)" = "$(printf 'grass.bmp\nskyline.png')" ] || fail "the images of a list from Windows"
if restore - -o listed1 <damaged/skyline.png 2>err; then fail "an image as a list"; fi
has err "-o - to restore an image"
absent listed1

# What is no image leaves nothing behind, and no temporary path in the message.
mkdir temporary
echo text >text.jpg
head -c 2000 damaged/skyline.png >cut.png
for file in /dev/null text.jpg cut.png; do
    if TMPDIR=$work/temporary restore - -o - <$file >piped 2>err; then fail "$file as an image"; fi
    has err "patina: standard input"
    lacks err temporary
    [ ! -s piped ] || fail "$file wrote something"
    [ -z "$(ls temporary)" ] || fail "$file left a temporary file"
done
expect 1 env TMPDIR=temporary "$PATINA" restore text.jpg --color levels -o -
has err "patina: text.jpg: its content is not"
rmdir temporary
expect 2 restore - damaged -o listed
expect 2 restore -0 damaged -o listed

umask 022
# A restored image is as private as the one it was made from.
chmod 600 damaged/skyline.png
expect 0 restore damaged -o private
[ "$(stat -c %a private/skyline.png)" = 600 ] || fail "a private image became public"

# So is a page that shows images: it is as private as the most private of them.
mode_is() {
    checks=$((checks + 1))
    [ "$(stat -c %a "$2")" = "$1" ] || fail "$2 has mode $(stat -c %a "$2") instead of $1"
}
expect 0 "$PATINA" search damaged undamaged -o rows.csv -q
for original in 644 640; do
    chmod $original undamaged/grass.bmp
    expect 0 "$PATINA" explain rows.csv grass.bmp damaged undamaged -o page.html --force
    mode_is $original page.html
done
expect 0 "$PATINA" explain rows.csv skyline.png damaged undamaged -o private.html
mode_is 600 private.html
chmod 644 undamaged/grass.bmp
expect 0 "$PATINA" report rows.csv --pairs damaged undamaged -o private_report.html
mode_is 600 private_report.html
expect 0 "$PATINA" report rows.csv -o report.html
mode_is 644 report.html
expect 0 restore damaged -o private --sheet private_sheet.html --force
mode_is 600 private_sheet.html
expect 0 restore damaged/grass.bmp -o private --sheet sheet.html --force
mode_is 644 sheet.html

# Hard links, as in a backup made with `cp -al`, do not change with the file.
mkdir backup
echo precious >backup/target
for name in linked.csv.partial linked.trials.csv.partial linked.failures.csv.partial linked.run.json.partial \
    linked.html.partial; do
    ln backup/target $name
done
expect 0 "$PATINA" search damaged undamaged -o linked.csv --trials linked.trials.csv -q -j1
expect 0 "$PATINA" report linked.csv -o linked.html -q
[ "$(cat backup/target)" = precious ] || fail "a hard link was written to"
for name in linked.csv linked.trials.csv linked.failures.csv linked.run.json linked.html; do
    [ "$(stat -c %h $name)" = 1 ] || fail "$name is the hard link"
done
cp -al private backup
echo more >>private/skyline.png
expect 2 restore damaged -o private --force
has err "private/.patina-restore.journal: has another name"
lacks err "--restart"

# A journal that is none: the advice is of use to the command.
for command in restore degrade; do
    mkdir broken
    echo x >broken/.patina-$command.journal
    if [ $command = restore ]; then
        expect 2 restore damaged -o broken
    else
        expect 2 "$PATINA" degrade undamaged -o broken
    fi
    has err "broken/.patina-$command.journal: exists and is not a journal"
    has err "remove it, or choose another folder with -o"
    lacks err "--restart"
    rm broken/.patina-$command.journal
    [ $command = degrade ] || expect 0 restore damaged -o broken
    rm -r broken
done
echo x >broken.journal
expect 2 "$PATINA" search damaged undamaged -o broken.csv
has err "start over with --restart"
expect 0 "$PATINA" search damaged undamaged -o broken.csv --restart

# degrade: the same command continues; other options do not replace.
expect 0 "$PATINA" degrade undamaged -o pairs --per-image 2
cp -r pairs pairs1
expect 0 "$PATINA" degrade undamaged -o pairs --per-image 2
rm pairs/damaged/grass.bmp~1.png pairs/manifest.csv
expect 0 "$PATINA" degrade undamaged -o pairs --per-image 2
for file in manifest.csv damaged/grass.bmp~1.png damaged/skyline.png~2.png; do
    same pairs/$file pairs1/$file
done
for other in "--per-image 1" "--per-image 2 --seed 2"; do
    # shellcheck disable=SC2086 # a list of words
    expect 2 "$PATINA" degrade undamaged -o pairs $other
    has err "already exists"
done
same pairs/manifest.csv pairs1/manifest.csv
for wait in 0.05 0.1 0.2 0.3; do
    timeout -s KILL $wait "$PATINA" degrade undamaged -o killed1 --per-image 2 -j 1 -q || true
done
expect 0 "$PATINA" degrade undamaged -o killed1 --per-image 2
for file in damaged/grass.bmp~1.png damaged/skyline.png~2.png damaged/astronaut_flag.webp~1.png; do
    same killed1/$file pairs1/$file
done

# Tables, models and pages.
expect 0 "$PATINA" search damaged undamaged -o d.csv
expect 0 "$PATINA" search damaged undamaged -o d.csv
cp d.csv d1.csv
expect 2 "$PATINA" search damaged undamaged -o d.csv --limit 1
has err "d.csv: already exists"
echo edited >>d.csv
expect 2 "$PATINA" search damaged undamaged -o d.csv
has err "d.csv: already exists"
tail -n 1 d.csv | grep -q edited || fail "a table that was edited was replaced"
cp d1.csv d.csv
expect 0 "$PATINA" search damaged undamaged -o d.csv
expect 2 "$PATINA" train d.csv --kind linear -o d.csv
expect 2 "$PATINA" features damaged -o d.csv
has err "d.csv: already exists"
expect 0 "$PATINA" report d.csv -o r.html
expect 2 "$PATINA" report d.csv -o r.html
has err "r.html: already exists; choose another name, or use --force to replace it"
expect 0 "$PATINA" report d.csv -o r.html --force
same d.csv d1.csv
expect 0 "$PATINA" search damaged undamaged -o d.csv --limit 1 --force
lines d.csv 2

# Trials, and features, are replaced by the same rule.
expect 0 "$PATINA" search damaged undamaged -o t.csv --trials trials.csv
cp trials.csv trials1.csv
expect 0 "$PATINA" search damaged undamaged -o t.csv --trials trials.csv
echo edited >>trials.csv
expect 2 "$PATINA" search damaged undamaged -o t.csv --trials trials.csv
has err "trials.csv: already exists"
cp trials1.csv trials.csv
expect 0 "$PATINA" search damaged undamaged -o t.csv --trials trials.csv
expect 0 "$PATINA" features damaged -o f.csv
cp f.csv f1.csv
expect 0 "$PATINA" features damaged -o f.csv
same f.csv f1.csv
for other in --extended "undamaged" "--label kind=x"; do
    # shellcheck disable=SC2086 # a list of words
    expect 2 "$PATINA" features $other damaged -o f.csv
    has err "f.csv: already exists"
done
echo edited >>f.csv
expect 2 "$PATINA" features damaged -o f.csv
expect 0 "$PATINA" features damaged -o f.csv --force
same f.csv f1.csv

# So does a table with failures, whose journal remains; what could be moved into place when the run
# was killed is the same run's, too.
mkdir broken
cp damaged/* broken
: >broken/empty.png
expect 1 "$PATINA" features broken -o b.csv
expect 1 "$PATINA" features broken -o b.csv
echo edited >>b.csv
expect 2 "$PATINA" features broken -o b.csv
has err "b.csv: already exists"
expect 1 "$PATINA" features broken -o b.csv --force
mv b.csv b.csv.partial
echo old >b.csv
expect 1 "$PATINA" features broken -o b.csv
lines b.csv 4

# Planted links are not followed.
echo precious >target
ln -s "$PWD/target" e.csv.partial
expect 1 "$PATINA" search damaged undamaged -o e.csv
has err "e.csv.partial: is a symbolic link"
rm e.csv.partial
ln -s "$PWD/target" e.journal
expect 1 "$PATINA" search damaged undamaged -o e.csv
has err "e.journal: is a symbolic link"
mkdir planted
ln -s "$PWD/target" planted/skyline.png.partial
expect 0 restore damaged -o planted
[ "$(cat target)" = precious ] || fail "a link was followed"
same planted/skyline.png first/skyline.png
finish
