#!/bin/sh
# The installed library, used through pkg-config and CMake; the manual page; shell completions.
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
[ -s "$work/usr/share/patina/README.md" ] || fail "the sample's licenses are not installed"
for name in vega vega-lite vega-interpreter; do
    [ -s "$work/usr/share/doc/patina/$name.LICENSE" ] || fail "the license of $name is not installed"
done
page=$(find "$work/usr" -name patina.1)
[ -n "$page" ] || fail "no manual page was installed"
expect 0 man --warnings -E UTF-8 -l "$page"
cp out page
[ ! -s err ] || fail "the manual page has warnings"
for command in $("$PATINA" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    has page "patina $command ["
done
for file in bash-completion/completions/patina zsh/site-functions/_patina \
    fish/vendor_completions.d/patina.fish; do
    has "$work/usr/share/$file" "dry-run"
done

# Models, for which the installed program loads XGBoost; then with an invalid library found first.
installed=$work/usr/bin/patina
expect 0 "$installed" search "$sample/damaged" "$sample/undamaged" -o d.csv
expect 0 "$installed" train d.csv --kind forest --no-images -o forest.model
expect 0 "$installed" restore "$sample/damaged" --model forest.model -o restored
mkdir none
: >none/libxgboost.so.0
LD_LIBRARY_PATH=$work/none
export LD_LIBRARY_PATH
expect 1 "$installed" train d.csv --kind forest -o x.model
has err "install libxgboost0"
expect 1 "$installed" restore "$sample/damaged/grass.bmp" --model forest.model -o x.bmp
has err "install libxgboost0"
expect 1 "$installed" evaluate forest.model "$sample/damaged" "$sample/undamaged"
has err "install libxgboost0"
absent x.model x.bmp
expect 0 "$installed" train d.csv --kind linear --no-images -o linear.model
expect 0 "$installed" restore "$sample/damaged/grass.bmp" --model linear.model -o linear.bmp
finish
