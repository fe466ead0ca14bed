#!/bin/sh
# Compare patina's speed with Python and C++ on the same real pairs, in turns, one thread each.
#
#     scripts/bench_peers.sh [--rounds N] [--python-rounds N] [--warm] [--json FILE]
#
# --rounds N         rounds over all 16 pairs (default 5)
# --python-rounds N  Python takes part in the first N, at some 7 s a pair (default 1, 0: never)
# --warm             run every task once untimed just before it is timed
# --json FILE        write the figures there too
#
# Needs the packages of scripts/setup.sh --bench. Takes about ten minutes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
for argument; do
    case $argument in
    -h | --help)
        sed -n '2,/^set/{s/^# \{0,1\}//p;}' "$0"
        exit 0
        ;;
    esac
done

"$root/tests/peers/build.sh" -DPATINA_CXX_PEERS=ON
pairs=$(mktemp -d "$root/build/bench/pairs.XXXXXX")
trap 'rm -rf "$pairs"' EXIT
trap 'exit 130' INT TERM HUP
"$root/scripts/make_bench_pairs.py" "$pairs/512"
"$root/scripts/make_bench_pairs.py" "$pairs/large" --width 1248 --height 832
/usr/bin/python3 "$root/tests/peers/compare.py" --peers "$root/build/bench/peers" \
    --scripts "$root/scripts" --pairs "$pairs/512" --large "$pairs/large" "$@"
