"""However much one client sends, the server's memory hardly grows, and the client is told why."""

import http.client
import json
import re
import socket
import struct
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.world.deadline import DEADLINE

MEGABYTE = 1 << 20
GROWTH = 20 * MEGABYTE
PROTOCOL_ERROR, TOO_BIG = 1002, 1009
TEXT, CONTINUATION = 1, 0

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells the peak of another process's memory"
)


def frame(opcode, payload, *, fin=0, rsv=0):
    """A WebSocket frame of 126 bytes or more, masked with zeros."""
    head = struct.pack("!BBH", fin << 7 | rsv << 4 | opcode, 0x80 | 126, len(payload))
    return head + bytes(4) + payload


@pytest.fixture
def bounded(server):
    """Whatever happens within, the server's memory grows by 20 MB at most, even for a moment."""
    process = Path(f"/proc/{server.process.pid}")

    def memory(kind):
        (kilobytes,) = re.findall(rf"{kind}:\s+(\d+) kB", (process / "status").read_text())
        return int(kilobytes) << 10

    @contextmanager
    def measure():
        (process / "clear_refs").write_text("5")  # begin a new peak
        before = memory("VmRSS")
        yield
        assert memory("VmHWM") - before <= GROWTH

    return measure


@pytest.fixture
def joined(ana, raw_client):
    """Ana in the room, by a connection that can misbehave."""
    client = raw_client(ana)
    client.join()
    return client


def pour(client, data, times):
    """Send on and on, whatever the server says; returns its close code."""
    connection = client.socket.sock  # once it has hung up the client has none
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(client.close_code)
        with suppress(OSError):
            for _ in range(times):
                connection.sendall(data)
        return code.result()


def test_fragments_without_an_end(joined, bounded):
    """200 MB of one message that is never finished."""
    joined.socket.sock.sendall(b"\x01\x81\0\0\0\0004")
    with bounded():
        assert pour(joined, frame(CONTINUATION, b"x" * 1020) * 1024, 200) == TOO_BIG


def test_small_fragments_without_an_end(joined, bounded):
    """The same, a byte at a time."""
    joined.socket.sock.sendall(b"\x01\x81\0\0\0\0004")
    with bounded():
        assert pour(joined, b"\x00\x81\0\0\0\0x" * 20_000, 10) == TOO_BIG


def test_a_frame_of_a_terabyte(joined, bounded):
    """Its header is enough to refuse it."""
    with bounded():
        joined.socket.sock.sendall(b"\x81" + struct.pack("!BQ", 0x80 | 127, 1 << 40))
        assert joined.close_code() == TOO_BIG


def test_a_frame_of_64_kib_and_a_byte(joined, bounded):
    """The first size that is too large, complete."""
    with bounded():
        joined.socket.send("4" + "x" * (64 << 10))
        assert joined.close_code() == TOO_BIG


def test_a_compression_bomb(joined, bounded):
    """60 kB that would be 60 MB: compression was declined, so the frame is none."""
    packed = zlib.compressobj(wbits=-15)
    bomb = packed.compress(bytes(60 * MEGABYTE)) + packed.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 64 << 10
    with bounded():
        joined.socket.sock.sendall(frame(TEXT, bomb, fin=1, rsv=4))
        assert joined.close_code() == PROTOCOL_ERROR


def test_a_bomb_of_attachments(joined, bounded):
    """A packet that announces a thousand million of them."""
    with bounded():
        joined.socket.send('459999999999-["new_message"]')
        part = b"\x82" + struct.pack("!BH", 0x80 | 126, 60_000) + bytes(4 + 60_000)
        assert pour(joined, part, 1000) == 1000


def test_a_storm_of_pings(joined, bounded):
    """Nobody reads the answers: they are bounded as all that waits for a slow client."""
    with bounded(), suppress(OSError):
        joined.socket.sock.settimeout(2)
        for _ in range(200):
            joined.socket.sock.sendall((b"\x89\xfd" + bytes(4 + 125)) * 1000)


@pytest.fixture
def poll(ana, server):
    """The address of a session by polling."""
    url = server.url + "/socket.io/?EIO=4&transport=polling"
    opened = requests.get(url, cookies=ana.http.cookies, timeout=DEADLINE)
    return url + "&sid=" + json.loads(opened.text[1:])["sid"]


def test_a_post_of_64_kib_and_a_byte(poll, bounded):
    """413, and the session is over."""
    with bounded():
        assert requests.post(poll, b"4" * (64 << 10 | 1), timeout=DEADLINE).status_code == 413
        assert requests.get(poll, timeout=DEADLINE).status_code == 400


@pytest.mark.parametrize("chunked", [False, True], ids=["of a known length", "in chunks"])
def test_a_post_of_200_mb(poll, server, bounded, chunked):
    """The server answers and hangs up before the end, whether it was told the length or not."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": 200 * MEGABYTE}
    parts = (bytes(MEGABYTE) for _ in range(200))
    with bounded(), suppress(ConnectionError):
        connection.request(
            "POST", poll.removeprefix(server.url), parts, length, encode_chunked=chunked
        )
    connection.close()
    assert requests.get(poll, timeout=DEADLINE).status_code == 400


def test_a_compressed_post(poll, bounded):
    """Nothing is unpacked: to the server these bytes are no packets."""
    bomb = zlib.compress(bytes(60 * MEGABYTE))[: 60 << 10]
    with bounded():
        answer = requests.post(
            poll, bomb, headers={"Content-Encoding": "deflate"}, timeout=DEADLINE
        )
        assert answer.status_code == 400


def test_a_head_without_an_end(server, bounded):
    """Headers count as well."""
    connection = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
    with connection, bounded(), suppress(OSError):
        connection.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(200):
            connection.sendall(b"X: " + b"x" * MEGABYTE)
