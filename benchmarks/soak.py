"""A bad day in the room: guests come and go, some read nothing, some flood, the others talk.

    python benchmarks/soak.py [--seconds 60] [--guests 60]

The server has its ordinary limit on messages. What it uses and how long a delivery takes is shown
every few seconds, and once more when all have gone. Exits with 1 where a message is missing with
somebody who was there all the time, or where threads, descriptors or memory do not come back.
"""

from __future__ import annotations

# isort: off
from guests import Guest, Server, Use, crowd, percentile  # it patches first

# isort: on
import argparse
import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import gevent
from gevent.pool import Group
from rich.console import Console
from rich.live import Live
from rich.table import Table

OPTIONS = ("--max-per-ip", "0", "--grace", "1")
LOOKS = 12
"""Lines of the table while it runs."""

TALK_SECONDS = 5.0
"""Between two messages of one steady guest."""

FLOOD = 200
SETTLE_SECONDS = 30.0
"""The server notices with its next ping, 25 s later at most, that a dead connection is one."""

GROWTH_LIMIT = 20_000_000
SPARE = 5


class Day:
    """Everybody who is in the room, and what was counted."""

    def __init__(self, server: Server, count: int) -> None:
        self._server = server
        self._cast = Group()
        self._names = 0
        self.steady = crowd(server, count)
        self.heard: list[set[int]] = [set() for _ in self.steady]
        self.delays: list[float] = []
        self.visits = self.closed_sloths = self.closed_floods = 0

    def begin(self) -> None:
        """Let everybody do what they do, until ``end``."""
        for guest, heard in zip(self.steady, self.heard, strict=True):
            guest.connect()
            guest.join()
            self._cast.add(guest.listen(partial(self._hear, heard)))
        for play in (self._talk, self._come_and_go, self._come_and_go, self._sleep, self._flood):
            self._cast.spawn(play)

    def end(self) -> None:
        """Everybody goes, wherever they are."""
        self._cast.kill()
        for guest in self.steady:
            guest.cut()

    def missing(self) -> int:
        """Messages that some of the steady guests have heard and others have not."""
        everything = set().union(*self.heard)
        return sum(len(everything - heard) for heard in self.heard)

    def _hear(self, heard: set[int], packet: str) -> None:
        if packet.startswith('42["add_chat_message"'):
            message = json.loads(packet[2:])[1]
            heard.add(message["id"])
            stamp = message["message"].partition(" ")[0]
            self.delays.append(time.monotonic() - float(stamp))

    def _newcomer(self) -> Guest:
        self._names += 1
        return Guest(self._server, f"Visitor {self._names}")

    def _talk(self) -> None:
        while True:
            for guest in self.steady:
                guest.say(f"{time.monotonic():.6f} hello")
                gevent.sleep(TALK_SECONDS / len(self.steady))

    def _come_and_go(self) -> None:
        while True:
            guest = self._newcomer()
            guest.connect()
            guest.join()
            guest.say(f"{time.monotonic():.6f} hi and bye")
            gevent.sleep(0.1)
            if self.visits % 2:
                guest.send("1")  # Engine.IO's close
            guest.cut()
            self.visits += 1

    def _sleep(self) -> None:
        """Join, read nothing, but ask for what was said again and again, until cut off."""
        while True:
            guest = self._newcomer()
            try:
                guest.connect(receive_buffer=4_096)
                while True:
                    guest.send('420["new_host",{}]')
                    gevent.sleep(0.1)
            except OSError:
                guest.cut()
                self.closed_sloths += 1

    def _flood(self) -> None:
        while True:
            guest = self._newcomer()
            try:
                guest.connect()
                guest.join()
                for number in range(FLOOD):
                    guest.say(f"{time.monotonic():.6f} flood {number}")
                while True:
                    guest.receive()
            except OSError:
                guest.cut()
                self.closed_floods += 1
            gevent.sleep(1)


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="length of the day")
    parser.add_argument("--guests", type=int, default=60, help="who stay all day")
    options = parser.parse_args()
    table = Table(title=f"{options.guests} guests for {options.seconds:.0f} seconds")
    for column in ("", "visits", "slow", "floods", "heard", "median", "p99"):
        table.add_column(column, justify="right" if column else "left")
    for column in ("memory", "threads", "descriptors"):
        table.add_column(column, justify="right")

    wide = Console(width=max(Console().width, 100))
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), *OPTIONS) as server,
        Live(table, console=wide, auto_refresh=False) as live,
    ):
        day = Day(server, options.guests)
        before = _look("before", day, server, table)
        live.refresh()
        day.begin()
        for number in range(1, LOOKS + 1):
            gevent.sleep(options.seconds / LOOKS)
            _look(f"{options.seconds * number / LOOKS:.0f} s", day, server, table)
            live.refresh()
        missing = day.missing()
        day.end()
        gevent.sleep(SETTLE_SECONDS)
        after = _look("after", day, server, table)
        faults = server.output().count("Traceback")

    wide.print(f"Missing messages: {missing}. Tracebacks of the server: {faults}.")
    return int(bool(missing or faults) or _grown(before, after))


def _look(moment: str, day: Day, server: Server, table: Table) -> Use:
    use = server.use()
    delays, day.delays = day.delays, []
    counts = (day.visits, day.closed_sloths, day.closed_floods, len(delays))
    times = (f"{percentile(delays, share) * 1000:.0f} ms" for share in (0.5, 0.99))
    uses = (f"{use.memory / 1e6:.1f} MB", str(use.threads), str(use.descriptors))
    table.add_row(moment, *(f"{count:,}" for count in counts), *times, *uses)
    return use


def _grown(before: Use, after: Use) -> bool:
    return (
        after.memory - before.memory > GROWTH_LIMIT
        or after.threads - before.threads > SPARE
        or after.descriptors - before.descriptors > SPARE
    )


if __name__ == "__main__":
    sys.exit(main())
