"""A server under test, and a client that says exactly what it is told to: shared by the tests."""

import functools
import io
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib

import PIL.Image

LONG_S = 600  # for what comes sooner or later; no test depends on how soon


class Failure(Exception):
    pass


def check(condition, what):
    check.count += 1
    if not condition:
        raise Failure(what)


check.count = 0


def same(value, expected, what):
    check(value == expected, f"{what}: {value!r} instead of {expected!r}")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def reason(self):
        return self.json()["error"]["reason"]


class Connection:
    """A connection that is written to and read from by hand."""

    def __init__(self, address, source=None):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(LONG_S)
        if source is not None:
            self.socket.bind((source, 0))
        self.socket.connect(address)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(1 << 16)
        self.pending += data
        return bool(data)

    def head(self):
        """The status and the header fields of the next answer, 100 Continue included."""
        while b"\r\n\r\n" not in self.pending:
            if not self._more():
                raise Failure(f"the connection ended after {self.pending[:200]!r}")
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", first)
        check(match, f"status line {first!r}")
        return int(match[1]), {name.lower(): value for name, value in
                               (line.split(": ", 1) for line in lines)}

    def answer(self, head=False):
        status, headers = self.head()
        size = 0 if head or status in (100, 204) else int(headers["content-length"])
        while len(self.pending) < size:
            if not self._more():
                raise Failure(f"an answer of {size} bytes ended after {len(self.pending)}")
        body, self.pending = self.pending[:size], self.pending[size:]
        return Answer(status, headers, body)

    def ended(self):
        """Whether the server has ended the connection; waits for it."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        return True


class Server:
    """folder: where it runs and keeps temporary files; None: here. model: None: the one that the
    command line names. Unless the options say otherwise
    it is in no hurry, so that a busy machine does not change its answers."""

    def __init__(self, *options, listen="127.0.0.1:0", folder=None, model=None):
        self.patina, sample, named = sys.argv[1:4]
        self.model = model or named
        self.sample = pathlib.Path(sample) / "damaged"
        environment = dict(os.environ, TMPDIR=folder) if folder else None
        self.process = subprocess.Popen(
            [self.patina, "serve", "--model", self.model, "--listen", listen,
             "--deadline", "3600", "--image-time", "3600", *options],
            stderr=subprocess.PIPE, text=True, cwd=folder, env=environment)
        line = self.process.stderr.readline()
        match = re.fullmatch(r"patina: listening on http://\[?(.*?)\]?:(\d+)/\n", line)
        if not match:
            self.process.kill()
            raise Failure(f"the server says {line!r}")
        self.address = match[1], int(match[2])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(LONG_S)
            if kind is None:
                same(status, 0, "exit status")
        self.process.stderr.close()

    def connect(self, source=None):
        return Connection(self.address, source)

    def raw(self, data):
        """The answer to a request as it is."""
        with self.connect() as connection:
            connection.send(data)
            return connection.answer(head=data.startswith(b"HEAD "))

    def ask(self, method, target, body=None, **headers):
        return self.raw(request(method, target, body, **headers))

    def picture(self, name):
        return (self.sample / name).read_bytes()

    def metrics(self):
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def wait_for(self, metric, test):
        """Until a figure is as it should be."""
        end = time.monotonic() + LONG_S
        while not test(self.metrics().get(metric, 0)):
            if time.monotonic() > end:
                raise Failure(f"{metric} stays {self.metrics().get(metric)}")
            time.sleep(0.02)

    def workers(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


def request(method, target, body=None, **headers):
    """A request as bytes. A header that is None is left out."""
    fields = {"Host": "localhost"}
    if body is not None:
        fields["Content-Length"] = str(len(body))
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""])
    return head.encode("latin-1") + (body or b"")


def form(*parts, boundary="limit"):
    """A multipart body of (name, file name or None, bytes)."""
    body = []
    for name, file, data in parts:
        file = f'; filename="{file}"' if file is not None else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += [head.encode(), data, b"\r\n"]
    return b"".join(body) + f"--{boundary}--\r\n".encode()


MULTIPART = {"Content_Type": "multipart/form-data; boundary=limit"}


def png(width, height, channels, row):
    """A small PNG file of an image that can be large: all its rows are the same."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress((b"\0" + row) * height, 1)) + chunk(b"IEND", b""))


@functools.cache
def slow_picture():
    """A small JPEG 2000 file that takes a worker seconds to decode, though it has one color only.
    A PNG file of the same size would take a fifth of a second."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (5000, 5000), (90, 120, 60)).save(file, "JPEG2000")
    return file.getvalue()


def run(*tests):
    try:
        for test in tests:
            test()
    except Failure as failure:
        print(f"FAILED: {test.__name__}: {failure}")
        return 1
    print(f"{check.count} checks passed")
    return 0


def needed(axis, axes):
    """The operator, and its other numbers, that a number which is not read by default needs."""
    readers = [(choice, row) for choice in ("filter", "color")
               for row in axes[choice]["operators"] if axis["key"] in row["reads"]]
    if axis["choice"] or any(row["default"] for _, row in readers):
        return ""
    choice, reader = readers[0]
    others = [f"{key}={axes[key]['tried'][0]}" for key in reader["reads"] if key != axis["key"]]
    return "&".join([f"{choice}={reader['name']}", *others, ""])
