#!/usr/bin/python3
"""Who may use the server: names, pages of other sites, and the token.

    check_access.py PATINA SAMPLE MODEL
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile

from client import LONG_S, Server, check, request, run, same

FEATURES = "/api/v1/features"
TOKEN = "0123456789abcdefghij-._~+/="


@contextlib.contextmanager
def token_file(text=TOKEN + "\n"):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        yield file.name


def statuses(server, expected, status):
    for host in expected:
        answer = server.ask("GET", "/healthz", Host=host)
        same(answer.status, status, f"Host: {host}")
        if status == 421:
            check("--allow-host" in answer.json()["error"]["message"], "what to do")


def names():
    """Every listener answers only to its own names."""
    for listen, own in (("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]"), ("0.0.0.0:0", None)):
        with Server("--open", "--allow-host", "Images.Example", "--allow-host", "[2001:db8::1]",
                    listen=listen) as server:
            port = server.address[1]
            statuses(server, ["localhost", f"localhost:{port}", "LOCALHOST", "localhost.",
                              "127.0.0.1", "127.1.2.3:80", "[::1]", f"[::1]:{port}",
                              "patina.localhost", "images.example", "IMAGES.EXAMPLE:443",
                              "[2001:DB8:0::1]:80", *([own] if own else [])], 200)
            statuses(server, ["", "patina.example", "localhost.example", "127.0.0.1.example",
                              "192.0.2.1", "[::2]", "notlocalhost", "localhost:80x", "[::1]x",
                              "a.images.example", "images.example.org", "localhost@evil.example",
                              "localhost evil", "[localhost]", "::1", "2130706433"], 421)
    with Server() as server:
        statuses(server, ["images.example", "[2001:db8::1]"], 421)


def own_address():
    """A server that listens on all addresses knows the one that a client used."""
    with Server("--open", listen="0.0.0.0:0") as server:
        server.address = "127.0.0.7", server.address[1]
        host = f"127.0.0.7:{server.address[1]}"
        same(server.ask("GET", "/healthz", Host=host).status, 200, "own")


def pages():
    """A page of another site cannot send anything."""
    with Server("--allow-host", "images.example") as server:
        picture = server.picture("grass.bmp")
        for headers, status in (({}, 200), ({"Origin": "http://localhost"}, 200),
                                ({"Origin": "https://localhost"}, 200),
                                ({"Origin": "https://images.example"}, 200),
                                ({"Origin": "http://localhost:81"}, 403), ({"Origin": "null"}, 403),
                                ({"Origin": ""}, 403), ({"Origin": "http://evil.example"}, 403),
                                ({"Origin": "http://images.example.evil.example"}, 403),
                                ({"Sec_Fetch_Site": "same-origin"}, 200),
                                ({"Sec_Fetch_Site": "none"}, 200),
                                ({"Sec_Fetch_Site": "same-site"}, 403),
                                ({"Sec_Fetch_Site": "cross-site"}, 403)):
            for path in (FEATURES, "/api/v1/restore"):
                same(server.ask("POST", path, picture, **headers).status, status, headers)
            status = 204 if status == 200 else status
            same(server.ask("POST", "/login", b"", **headers).status, status, headers)


def tokens():
    with token_file() as file, Server("--token-file", file, listen="0.0.0.0:0") as server:
        picture = server.picture("grass.bmp")
        good = {"Authorization": f"Bearer {TOKEN}"}
        private = [("GET", path, None) for path in
                   ("/samples/", "/samples/grass.bmp", "/api/v1/model", "/api/v1/formats",
                    "/api/v1/axes", "/api/v1/openapi.json", "/healthz", "/metrics")]
        private += [("POST", "/api/v1/restore", picture), ("POST", FEATURES, picture)]
        for method, path, body in private:
            same(server.ask(method, path, body, **good).status, 200, path)
            for wrong in (None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x",
                          f"Bearer {TOKEN.upper()}", f"Basic {TOKEN}", TOKEN, f"Bearer{TOKEN}"):
                answer = server.ask(method, path, body, Authorization=wrong)
                same((answer.status, answer.reason()), (401, "unauthorized"), f"{path}: {wrong}")
                same(answer.headers["www-authenticate"], "Bearer", path)
            same(server.ask(method, f"{path}?token={TOKEN}", body).status, 401, "only the page")
        same(server.ask("GET", "/nothing").status, 401, "which paths there are")
        same(server.ask("GET", "/static/login.js").status, 200, "the log-in page's script")
        same(server.ask("GET", "/healthz", Host="evil.example", **good).status, 421, "another name")


def cookies():
    with token_file(TOKEN) as file, Server("--token-file", file) as server:
        page = server.ask("GET", "/")
        same((page.status, page.headers["content-type"]), (401, "text/html; charset=utf-8"), "page")
        check(b"/static/login.js" in page.body, "the log-in page")
        same(page.headers["cache-control"], "no-store", "page")
        given = []
        log_in = server.ask("POST", "/login", b"", Authorization=f"bearer {TOKEN}")
        same(log_in.status, 204, "log in")
        given.append(log_in.headers["set-cookie"])
        quoted = "".join(f"%{ord(byte):02x}" for byte in TOKEN)
        answer = server.ask("GET", f"/?token={quoted}")
        same((answer.status, answer.headers["location"]), (303, "/"), "a link")
        given.append(answer.headers["set-cookie"])
        same(given[0], given[1], "the cookie")
        cookie, *attributes = given[0].split("; ")
        same(attributes, ["Path=/", "HttpOnly", "SameSite=Strict"], "attributes")
        check(TOKEN not in given[0], "the cookie does not tell the token")
        for good in (cookie, f"a=b; {cookie}", f"{cookie}; a=b", f"a;{cookie}"):
            same(server.ask("GET", "/", Cookie=good).status, 200, good)
        picture = server.picture("grass.bmp")
        same(server.ask("POST", FEATURES, picture, Cookie=cookie).status, 200, "an upload")
        name, value = cookie.split("=")
        for wrong in ("", name, f"{name}=", f"{name}={TOKEN}", cookie[:-1], cookie + "0",
                      f"x{cookie}", f"other={value}", f"a=b {cookie}"):
            same(server.ask("GET", "/", Cookie=wrong).status, 401, wrong)
        for target in ("/?token=", "/?token", f"/?token={TOKEN[1:]}", f"/?Token={quoted}"):
            answer = server.ask("GET", target)
            same((answer.status, answer.headers.get("set-cookie")), (401, None), target)
        same(server.ask("POST", "/login", b"").status, 401, "without a token")
    with Server() as server:
        answer = server.ask("POST", "/login", b"")
        same((answer.status, answer.headers.get("set-cookie")), (204, None), "none is needed")


def memory_of(pid):
    """What a process has in its memory; None if this process may not read it."""
    parts = []
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                first, last = (int(part, 16) for part in line.split()[0].split("-"))
                if " rw" in line and last - first < 1 << 30:  # not a sanitizer's shadow memory
                    with contextlib.suppress(OSError, OverflowError):
                        memory.seek(first)
                        parts.append(memory.read(last - first))
    except PermissionError:
        return None
    return b"".join(parts)


def hidden():
    """Workers have neither the token nor the environment in their memory."""
    with token_file() as file:
        os.environ.update(MY_SECRET="do-not-tell-anyone", MALLOC_ARENA_MAX="3")
        with Server("--token-file", file, "--jobs", "2") as server:
            del os.environ["MY_SECRET"], os.environ["MALLOC_ARENA_MAX"]
            same(server.ask("POST", FEATURES, server.picture("grass.bmp"),
                            Authorization=f"Bearer {TOKEN}").status, 200, "an image")
            held = [memory_of(pid) for pid in server.workers()]
            check(held, "there are workers")
            for memory in held:
                if memory is not None:
                    check(b"MALLOC_ARENA_MAX=3" in memory, "what a worker needs is found")
                    check(TOKEN.encode() not in memory, "a worker knows the token")
                    check(b"do-not-tell-anyone" not in memory, "a worker knows the environment")


def secrets():
    """The token is in no line, metric or answer."""
    with token_file() as file, tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([sys.argv[1], "serve", "--model", sys.argv[3], "--listen",
                                    "127.0.0.1:0", "--verbose", "--token-file", file], stdout=out,
                                   stderr=subprocess.PIPE, text=True)
        port = process.stderr.readline().rstrip("/\n").rsplit(":", 1)[1]
        for target in (f"/?token={TOKEN}", f"/?a=1&%74oken={TOKEN}", f"/?token={TOKEN}&b=%00",
                       f"/%00?token={TOKEN}", "/?" + "a&" * 40 + f"token={TOKEN}",
                       f"/?token={TOKEN} /"):
            data = request("GET", target, Authorization=f"Bearer {TOKEN}")
            subprocess.run([sys.executable, "-c", f"""
