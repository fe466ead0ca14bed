"""Malformed requests, reproducible from a seed."""
import random


def lying_lengths(rng, picture):
    length = rng.choice(["-1", "+5", "0x10", "1e3", "18446744073709551616", "99999999999", "", " ",
                         "5, 6", "abc", "3 3", str(len(picture) + rng.randrange(1, 5000)),
                         str(rng.randrange(len(picture))), "33554433", "4294967296"])
    extra = rng.choice(["", "", f"Content-Length: {rng.randrange(99)}\r\n",
                        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n"])
    return (f"POST /api/v1/restore HTTP/1.1\r\nHost: localhost\r\n{extra}"
            f"Content-Length: {length}\r\n\r\n").encode() + picture


def bad_boundaries(rng, picture):
    form = "multipart/form-data"
    kind = rng.choice([form, form + "; boundary=", form + "; boundary=\"", form + "; charset=x",
                       form + "; boundary=" + "b" * 500, form + "; boundary=a b",
                       form + "; boundary=y", "multipart/mixed; boundary=limit"])
    end = rng.choice([b"\r\n--limit--\r\n", b"", b"--limit", b"\r\n--limit\r\n", b"\r\n--y--"])
    body = b"--limit\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n" + picture + end
    return framed("/api/v1/restore", kind, body)


def framed(path, kind, body, method="POST"):
    return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def form_of(path, body):
    return framed(path, "multipart/form-data; boundary=limit", body + b"--limit--\r\n")


def part(name, content, filename=None):
    named = "" if filename is None else f"; filename=\"{filename}\""
    return (f"--limit\r\nContent-Disposition: form-data; name=\"{name}\"{named}\r\n\r\n").encode(
        "utf-8", "surrogateescape") + content + b"\r\n"


def many_parts(rng, picture):
    parts = b"".join(part(rng.choice(["a", "color", "image", "sigma"]), b"1")
                     for _ in range(rng.choice([3, 20, 200])))
    return form_of("/api/v1/restore", parts)


def names_that_climb(rng, picture):
    name = rng.choice(["../../../../etc/passwd", "/etc/passwd", "..", "a\\..\\b", "%2e%2e%2fx",
                       "C:\\x", "a" * 5000, "\x01\x02", "x\" ; name=\"y", "\u202egnp.exe",
                       "a[page=3].png"])
    if rng.random() < 0.5:
        return form_of("/api/v1/features", part("image", picture, name))
    path = rng.choice(["/samples/" + name, "/static/" + name, "/" + name, "/samples/../../x",
                       "/static/..%2f..%2fx", "//etc/passwd", "/samples/%00", "/%", "/%zz"])
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("utf-8", "surrogateescape")


def truncated(rng, picture):
    whole = framed("/api/v1/restore", "image/jpeg", picture)
    return whole[:rng.randrange(len(whole))]


def broken_pictures(rng, picture):
    bytes_ = bytearray(picture)
    for _ in range(rng.choice([1, 5, 50])):
        bytes_[rng.randrange(len(bytes_))] = rng.randrange(256)
    if rng.random() < 0.3:
        del bytes_[rng.randrange(len(bytes_)):]
    return framed(rng.choice(["/api/v1/restore", "/api/v1/features"]), "image/png", bytes(bytes_))


def bad_parameters(rng, picture):
    name = rng.choice(["color", "sigma", "strength", "format", "quality", "strip", "nonsense"])
    value = rng.choice(["", "nan", "inf", "-1", "1e999", "9" * 400, "%00", "a%zz", "../..",
                        "levels;x", "white_balance,none", "gif", "0x1p3", "1,5", "%ff%fe",
                        "\u00e9"])
    if rng.random() < 0.5:
        return framed(f"/api/v1/restore?{name}={value}&{name}={value}", "image/jpeg", picture)
    body = part(name, value.encode()) + part("image", picture, "a.jpg")
    return form_of("/api/v1/restore", body)


HOST = b" HTTP/1.1\r\nHost: localhost\r\n"
LINES = [
    b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\0" * 300,
    b"GET  / " + HOST + b"\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 9,
    b"GET /" + b"a" * 70000 + HOST + b"\r\n", b"GET /?" + b"a&" * 9000 + HOST + b"\r\n",
    b"GET /" + HOST + b"X: y\r\n" * 20000 + b"\r\n",
    b"GET /" + HOST + b"X: " + b"z" * 70000 + b"\r\n\r\n",
    b"GET /" + HOST + b" folded\r\nNo colon\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"BREW /" + HOST + b"\r\n", b"OPTIONS *" + HOST + b"\r\n",
    b"DELETE /healthz" + HOST + b"\r\n", b"CONNECT localhost:1" + HOST + b"\r\n",
    b"POST /api/v1/restore" + HOST + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
    b"POST /api/v1/restore" + HOST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
]


def bad_lines(rng, picture):
    if rng.random() < 0.1:
        return bytes(rng.randrange(256) for _ in range(rng.randrange(1, 2000)))
    return rng.choice(LINES)


KINDS = [lying_lengths, bad_boundaries, many_parts, names_that_climb, truncated,
         broken_pictures, bad_parameters, bad_lines]

UNFINISHED = {"lying_lengths", "truncated", "bad_lines"}  # the server waits for more data


def requests(count, picture, seed=1):
    rng = random.Random(seed)
    for i in range(count):
        kind = KINDS[i % len(KINDS)]
        yield kind.__name__, kind(rng, picture)
