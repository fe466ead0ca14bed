#!/bin/sh
# What a process inherits does not change what a command does: blocked and ignored signals, few
# descriptors, no /proc, a disk that fails.
. "$(dirname "$0")/lib.sh"
few_pairs
search() {
    "$PATINA" search damaged undamaged -o "$1.csv" --jobs 2 --grid 'sigma=1;strength=1' --quiet
}
expect 0 search usual

# with_signals BLOCK|IGNORE SIGNALS COMMAND...: run it with such signals.
cat >with_signals.py <<'PY'
import os, signal, sys
signals = [getattr(signal, name) for name in sys.argv[2].split(",")]
if sys.argv[1] == "BLOCK":
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
else:
    for number in signals:
        signal.signal(number, signal.SIG_IGN)
os.execvp(sys.argv[3], sys.argv[3:])
PY
with_signals() {
    /usr/bin/python3 with_signals.py "$@"
}

# A worker that ends is noticed, and so is a closed pipe.
for how in BLOCK IGNORE; do
    for signals in SIGCHLD SIGTERM,SIGINT,SIGHUP,SIGPIPE,SIGALRM,SIGABRT,SIGCONT,SIGRTMIN; do
        expect 0 with_signals $how $signals timeout 300 "$PATINA" search damaged undamaged \
            -o "$how.csv" --jobs 2 --grid 'sigma=1;strength=1' --quiet
        same "$how.csv" usual.csv
        rm "$how".*
    done
done

# A blocked SIGTERM ends a run, an ignored SIGINT does not: shells let background jobs ignore it.
mkdir many_d many_u
for i in $(seq 60); do
    ln "$work/damaged/skyline.png" "many_d/$i.png"
    ln "$work/undamaged/skyline.png" "many_u/$i.png"
done
/usr/bin/python3 with_signals.py BLOCK SIGTERM /usr/bin/python3 with_signals.py IGNORE SIGINT \
    "$PATINA" search many_d many_u -o stopped.csv --jobs 1 >out 2>err &
driver=$!
for i in $(seq 600); do
    [ ! -s stopped.journal ] || break
    sleep 0.1
done
kill -INT $driver
kill -TERM $driver
status=0
wait $driver || status=$?
[ $status -eq 143 ] || fail "status $status of a run that SIGTERM should end"
has err "finishing the work in progress"
absent stopped.csv

# Few descriptors: it works, or says what to do.
for count in 8 16 64; do
    for command in "search damaged undamaged -o few.csv --grid sigma=1;strength=1" \
        "features damaged -o few.csv" "restore damaged -o few_out --sigma 1 --strength 1 --force" \
        "degrade undamaged -o few_made --force" "compare usual.csv usual.csv"; do
        status=0
        (ulimit -n $count && exec timeout 300 "$PATINA" $command --quiet) >out 2>err || status=$?
        checks=$((checks + 1))
        if [ $status -ne 0 ]; then
            has err "ulimit -n 256"
            [ $status -eq 1 ] || fail "status $status of $command with $count descriptors"
            [ $count -lt 64 ] || fail "$count descriptors do not suffice for $command"
        fi
        rm -rf few.csv few.* few_out few_made
    done
done
expect 0 sh -c 'ulimit -n 8; "$0" --version' "$PATINA"
expect 2 sh -c 'ulimit -n 64; "$0" search many_d many_u -o few.csv --jobs 50' "$PATINA"
has err "cannot start 50 workers: at most 64 files can be open at once; use 28 or fewer (--jobs)"

# Without /proc, where this machine lets us hide it. AddressSanitizer needs it.
mkdir nothing
if ! sanitized && unshare -m mount --bind nothing /proc 2>/dev/null; then
    expect 0 unshare -m sh -c 'mount --bind nothing /proc; cd /; cd "$1"; exec "$0" search damaged \
        undamaged -o hidden.csv --jobs 2 --grid "sigma=1;strength=1" --quiet' "$PATINA" "$work"
    same hidden.csv usual.csv
    expect 0 unshare -m sh -c 'mount --bind nothing /proc; exec "$0" restore damaged/skyline.png \
        -o hidden.png --max-harm 50%' "$PATINA"
fi

# A file that cannot be read is named. LeakSanitizer also traces, which only one program can do.
if strace -o /dev/null true 2>/dev/null; then
    expect 1 strace -E ASAN_OPTIONS=detect_leaks=0 -f -qq -o /dev/null \
        -P "$work/damaged/skyline.png" -e trace=read,pread64 -e inject=read,pread64:error=EIO \
        "$PATINA" search damaged undamaged -o bad.csv --jobs 1 --grid 'sigma=1;strength=1'
    has bad.failures.csv "damaged/skyline.png: read error (Input/output error); check the disk"
    expect 2 strace -E ASAN_OPTIONS=detect_leaks=0 -f -qq -o /dev/null -P "$work/usual.csv" \
        -e trace=read,pread64 -e inject=read,pread64:error=EIO "$PATINA" inspect usual.csv
    has err "usual.csv: cannot read (Input/output error); check the disk"
fi
finish
