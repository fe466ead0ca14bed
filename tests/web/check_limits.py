#!/usr/bin/python3
"""The forms that requests come in, and what bounds them.

    check_limits.py PATINA SAMPLE MODEL
"""

import signal
import socket
import struct
import sys
from time import monotonic, sleep

from client import (MULTIPART, Failure, Server, check, form, request, run, same,
                    slow_picture)

FEATURES, RESTORE = "/api/v1/features", "/api/v1/restore"
MEBIBYTE = 1 << 20


def bodies():
    """Of refused requests: thrown away where that is possible, so that the connection lives on."""
    with Server("--max-body", "1") as server, server.connect() as connection:
        picture = server.picture("grass.bmp")
        good = request("POST", FEATURES, picture)
        chunked = request("POST", FEATURES, Transfer_Encoding="chunked") + b"3\r\nabc\r\n0\r\n\r\n"
        both = request("POST", FEATURES, Transfer_Encoding="chunked", Content_Length="5")
        refused = ((request("POST", FEATURES, bytes(MEBIBYTE + 1)), 413),
                   (request("POST", "/none", bytes(3 * MEBIBYTE)), 404),
                   (request("POST", FEATURES + "?color=red", picture), 400),
                   (request("GET", "/healthz", b"a body"), 200),
                   (chunked, 411))
        for data, status in refused:
            connection.send(data + good)
            same(connection.answer().status, status, data[:40])
            same(connection.answer().status, 200, "the next on the same connection")
        for byte in range(0, len(good), 10000):  # in pieces
            connection.send(good[byte:byte + 10000])
        same(connection.answer().status, 200, "in pieces")
        twice = request("GET", "/healthz", b"").replace(b"Content-Length: 0\r\n",
                                                        b"Content-Length: 0\r\n" * 2)
        for data in (both + b"0\r\n\r\n", twice, both.replace(b"POST", b"GET") + b"0\r\n\r\n",
                     request("GET", "/healthz%00x")):  # the next could be part of it for others
            with server.connect() as other:
                other.send(data + good)
                answer = other.answer()
                same((answer.status, answer.headers["connection"]), (400, "close"), data)
                check(other.ended() and not other.pending, "nothing follows")
        with server.connect() as other:  # the answer comes before the body would
            other.send(request("POST", FEATURES, Content_Length=str(100 * MEBIBYTE)))
            answer = other.answer()
            same((answer.status, answer.headers["connection"]), (413, "close"), "100 MiB")
            check(other.ended(), "the end")
        with server.connect() as other:  # a client that goes away
            other.send(good[:3000])
        server.wait_for(f'patina_requests_total{{path="{FEATURES}",status="0"}}',
                        lambda count: count == 1)


def cut_forms():
    """A form may come in any pieces."""
    with Server() as server:
        body = form(("sigma", None, b"1"), ("image", "a.bmp", server.picture("grass.bmp")))
        whole = request("POST", RESTORE, body, **MULTIPART)
        expected = server.raw(whole)
        same(expected.status, 200, "whole")
        for name in (b'name="sigma"', b'name="image"'):
            end = whole.index(b"\r\n\r\n", whole.index(name)) + 4
            for cut in range(end - 6, end + 8):
                with server.connect() as connection:
                    connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connection.send(whole[:cut])
                    sleep(0.02)  # so that they arrive one by one
                    connection.send(whole[cut:])
                    answer = connection.answer()
                    check(answer.status == 200 and answer.body == expected.body,
                          f"cut {cut - end} bytes after the head of {name}: {answer.status}")


def clients_that_go():
    """A worker is free again when nobody waits for what it does."""
    with Server("--jobs", "1") as server:
        server.wait_for('patina_workers{state="idle"}', lambda count: count == 1)
        for _ in range(3):
            with server.connect() as connection:
                connection.send(request("POST", RESTORE, slow_picture()))
                server.wait_for('patina_workers{state="busy"}', lambda count: count == 1)
            server.wait_for('patina_workers{state="idle"}', lambda count: count == 1)
        same(server.metrics()["patina_worker_deaths_total"], 3, "workers ended")
        same(server.ask("POST", FEATURES, server.picture("grass.bmp")).status, 200, "afterwards")


