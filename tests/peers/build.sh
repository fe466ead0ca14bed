#!/bin/sh
# Build patina (release preset) and the benchmark peers into build/bench.
#
#     tests/peers/build.sh -DPATINA_CXX_PEERS=ON|OFF    with or without the C++ peers
#
# Prints only errors.
set -eu
cd "$(dirname "$0")/../.."
log=build/bench/build.log
mkdir -p build/bench
if ! {
    cmake --preset release &&
    cmake --build --preset release &&
    cmake --install build --prefix "$PWD/build/bench/installed" &&
    cmake -S tests/peers -B build/bench/peers -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_PREFIX_PATH="$PWD/build/bench/installed" "$@" &&
    cmake --build build/bench/peers
} >"$log" 2>&1; then
    tail -30 "$log" >&2
    echo "build.sh: the build failed, see $log; to install the packages it needs, run scripts/setup.sh --bench" >&2
    exit 1
fi
