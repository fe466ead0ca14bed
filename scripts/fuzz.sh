#!/bin/sh
# Let libFuzzer look for inputs that break what reads from outside.
#
#     scripts/fuzz.sh [SECONDS] [TARGET...]     default: 120 seconds each, all targets
#
# Builds in build-fuzz with clang and the address and undefined-behaviour sanitizers. New inputs
# gather in build-fuzz/corpus; what breaks a target is left in build-fuzz as crash-*, timeout-* or
# oom-*: put it into tests/fuzz/corpus/TARGET with the fix, where every build runs it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-120}
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # a list of words
    set -- $(ls tests/fuzz/corpus)
fi
command -v clang >/dev/null || {
    echo "fuzz.sh: please install clang and its run-time library (clang, libclang-rt-dev)" >&2
    exit 1
}
CC=clang cmake --preset asan -B build-fuzz -DPATINA_FUZZ=ON -DPATINA_WERROR=OFF >/dev/null

failed=
for target; do
    cmake --build build-fuzz --target "fuzz_$target" | tail -1
    mkdir -p "build-fuzz/corpus/$target"
    echo "== $target, $seconds seconds"
    (
        cd build-fuzz
        ASAN_OPTIONS=allocator_may_return_null=1 "tests/fuzz_$target" "corpus/$target" \
            "../tests/fuzz/corpus/$target" -max_total_time="$seconds" -timeout=60 \
            -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 2>"$target.log"
    ) || failed="$failed $target"
    grep -E "stat::(number_of_executed_units|new_units_added|peak_rss_mb)|ERROR|SUMMARY|hold:" \
        "build-fuzz/$target.log" || true
    grep -E "cov: " "build-fuzz/$target.log" | tail -1
done
[ -z "$failed" ] || {
    echo "broken:$failed (see build-fuzz/TARGET.log)" >&2
    exit 1
}
