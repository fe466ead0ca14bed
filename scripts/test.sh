#!/bin/sh
# Install what the tests need, build with warnings as errors, and run all tests; then once more
# with the address and undefined-behaviour sanitizers.
#
#     scripts/test.sh [CTEST-OPTION...]     for example -L unit, or -R parity_sample
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh --tests

for preset in asan test; do # the plain build last: its summary is the one to remember
    echo "== $preset: build and run all tests"
    cmake --preset $preset >/dev/null
    cmake --build --preset $preset
    ctest --preset $preset -j "$(nproc)" "$@"
done
