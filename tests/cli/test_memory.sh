#!/bin/sh
# A worker that runs out of memory says so, and does not call a good image damaged.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 "$SOURCE/tests/cli/check_memory.py" "$PATINA" || fail "too little memory"
checks=$((checks + 1))
finish
