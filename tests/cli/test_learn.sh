#!/bin/sh
# patina learn: one command that ends with the same model, however often it is stopped.
. "$(dirname "$0")/lib.sh"
mkdir clean
for name in cat_whole.webp coffee_table.png photographer.png retina_whole.webp rocket_tower.tiff \
    skyline.png gravel.jpg grass.bmp; do
    cp "$sample/undamaged/$name" clean/
done
few='--per-image 3 --crop 64x64 --keep-harmful'
damage='--per-image 3 --crop 64x64'

umask 022
chmod 600 clean/*

# Undisturbed: the model, the page, and nothing else. The page shows private images, and so is private.
expect 0 "$PATINA" learn clean -o a.model $few --report a.html
has out "8 images, 24 damaged versions"
has out " model, tested on 6 versions of 2 images that it has not seen:"
has out "written: a.model"
has out "a.html"
has err "step 1 of 4, degrade"
has err "step 4 of 4, report"
has err "8 images make a poor model; use at least 100, better 300"
worse='originals held out, the model is worse on average than leaving images alone'
has err "patina: WARNING: on the 2 $worse"
has a.html "<title>"
[ "$(stat -c %a a.html)" = 600 ] || fail "a page with private images is public"
has a.html "the model is worse on average than leaving images alone"
ls >files
printf '%s\n' a.html a.model clean err files out >wanted
same files wanted

# The same bytes as the commands one by one, with any number of workers, and from another folder.
expect 0 "$PATINA" degrade clean -o pairs $damage --shrink 320..960 -q
expect 0 "$PATINA" search --manifest pairs/manifest.csv --extended -o data.csv --trials data.trials.csv \
    --grid 'color=levels,white_balance,none;strength=0:2.5:0.5' -q
expect 0 "$PATINA" train data.csv --trials-from data.trials.csv --manifest pairs/manifest.csv -o by_hand.model -q \
    --keep-harmful
same by_hand.model a.model
mkdir elsewhere
cd elsewhere
expect 0 "$PATINA" learn ../clean -o new/b.model $few --jobs 3 --json --keep
/usr/bin/python3 - <<'PY' || fail "the JSON document is wrong"
import json
told = json.load(open("out", encoding="utf-8"))
assert told["schema"] == {"name": "patina.learn", "version": 1}
assert [told[name] for name in ("images", "versions", "pairs", "rows")] == [8, 24, 24, 24]
assert told["steps_resumed"] == 0 and told["output"] == "new/b.model"
assert told["report"] is None and told["work"] == "new/b.model.work"
assert told["training"]["chosen"] == told["kind"] and told["training"]["originals"] == 8
PY
cd ..
same elsewhere/new/b.model a.model

# --keep keeps what the other commands read. Run again, all is done; another limit only trains.
work=elsewhere/new/b.model.work
same $work/data.csv data.csv
same $work/data.trials.csv data.trials.csv
same $work/pairs/manifest.csv pairs/manifest.csv
absent $work/lock.partial
before=$(stat -c %Y.%i $work/data.csv elsewhere/new/b.model)
cd elsewhere
expect 0 "$PATINA" learn ../clean -o new/b.model $few --keep
has out "3 steps had already been done"
has out " model, tested on 6 versions of 2 images that it has not seen:"
has err "patina: WARNING: on the 2 $worse"
lacks err "step "
cd ..
[ "$(stat -c %Y.%i $work/data.csv elsewhere/new/b.model)" = "$before" ] || fail "a step was done twice"
expect 0 "$PATINA" learn clean -o elsewhere/new/b.model $few --keep --max-harm 100%
has out "2 steps had already been done"
has err "step 3 of 3, train"
lacks err "step 2"

# A model that has been replaced is trained again.
echo else >elsewhere/new/b.model
expect 2 "$PATINA" learn clean -o elsewhere/new/b.model $few --keep --max-harm 100%
has err "elsewhere/new/b.model: already exists"
expect 0 "$PATINA" learn clean -o elsewhere/new/b.model $few --keep --max-harm 100% --force
has out "2 steps had already been done"
expect 0 "$PATINA" learn clean -o elsewhere/new/b.model $few
has out "2 steps had already been done"
same elsewhere/new/b.model a.model
absent $work

# stop_at PLACE COMMAND...: start it, and kill it once a file of this name is there or it has printed this
# text, unless it ends before.
stop_at() {
    place=$1
    shift
    : >err
    "$@" >out 2>err &
    run=$!
    while [ ! -e "$place" ] && ! grep -qF "$place" err && kill -0 $run 2>/dev/null; do sleep 0.02; done
    kill -9 $run 2>/dev/null || true
    wait $run 2>/dev/null || true
}

# Killed in every step, it ends with the same bytes.
again="$PATINA learn clean -o killed.model $few --report killed.html"
for place in killed.model.work/learn.json 'killed.model.work/pairs/damaged/grass.bmp~1.png' \
    killed.model.work/data.journal killed.model.work/data.csv 'step 3 of 4' 'step 4 of 4'; do
    stop_at "$place" $again
done
expect 0 $again
same killed.model a.model
has killed.html "<title>"
absent killed.model.work killed.html.partial killed.model.partial

# A step that fails: it says how to continue. The search cannot begin before its file is unlocked.
mkdir locked.model.work
touch locked.model.work/learn.json.partial # left by a run that was killed at once
(
    exec 9>locked.model.work/data.csv.partial
    flock 9
    expect 1 "$PATINA" learn clean -o locked.model $few
    has err "locked.model.work/data.csv.partial: process "
    has err "the same command resumes the run; finished work is in locked.model.work"
)
absent locked.model
expect 2 "$PATINA" learn clean -o locked.model --per-image 2 --crop 64x64
has err "locked.model.work: holds a run with other options (per-image: 3, now 2); use the same options"
expect 2 "$PATINA" learn clean -o locked.model $few --shrink 100
has err "other options (shrink: 320..960, now 100); use the same options"
expect 2 "$PATINA" learn clean -o locked.model $few --families clean
has err "holds a run with other options (recipe: fingerprint "
cp -p clean/grass.bmp grass.bmp
touch clean/grass.bmp
expect 2 "$PATINA" learn clean -o locked.model $few
has err "holds a run with other options (images: 8, fingerprint "
cp -p grass.bmp clean/grass.bmp
(
    exec 9>locked.model.work/lock.partial
    flock 9
    expect 1 "$PATINA" learn clean -o locked.model $few
    has err "locked.model.work/lock.partial: process "
)
expect 0 "$PATINA" learn clean -o locked.model $few
has out "1 step had already been done"
same locked.model a.model

# --restart discards such a run; a damaged record needs it.
mkdir locked.model.work
echo '{' >locked.model.work/learn.json
echo stale >locked.model.work/data.csv
expect 2 "$PATINA" learn clean -o locked.model $few
has err "locked.model.work/learn.json: cannot be read ("
has err "start over with --restart"
expect 0 "$PATINA" learn clean -o locked.model $few --seed 2 --restart --force
cmp -s locked.model a.model && fail "another seed made the same model"
absent locked.model.work

# Versions that cannot be made are reported, and the rest is done. Versions that are identical to their
# originals, whose scores are infinite, do not stop it.
mkdir mixed
cp clean/* mixed/
head -c 5000 clean/skyline.png >mixed/half.png
echo note >mixed/note.txt
echo '{"families": {"soft": {"blur": {"probability": 1}}, "same": {}}}' >recipe.json
expect 1 "$PATINA" learn mixed -o mixed.model $few --recipe recipe.json
has err "mixed/half.png: "
has err "3 of 27 versions failed"
has out "9 images, 24 damaged versions; 3 more failed"
has out "mixed/note.txt: "
absent mixed.model.work
expect 0 "$PATINA" restore clean -o restored --model mixed.model -q

# What is refused, before any work.
mkdir three other.work
cp clean/s* clean/g* three/
expect 2 "$PATINA" learn three -o x.model
has err "three: 3 images are too few to learn from: at least 8 are needed; 25 photographs make a poor model"
echo mine >other.work/file
expect 2 "$PATINA" learn clean -o other
has err "other.work: is not a working folder of patina learn"
expect 2 "$PATINA" learn clean -o other --restart
[ "$(cat other.work/file)" = mine ] || fail "a file of the user was removed"
expect 2 "$PATINA" learn clean -o x.png
has err "x.png: is an image name, but a model would be written"
expect 1 "$PATINA" learn clean -o x.model --report missing/x.html
has err "missing/x.html"
expect 2 "$PATINA" learn clean -o x.model --report x.model
has err "x.model: names both the model and the report"
expect 2 "$PATINA" learn clean
has err "name the model to write with -o MODEL"
expect 2 "$PATINA" learn -o x.model
has err "name the folder of clean images"
expect 2 "$PATINA" learn clean -o x.model --crop 512x512
has err "--shrink: 320..960 has sizes below that of the crop window, 512x512; begin with 512"
lacks err "the same command resumes"
absent x.model.work
expect 2 "$PATINA" learn clean -o x.model --crop 300x300 --per-image 1
has err "clean: only 3 of its 8 images can be used, and 8 are needed; the first reason: clean/"
has err "smaller than the crop window (300x300)"
expect 2 "$PATINA" learn clean -o x.model --crop 64
has err "not of the form WxH"
rm -r x.model.work
absent x.model x.model.partial
finish
