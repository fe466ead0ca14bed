# Shared by the test scripts of the command line: sourced, not run.
#
# The environment names PATINA (the program), BUILD (the build folder) and SOURCE (the project).
# Each script works in a folder of its own, removed at the end.
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

# Whether the program was built with sanitizers, which take much memory and need flags.
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

# has FILE TEXT / lacks FILE TEXT: a fixed string somewhere in the file.
has() {
    checks=$((checks + 1))
    grep -qF -e "$2" "$1" || fail "$1 does not say: $2"
}
lacks() {
    checks=$((checks + 1))
    if grep -qF -e "$2" "$1"; then fail "$1 says: $2"; fi
}

# same FILE FILE: the same bytes.
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

# A few small pairs in damaged/ and undamaged/, for runs whose pictures do not matter.
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
