#!/bin/sh
# Where the kernel does not grant workers the whole sandbox, every command warns and records it, and
# refuses to run on request; a server that other machines can reach refuses by default.
. "$(dirname "$0")/lib.sh"

if sanitized; then # workers have no sandbox at all
    finish
    exit
fi
few_pairs
weak() {
    "$SOURCE/tests/cli/without_landlock.py" "$PATINA" "$@"
}
lack='seccomp (no landlock: Function not implemented)'

# The whole sandbox: nothing is said.
expect 0 "$PATINA" search damaged undamaged -o whole.csv --require-sandbox --quiet
[ ! -s err ] || fail "a message about the whole sandbox"
has whole.run.json '"sandbox": "seccomp, landlock '
has whole.run.json '"require_sandbox": true'

# A part of it: the same bytes, with a warning and a record in every command.
expect 0 weak search damaged undamaged -o weak.csv
same weak.csv whole.csv
has err "patina: warning: the sandbox of the workers is incomplete: $lack"
has weak.run.json "\"sandbox\": \"$lack"
expect 0 weak features damaged -o features.csv --json
has err "$lack"
has out "\"sandbox\": \"$lack"
expect 0 weak restore damaged -o restored --json
has err "$lack"
has out "\"sandbox\": \"$lack"
expect 0 weak inspect weak.csv damaged undamaged --json
has err "$lack"
has out "\"sandbox\": \"$lack"
expect 0 weak degrade undamaged -o versions --per-image 1 --json
has err "$lack"
has out "\"sandbox\": \"$lack"

# On request, it is an error, and no image is read.
expect 1 weak search damaged undamaged -o none.csv --require-sandbox
has err "the kernel does not grant the whole sandbox that --require-sandbox asks for, but $lack"
absent none.csv
expect 1 weak restore damaged -o none --require-sandbox
has err "--require-sandbox"
expect 2 "$PATINA" search damaged undamaged --require-sandbox --in-process
has err "without workers it has no effect"

# A server beyond loopback requires it by default.
expect 1 weak serve --open --listen 0.0.0.0:0
has err "--require-sandbox"
expect 2 "$PATINA" serve --require-sandbox --allow-weak-sandbox
serves() { # OPTION...: it listens, until it is stopped
    : >err # on a busy machine, the previous server's message would be read
    "$SOURCE/tests/cli/without_landlock.py" "$PATINA" serve --jobs 1 "$@" >out 2>err &
    server=$!
    for _ in $(seq 600); do
        ! grep -q "listening on" err || break
        sleep 0.1
    done
    kill "$server"
    wait "$server" || fail "the server ended with $?"
    has err "listening on"
    has err "$lack"
}
serves --listen 127.0.0.1:0
serves --open --listen 0.0.0.0:0 --allow-weak-sandbox
finish
