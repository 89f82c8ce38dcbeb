"""How long guests wait: to log in beside connections that say nothing, and to catch up.

    python benchmarks/waiting.py [--requests 300] [--silent 3000] [--hasty 100] [--messages 500]

The silent connections come from one address, another one than the guests', and so do 100 hasty
ones, which ask for the login page again and again; each that the server closes is opened again at
once. Exits with 1 where a half-sent request is not dropped, or a message is missing.
"""

from __future__ import annotations

# isort: off
from guests import PATIENCE, UNLIMITED, Guest, Server  # it patches first

# isort: on
import argparse
import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import gevent
from fanout.process import raise_descriptor_limit
from rich.console import Console

_SAID = {"silent": b"", "hasty": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}
"""What each connection of a kind says, and again after each answer."""

_IN_FULL_SWING = 5.0
"""After so many seconds nobody has anything left of what may come at once."""

HALF_A_REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nuser"


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--silent", type=int, default=3_000)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--hasty", type=int, default=100)
    parser.add_argument("--be", choices=_SAID, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    raise_descriptor_limit()
    if options.be:
        _be(options.be, options.port, getattr(options, options.be))
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        silent = _log_in_beside_others(server, "silent", options.silent, options.tries)
        hasty = _log_in_beside_others(server, "hasty", options.hasty, options.tries)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), *UNLIMITED) as server:
        login, dropped = _log_in_beside(server, options.requests, options.tries)
        catch_up, complete = _catch_up(server, options.messages, options.tries)
    console = Console()
    console.print(f"Login beside {options.requests} half-sent requests: {login * 1000:.0f} ms,")
    console.print(f"and these are dropped after {dropped:.1f} s.")
    console.print(
        f"Login beside {options.silent} silent connections of another address: "
        f"{silent * 1000:.0f} ms."
    )
    console.print(
        f"Login beside {options.hasty} connections that ask for a page again and again: "
        f"{hasty * 1000:.0f} ms."
    )
    console.print(f"Connecting and catching up on {options.messages}: {catch_up * 1000:.0f} ms.")
    console.print(f"Each is the worst of {options.tries} tries.")
    return int(not complete)


def _log_in_beside(server: Server, requests: int, tries: int) -> tuple[float, float]:
    """Seconds of the slowest login, and until the server drops the last half-sent request."""
    begin = time.monotonic()
    half = [socket.create_connection(("127.0.0.1", server.port), 60) for _ in range(requests)]
    for connection in half:
        connection.sendall(HALF_A_REQUEST)
    worst = max(_seconds_of_login(server, f"Guest {number}") for number in range(tries))
    for connection in half:
        connection.recv(1_000)
        connection.close()
    return worst, time.monotonic() - begin


def _log_in_beside_others(server: Server, kind: str, count: int, tries: int) -> float:
    """Seconds of the slowest login while another address has so many connections of a kind."""
    command = [sys.executable, __file__, "--be", kind, "--port", str(server.port)]
    with subprocess.Popen([*command, f"--{kind}", str(count)], stdout=subprocess.PIPE) as others:
        next(iter(others.stdout or ()))  # all of them have been open
        gevent.sleep(_IN_FULL_SWING)
        worst = max(_seconds_of_login(server, f"{kind} {number}") for number in range(tries))
        others.kill()
    return worst


def _be(kind: str, port: int, count: int) -> None:
    """Open connections, and each again that is closed; tell when all have been open."""
    opened = 0

    def connect() -> None:
        nonlocal opened
        where = ("127.0.0.1", port)
        with socket.create_connection(where, PATIENCE, source_address=("127.0.0.2", 0)) as mine:
            opened += 1
            if opened == count:
                sys.stdout.write("open\n")
                sys.stdout.flush()
            mine.sendall(_SAID[kind])
            while mine.recv(65_536):
                mine.sendall(_SAID[kind])

    def stay() -> None:
        while True:
            with contextlib.suppress(OSError):
                connect()
            gevent.sleep(0)

    gevent.joinall([gevent.spawn(stay) for _ in range(count)])


def _seconds_of_login(server: Server, name: str) -> float:
    begin = time.monotonic()
    Guest(server, name)
    return time.monotonic() - begin


def _catch_up(server: Server, messages: int, tries: int) -> tuple[float, bool]:
    """Seconds of the slowest reconnection, and whether everything was there each time."""
    ana, bia = Guest(server, "Ana"), Guest(server, "Bia")
    bia.connect()
    bia.join()
    for number in range(messages + 1):
        bia.say(f"line {number}")
        while not bia.receive().startswith("431"):
            pass
    worst, complete = 0.0, True
    for _ in range(tries):
        begin = time.monotonic()
        ana.connect()
        answer = ana.join(last_id=1)
        worst = max(worst, time.monotonic() - begin)
        ana.cut()
        ids = [message["id"] for message in answer["messages"]]
        complete = complete and ids == list(range(2, messages + 2))
    return worst, complete


if __name__ == "__main__":
    sys.exit(main())
