#!/bin/sh
# patina verify: sequential and parallel runs write the same bytes.
. "$(dirname "$0")/lib.sh"
expect 0 "$PATINA" verify "$sample/damaged" "$sample/undamaged" --jobs 3 --sample 5
has out "sequential  1 worker"
has out "parallel    3 workers"
has out "5 rows, 0 failures"
has out "identical: data set, scores of all settings, failures"

# Failures are compared too, and are not differences.
few_pairs
: >damaged/grass.bmp
expect 0 "$PATINA" verify damaged undamaged
has out "2 rows, 1 failures"
expect 2 "$PATINA" verify damaged undamaged --in-process
mkdir -p none_d none_u
: >none_d/a.png
: >none_u/a.png
expect 1 "$PATINA" verify none_d none_u
has out "nothing was compared"
expect 2 "$PATINA" verify damaged nowhere
has err nowhere

# No files are left, and a missing temporary folder is reported.
mkdir scratch
expect 0 env TMPDIR="$work/scratch" "$PATINA" verify damaged undamaged --quiet
[ -z "$(ls scratch)" ] || fail "files are left in the temporary folder"
expect 1 env TMPDIR="$work/nowhere" "$PATINA" verify damaged undamaged
has err "set TMPDIR"
finish
