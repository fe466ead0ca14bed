#!/usr/bin/python3
"""How the server begins and ends.

    check_stop.py PATINA SAMPLE MODEL
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from client import LONG_S, Server, check, request, run, same, slow_picture

BUSY = 'patina_workers{state="busy"}'


def idle():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Server() as server, server.connect() as connection:
            connection.send(request("GET", "/healthz"))
            same(connection.answer().status, 200, "health")
            workers = server.workers()
            check(workers, "workers")
            server.process.send_signal(number)
            same(server.process.wait(LONG_S), 0, "exit status")
            check(connection.ended(), "an idle connection")
            for worker in workers:
                check(not os.path.exists(f"/proc/{worker}"), "a worker is left")


def in_hand():
    """What has begun is finished; a second signal drops it."""
    slow = slow_picture()
    for second in (False, True):
        with Server("--jobs", "1") as server, server.connect() as upload, \
                server.connect() as working:
            data = request("POST", "/api/v1/features", server.picture("grass.bmp"))
            upload.send(data[:-1])
            working.send(request("POST", "/api/v1/features", slow))
            server.wait_for(BUSY, lambda count: count == 1)
            [worker] = server.workers()
            server.process.send_signal(signal.SIGTERM)
            check("second signal" in server.process.stderr.readline(), "what is said")
            if second:
                server.process.send_signal(signal.SIGTERM)
            else:
                upload.send(data[-1:])
                same(working.answer().status, 200, "the one at work")
                same(upload.answer().status, 200, "the one that was arriving")
            same(server.process.wait(LONG_S), 0, "exit status")
            check(not os.path.exists(f"/proc/{worker}"), "the worker is left")


def during_start():
    for delay_s in (0, 0.01, 0.03, 0.1):
        process = subprocess.Popen([sys.argv[1], "serve", "--model", sys.argv[3], "--listen",
                                    "127.0.0.1:0"], stderr=subprocess.DEVNULL)
        time.sleep(delay_s)
        process.send_signal(signal.SIGTERM)
        check(process.wait(LONG_S) in (0, -signal.SIGTERM), "exit status")


def deaths():
    """Of workers: each costs one request, and all are replaced."""
    slow = slow_picture()
    with Server("--jobs", "2") as server:
        picture = server.picture("grass.bmp")
        for turn, number in enumerate((signal.SIGKILL, signal.SIGUSR1), 1):
            with server.connect() as connection:
                server.wait_for('patina_workers{state="idle"}', lambda count: count == 2)
                connection.send(request("POST", "/api/v1/restore", slow))
                server.wait_for(BUSY, lambda count: count == 1)
                for worker in server.workers():
                    os.kill(worker, number)
                answer = connection.answer()
                same((answer.status, answer.reason()), (502, "worker_died"), "death")
                check(signal.Signals(number).name in answer.json()["error"]["message"], "of what")
            # until both are noticed: an image may be handed to a worker that has just died
            server.wait_for("patina_worker_deaths_total",
                            lambda count, turn=turn: count == 2 * turn)
            for _ in range(4):
                same(server.ask("POST", "/api/v1/restore", picture).status, 200, "afterwards")
        server.wait_for('patina_workers{state="idle"}', lambda count: count == 2)
        before = server.metrics()["process_open_fds"]
        for _ in range(20):
            same(server.ask("POST", "/api/v1/restore", picture).status, 200, "again")
        server.wait_for("process_open_fds", lambda count: count == before)


def lines():
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([sys.argv[1], "serve", "--model", sys.argv[3], "--listen",
                                    "127.0.0.1:0", "--verbose"], stdout=out,
                                   stderr=subprocess.PIPE, text=True)
        port = int(process.stderr.readline().rstrip("/\n").rsplit(":", 1)[1])
        for target in ("/", "/no%07thing\x1b"):
            subprocess.run([sys.executable, "-c", f"""
import socket
s = socket.create_connection(("127.0.0.1", {port}))
s.sendall({request("GET", target)!r})
s.recv(100)"""], check=True)
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        same(process.wait(LONG_S), 0, "exit status")
        out.seek(0)
        told = [line.split()[:4] for line in out]
        same(told[0], ["127.0.0.1", "GET", "/", "200"], "a line")
        same(told[1], ["127.0.0.1", "?", "?", "400"], "what a terminal would obey")


def refusals():
    """What keeps it from starting, in words."""
    def refuse(status, text, *options):
        done = subprocess.run([sys.argv[1], "serve", *options], capture_output=True, text=True,
                              timeout=LONG_S, check=False,
                              env={**os.environ, "PATINA_MODEL": "/none.model"})
        same(done.returncode, status, f"{options}: {done.stderr}")
        check(text in done.stderr, f"{options}: {done.stderr!r}")

    model = ("--model", sys.argv[3])
    refuse(2, "PATINA_MODEL: cannot read the model /none.model")
    refuse(2, "cannot open the model", "--model", "none.model")
    refuse(2, "is not a model", "--model", __file__)
    refuse(2, "one argument too many", *model, "more")
    for listen in ("", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x",
                   "::1:80", "[::1]", "[::1:80", "example.org:80", "127.0.0.1:-1", "[]:80"):
        refuse(2, "is not an address with a port", *model, "--listen", listen)
    refuse(2, "cannot list", *model, "--samples", "/none")
    refuse(2, "--queue", *model, "--queue", "0")
    refuse(2, "--max-body", *model, "--max-body", "1025")
    refuse(2, "cannot listen on", *model, "--listen", "192.0.2.1:8080", "--open")
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        refuse(2, "cannot listen on", *model, "--listen", f"127.0.0.1:{server.address[1]}")
        pathlib.Path(folder, "a.png").mkdir()
        pathlib.Path(folder, "b.txt").touch()
        with Server("--samples", folder) as other:
            same(other.ask("GET", "/samples/").json()["samples"], ["a.png"], "samples")
            for name in ("a.png", "b.txt", ".", ".."):
                same(other.ask("GET", f"/samples/{name}").status, 404, name)


if __name__ == "__main__":
    sys.exit(run(idle, in_hand, during_start, deaths, lines, refusals))
