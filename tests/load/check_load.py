"""Check a server under load and abuse. Runs the given scenarios, or all:

    check_load.py PROGRAM SAMPLE MODEL FOLDER [SCENARIO...]

Uses loopback only. The figures printed are for docs/serve.md; none is a condition of the test.
"""
import asyncio
import collections
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "web"))
import malformed  # noqa: E402
from client import MULTIPART, Answer, Failure, Server, check, png, request, same  # noqa: E402

sys.argv[1:5] = map(os.path.abspath, sys.argv[1:5])
PROGRAM, SAMPLE, MODEL, FOLDER = sys.argv[1:5]
PATIENCE_S = 1200     # after this something hangs; far more than any step takes
DEADLINE_S = 8, 300   # range of the server's --deadline in scenarios that wait for it
HONEST = 10           # the deadline is this many times what a large image takes
WIDTH, HEIGHT = 2000, 1500
PICTURE = "cat_eyes.jpg"
RESTORE = "/api/v1/restore"


# ---- A client with many connections --------------------------------------------------------------

async def connect(server, source):
    return await asyncio.open_connection(*server.address, local_addr=(source, 0))


async def read_answer(reader):
    """The response, or None if the connection ends before it is complete."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers = {name.lower(): value.strip()
                   for name, _, value in (line.partition(":") for line in lines if line)}
        if status == 100:
            return await read_answer(reader)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Answer(status, headers, body)


async def ask(server, data, source="127.0.0.1"):
    reader, writer = await connect(server, source)
    try:
        writer.write(data)
        try:
            await writer.drain()
        except ConnectionError:
            pass  # the server may have responded already
        return await read_answer(reader)
    finally:
        writer.close()


def get(path):
    return request("GET", path, Connection="close")


def upload(picture, target=RESTORE):
    return request("POST", target, picture, Connection="close")


def large_upload():
    """Upload of an image whose response takes long to compute and fills all buffers."""
    row = bytes(x // 64 % 256 for x in range(3 * WIDTH))
    return upload(png(WIDTH, HEIGHT, 3, row), RESTORE + "?format=tiff&color=none&strength=0")


# ---- A server under observation ------------------------------------------------------------------

class Watched(Server):
    """A server whose resources are watched. expected: its response body to PICTURE."""

    def __init__(self, *options):
        self.folder = os.path.join(FOLDER, "server")
        os.makedirs(self.folder, exist_ok=True)
        super().__init__("--jobs", "2", *options, folder=self.folder)
        self.usual = upload(self.picture(PICTURE))
        output = os.path.join(FOLDER, "expected.jpg")
        subprocess.run([PROGRAM, "restore", "--model", MODEL, "--force", "-q", "-o", output,
                        str(self.sample / PICTURE)], check=True)
        self.expected = pathlib.Path(output).read_bytes()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize() / (1 << 20)

    async def serves(self):
        answer = await ask(self, self.usual)
        check(answer is not None and answer.status == 200 and answer.body == self.expected,
              f"a normal client is not served: {answer and answer.status}")

    async def is_ready(self):
        """Wait until all workers have started, so that the open descriptors are those it needs."""
        for _ in range(PATIENCE_S * 10):
            health = json.loads((await ask(self, get("/healthz"))).body)
            if health["ready"] == 2:
                break
            await asyncio.sleep(0.1)
        else:
            raise Failure(f"the workers did not become ready: {health}")
        await self.serves()

    async def needs(self):
        """The number of descriptors open without requests."""
        counts = []
        for _ in range(20):
            counts.append(self.descriptors())
            await asyncio.sleep(0.05)
        return min(counts)

    async def settles(self, descriptors):
        """Check that all connections close, no descriptor leaks, and no request is in flight."""
        for _ in range(PATIENCE_S * 10):
            if self.descriptors() <= descriptors:
                break
            await asyncio.sleep(0.1)
        same(self.descriptors(), descriptors, "descriptors left open")
        metrics = (await ask(self, get("/metrics"))).body.decode()
        for line in "patina_requests_in_flight 1", "patina_connections 1", "patina_store_bytes 0":
            check(line + "\n" in metrics, f"the metrics lack: {line}")


async def end_of(awaitable, what):
    try:
        return await asyncio.wait_for(awaitable, PATIENCE_S)
    except asyncio.TimeoutError:
        raise Failure(f"{what} did not finish in {PATIENCE_S} s") from None


def told(counts):
    return ", ".join(f"{count} times {status}" for status, count in sorted(counts.items(), key=str))


# ---- Scenarios -----------------------------------------------------------------------------------

async def burst(server):
    """1,000 uploads at once, from one address and from 100: each gets 200 or 429."""
    for addresses in 1, 100:
        started = time.monotonic()
        answers = await end_of(
            asyncio.gather(*(ask(server, server.usual, f"127.0.0.{1 + i % addresses}")
                             for i in range(1000))), "uploads")
        counts = collections.Counter(answer and answer.status for answer in answers)
        check(set(counts) <= {200, 429} and counts[200] > 0, f"1,000 uploads: {told(counts)}")
        for answer in answers:
            if answer.status == 200:
                check(answer.body == server.expected, "an image differs from patina restore's")
            else:
                check("retry-after" in answer.headers and answer.reason(),
                      "a 429 without Retry-After or reason")
        elapsed = time.monotonic() - started
        print(f"burst: {addresses} addresses: {told(counts)} in {elapsed:.1f} s, "
              f"{server.resident_mib():.0f} MiB")


async def drip(server, start, rest, source):
    """Send `start`, then `rest` byte by byte. Return the response, or None."""
    reader, writer = await connect(server, source)

    async def send():
        writer.write(start)
        for i in range(len(rest)):
            await asyncio.sleep(0.3)
            writer.write(rest[i:i + 1])
            await writer.drain()

    sender = asyncio.ensure_future(send())
    try:
        return await read_answer(reader)
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
        writer.close()


async def read_slowly(server, data, source):
    """Read a large response slowly. Return the number of bytes received before the end."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        connection.bind((source, 0))
        await loop.sock_connect(connection, server.address)
        await loop.sock_sendall(connection, data)
        size = 0
        try:
            while block := await loop.sock_recv(connection, 1024):
                size += len(block)
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        return size


