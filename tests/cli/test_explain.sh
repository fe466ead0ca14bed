#!/bin/sh
# patina explain: rows that are reproduced, rows that are not, and why.
. "$(dirname "$0")/lib.sh"
explain() { "$PATINA" explain --force "$@"; }
pairs="$sample/damaged $sample/undamaged"

# Every row of the sample is reproduced, by workers and in one process.
expect 0 "$PATINA" search $pairs -o D.csv -q
for name in $(tail -n +2 D.csv | cut -d, -f1); do
    expect 0 explain D.csv "$name" $pairs
    has out "reproduced to the last digit (22 cells)"
    lacks out "$(printf '\033')"
done
expect 0 explain D.csv coffee_cup.jpg $pairs
mv out by_workers
expect 0 explain D.csv coffee_cup.jpg $pairs --in-process
same out by_workers
has out "doing nothing"
has out "runner-up"
has out "17 rows;"
[ "$(grep -c '\*' out)" -eq 2 ] || fail "not exactly one marked setting and one legend"

# The JSON has the table's cells and the scores in the trials.
expect 0 "$PATINA" search $pairs -o D2.csv --trials T.csv -q
expect 0 explain D.csv coffee_cup.jpg $pairs --json
python3 - "$work" <<'EOF' || fail "the JSON does not agree with the tables"
import csv, json, sys
told = json.load(open("out"))
assert told["schema"] == {"name": "patina.explain", "version": 1}
row = next(r for r in csv.DictReader(open("D.csv")) if r["filename"] == "coffee_cup.jpg")
cells = told["rows"][0]["cells"]
assert {c["column"]: c["rebuilt"] for c in cells} == row and told["reproduced"] is True
trials = [t for t in csv.DictReader(open("T.csv")) if t["filename"] == "coffee_cup.jpg"]
assert [float(t["psnr"]) for t in trials[:-1]] == [s["psnr"] for s in told["scores"]["settings"]]
assert float(trials[-1]["ssim"]) == told["scores"]["untouched"]["ssim"]
ranked = sorted((s["similarity_score"] for s in told["scores"]["settings"]), reverse=True)
assert ranked[:2] == [told["scores"]["best"]["similarity_score"],
                      told["scores"]["runner_up"]["similarity_score"]]
means = sorted(float(r["mean"]) for r in csv.DictReader(open("D.csv")))
mean = told["features"]["mean"]
assert mean["below"] == means.index(mean["value"]) and mean["50%"] == means[8]
assert abs(mean["percent"] - 100 * (mean["below"] + 0.5) / 17) < 1e-12
EOF

# With a model, what it does and expects, as evaluate says.
model=$SOURCE/data/model/default.model
expect 0 "$PATINA" evaluate "$model" $pairs --details E.csv
acted=$(awk -F, 'NR > 1 && $NF > 0 { print $1; exit }' E.csv)
expect 0 explain D.csv "$acted" $pairs --model "$model"
grep -q "^  the model  *0\." out || fail "the model's scores are missing"
has out "the model expects a gain of "
expect 0 explain D.csv "$acted" $pairs --model "$model" --json -q
python3 - "$acted" <<'EOF' || fail "the model does not do what evaluate says"
import csv, json, sys
told = json.load(open("out"))["model"]
row = next(r for r in csv.DictReader(open("E.csv")) if r["filename"] == sys.argv[1])
assert told["psnr"] == float(row["predicted_psnr"])
assert told["expected_gain"] == float(row["expected_gain"])
assert told["harm"] == float(row["harm"])
EOF
expect 0 explain D.csv "$acted" $pairs --model "$model" -o page.html -q
has page.html "The model expects a gain in similarity of "
has page.html ">the model<"
expect 2 explain D.csv coffee_cup.jpg $pairs --model D.csv
has err "D.csv: "

# A changed digit, a rounded number, and a number in another notation are reported.
sed '/^coffee_cup/s/,none,0,1.5,0.5$/,none,0,1.5,0.50/; /^galaxies/s/,none,/,levels,/' D.csv >C.csv
cp D.run.json C.run.json
expect 1 explain C.csv coffee_cup.jpg $pairs
has out "NOT reproduced, 1 of 22 cells differ"
has out "rewritten"
has out "SHA-256 differs from the one in the run record"
score=$(grep ^coffee_cup D.csv | cut -d, -f2)
sed "s/$score/$(printf %.6f "$score")/" D.csv >C.csv
expect 1 explain C.csv coffee_cup.jpg $pairs
has out "similarity_score"
has out "fewer digits"
sed "s/$score/0.7/" D.csv >C.csv
expect 1 explain C.csv coffee_cup.jpg $pairs
has out " 0.7 "
has out "similarity_score is computed from PSNR and SSIM"
lacks out "the features match the table"
psnr=$(grep ^coffee_cup D.csv | cut -d, -f3)
sed "s/$score,$psnr/0.7,30/" D.csv >C.csv
expect 1 explain C.csv coffee_cup.jpg $pairs
has out "the features match the table"
lacks out "is computed from PSNR and SSIM"
expect 0 explain C.csv skyline.png $pairs

