#!/bin/sh
# patina compare: the three verdicts, the reported differences, and the exit status.
. "$(dirname "$0")/lib.sh"
printf 'name,x,y\na,1,2\nb,3,4\n' >a.csv
printf 'name,x,y\na,1.0,2\nb,3,4\n' >spelled.csv
printf 'name,x,y\na,1,2\nb,3.001,4\n' >close.csv
printf 'name,x,y\na,1,2\nc,3,4\n' >text.csv
printf 'name,x,y\na,1,2\n' >short.csv
printf 'name,x,z\na,1,2\nb,3,4\n' >header.csv

expect 0 "$PATINA" compare a.csv a.csv
has out identical
expect 0 "$PATINA" compare a.csv spelled.csv
has out "equal within tolerance"
expect 1 "$PATINA" compare a.csv close.csv
has out "row 3 (b), column x: 3 | 3.001"
has out "0.001"
has out different
expect 0 "$PATINA" compare a.csv close.csv --atol 0.002
has out "equal within tolerance"
expect 0 "$PATINA" compare a.csv close.csv --rtol 1e-3
expect 1 "$PATINA" compare a.csv close.csv --rtol 1e-4 --quiet
[ ! -s out ] || fail "--quiet printed something"
expect 1 "$PATINA" compare a.csv text.csv --atol 100
has out "row 3 (b), column name: b | c"
expect 1 "$PATINA" compare a.csv short.csv
has out "2 and 1 rows"
expect 1 "$PATINA" compare a.csv header.csv
has out "column 3 is named y and z"
expect 2 "$PATINA" compare a.csv missing.csv
has err "missing.csv"
expect 2 "$PATINA" compare a.csv
expect 2 "$PATINA" compare a.csv a.csv --rtol -1
has err "not a number >= 0"
finish
