"""Let guests come and go, round after round, and see what the server does not give back.

    python benchmarks/leaks.py [--rounds 50] [--guests 100] [--settle 30]

Half of them hang up, half are cut off. Threads, descriptors and memory are read before the first
round, while all are there and after the last one, once the server has noticed with its next ping
that nobody is there. Exits with 1 where something does not come back.
"""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Guest, Server, Use, crowd, wait_for  # it patches first

# isort: on
import argparse
import sys
import tempfile
from pathlib import Path

import gevent
from rich.console import Console
from rich.table import Table

WARM_UP = 10
"""Rounds before the first look: in them modules are imported, pools filled, and memory taken for
connections that have ended, which the server keeps until their next ping would be due."""

GROWTH_LIMIT = 20_000_000
SPARE = 5
"""Threads and descriptors that may be more afterwards: a pool's, the log's, the database's."""


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--guests", type=int, default=100)
    parser.add_argument("--settle", type=float, default=30, help="seconds before the last look")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), *UNLIMITED, "--grace", "0") as server,
    ):
        guests = crowd(server, options.guests)
        empty = server.use()
        for _ in range(WARM_UP):
            full = _round(server, guests, empty.descriptors)
        before = server.use()
        for _ in range(options.rounds):
            full = _round(server, guests, empty.descriptors)
        gevent.sleep(options.settle)
        after = server.use()
    _show(f"{options.rounds} rounds of {options.guests} guests", before, full, after)
    return int(
        after.memory - before.memory > GROWTH_LIMIT
        or after.threads - before.threads > SPARE
        or after.descriptors - before.descriptors > SPARE
    )


def _round(server: Server, guests: list[Guest], descriptors: int) -> Use:
    """Everybody comes, says something and goes; returns what the server uses when all are in."""
    gevent.joinall([gevent.spawn(_visit, guest) for guest in guests], raise_error=True)
    full = server.use()
    for number, guest in enumerate(guests):
        if number % 2:
            guest.send("1")  # Engine.IO's close
        guest.cut()
    wait_for(lambda: server.use().descriptors <= descriptors + SPARE)
    return full


def _visit(guest: Guest) -> None:
    guest.connect()
    guest.join()
    guest.say("hello")
    while not guest.receive().startswith("431"):
        pass


def _show(title: str, *uses: Use) -> None:
    table = Table(title=title)
    table.add_column("")
    for column in ("before", "all there", "after"):
        table.add_column(column, justify="right")
    table.add_row("memory", *(f"{use.memory / 1e6:.1f} MB" for use in uses))
    table.add_row("threads", *(str(use.threads) for use in uses))
    table.add_row("descriptors", *(str(use.descriptors) for use in uses))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
