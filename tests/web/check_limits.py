#!/usr/bin/python3
"""The forms that requests come in, and what bounds them.

    check_limits.py PATINA SAMPLE MODEL
"""

import contextlib
import io
import signal
import socket
import struct
import sys
from time import monotonic, sleep

from PIL import Image

from client import MULTIPART, Server, check, form, request, run, same, slow_picture

FEATURES, RESTORE = "/api/v1/features", "/api/v1/restore"
MEBIBYTE = 1 << 20


def bodies():
    """Of refused requests: thrown away where that is possible, so that the connection lives on."""
    with Server("--max-body", "1") as server, server.connect() as connection:
        picture = server.picture("grass.bmp")
        good = request("POST", FEATURES, picture)
        refused = ((request("POST", FEATURES, bytes(MEBIBYTE + 1)), 413),
                   (request("POST", "/none", bytes(3 * MEBIBYTE)), 404),
                   (request("POST", FEATURES + "?color=red", picture), 400),
                   (request("GET", "/healthz", b"a body"), 200))
        for data, status in refused:
            connection.send(data + good)
            same(connection.answer().status, status, data[:40])
            same(connection.answer().status, 200, "the next on the same connection")
        for byte in range(0, len(good), 10000):  # in pieces
            connection.send(good[byte:byte + 10000])
        same(connection.answer().status, 200, "in pieces")
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
        with server.connect() as connection:  # HTTP/1.0 does not know 100 Continue
            connection.send(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
            connection.send(picture)
            same(connection.answer().status, 200, "the only answer")


def head(*fields, line=b"POST /api/v1/features HTTP/1.1", end=b"\r\n"):
    return end.join([line, b"Host: localhost", *fields, b"", b""])


def ambiguous_requests():
    """Requests that programs read differently. The bytes after such a request might be its body for
    a proxy, so the server refuses it and does not read them as another request."""
    fields = [[b"Content-Length : 5"], [b"Content-Length\t: 5"], [b" Content-Length: 5"],
              [b"X: a", b" Content-Length: 5"], [b"X: a", b"\tb"], [b"Content-Length:", b" 5"],
              [b"Content-Length: 5", b"Content-Length: 5"],
              [b"Content-Length: 5", b"content-length: 6"],
              [b"Content-Length: 5, 5"], [b"Content-Length: +5"], [b"Content-Length: -5"],
              [b"Content-Length: 5 5"], [b"Content-Length: 0x5"], [b"Content-Length: 5;"],
              [b"Content-Length: "], [b"Content-Length: " + b"9" * 19], [b"Content-Length: \xb2"],
              [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
              [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
              [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"],
              [b"Host: localhost"], [b"No colon"], [b": no name"], [b"A name: 5"], [b"\xe9: 5"],
              [b"X: a\0b"], [b"X\0: b"], [b"Content-Length: 5\0"], [b"X: a\x01b"], [b"X: a\x7f"],
              [b"X: a\rContent-Length: 5"], [b"X: a\nContent-Length: 5"], [b"X: a\r\r"]]
    lines = [b"GET /\0 HTTP/1.1", b"GET /\x01 HTTP/1.1", b"GET /\x7f HTTP/1.1",
             b"GET /\xff HTTP/1.1",
             b"GET /%00 HTTP/1.1", b"GET /healthz%0d%0aX:%20a HTTP/1.1", b"GET /%7f HTTP/1.1",
             b"GET /%zz HTTP/1.1", b"GET  / HTTP/1.1", b"GET /\t HTTP/1.1", b"GET / a HTTP/1.1",
             b" GET / HTTP/1.1", b"GET / HTTP/1.1 ", b"GET /", b"GET", b"G\0T / HTTP/1.1",
             b"G{T / HTTP/1.1", b"GET / http/1.1", b"GET / HTTP/1.1.1", b"GET / HTTP/one"]
    heads = [head(*some) for some in fields] + [head(line=line) for line in lines]
    heads += [head(end=b"\n"), head(end=b"\r"), b"GET / HTTP/1.1\r\n\r\n", b"\0", b"\n\n",
              b"\x16\x03\x01\x02"]
    with Server() as server:
        follow = request("GET", "/healthz")
        for data in heads:
            with server.connect() as connection:
                connection.send(data + b"hello" + follow)
                answer = connection.answer()
                same((answer.status, answer.reason(), answer.headers["connection"]),
                     (400, "malformed", "close"), data)
                check(connection.ended() and not connection.pending, f"{data}: something follows")
        for data, status in ((head(b"Transfer-Encoding: chunked"), 411),
                             (head(b"Transfer-Encoding:"), 411),
                             (head(line=b"GET / HTTP/1.2"), 505),
                             (head(line=b"PRI * HTTP/2.0"), 505)):
            with server.connect() as connection:
                connection.send(data + b"0\r\n\r\n" + follow)
                answer = connection.answer()
                same((answer.status, answer.headers["connection"]), (status, "close"), data)
                check(connection.ended() and not connection.pending, f"{data}: something follows")


def unusual_requests():
    """Requests that look odd but have one meaning."""
    with Server() as server:
        get = b"GET /healthz HTTP/1.1"
        for data in (head(b"X:", line=get), head(b"X:\t a \t", line=get), head(b"X:\xe9", line=get),
                     head(b"content-LENGTH:\t0 ", line=get), b"\r\n" + head(line=get),
                     head(b"X: a", b"X: a", line=get), head(b"Accept: a", b"Accept: b", line=get),
                     b"GET /healthz HTTP/1.0\r\n\r\n", head(line=b"GET /healthz?a=%00&b HTTP/1.1")):
            same(server.raw(data).status, 200, data)
            with server.connect() as connection:  # byte by byte
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for i in range(len(data)):
                    connection.send(data[i:i + 1])
                same(connection.answer().status, 200, data)
        with server.connect() as connection:  # many at once
            connection.send(head(line=get) * 100)
            for _ in range(100):
                same(connection.answer().status, 200, "pipelined")
        for data in (head(b"Connection: keep-alive, Close", line=get),
                     b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"):
            with server.connect() as connection:
                connection.send(data)
                same(connection.answer().headers["connection"], "close", data)
                check(connection.ended(), "the end")
        for size in (20000, 60000, 1 << 20):
            answer = server.raw(request("GET", "/", Padding="x" * size))
            same((answer.status, answer.reason()), (431, "headers_too_large"), size)
        same(server.raw(request("GET", "/", Padding="x" * 16000)).status, 200, "just small enough")


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
        for kind in ("boundary=limit", "charset=UTF-8; boundary=limit",
                     "boundary=limit; charset=UTF-8", 'boundary="limit"; charset="UTF-8"',
                     "boundary=limit;", "BOUNDARY=limit", " boundary = limit ", ";; boundary=limit",
                     'x="a; boundary=b"; boundary=limit', 'x="\\""; boundary=limit'):
            for start in ("multipart/form-data;", "Multipart/Form-Data ; "):
                answer = server.ask("POST", FEATURES, whole, Content_Type=start + kind)
                same(answer.status, 200, start + kind)
        for kind in ("boundary=limit; boundary=limit", 'boundary="limit', 'boundary="limit"x',
                     "boundary", "boundary=limit; charset", "xboundary=limit"):
            kind = "multipart/form-data; " + kind
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


def clients_that_do_not_read():
    """An answer that cannot be sent does not hold up its connection forever, however full the
    buffers were when it was ready."""
    options = ("--queue", "100", "--per-address", "100", "--deadline", "600", "--idle", "3")
    with Server(*options) as server:
        picture = request("POST", FEATURES, server.picture("grass.bmp"))
        unread = []
        for count in (round(1500 * 1.25 ** i) for i in range(10)):
            connection = server.connect()
            with contextlib.suppress(ConnectionError):  # cut off before it has sent everything
                connection.send(request("GET", "/healthz") * count + picture)
            unread.append(connection)
        server.wait_for("patina_connections", lambda count: count == 1)
        server.wait_for("patina_requests_in_flight", lambda count: count == 1)
        for connection in unread:
            connection.socket.close()


def idle_connections():
    """The oldest connections without an image make room for new ones."""
    with Server("--connections", "8") as server:
        picture = server.picture("grass.bmp")
        upload = server.connect("127.0.0.2")
        data = request("POST", FEATURES, picture)
        upload.send(data[:-1])
        server.wait_for("patina_store_bytes", lambda count: count == len(picture) - 1)
        idle = []
        for i in range(20):
            idle.append(server.connect(f"127.0.0.{3 + i}"))
            if i % 2 > 0:
                idle[-1].send(b"GET / HTTP/1.1\r\nHost")
        same(server.ask("GET", "/healthz").status, 200, "a new client")
        check(idle[0].ended(), "the oldest")
        same(server.metrics()["patina_connections"], 8, "many addresses use all connections")
        for _ in range(10):  # of one address: at most three quarters
            idle.append(server.connect("127.0.0.2"))
        same(server.ask("GET", "/healthz").status, 200, "a new client")
        check(server.metrics()["patina_reclaimed_connections_total"] > 15, "closed")
        check(server.metrics()["patina_connections"] <= 8, "open")
        upload.send(data[-1:])
        same(upload.answer().status, 200, "the upload")


def workers_of_one_address():
    """One address leaves a worker to others, and addresses take turns."""
    slow = request("POST", FEATURES, slow_picture())
    for options, busy in (([], 1), (["--workers-per-address", "2"], 2)):
        with Server("--jobs", "2", *options) as server:
            server.wait_for('patina_workers{state="idle"}', lambda count: count == 2)
            greedy = [server.connect("127.0.0.2") for _ in range(3)]
            for connection in greedy:
                connection.send(slow)
            server.wait_for("patina_queue", lambda count, busy=busy: count == 3 - busy)
            same(server.metrics()['patina_workers{state="busy"}'], busy, "busy workers")
            if busy == 1:
                same(server.ask("POST", FEATURES, server.picture("grass.bmp")).status, 200,
                     "another client")
                same(server.metrics()["patina_queue"], 2, "the first still waits")
            for connection in greedy:
                connection.socket.close()


def time_of_an_image():
    with Server("--jobs", "1", "--image-time", "1") as server:
        answer = server.ask("POST", FEATURES, slow_picture())
        same((answer.status, answer.reason()), (504, "deadline"), "a slow image")
        server.wait_for('patina_workers{state="idle"}', lambda count: count == 1)
        same(server.metrics()["patina_worker_deaths_total"], 1, "workers ended")


def memory_of_an_image():
    """An image that needs too much memory is too large, and not damaged. A build with
    AddressSanitizer, whose workers have no limit, restores it."""
    image = Image.linear_gradient("L").resize((2200, 1650)).convert("RGB")
    for memory in ("64M", "100M"):
        with Server("--jobs", "1", "--memory", memory) as server:
            for kind in ("jpeg2000", "webp"):
                file = io.BytesIO()
                image.save(file, kind)
                answer = server.ask("POST", RESTORE + "?color=levels&sigma=1&strength=1",
                                    file.getvalue())
                check(answer.status == 200 or (answer.status, answer.reason()) ==
                      (413, "too_large"),
                      f"{kind}, {memory}: {answer.status} {answer.body[:200]}")
                same(server.ask("POST", FEATURES, server.picture("grass.bmp")).status, 200,
                     "afterwards")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.exit(run(bodies, cut_forms, clients_that_go, expectations, ambiguous_requests,
                 unusual_requests, multipart, room, time, clients_that_do_not_read,
                 idle_connections, workers_of_one_address, time_of_an_image,
                 memory_of_an_image))
