#!/bin/sh
# Fetch what the pages' charts are drawn with: Vega, Vega-Lite and Vega's interpreter, in the
# versions below, by npm, with its settings, into src/report/vendor.
#
#     scripts/vendor.sh
#
# Called by setup.sh, and by CMake where the files are missing or of other versions; does nothing
# where they are there. Several at once do no harm: each file appears whole, by a rename.
set -eu

# Package, version, the tarball's SHA-512 (npm's dist.integrity, in hexadecimal), file.
packages="\
vega 6.4.0 ac75c2ab62e911608b3235c1123ee1a1c63d1b4fe2e5319845ac861928f4e954c5e3e976206d99ee87992828d66d487fee14c4fe65616da38f07bdb0084961ea vega.min.js
vega-lite 6.5.0 7cc5c5eacd0cac88345135a72c87de16d8122f3561cb348aa1bcc6ae1e6b852fa62fa14e6051b79bba2e278536de08fae442be825f452084f9c3bc0b35a03390 vega-lite.min.js
vega-interpreter 2.3.2 2430288b7b5a15c0832ee8d91bce1334d517764019e56b121ecb31f2559561ac5bf5296c8e4eefecfb512185e94a55302da286441aa827d283b37e99d1e30423 vega-interpreter.js"

vendor=$(dirname "$0")/../src/report/vendor
stamp=$vendor/versions.txt
[ "$packages" != "$(cat "$stamp" 2>/dev/null)" ] || exit 0

command -v npm >/dev/null || {
    echo "vendor.sh: npm is missing; scripts/setup.sh installs it" >&2
    exit 1
}
mkdir -p "$vendor"
work=$(mktemp -d "$vendor/partial-XXXXXX")
trap 'rm -rf "$work"' EXIT

# The interpreter is published as an ES module alone. Here it becomes a plain script that adds to
# the global `vega`, which has all that it imports.
as_script() {
    {
        echo '(function () {'
        sed -e "s/^import \({[^}]*}\) from 'vega-util';\$/const \1 = vega;/" \
            -e 's/^export { expression as expressionInterpreter };$/vega.expressionInterpreter = expression;/' \
            -e '/^\/\/# sourceMappingURL=/d' "$1"
        echo '})();'
    } >"$1.script"
    if grep -qE '^(import|export) ' "$1.script" || ! grep -q '^vega\.' "$1.script"; then
        echo "vendor.sh: $1 is not the module that this script knows how to wrap" >&2
        exit 1
    fi
    mv "$1.script" "$1"
}

echo "$packages" | while read -r name version sha512 file; do
    tarball=$name-$version.tgz
    npm pack --silent --pack-destination "$work" "$name@$version" </dev/null >/dev/null || {
        echo "vendor.sh: npm cannot fetch $name $version; 'npm ping' tells whether its registry" \
            "can be reached, 'npm config set registry' names another" >&2
        exit 1
    }
    echo "$sha512  $work/$tarball" | sha512sum --check --status || {
        echo "vendor.sh: $tarball is not what it should be: its SHA-512 differs" >&2
        exit 1
    }
    tar -xzf "$work/$tarball" -C "$work" "package/build/$file" package/LICENSE
    mv "$work/package/build/$file" "$work/$file"
    mv "$work/package/LICENSE" "$work/$name.LICENSE"
    if [ "$name" = vega-interpreter ]; then as_script "$work/$file"; fi
    mv "$work/$file" "$work/$name.LICENSE" "$vendor/"
done
echo "$packages" >"$work/versions.txt"
mv "$work/versions.txt" "$stamp" # last: with it all is there
