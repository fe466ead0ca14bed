# Shared by the command line test scripts. Source it, do not run it.
#
# Environment: PATINA (the program), BUILD (the build folder) and SOURCE (the project folder).
# Each script works in a temporary folder, which is removed at the end.
set -eu
sample=$SOURCE/data/sample
work=$(mktemp -d "${TMPDIR:-/tmp}/patina-test-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
checks=0

fail() {
    echo "FAILED: $*" >&2
    for file in out err; do
        [ ! -s $file ] || { echo "--- $file" >&2; head -40 $file >&2; }
    done
    exit 1
}

# Whether the program was built with sanitizers, which need more memory and extra compiler flags.
sanitized() {
    grep -q '^PATINA_SANITIZE:BOOL=ON' "$BUILD/CMakeCache.txt"
}

# expect STATUS COMMAND...: run it, keeping its output in the files out and err.
expect() {
    wanted=$1
    shift
    status=0
    "$@" >out 2>err || status=$?
    checks=$((checks + 1))
    [ "$status" -eq "$wanted" ] || fail "status $status instead of $wanted: $*"
}

# has FILE TEXT, lacks FILE TEXT: whether the file contains this fixed string.
has() {
    checks=$((checks + 1))
    grep -qF -e "$2" "$1" || fail "$1 lacks: $2"
}
lacks() {
    checks=$((checks + 1))
    if grep -qF -e "$2" "$1"; then fail "$1 contains: $2"; fi
}

# same FILE FILE: both have the same bytes.
same() {
    checks=$((checks + 1))
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

# lines FILE COUNT
lines() {
    checks=$((checks + 1))
    [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"
}

absent() {
    checks=$((checks + 1))
    for file; do
        [ ! -e "$file" ] || fail "$file exists"
    done
}

# A few small pairs in damaged/ and undamaged/, for tests in which any images will do.
few_pairs() {
    mkdir -p damaged undamaged
    for name in grass.bmp skyline.png astronaut_flag.webp; do
        cp "$sample/damaged/$name" damaged/
        cp "$sample/undamaged/$name" undamaged/
    done
}

finish() {
    echo "$checks checks passed"
}
