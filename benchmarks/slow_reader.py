"""Let one guest read nothing while everybody else talks, and see what it costs the others.

    python benchmarks/slow_reader.py [--guests 200] [--pace 20] [--seconds 20]

It answers the server's pings, so that only the bound on what waits for it can end it. Exits with
1 where the server keeps it, or grows by more than 20 MB on its account.
"""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Guest, Server, crowd, percentile  # it patches first

# isort: on
import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

import gevent
from rich.console import Console
from rich.table import Table

TEXT = " " + "x" * 3_900
MARK = '"message":"'
GROWTH_LIMIT = 20_000_000
PATIENCE = 300.0
PONG_SECONDS = 1.0


class Room:
    """Guests who listen, some of whom talk, and how long each delivery took, in seconds."""

    def __init__(self, server: Server, count: int, pace: float) -> None:
        self._pace = pace
        self._guests = crowd(server, count)
        self.delays: list[float] = []
        for guest in self._guests:
            guest.connect()
            guest.join()
            guest.listen(self._hear)
        gevent.spawn(self._talk)

    def _talk(self) -> None:
        begin = time.monotonic()
        for number in itertools.count():
            gevent.sleep(max(0.0, begin + number / self._pace - time.monotonic()))
            self._guests[number % len(self._guests)].say(f"{time.monotonic():.6f}{TEXT}")

    def _hear(self, packet: str) -> None:
        at = packet.find(MARK)
        if at > 0:
            said = packet[at + len(MARK) :].partition(" ")[0]
            self.delays.append(time.monotonic() - float(said))


class Sloth:
    """The guest who never reads."""

    def __init__(self, server: Server) -> None:
        self._guest = Guest(server, "Sloth")
        self._guest.connect(receive_buffer=4_096)
        self._guest.send('420["new_host",{}]')
        self.seconds = 0.0
        self.closed = False
        gevent.spawn(self._answer_pings)

    def _answer_pings(self) -> None:
        begin = time.monotonic()
        try:
            while True:
                self._guest.send("3")
                gevent.sleep(PONG_SECONDS)
        except OSError:
            self.seconds = time.monotonic() - begin
            self.closed = True


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--guests", type=int, default=200, help="who listen and talk")
    parser.add_argument("--pace", type=float, default=20, help="messages a second, of 4 kB")
    parser.add_argument("--seconds", type=float, default=20, help="without the slow reader")
    options = parser.parse_args()
    table = Table(title=f"{options.guests} guests, {options.pace:.0f} messages a second")
    for column in ("", "deliveries", "median", "p99", "worst", "server memory"):
        table.add_column(column, justify="right" if column else "left")

    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), *UNLIMITED) as server:
        room = Room(server, options.guests, options.pace)
        gevent.sleep(options.seconds)
        before = _report(table, "everybody reads", room, server)
        sloth = Sloth(server)
        most = before
        end = time.monotonic() + PATIENCE
        while not sloth.closed and time.monotonic() < end:
            most = max(most, server.use().memory)
            gevent.sleep(0.2)
        _report(table, "one does not", room, server)

    wide = Console(width=100)
    wide.print(table)
    end_of_it = f"closed after {sloth.seconds:.0f} s" if sloth.closed else "never closed"
    growth = f"{(most - before) / 1e6:.1f} MB"
    wide.print(f"The slow reader was {end_of_it}; meanwhile the server's memory grew by {growth}.")
    return int(not sloth.closed or most - before > GROWTH_LIMIT)


def _report(table: Table, phase: str, room: Room, server: Server) -> int:
    """Add a line on what was measured since the last one; returns the server's memory."""
    delays, room.delays = room.delays, []
    memory = server.use().memory
    shares = (percentile(delays, share) for share in (0.5, 0.99, 1))
    figures = [f"{delay * 1000:.0f} ms" for delay in shares]
    table.add_row(phase, f"{len(delays):,}", *figures, f"{memory / 1e6:.1f} MB")
    return memory


if __name__ == "__main__":
    sys.exit(main())