def expectations():
    with Server("--max-body", "1") as server:
        picture = server.picture("grass.bmp")
        with server.connect() as connection:
            head = request("POST", FEATURES, picture, Expect="100-continue")[:-len(picture)]
            connection.send(head)
            same(connection.answer().status, 100, "go on")
            connection.send(picture)
            same(connection.answer().status, 200, "and then")
        for headers in ({"Content_Length": str(2 * MEBIBYTE)}, {"Origin": "http://other.example"}):
            with server.connect() as connection:
                connection.send(request("POST", FEATURES, **{"Content_Length": "9", **headers},
                                        Expect="100-continue"))
                answer = connection.answer()
                check(answer.status in (403, 413), f"{headers}: {answer.status}")
                check(connection.ended(), "the end")


def malformed():
    """What is no proper request: 400, or not even an answer. The server does not mind."""
    with Server() as server:
        data = [request("POST", FEATURES, b"x", Content_Length=length)
                for length in ("+1", "-1", "1x", "0x1", "1,1", "99999999999999999999999", "")]
        data += [b"GET /\r\n\r\n", b"\0" * 100 + b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                 b"GET / HTTP/1.1\r\n\r\n", b"G" * 5000 + b" / HTTP/1.1\r\n\r\n",
                 request("POST", FEATURES, b"x").replace(b"Content-Length: 1\r\n",
                                                         b"Content-Length: 1\r\n" * 2)]
        for one in data:
            with server.connect() as connection:
                connection.send(one)
                connection.socket.shutdown(socket.SHUT_WR)
                try:
                    status = connection.answer().status
                    check(status in (400, 405, 411, 413, 501, 505), f"{one[:60]!r}: {status}")
                except (Failure, ConnectionResetError):
                    check(connection.ended(), "the end")
            same(server.ask("GET", "/healthz").status, 200, "afterwards")
        same(server.raw(request("GET", "/", Padding="x" * 20000)).reason(), "headers_too_large",
             "headers")
        same(server.raw(request("GET", "/", Padding="x" * 60000)).status, 431, "longer ones")
        same(server.raw(b"GET / HTTP/1.0\r\n\r\n").status, 200, "HTTP/1.0 needs no Host")


def multipart():
    with Server("--max-parts", "4") as server:
        picture = server.picture("grass.bmp")
        image = ("image", "a.bmp", picture)
        whole = form(image)
        cases = [
            ([image, ("sigma", None, b"1")], 200, None),
            ([("strip", None, b"1"), ("image", None, picture)], 200, None),
            ([image, ("sigma", None, b"1"), ("strip", None, b"1"), ("quality", None, b"1")], 200,
             None),
            ([image, ("sigma", None, b"1"), ("strip", None, b"1"), ("quality", None, b"1"),
              ("color", None, b"none")], 400, "malformed"),
            ([image, ("sigma", None, b"0")], 400, "invalid_argument"),
            ([image, ("sigma", None, b"1"), ("sigma", None, b"1")], 400, "invalid_argument"),
            ([image, ("size", None, b"1")], 400, "invalid_argument"),
            ([image, ("sigma", None, b"1\0")], 400, "malformed"),
            ([image, ("sigma", None, b"1" * 70)], 400, "malformed"),
            ([image, ("s" * 40, None, b"1")], 400, "malformed"),
            ([image, ("", None, b"1")], 400, "malformed"),
            ([image, image], 400, "malformed"),
            ([("sigma", None, b"1")], 400, "malformed"),
            ([("image", "a.bmp", b"")], 422, "empty_file"),
            ([image] + [("x", None, b"")] * 100000, 400, None),
            ([("image", "a" * 9000, picture)], 400, "malformed"),
        ]
        for parts, status, reason in cases:
            answer = server.ask("POST", FEATURES, form(*parts), **MULTIPART)
            same(answer.status, status, f"{str(parts)[-80:]}: {answer.body[:200]}")
            if reason is not None:
                same(answer.reason(), reason, str(parts)[-80:])
        wrong = server.ask("POST", FEATURES, form(("file", "a.bmp", picture)), **MULTIPART)
        same((wrong.status, wrong.reason()), (400, "malformed"), "an image under another name")
        check(b"no part 'image' but one called 'file'" in wrong.body, wrong.body)
        for body in (whole[:-20], whole[:60], b"", b"no parts", whole.replace(b"--limit", b"--x")):
            answer = server.ask("POST", FEATURES, body, **MULTIPART)
            check(answer.status in (400, 422), f"{body[-30:]}: {answer.status}")
        for kind in ("multipart/form-data", "multipart/form-data; boundary=",
                     'multipart/form-data; boundary="', 'multipart/form-data; boundary=""',
                     "multipart/form-data; boundary=" + "b" * 8000, "multipart/mixed; boundary=b"):
            answer = server.ask("POST", FEATURES, whole, Content_Type=kind)
            same((answer.status, answer.reason()), (400, "malformed"), kind)
        same(server.ask("POST", FEATURES + "?sigma=1", form(image, ("sigma", None, b"1")),
                        **MULTIPART).reason(), "invalid_argument", "in the query and a part")


