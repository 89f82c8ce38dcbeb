"""A server in a process of its own, and guests who speak its protocol.

Each guest is a greenlet, and reads and writes WebSocket frames by itself: whoever measures a
server has to be lighter than it is. Import this module before any other, for it patches the
standard library. What it asks of /proc makes it Linux's.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import base64
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import gevent

PATIENCE = 60.0
"""Seconds after which something that should have happened counts as not happening."""

UNLIMITED = ("--rate", "0", "--max-per-ip", "0", "--max-clients", "0")
"""Options for all guests to come from one address and to talk as fast as they can."""

ENDS = ("1", "41")
"""Engine.IO's close and Socket.IO's disconnect."""

SHORT = 126
"""RFC 6455, 5.2: a length from here on stands in further bytes, and this in the first one."""

CLOSE = 8

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Use(NamedTuple):
    """What a process uses: resident memory in bytes, threads and descriptors."""

    memory: int
    threads: int
    descriptors: int


class Listening(Protocol):
    """A server on loopback, of whom a guest needs to know no more than the port."""

    port: int


class Server:
    """`lanchat serve` on loopback, with its data below ``folder``; ends with the context."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.database = folder / "data" / "messages.db"
        self.port = 0
        self._folder = folder
        self._options = options

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, or start again with the same port and data."""
        log_file = self._folder / "connections.log"
        command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--data-dir", str(self.database.parent)]
        command += ["--log-file", str(log_file), *self._options]
        with (self._folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        mine = re.compile(rf'"event": "start", .*"port": (\d+), "pid": {self._process.pid}}}')
        wait_for(lambda: log_file.exists() and mine.search(log_file.read_text()))
        self.port = int(mine.findall(log_file.read_text())[0])

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to stop, and go on at once."""
        self._process.send_signal(signal.SIGTERM)

    def halt(self) -> None:
        """Let nothing go on in it, as on a computer that sleeps."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Wake it up."""
        self._process.send_signal(signal.SIGCONT)

    def use(self) -> Use:
        """What it uses now."""
        folder = Path("/proc", str(self._process.pid))
        memory = int((folder / "statm").read_text().split()[1]) * _PAGE
        threads, descriptors = (len(list((folder / name).iterdir())) for name in ("task", "fd"))
        return Use(memory, threads, descriptors)

    def output(self) -> str:
        """Everything that it printed."""
        return (self._folder / "output.txt").read_text()


class Guest:
    """Somebody with a session and one WebSocket at a time."""

    def __init__(self, server: Listening, name: str) -> None:
        self._server = server
        self._buffer = bytearray()
        self.cookie = self._log_in(name)

    def connect(self, *, receive_buffer: int | None = None) -> None:
        """Open a WebSocket and connect to the namespace."""
        self._buffer.clear()
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", self._server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self._request(
            "GET /socket.io/?EIO=4&transport=websocket",
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nCookie: {self.cookie}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n",
        )
        self.send("40")
        while not (packet := self.receive()).startswith("40"):
            if packet.startswith("44"):
                raise ConnectionError(packet)

    def join(self, last_id: int | None = None) -> dict[str, Any]:
        """Enter the room as a page does; what was said before the answer is dropped."""
        asked: dict[str, Any] = {"batches": True}
        if last_id is not None:
            asked["last_id"] = last_id
        self.send("420" + json.dumps(["new_host", asked]))
        while not (packet := self.receive()).startswith("430"):
            pass
        answer: dict[str, Any] = json.loads(packet[3:])[0]
        return answer

    def say(self, text: str, client_id: str | None = None, number: int = 1) -> None:
        """Send a message; its answer will carry the number."""
        payload = {"message": text, "client_id": client_id or str(uuid.uuid4())}
        self.send(f"42{number}" + json.dumps(["new_message", payload]))

    def send(self, packet: str) -> None:
        """Send one Engine.IO packet, in a frame that is masked with zeros."""
        data = packet.encode()
        size = len(data)
        length = bytes([0x80 | size]) if size < SHORT else b"\xfe" + size.to_bytes(2, "big")
        self._socket.sendall(b"\x81" + length + bytes(4) + data)

    def receive(self) -> str:
        """The next packet; pings are answered. Raises ConnectionError at the end."""
        while True:
            opcode, data = self._frame()
            if opcode == CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(data[:2], 'big')}")
            packet = data.decode()
            if packet in ENDS:
                raise ConnectionError("the server closed the connection")
            if packet != "2":
                return packet
            self.send("3")

    def listen(self, on_packet: Callable[[str], object]) -> gevent.Greenlet[..., object]:
        """Read in the background until the connection ends."""

        def read() -> object:
            with contextlib.suppress(OSError):
                while True:
                    on_packet(self.receive())
            return None

        return gevent.spawn(read)

    def go_to(self, server: Listening) -> None:
        """Connect to another server from now on, where the session is good, too."""
        self._server = server

    def cut(self) -> None:
        """End the connection without a word."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _log_in(self, name: str) -> str:
        body = urlencode({"username": name})
        head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", self._server.port), PATIENCE) as self._socket:
            answer = self._request("POST /", f"{head}Connection: close\r\n", body)
        cookie = re.search(r"(?im)^set-cookie: (lanchat_[^;]+)", answer)
        if cookie is None:
            raise ConnectionError(f"no session for {name}: {answer[:200]}")
        return cookie.group(1)

    def _request(self, line: str, headers: str, body: str = "") -> str:
        """Send a request; returns the head of the answer."""
        host = f"127.0.0.1:{self._server.port}"
        self._socket.sendall(f"{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}".encode())
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer[:] = rest
        return head.decode()

    def _frame(self) -> tuple[int, bytes]:
        """Opcode and content of the next frame; the server neither masks nor fragments."""
        head = self._take(2)
        size = head[1]
        if size >= SHORT:
            size = int.from_bytes(self._take(2 if size == SHORT else 8), "big")
        return head[0] & 0x0F, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _fill(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the server hung up")
        self._buffer += data


def wait_for(condition: Callable[[], object]) -> None:
    """Return when the condition is true. Raises TimeoutError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        gevent.sleep(0.01)


def percentile(values: list[float], share: float) -> float:
    """The value below which so much of all lies; 0 where there is none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def crowd(server: Server, count: int) -> list[Guest]:
    """So many guests, logged in but not connected."""
    return [Guest(server, f"Guest {number}") for number in range(count)]