import socket
s = socket.create_connection(("127.0.0.1", {port}))
s.sendall({data!r})
assert {TOKEN.encode()!r} not in s.recv(65536)"""], check=True)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        same(process.wait(LONG_S), 0, "exit status")
        out.seek(0)
        lines = out.read()
        same(lines.count("\n"), 6, "lines")
        check(TOKEN[:9] not in lines + said, f"the token is in {lines}")


def start():
    """Beyond loopback, the server starts only with a token, or loudly without."""
    def serve(status, text, *options):
        done = subprocess.run([sys.argv[1], "serve", "--model", sys.argv[3], *options],
                              capture_output=True, text=True, timeout=LONG_S, check=False)
        same(done.returncode, status, f"{options}: {done.stderr}")
        check(text in done.stderr, f"{options}: {done.stderr!r}")

    for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80"):
        serve(2, "--token-file FILE to require a token, or --open", "--listen", listen)
    serve(2, "not both", "--open", "--token-file", "/none")
    serve(2, "cannot read /none", "--token-file", "/none")
    for text in ("", "\n", "short\n", "x" * 15, "x" * 257, "x" * 5000, "with a space" * 3,
                 "x" * 20 + "\n" + "y" * 20 + "\n", "caf\u00e9" * 5, "x" * 20 + "\0"):
        with token_file(text) as file:
            serve(2, "must have one line of 16 to 256", "--token-file", file)
    for name in ("", "a:80", "http://a", "a/b", "::1", "[::1", "[a]", "a b", "*@b"):
        serve(2, "is not a host name", "--allow-host", name)
    process = subprocess.Popen([sys.argv[1], "serve", "--model", sys.argv[3], "--listen",
                                "0.0.0.0:0", "--open", "--quiet"], stderr=subprocess.PIPE,
                               text=True)
    line = process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    same(process.wait(LONG_S), 0, "exit status")
    check(re.search(r"WARNING: --open: everyone who can reach http://0.0.0.0:\d+/", line), line)


if __name__ == "__main__":
    sys.exit(run(names, own_address, pages, tokens, cookies, hidden, secrets, start))
