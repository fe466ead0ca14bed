#!/bin/sh
# Killing workers loses nothing, or at most their pairs; the driver needs little memory.
. "$(dirname "$0")/lib.sh"
mkdir -p long_d long_u
for i in $(seq -w 60); do
    cp "$sample/damaged/coffee_cup.jpg" "long_d/$i.jpg"
    cp "$sample/undamaged/coffee_cup.jpg" "long_u/$i.jpg"
done
expect 0 "$PATINA" search long_d long_u -o calm.csv --quiet

# peak PID: peak resident memory of a process in kB; prints nothing if it has exited.
peak() {
    sed -n 's/^VmHWM: *\([0-9]*\) kB$/\1/p' "/proc/$1/status" 2>/dev/null || true
}

# Kill a worker now and then: every pair gets a row, unless its worker was killed three times.
"$PATINA" search long_d long_u -o killed.csv --jobs 3 --batch 2 >out 2>err &
driver=$!
kills=0
seen=
while kill -0 $driver 2>/dev/null && [ $kills -lt 8 ]; do
    sleep 0.1
    seen="$seen $(pgrep -P $driver || true)"
    worker=$(pgrep -P $driver | shuf -n 1)
    driver_kb=$(peak $driver)
    worker_kb=$(peak "$worker")
    sanitized || [ "${driver_kb:-0}" -lt 8000 ] || fail "the driver uses $driver_kb kB"
    sanitized || [ "${worker_kb:-0}" -lt 90000 ] || fail "a worker uses $worker_kb kB"
    if [ -n "$worker" ] && kill -KILL "$worker" 2>/dev/null; then kills=$((kills + 1)); fi
done
status=0
wait $driver || status=$?
[ $kills -gt 0 ] || fail "no worker could be killed"
lost=$(($(wc -l <killed.failures.csv) - 1))
[ $status -eq $((lost > 0)) ] || fail "status $status with $lost failures"
[ $(($(wc -l <killed.csv) + lost)) -eq 61 ] || fail "pairs are missing"
[ $lost -eq 0 ] || has killed.failures.csv "worker_died"
for worker in $seen; do
    if kill -0 "$worker" 2>/dev/null; then fail "worker $worker is left"; fi
done
# The rows equal those of the undisturbed run.
sort killed.csv >killed.sorted
sort calm.csv >calm.sorted
[ -z "$(comm -23 killed.sorted calm.sorted)" ] || fail "rows differ after kills"

# Workers exit when their driver is killed.
mkdir endless_d endless_u # a run that cannot be over before it is killed
for i in $(seq 2000); do
    ln "$work/long_d/01.jpg" "endless_d/$i.jpg"
    ln "$work/long_u/01.jpg" "endless_u/$i.jpg"
done
"$PATINA" search endless_d endless_u -o gone.csv --jobs 2 >out 2>err &
driver=$!
workers=
while [ -z "$workers" ] && kill -0 $driver; do
    sleep 0.01
    workers=$(pgrep -P $driver || true)
done
[ -n "$workers" ] || fail "no worker was seen"
kill -KILL $driver
wait $driver || true
for i in $(seq 3000); do # a worker may only just be starting
    left=
    for worker in $workers; do
        if kill -0 "$worker" 2>/dev/null; then left=$worker; fi
    done
    [ -n "$left" ] || break
    sleep 0.2
done
[ -z "$left" ] || fail "worker $left outlives its driver"
absent gone.csv

# A worker also exits if its driver died before the worker could set its parent-death signal: its
# parent is then not the process that created the socket.
expect 0 /usr/bin/python3 - "$PATINA" <<'PY'
import os, socket, subprocess, sys
ours, theirs = socket.socketpair()
if theirs.fileno() != 3:
    ours = socket.socket(fileno=os.dup(ours.fileno()))
    os.dup2(theirs.fileno(), 3)
if os.fork() == 0:
    os._exit(subprocess.call([sys.argv[1], "worker"], pass_fds=[3], timeout=600) != 1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
PY
finish
