"""Let a class begin: everybody opens the page within a few seconds.

    python benchmarks/storm.py [--people 500] [--seconds 5]

Each does what a browser does: the login page and its files, a name, the chat's page and its files,
a WebSocket, the room. A file is fetched once, as browsers do; all come from one address. Exits
with 1 where somebody is not let in.
"""

from __future__ import annotations

# isort: off
from guests import Guest, Listening, percentile  # it patches first

# isort: on
import argparse
import contextlib
import gzip
import posixpath
import re
import socket
import sys
import tempfile
import time
from pathlib import Path

import gevent
from fanout.contenders import LANCHAT
from fanout.process import cores, pinned, raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console

PATIENCE = 60.0
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
IMPORTED = re.compile(r'(?:from|import)\s*"(\.{1,2}/[^"]+)"')


class Browser:
    """One connection that is kept open, and the files that came over it.

    ``imports`` is what each module imports, which is looked up once for all browsers.
    """

    def __init__(self, server: Listening, imports: dict[str, list[str]]) -> None:
        self._imports = imports
        self._server = server
        self._connect()
        self._files: set[str] = set()
        self.received = 0

    def open(self, path: str, cookie: str = "") -> None:
        """Fetch a page and what it links to, files that are imported by others included."""
        waiting = LINKED.findall(_text(*self._get(path, cookie)))
        while waiting:
            file = waiting.pop()
            if file in self._files:
                continue
            self._files.add(file)
            answer = self._get(file, cookie)
            if file not in self._imports:
                self._imports[file] = _imports(file, _text(*answer))
            waiting += self._imports[file]

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._server.port), PATIENCE)
        self._reader = self._socket.makefile("rb")

    def _get(self, path: str, cookie: str) -> tuple[bytes, bool]:
        """What is there, and whether it is compressed. Raises ConnectionError unless it is 200."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
        head += "Accept-Encoding: gzip\r\n"
        if cookie:
            head += f"Cookie: {cookie}\r\n"
        status = self._ask(f"{head}\r\n".encode())
        if not status:
            # The server has closed what was idle for a while.
            self.close()
            self._connect()
            status = self._ask(f"{head}\r\n".encode())
        size, compressed = 0, False
        while (line := self._reader.readline().lower()) not in (b"\r\n", b""):
            if line.startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
            compressed = compressed or line.startswith(b"content-encoding: gzip")
        content = self._reader.read(size)
        if status[1:2] != [b"200"]:
            raise ConnectionError(f"{path} was answered {b' '.join(status[1:]).decode()}")
        self.received += len(content)
        return content, compressed

    def _ask(self, request: bytes) -> list[bytes]:
        """The words of the first line of the answer; none where the connection has ended."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(request)
            return self._reader.readline().split()
        return []


def _text(content: bytes, compressed: bool) -> str:
    return (gzip.decompress(content) if compressed else content).decode(errors="replace")


def _imports(file: str, content: str) -> list[str]:
    """The paths that a module imports; none for other files."""
    plain = file.partition("?")[0]
    if not plain.endswith((".js", ".mjs")):
        return []
    folder = posixpath.dirname(plain)
    found = IMPORTED.findall(content)
    return [posixpath.normpath(posixpath.join(folder, each)) for each in found]


class Class:
    """Everybody, and how it went for them."""

    def __init__(self, server: Listening) -> None:
        self._server = server
        self._imports: dict[str, list[str]] = {}
        self.waits: list[float] = []
        self.errors: list[str] = []
        self.received = 0

    def arrive(self, name: str) -> None:
        """Open the page, log in, enter, and stay."""
        begin = time.monotonic()
        try:
            browser = Browser(self._server, self._imports)
            browser.open("/")
            guest = Guest(self._server, name)
            browser.open("/chat", guest.cookie)
            guest.connect()
            guest.join()
        except OSError as error:
            self.errors.append(f"{name}: {error}")
            return
        guest.listen(len)  # what the others do has to be read
        browser.close()
        self.waits.append(time.monotonic() - begin)
        self.received = browser.received


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=5, help="from the first to the last")
    options = parser.parse_args()
    raise_descriptor_limit()
    chosen = cores()
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-storm-") as folder,
        LANCHAT.start(Path(folder), chosen.server) as server,
        pinned(chosen.load),
    ):
        people = Class(server)
        begin, own, cpu = time.monotonic(), time.process_time(), server.cpu()
        arrivals = Group()
        for number in range(options.people):
            wait = options.seconds * number / options.people
            arrivals.add(gevent.spawn_later(wait, people.arrive, f"Guest {number}"))
        arrivals.join()
        seconds = time.monotonic() - begin
        busy = (server.cpu() - cpu, time.process_time() - own)
        memory = server.memory()
    console = Console()
    console.print(f"{len(people.waits)} of {options.people} people are in after {seconds:.1f} s")
    waits = [percentile(people.waits, share) for share in (0.5, 0.99, 1.0)]
    console.print(
        "Each waited (median, 99 of 100, worst): " + ", ".join(f"{w:.2f} s" for w in waits)
    )
    console.print(f"Each fetched {people.received / 1e3:.0f} kB of pages and files")
    console.print(f"Processor time: server {busy[0]:.1f} s, the people {busy[1]:.1f} s")
    console.print(f"Memory of the server with all of them: {memory / 1e6:.0f} MB")
    for error in people.errors[:5]:
        console.print(f"error: {error}")
    return int(len(people.waits) < options.people)


if __name__ == "__main__":
    sys.exit(main())