async def slow(server):
    """Slow headers, bodies and readers are cut off at the deadline; normal clients are served."""
    head = server.usual.index(b"\r\n\r\n") + 4
    large = large_upload()
    ended = collections.Counter()

    async def one(kind, awaitable):
        result = await awaitable
        ended[kind] += 1
        if kind == "readers":
            check(result > 0, "a slow reader received nothing")
            check(result < 3 * WIDTH * HEIGHT, f"a slow reader received all {result} bytes")
        else:
            check(result is None, f"slow {kind}: {result and result.status}")

    everyone = [one("headers", drip(server, b"", server.usual, "127.0.0.2")) for _ in range(30)]
    everyone += [one("bodies", drip(server, server.usual[:head], server.usual[head:], "127.0.0.3"))
                 for _ in range(30)]
    everyone += [one("silent", drip(server, b"", b"", "127.0.0.4")) for _ in range(30)]
    everyone += [one("readers", read_slowly(server, large, "127.0.0.5")) for _ in range(4)]
    everyone = asyncio.gather(*everyone)
    served = 0
    while not everyone.done():
        await server.serves()
        served += 1
    await end_of(everyone, "slow clients")
    print(f"slow: cut off: {dict(ended)}; {served} normal requests served meanwhile")


PICTURE_ANSWERS = {200, 400, 413, 415, 422, 429}
ANSWERS = {  # None: no response
    "lying_lengths": PICTURE_ANSWERS | {411, None},
    "bad_boundaries": {400, 429},
    "many_parts": {400, 429},
    "names_that_climb": {200, 404, 429, 400, None},
    "truncated": {None},
    "broken_pictures": PICTURE_ANSWERS,
    "bad_parameters": {400, 429},
    "bad_lines": {400, 404, 405, 411, 414, 421, 431, 505, None},
}


async def abuse(server):
    """5,000 malformed requests, and one body with 100,000 parts."""
    room = asyncio.Semaphore(16)
    counts = collections.Counter()

    async def one(kind, data, number):
        async with room:
            reader, writer = await connect(server, f"127.0.1.{1 + number % 200}")
            try:
                writer.write(data)
                await writer.drain()
                if kind in malformed.UNFINISHED:
                    await asyncio.sleep(0.02)  # so that the server reads the request before its end
                    writer.write_eof()
                answer = await read_answer(reader)
            except OSError:
                answer = None
            finally:
                writer.close()
        status = answer and answer.status
        counts[status or "cut off"] += 1
        check(status in ANSWERS[kind], f"{kind}: {status} to {data[:300]!r}")
        if status is not None and status >= 400:
            check(answer.reason(), f"{kind}: an error without a reason")

    started = time.monotonic()
    wrong = malformed.requests(5000, server.picture(PICTURE))
    await end_of(asyncio.gather(*(one(kind, data, i) for i, (kind, data) in enumerate(wrong))),
                 "malformed requests")
    print(f"abuse: {told(counts)} in {time.monotonic() - started:.1f} s")
    parts = b"".join(malformed.part("color", b"none") for _ in range(100000)) + b"--limit--\r\n"
    data = request("POST", RESTORE, parts, **MULTIPART)
    answer = await end_of(ask(server, data), "100,000 parts")
    check(answer is not None and answer.status in (400, 413), f"100,000 parts: {answer}")
    await server.serves()