# Without a record the default grid is used, unless --grid is given.
expect 0 "$PATINA" search $pairs -o G.csv --grid "sigma=0.7,1.1;strength=0,0.3,1" --limit 6 -q
expect 0 explain G.csv cat_eyes.jpg $pairs
has out "of all 12 settings (grid: from the run record)"
rm G.run.json
expect 0 explain G.csv cat_eyes.jpg $pairs --grid "sigma=0.7,1.1;strength=0,0.3,1"
has out "(grid: as given)"
expect 1 explain G.csv cat_eyes.jpg $pairs --grid "sigma=2;strength=2.5"
has out "is not among those tried now"
rm D.run.json
expect 0 explain D.csv cat_eyes.jpg $pairs
has out "(grid: the study's"

# Another image under the same name.
few_pairs
expect 0 "$PATINA" search damaged undamaged -o F.csv -q
cp damaged/grass.bmp undamaged/skyline.png
expect 1 explain F.csv skyline.png damaged undamaged
has out "the features match the table"
cp "$sample/damaged/gravel.jpg" damaged/grass.bmp
expect 1 explain F.csv grass.bmp damaged undamaged
has out "features depend only on the damaged image"
[ ! -e F.failures.csv ] || [ "$(wc -l <F.failures.csv)" -eq 1 ] || fail "a pair failed"

# Extended features.
expect 0 "$PATINA" search damaged undamaged -o X.csv --extended -q
expect 0 explain X.csv astronaut_flag.webp damaged undamaged
has out "reproduced to the last digit ($(head -1 X.csv | tr , "\n" | wc -l) cells)"

# A failed pair: why it failed, and whether it fails again.
head -c 300 "$sample/damaged/skyline.png" >damaged/skyline.png
expect 1 "$PATINA" search damaged undamaged -o B.csv -q
expect 0 explain B.csv skyline.png damaged undamaged
has out "it has no row, because it failed in the search (decode_damaged, corrupt)"
has out "it failed again (decode_damaged, corrupt)"
cp "$sample/damaged/skyline.png" damaged/skyline.png
expect 1 explain B.csv skyline.png damaged undamaged
has out "it no longer fails"
expect 1 explain F.csv skyline.png damaged undamaged

# Unknown names, and a duplicate one.
expect 2 explain D.csv cofee_cup.jpg $pairs
has err "closest matches: 'coffee_cup.jpg'"
expect 2 explain D.csv coffee_cup $pairs
has err "closest matches: 'coffee_cup.jpg'"
expect 2 explain D.csv coffee_cup.jpg damaged undamaged
has err "no pair is named 'coffee_cup.jpg'"
{ cat D.csv; grep ^skyline D.csv; } >C.csv
expect 0 explain C.csv skyline.png $pairs
[ "$(grep -c "reproduced to the last digit" out)" -eq 2 ] || fail "not both rows are explained"
{ cat D.csv; grep ^skyline D.csv | sed 's/,[0-9.]*$/,9/'; } >C.csv
expect 1 explain C.csv skyline.png $pairs
has out "2 rows have this name"
has out "row 19 of C.csv: NOT reproduced, 1 of 22 cells differ"

# A file without a partner has neither row nor failure, and no pair.
cp "$sample/damaged/coffee_cup.jpg" damaged/alone.jpg
expect 2 explain F.csv alone.jpg damaged undamaged
has err "no row or failure is named 'alone.jpg': the file is in damaged but has no"
has err "(no undamaged image with this name)"
sed 's/^grass.bmp/alone.jpg/' F.csv >C.csv
expect 2 explain C.csv alone.jpg damaged undamaged
has err "no pair is named 'alone.jpg': the file is in damaged"
rm damaged/alone.jpg

# Wrong usage, and invalid tables.
expect 2 explain
has err "name a data set"
expect 2 explain D.csv
has err "name the row"
expect 2 explain D.csv skyline.png
has err "name two folders"
expect 2 explain none.csv skyline.png $pairs
has err "none.csv"
echo "a,b" >C.csv
expect 2 explain C.csv skyline.png $pairs
has err "'filename'"
cp D.csv C.csv
echo "{" >C.run.json
expect 2 explain C.csv skyline.png $pairs
has err "C.run.json: is not a run record"
rm C.run.json
mkfifo C.run.json # without a writer: opening it would block
expect 2 explain C.csv skyline.png $pairs
has err "C.run.json: is not a run record (it is not a regular file"
rm C.run.json

# Names with a meaning to a terminal, an HTML page or a spreadsheet.
mkdir d u
i=0
for name in '<script>alert(1)<.png' "$(printf 'a\033[31mb\nc.png')" '=1+1,"x".png' "'quote.png"; do
    cp "$sample/damaged/skyline.png" "d/$name"
    cp "$sample/undamaged/skyline.png" "u/$name"
