#!/bin/sh
# Every image in FOLDER must be refused with a message that names it (docs/decoding.md says why).
#
#     check_refused.sh DECODE_DIGEST_BINARY FOLDER
set -eu
refused=0
for file in "$2"/*; do
    status=0
    message=$("$1" "$file" 2>&1) || status=$?
    case $status$message in
    1*"$file: "*) refused=$((refused + 1)) ;;
    *)
        echo "$file: status $status: $message"
        exit 1
        ;;
    esac
done
echo "$refused images are refused"
[ "$refused" -gt 20 ]
