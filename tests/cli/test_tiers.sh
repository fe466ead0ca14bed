#!/bin/sh
# All kernel tiers write the same data set, whether all settings are scored or only the best.
. "$(dirname "$0")/lib.sh"

"$BUILD/tests/check_kernels" --list >tiers
expect 0 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o usual.csv
for tier in c avx2 avx512; do
    if ! grep -qx $tier tiers; then
        echo "$tier: this processor cannot run it"
        continue
    fi
    expect 0 env PAT_CPU=$tier "$PATINA" search "$sample/damaged" "$sample/undamaged" \
        -o $tier.csv
    expect 0 env PAT_CPU=$tier "$PATINA" search "$sample/damaged" "$sample/undamaged" \
        -o all.$tier.csv --trials trials.$tier.csv
    same usual.csv $tier.csv
    same usual.csv all.$tier.csv
    same trials.c.csv trials.$tier.csv
done

# An unknown tier.
expect 2 env PAT_CPU=sse9 "$PATINA" search "$sample/damaged" "$sample/undamaged" -o none.csv
has err PAT_CPU
has err sse9
has err "c, avx2 or avx512"
absent none.csv none.csv.partial none.run.json
finish
