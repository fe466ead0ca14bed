#!/usr/bin/python3
"""That the description at /api/v1/openapi.json is true: every path and every status that it names
is met, and no other.

    check_contract.py PATINA SAMPLE MODEL
"""

import json
import os
import re
import signal
import sys
import tempfile

from client import Server, check, needed, request, run, same, slow_picture

NOT_FOR_CLIENTS = {500}  # a defect cannot be asked for
TOKEN = "0123456789abcdef"
BUSY = 'patina_workers{state="busy"}'


def described_operations(server):
    """(method, path as asked for) to the statuses that the description names."""
    described = server.ask("GET", "/api/v1/openapi.json").json()
    names = {"/static/{name}": "/static/page.js", "/samples/{name}": "/samples/grass.bmp"}
    same(described["openapi"][:3], "3.1", "version")
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield (method.upper(), names.get(path, path),
                       {int(status) for status in operation["responses"]})


def resolved(described, value):
    while "$ref" in value:
        target = described
        for key in value["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        value = target
    return value


def references():
    """Every reference leads somewhere, and every problem has the form of one."""
    with Server() as server:
        described = server.ask("GET", "/api/v1/openapi.json").json()

        def walk(value):
            if isinstance(value, dict):
                resolved(described, value)
                for item in value.values():
                    walk(item)
            elif isinstance(value, list):
                for item in value:
                    walk(item)

        walk(described)
        given = described["components"]["parameters"]
        picture = server.picture("grass.bmp")
        formats = server.ask("GET", "/api/v1/formats").json()["formats"]
        written = [each["name"] for each in formats if each["written"]]
        named, operators = {"format": written}, set()
        axes = {axis["key"]: axis for axis in server.ask("GET", "/api/v1/axes").json()["axes"]}
        for axis in axes.values():
            if axis["choice"]:
                named[axis["key"]] = [row["name"] for row in axis["operators"]]
                operators.update(named[axis["key"]])
            else:
                same([given[axis["key"]]["schema"][limit] for limit in ("minimum", "maximum")],
                     [axis["least"], axis["greatest"]], f"the limits of {axis['key']}")
        check(named.keys() <= given.keys(), "a choice without a parameter")
        text = json.dumps(described)
        for name in operators - {"none"}:
            check(not re.search(rf"\b{name}\b", text), f"the description names {name}")
        for name, parameter in given.items():
            schema = parameter["schema"]
            values = (named.get(name) or schema.get("enum") or
                      [schema["minimum"], schema["maximum"]])
            before = needed(axes[name], axes) if name in axes else ""
            for value in values:
                answer = server.ask("POST", f"/api/v1/features?{before}{name}={value}", picture)
                same(answer.status, 200, f"{name}={value}")


def plain(server, method, path, met):
    """The statuses that single requests bring about."""
    body = server.picture("grass.bmp") if method == "POST" else None
    requests = [
        request(method, path, body),
        request("DELETE", path),
        request(method, path, body, Host="patina.example"),
        request(method, path, body, Padding="x" * 20000),
        request(method, path, body).replace(b"\r\n", b"\r\nHost: localhost\r\n", 1),
    ]
    if path.startswith(("/static/", "/samples/g")):
        requests.append(request(method, path + "x"))
    if method == "POST":
        requests.append(request(method, path, body, Origin="http://patina.example"))
    if is_upload(method, path):
        requests += [
            request(method, path, body, Content_Length=None),
            request(method, path, bytes((1 << 20) + 1)),
            request(method, path, b"no image"),
            request(method, path, body[:5000]),
        ]
    for data in requests:
        met.add(server.raw(data).status)


def is_upload(method, path):
    return method == "POST" and path.startswith("/api/")


def without_token(server, method, path, met):
    """The statuses of a server that needs a token. The page's files are for everyone."""
    body = server.picture("grass.bmp") if method == "POST" else None
    if not path.startswith("/static/"):
        met.add(server.raw(request(method, path, body)).status)
    if path == "/":
        met.add(server.raw(request(method, f"/?token={TOKEN}")).status)


def busy(server, path, met, slow):
    """Full, dead, too late and stopping. One worker, one place in the queue, a few seconds."""
    with server.connect() as first, server.connect() as second:
        first.send(request("POST", path, slow))
        server.wait_for(BUSY, lambda count: count == 1)
        second.send(request("POST", path, slow))
        server.wait_for("patina_queue", lambda count: count == 1)
        full = server.ask("POST", path, slow)
        same(full.reason(), "queue_full", path)
        check(int(full.headers["retry-after"]) > 0, "Retry-After")
        met.add(full.status)
        [worker] = server.workers()
        os.kill(worker, signal.SIGKILL)
        dead = first.answer()
        same(dead.reason(), "worker_died", path)
        met.add(dead.status)
        same(second.answer().status, 200, "the one that waited")


def late(path, met, slow):
    with Server("--jobs", "1", "--deadline", "1") as server:
        answer = server.ask("POST", path, slow)
        same(answer.reason(), "deadline", path)
        met.add(answer.status)
        status = 504
        while status == 504:  # until a new worker has started, which may take long
            status = server.ask("POST", path, server.picture("grass.bmp")).status
        same(status, 200, "another one afterwards")


def stopping(asked, slow):
    """The status of each request that comes while the last one is finished."""
    with Server("--jobs", "1") as server, server.connect() as last:
        body = server.picture("grass.bmp")
        waiting = []
        for method, path in asked:
            connection = server.connect()
            data = request(method, path, body if method == "POST" else None)
            connection.send(data[:10])  # one is on its way, so the connection lives
            waiting.append((path, connection, data[10:]))
        last.send(request("POST", "/api/v1/features", slow))
        server.wait_for(BUSY, lambda count: count == 1)
        server.process.send_signal(signal.SIGTERM)
        wait_until_closed(server)
        statuses = {}
        for path, connection, rest in waiting:
            connection.send(rest)
            answer = connection.answer()
            same(answer.headers["connection"], "close", "when stopping")
            statuses[path] = answer.status
            connection.socket.close()
        same(last.answer().status, 200, "what was in hand")
        return statuses


def statuses():
    slow = slow_picture()
    with tempfile.NamedTemporaryFile("w") as file, \
            Server("--jobs", "1", "--queue", "1", "--max-body", "1") as server:
        file.write(TOKEN)
        file.flush()
        operations = list(described_operations(server))
        at_the_end = stopping([(method, path) for method, path, _ in operations], slow)
        for method, path, named in operations:
            met = {at_the_end[path]}
            plain(server, method, path, met)
            with Server("--jobs", "1", "--token-file", file.name) as guarded:
                without_token(guarded, method, path, met)
            if is_upload(method, path):
                busy(server, path, met, slow)
                late(path, met, slow)
            same(sorted(met), sorted(named - NOT_FOR_CLIENTS), f"{method} {path}")


def wait_until_closed(server):
    """Until no more connections are taken."""
    while True:
        try:
            server.connect().socket.close()
        except ConnectionResetError:
            pass  # taken by the system, but not by the server any more
        except ConnectionRefusedError:
            return


if __name__ == "__main__":
    sys.exit(run(references, statuses))