BETWEEN_KILLS = 5


async def killed(server):
    """Workers are killed while they work: only the request that each was processing gets 502. A few
    responses must arrive between two kills, as workers may start slowly."""
    rng = random.Random(7)
    counts = collections.Counter()
    room = asyncio.Semaphore(6)
    kills = answered = 0

    async def one(number):
        async with room:
            data = upload(server.picture("astronaut_shuttle.tif"),
                          f"{RESTORE}?format=png&color=none&strength=1&sigma={1 + number % 5}")
            answer = await ask(server, data, f"127.0.2.{1 + number % 200}")
            counts[answer and answer.status] += 1

    work = asyncio.gather(*(one(i) for i in range(300)))
    while not work.done():
        await asyncio.sleep(0.25)
        if sum(counts.values()) < answered + BETWEEN_KILLS:
            continue
        answered = sum(counts.values())
        try:
            os.kill(rng.choice(server.workers()), signal.SIGKILL)
            kills += 1
        except (IndexError, ProcessLookupError):
            pass
    await end_of(work, "requests while workers are killed")
    check(set(counts) <= {200, 502} and counts[200] > 0, f"workers killed: {told(counts)}")
    check(counts[502] <= kills, f"{kills} kills caused {counts[502]} responses with 502")
    print(f"killed: {kills} workers killed: {told(counts)}")
    await asyncio.sleep(0.2)  # the last worker killed may still count as ready
    await server.is_ready()


ROUNDS = 5    # per stage
STAGES = 6    # memory that grows in each of these stages counts as a leak
LEAST_LEAK_MIB = 1000 * 512 / (1 << 20)  # half a KiB per upload


async def peak_mib(server, sizes):
    """Append the resident memory after each of ROUNDS times 1,000 uploads; return the maximum."""
    for _ in range(ROUNDS):
        for _ in range(5):
            await end_of(asyncio.gather(*(ask(server, server.usual, f"127.0.3.{1 + i % 50}")
                                          for i in range(200))), "uploads")
        sizes.append(server.resident_mib())
    return max(sizes[-ROUNDS:])


async def leaks(server):
    """Repeating the same work needs no more memory. Memory varies with the number of concurrent
    uploads and with what the allocator returns to the system, but a leak never stops growing."""
    sizes = []
    before = await peak_mib(server, sizes)
    for _ in range(STAGES):
        peak = await peak_mib(server, sizes)
        if peak - before < ROUNDS * LEAST_LEAK_MIB:
            break
        before = peak
    else:
        raise Failure(f"memory grows: {sizes} MiB")
    print("leaks: resident MiB after each 1,000 uploads:", *(f"{size:.1f}" for size in sizes))


SCENARIOS = {"burst": burst, "slow": slow, "abuse": abuse, "killed": killed, "leaks": leaks}
WAITING = slow, abuse  # scenarios that wait for the deadline


async def time_of_large(server):
    await server.is_ready()
    began = time.monotonic()
    answer = await end_of(ask(server, large_upload()), "a large upload")
    same(answer and answer.status, 200, "status of a large upload")
    return time.monotonic() - began


def deadline():
    """The --deadline option: long enough for this machine at its current speed."""
    least, most = DEADLINE_S
    with Watched() as server:
        needed = HONEST * asyncio.run(time_of_large(server))
    return ["--deadline", str(round(min(max(needed, least), most)))]


async def play(scenario, server):
    await server.is_ready()
    descriptors = await server.needs()
    await scenario(server)
    await server.settles(descriptors)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    try:
        for name in sys.argv[5:] or SCENARIOS:
            scenario = SCENARIOS[name]
            options = deadline() if scenario in WAITING else []
            with Watched(*options) as server:
                asyncio.run(play(scenario, server))
                check(server.process.poll() is None, "the server has exited")
                same(os.listdir(server.folder), [], "files left in the server's folder")
    except Failure as failure:
        print(f"FAILED: {name}: {failure}")
        return 1
    print(f"{check.count} checks passed")
    return 0


sys.exit(main())