def room():
    """At most so many images from one address, and so many bytes of them."""
    for options, reason, size in ((["--per-address", "2"], "too_many_from_address", 1000),
                                  (["--store", "1"], "store_full", 400000)):
        with Server(*options) as server:
            picture = server.picture("grass.bmp")
            big = struct.pack("<2sIHHI", b"BM", size, 0, 0, 54) + bytes(size - 14)
            data = request("POST", FEATURES, big)
            halves = [server.connect(), server.connect()]
            for half in halves:
                half.send(data[:-1])
            server.wait_for("patina_store_bytes", lambda count: count == 2 * (size - 1))
            refused = server.ask("POST", FEATURES, bytes(size))
            same((refused.status, refused.reason()), (429, reason), "the third")
            check(int(refused.headers["retry-after"]) > 0, "Retry-After")
            for half in halves:
                half.send(data[-1:])
                check(half.answer().status in (415, 422), "the others")
            same(server.ask("POST", FEATURES, picture).status, 200, "afterwards")
            server.wait_for("patina_store_bytes", lambda count: count == 0)


def time():
    """Whoever takes too long is cut off, wherever they are, and nobody else is."""
    width, height = 2000, 1500
    large = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + 3 * width * height, 0, 0, 54, 40,
                        width, height, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(3 * width * height)
    with Server() as server:
        began = monotonic()
        same(server.ask("POST", RESTORE, large).status, 200, "without hurry")
        deadline_s = 4 + round(10 * (monotonic() - began))  # enough for it on this machine
    with Server("--deadline", str(deadline_s), "--idle", "600") as server:
        picture = server.picture("grass.bmp")
        slow = [server.connect() for _ in range(4)]
        slow[0].send(b"GET / HT")
        slow[1].send(request("GET", "/")[:-2])
        slow[2].send(request("POST", FEATURES, picture)[:-1])
        slow[3].socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow[3].send(request("POST", RESTORE, large))
        for _ in range(20):
            same(server.ask("POST", FEATURES, picture).status, 200, "a normal client")
        server.wait_for("patina_cut_connections_total", lambda count: count == 4)
        for connection in slow:
            check(connection.ended() and len(connection.pending) < len(large), "cut off")
        check(slow[3].pending.startswith(b"HTTP/1.1 200 "), "the one that did not read")
        server.wait_for("patina_requests_in_flight", lambda count: count == 1)
    with Server("--deadline", "600", "--idle", "3") as server, server.connect() as connection:
        connection.send(request("GET", "/healthz"))
        same(connection.answer().status, 200, "before")
        check(connection.ended(), "idle")


def hosts():
    with Server() as server:
        port = server.address[1]
        for host in ("localhost", f"localhost:{port}", "LOCALHOST", "127.0.0.1", "127.1.2.3:80",
                     "[::1]", f"[::1]:{port}", "patina.localhost"):
            same(server.ask("GET", "/", Host=host).status, 200, host)
        for host in ("", "patina.example", "localhost.example", "127.0.0.1.example", "10.0.0.1",
                     "[::2]", "notlocalhost", "localhost:80x", "[::1]x"):
            check(server.ask("GET", "/", Host=host).status in (400, 421), host)
        picture = server.picture("grass.bmp")
        for headers, status in (({"Origin": "http://localhost"}, 200),
                                ({"Origin": "https://localhost"}, 200),
                                ({"Origin": "http://localhost:81"}, 403), ({"Origin": "null"}, 403),
                                ({"Sec_Fetch_Site": "same-origin"}, 200),
                                ({"Sec_Fetch_Site": "none"}, 200),
                                ({"Sec_Fetch_Site": "same-site"}, 403),
                                ({"Sec_Fetch_Site": "cross-site"}, 403)):
            same(server.ask("POST", FEATURES, picture, **headers).status, status, headers)
    with Server(listen="[::1]:0") as server:
        same(server.ask("GET", "/").status, 200, "IPv6")
        same(server.ask("GET", "/", Host="patina.example").status, 421, "IPv6")
    with Server(listen="0.0.0.0:0") as server:
        same(server.ask("GET", "/", Host="patina.example").status, 200, "not on loopback")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.exit(run(bodies, cut_forms, clients_that_go, expectations, malformed, multipart, room, time,
                 hosts))
