#!/bin/sh
# Install what the tests need and build twice, with warnings as errors: with the address and
# undefined-behavior sanitizers, to run the tests that those are good for, and plainly, to run all
# tests. README.md, "Tests", says which ones run where.
#
#     scripts/test.sh [CTEST-OPTION...]     for example -L unit, or -R parity_sample
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh --tests

for preset in asan test; do # the plain build last: its summary is the one to remember
    echo "== $preset: build and test"
    cmake --preset $preset >/dev/null
    cmake --build --preset $preset
    ctest --preset $preset -j "$(nproc)" "$@"
done
