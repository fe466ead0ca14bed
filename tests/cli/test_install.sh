#!/bin/sh
# The installed library serves a program through pkg-config and through CMake; the manual page.
. "$(dirname "$0")/lib.sh"
expect 0 cmake --install "$BUILD" --prefix "$work/usr"
cp "$SOURCE/notebooks_port/stage3_search.c" .
flags=
if sanitized; then flags='-fsanitize=address,undefined'; fi
PKG_CONFIG_PATH=$(dirname "$(find "$work/usr" -name patina.pc)")
export PKG_CONFIG_PATH
expect 0 sh -c "cc $flags stage3_search.c -o by_pkgconfig \$(pkg-config --cflags --libs patina)"
expect 0 ./by_pkgconfig "$sample/damaged/grass.bmp" "$sample/undamaged/grass.bmp"
has out "best: none, sigma 1"

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(patina 0.1 REQUIRED)
add_executable(by_cmake stage3_search.c)
target_link_libraries(by_cmake PRIVATE patina::patina)
CMAKE
expect 0 cmake -S . -B user -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" -DCMAKE_C_FLAGS="$flags"
expect 0 cmake --build user
expect 0 user/by_cmake "$sample/damaged/grass.bmp" "$sample/undamaged/grass.bmp"

expect 0 "$work/usr/bin/patina" --version
has out "patina 0.1.0"
expect 0 "$work/usr/bin/patina" bench --single --repeat 1 --sample 1
has out "mean of 1, typically 270 x 300 pixels"
[ -s "$work/usr/share/patina/README.md" ] || fail "the sample's licences are not installed"
page=$(find "$work/usr" -name patina.1)
[ -n "$page" ] || fail "no manual page was installed"
expect 0 man --warnings -E UTF-8 -l "$page"
for command in search features compare verify bench; do
    has out "patina $command"
done
[ ! -s err ] || fail "the manual page has warnings"
finish