done
for safe in "" --spreadsheet-safe; do
    expect 0 "$PATINA" search d u -o H.csv -q --force $safe
    for name in '<script>alert(1)<.png' "$(printf 'a\033[31mb\nc.png')" '=1+1,"x".png' "'quote.png"; do
        rm -f page.html
        expect 0 explain H.csv "$name" d u -o page.html
        lacks out "$(printf '\033')"
        lacks page.html "<script"
        lacks page.html "$(printf '\033')"
    done
done
expect 0 explain H.csv "'=1+1,\"x\".png" d u

# Names that cannot be typed are suggested in an escaped form, which is accepted.
for name in "$(printf 'bad\033[31m.png')" "$(printf 'caf\351.png')" 'back\slash.png'; do
    cp "$sample/damaged/skyline.png" "d/$name"
    cp "$sample/undamaged/skyline.png" "u/$name"
done
expect 0 "$PATINA" search d u -o H.csv -q --force
for shown in 'bad\x1b[31m.png' 'caf\xe9.png' 'back\\slash.png'; do
    expect 2 explain H.csv "${shown%.png}2.png" d u
    has err "closest matches: '$shown'"
    expect 0 explain H.csv "$shown" d u
    has out "reproduced to the last digit"
done
expect 0 explain H.csv 'back\slash.png' d u
expect 2 explain H.csv "$(printf 'caf\351\033.png')" d u
has err "'caf\xe9\x1b.png'"

# The page is self-contained, with images; it replaces no input.
expect 0 explain D.csv coffee_cup.jpg $pairs -o page.html
has out "written: page.html"
[ "$(grep -o 'src="data:image/jpeg;base64,' page.html | wc -l)" -eq 6 ] || fail "not six images"
for foreign in http: https: "url(" "<link" "@import" "<script"; do
    lacks page.html "$foreign"
done
expect 0 explain D.csv coffee_cup.jpg $pairs -o again.html --in-process
same page.html again.html
expect 2 explain D.csv coffee_cup.jpg $pairs -o D.csv
has err "would be replaced"
expect 2 explain D.csv coffee_cup.jpg $pairs -o page.png
expect 1 explain D.csv coffee_cup.jpg $pairs -o none/page.html
expect 2 explain D.csv coffee_cup.jpg $pairs --json -o x.json
has err "with --json, the name of the page must end in .html"
[ ! -e x.json ] || fail "a page was written to x.json"
expect 0 explain D.csv coffee_cup.jpg $pairs -o -
same page.html out
expect 0 explain D.csv coffee_cup.jpg $pairs --json -o both.HTM
python3 -m json.tool out >/dev/null || fail "with a page, --json printed no JSON"
same page.html both.HTM

# If every setting makes the image worse, none is called the best.
harm="$sample/undamaged $sample/damaged --match name --limit 3"
expect 0 "$PATINA" search $harm -o A.csv --grid "color=none;sigma=2;strength=2,2.5" -q
name=$(sed -n '2s/,.*//p' A.csv)
expect 0 explain A.csv "$name" $harm -o harm.html
has out "every setting makes it worse; the chosen one is the least bad"
has harm.html 'class="verdict neutral"'
has harm.html "Every setting makes it worse; the least bad of 2:"
has harm.html "the least bad: "
lacks harm.html "the best"

# Another locale changes nothing.
expect 0 explain D.csv coffee_cup.jpg $pairs
mv out plain
for locale in $(locale -a 2>/dev/null | grep -i '^de_.*utf' | head -1) C.UTF-8; do
    expect 0 env LC_ALL="$locale" "$PATINA" explain D.csv coffee_cup.jpg $pairs
    same out plain
done

# On a terminal: colors, block characters, or neither.
on_terminal() { script -qec "$*" /dev/null </dev/null >out 2>err; }
command="$PATINA explain D.csv coffee_cup.jpg $pairs"
if command -v script >/dev/null; then
    on_terminal env -u NO_COLOR TERM=xterm-256color LC_ALL=C.UTF-8 $command
    has out "$(printf '\033[48;5;')"
    on_terminal env NO_COLOR=1 TERM=xterm-256color LC_ALL=C.UTF-8 $command
    lacks out "$(printf '\033')"
    has out "█"
    has out "  shaded: better than that"
    on_terminal env NO_COLOR=1 TERM=xterm-256color LC_ALL=C.UTF-8 "$PATINA" explain A.csv "$name" $harm
    lacks out "shaded"
    # The text and the surface fit the terminal's width.
    on_terminal env TERM=dumb sh -c "'stty cols 60; $command'"
    has out "low_freq_energy"
    lacks out "median"
    [ "$(sed '/^\(row\|damaged\|original\|  \(chosen\|runner-up\) \|  *SHA\)/d' out |
        tr -d '\r' | awk '{ if (length > most) most = length } END { print most }')" -le 60 ] ||
        fail "lines are longer than the terminal is wide"
    on_terminal env NO_COLOR=1 TERM=xterm-256color LC_ALL=C $command
    lacks out "█"
fi
finish
