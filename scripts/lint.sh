#!/bin/sh
# Read the sources with cppcheck and clang-tidy; nothing found is silence and status 0. Takes some
# minutes, so it is no part of the tests.
#
#     scripts/lint.sh [FILE...]      default: all of src/
set -eu
cd "$(dirname "$0")/.."
for tool in cppcheck clang-tidy; do
    command -v $tool >/dev/null || {
        echo "lint.sh: please install $tool" >&2
        exit 1
    }
done
[ $# -gt 0 ] || set -- $(find src -name "*.c")

# Its "uninitialised" does not know that a function may fill what it is given a pointer to; gcc's
# and clang's do.
cppcheck --enable=warning,performance,portability --std=c11 --quiet --error-exitcode=1 -j 2 \
    -Isrc -Iinclude -D_GNU_SOURCE -DPAT_X86_KERNELS --suppress=missingIncludeSystem \
    --suppress=uninitvar --suppress=ctuuninitvar "$@"

# The analyzer sees one file at a time. It does not know that pat_fail() returns a failure, and so
# follows paths that there are none of. Templates nest as deep as they are written, and JSON is shown to
# a given depth.
false_alarms='src/cli/bench_stages.c.*core.NullDereference
src/cli/options.c.*core.NullDereference
src/data/manifest.c.*core.UndefinedBinaryOperatorResult
src/data/table.c.*core.NullDereference
src/features/likeness.c.*core.UndefinedBinaryOperatorResult
src/image/metadata.c.*core.NullDereference
src/learn/booster.c.*core.(NullDereference|CallAndMessage)
src/learn/summarize.c.*core.NullDereference
src/learn/model_file.c.*core.NonNullParamChecker
src/learn/surface.c.*core.NullDereference
src/report/(report_provenance|template).c.*misc-no-recursion
src/tasks/task.c.*unix.Malloc
src/run/train_(pixels|run).c.*core.NullDereference'
cmake --preset test -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null
found=$(printf '%s\n' "$@" | xargs -P 2 -n 4 clang-tidy -p build-test --quiet 2>/dev/null |
    grep -E '(warning|error): .*\[' | grep -vE "$false_alarms" || true)
[ -z "$found" ] || {
    echo "$found"
    exit 1
}
