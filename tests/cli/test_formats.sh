#!/bin/sh
# HEIC, AVIF, JPEG XL and GIF: reading, restoring, and workers that load the modules they need.
# CASES is a folder with images that imread does not read.
. "$(dirname "$0")/lib.sh"
tools=$SOURCE/tests/cli
export PYTHONDONTWRITEBYTECODE=1

expect 0 /usr/bin/python3 "$tools/check_formats.py" "$PATINA" "$BUILD/tests/decode_digest" "$CASES" \
    cases
finish
