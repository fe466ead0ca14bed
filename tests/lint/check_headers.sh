#!/bin/sh
# Each public header must compile by itself, as C11, without third-party headers.
#
#     check_headers.sh PROJECT_DIR
set -eu
count=0
for header in "$1"/include/patina/*.h; do
    name=$(basename "$header")
    printf '#include <patina/%s>\ntypedef int unused;\n' "$name" |
        cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$1/include" -x c -
    count=$((count + 1))
done
echo "$count public headers compile by themselves"
[ "$count" -gt 5 ]
