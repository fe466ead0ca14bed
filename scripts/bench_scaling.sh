#!/bin/sh
# How patina's cost grows with the image area, the number of pairs and the number of workers, and
# how much memory driver and workers take.
#
#     scripts/bench_scaling.sh [--rounds N] [--sizes LIST]
#
# --rounds N    medians over N rounds (default 3)
# --sizes LIST  sides of the square images (default 256,512,1024,2048,4096)
#
# Needs the packages of scripts/setup.sh --bench and 1 GB of disk.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=3
sizes=256,512,1024,2048,4096
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        sed -n '2,/^set/{s/^# \{0,1\}//p;}' "$0"
        exit 0
        ;;
    --rounds | --sizes)
        [ $# -ge 2 ] || {
            echo "bench_scaling.sh: $1 needs a value" >&2
            exit 2
        }
        if [ "$1" = --rounds ]; then rounds=$2; else sizes=$2; fi
        shift 2
        ;;
    *)
        echo "bench_scaling.sh: unknown option $1 (see --help)" >&2
        exit 2
        ;;
    esac
done

"$root/tests/peers/build.sh" -DPATINA_CXX_PEERS=OFF
pairs=$(mktemp -d "$root/build/bench/pairs.XXXXXX")
trap 'rm -rf "$pairs"' EXIT
trap 'exit 130' INT TERM HUP
make="$root/scripts/make_bench_pairs.py"
for size in $(echo "$sizes" | tr , ' '); do
    "$make" "$pairs/$size" --size "$size" --count 4
done
"$make" "$pairs/tiny" --size 32
"$make" "$pairs/real" --size 512
/usr/bin/python3 "$root/tests/peers/scaling.py" --peers "$root/build/bench/peers" \
    --patina "$root/build/bench/installed/bin/patina" --pairs "$pairs" \
    --rounds "$rounds" --sizes "$sizes"
