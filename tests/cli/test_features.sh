#!/bin/sh
# patina features: a table of features, with an optional label column.
. "$(dirname "$0")/lib.sh"
few_pairs
expect 0 "$PATINA" features damaged
has out "3 images: 3 rows, 0 failures"
lines features.csv 4
cut -d, -f1 features.csv >names
printf 'filename\nastronaut_flag.webp\ngrass.bmp\nskyline.png\n' >wanted
same names wanted

# The features equal those from search.
expect 0 "$PATINA" search damaged undamaged -o s.csv --quiet
cut -d, -f1,5-18 s.csv >from_search
same features.csv from_search

# A label applies to the inputs after it; a single one after all inputs applies to all.
expect 0 "$PATINA" features --label state=damaged damaged --label state=clean undamaged -o l.csv
lines l.csv 7
head -1 l.csv >header
has header ",sharpening_need,state"
[ "$(grep -c ',damaged$' l.csv)" -eq 3 ] || fail "not three rows labeled damaged"
[ "$(grep -c ',clean$' l.csv)" -eq 3 ] || fail "not three rows labeled clean"
expect 0 "$PATINA" features damaged/grass.bmp undamaged -o all.csv --label "kind=a, b"
[ "$(grep -c ',"a, b"$' all.csv)" -eq 4 ] || fail "not four labeled rows"
has all.csv damaged/grass.bmp,
expect 2 "$PATINA" features --label a=1 damaged --label b=2 undamaged
has err "one label column"
expect 2 "$PATINA" features --label state damaged
has err "not of the form NAME=VALUE"

# The same bytes with any number of workers; failures are named.
for jobs in 1 3; do
    expect 0 "$PATINA" features "$sample/damaged" "$sample/undamaged" -o f$jobs.csv --jobs $jobs
done
same f1.csv f3.csv
: >damaged/empty.png
expect 1 "$PATINA" features damaged -o bad.csv
lines bad.csv 4
has bad.failures.csv "empty.png,decode,empty_file,damaged/empty.png: "
expect 1 "$PATINA" features damaged -o bad.csv --quiet
has err "1 of 4 images failed: see bad.failures.csv"
expect 2 "$PATINA" features damaged missing.png -o bad.csv
has err "missing.png: no such image or folder"
expect 2 "$PATINA" features damaged --label mean=1
has err "the table already has a column 'mean'"
expect 2 "$PATINA" features
has err "name at least one image"
mkdir empty
expect 2 "$PATINA" features empty -o none.csv
absent none.csv none.csv.partial
finish
