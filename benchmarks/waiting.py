"""How long guests wait: to log in beside connections that say nothing, and to catch up.

    python benchmarks/waiting.py [--requests 300] [--silent 3000] [--messages 500] [--tries 20]

The silent connections come from one address, others than the guests', and each that the server
closes is opened again at once. Exits with 1 where a half-sent request is not dropped, or a message
is missing.
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

HALF_A_REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nuser"


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--silent", type=int, default=3_000)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--be-silent", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    raise_descriptor_limit()
    if options.be_silent:
        _be_silent(options.be_silent, options.silent)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        beside_silence = _log_in_beside_silence(server, options.silent, options.tries)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), *UNLIMITED) as server:
        login, dropped = _log_in_beside(server, options.requests, options.tries)
        catch_up, complete = _catch_up(server, options.messages, options.tries)
    console = Console()
    console.print(f"Login beside {options.requests} half-sent requests: {login * 1000:.0f} ms,")
    console.print(f"and these are dropped after {dropped:.1f} s.")
    console.print(
        f"Login beside {options.silent} silent connections of another address: "
        f"{beside_silence * 1000:.0f} ms."
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


def _log_in_beside_silence(server: Server, count: int, tries: int) -> float:
    """Seconds of the slowest login while another address opens connections and says nothing."""
    command = [sys.executable, __file__, "--be-silent", str(server.port), "--silent", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as silence:
        next(iter(silence.stdout or ()))  # all of them have been open
        worst = max(_seconds_of_login(server, f"Guest {number}") for number in range(tries))
        silence.kill()
    return worst


def _be_silent(port: int, count: int) -> None:
    """Open connections, and each again that is closed; tell when all have been open."""
    opened = 0

    def stay_silent() -> None:
        nonlocal opened
        while True:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(
                    ("127.0.0.1", port), PATIENCE, source_address=("127.0.0.2", 0)
                ) as silent,
            ):
                opened += 1
                if opened == count:
                    sys.stdout.write("open\n")
                    sys.stdout.flush()
                silent.recv(1)

    gevent.joinall([gevent.spawn(stay_silent) for _ in range(count)])


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
