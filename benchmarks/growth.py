"""What grows with the history and what does not: starting, entering, catching up.

    python benchmarks/growth.py [--messages 1000000] [--tries 10]

The database is filled with 10 messages, then with a hundred times as many each time, through the
store. Times are medians. Exits with 1 where somebody is served other messages than those that
they have missed.
"""

from __future__ import annotations

# isort: off
from guests import Guest  # it patches first

# isort: on
import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from fanout.contenders import LANCHAT
from fanout.process import cores, pinned
from rich.console import Console
from rich.table import Table

from lanchat.chat.changes import Draft
from lanchat.chat.model import LOBBY
from lanchat.store.bulk import load
from lanchat.store.datadir import DATABASE

SMALLEST = 10
FACTOR = 100
MISSED = 500
TEXT = "What people say in a chat is about as long as this, with an answer now and then."


class Times(NamedTuple):
    """Medians in seconds with so many messages in the database; memory in bytes."""

    messages: int
    start: float
    enter: float
    catch_up: float
    memory: float


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000_000, help="in the largest history")
    parser.add_argument("--tries", type=int, default=10)
    options = parser.parse_args()
    console = Console()
    table = Table(title="What a history costs")
    for title in ("messages", "start, ms", "enter, ms", f"catch up on {MISSED}, ms", "memory, MB"):
        table.add_column(title, justify="right")
    complete = True
    with tempfile.TemporaryDirectory(prefix="lanchat-growth-") as folder:
        for stored, messages in pairwise([0, *_sizes(options.messages)]):
            _fill(Path(folder), stored, messages)
            times, all_there = _measure(Path(folder), messages, options.tries)
            complete = complete and all_there
            cells = [f"{1e3 * value:,.1f}" for value in times[1:4]]
            table.add_row(f"{messages:,}", *cells, f"{times.memory / 1e6:.1f}")
        tail = _log_tail(Path(folder), options.tries)
    console.print(table)
    console.print(f"lanchat log tail, from the first to the last line: {tail * 1e3:.0f} ms")
    console.print(f"Medians of {options.tries} tries, each start a process of its own.")
    return int(not complete)


def _sizes(most: int) -> Iterator[int]:
    messages = SMALLEST
    while messages < most:
        yield messages
        messages *= FACTOR
    yield most


def _fill(folder: Path, stored: int, messages: int) -> None:
    """Let the history, which has ``stored`` messages, have so many."""
    (folder / "data").mkdir(exist_ok=True)
    load(folder / "data" / DATABASE, map(_draft, range(stored, messages)))


def _draft(number: int) -> Draft:
    return Draft(
        client_id=str(uuid.UUID(int=number)),
        room=LOBBY,
        user_id=f"{number % 50:032x}",
        user=f"Guest {number % 50}",
        ip="192.168.1.20",
        message=TEXT,
        time="2026-11-23T02:08:00.123Z",
    )


def _measure(folder: Path, messages: int, tries: int) -> tuple[Times, bool]:
    """The medians, and whether everybody got what they missed."""
    starts = []
    for _ in range(tries):
        with LANCHAT.start(folder, cores().server) as server:
            starts.append(server.start_seconds)
    with LANCHAT.start(folder, cores().server) as server:
        guest = Guest(server, f"Ana {messages}")  # earlier names are still held
        enter, newest = _join(guest, None, tries)
        missed = min(MISSED, messages)
        catch_up, caught_up = _join(guest, messages - missed or None, tries)
        memory = server.memory()
    all_there = newest[-1] == messages and caught_up == [
        *range(messages - missed + 1, messages + 1)
    ]
    return Times(messages, statistics.median(starts), enter, catch_up, memory), all_there


def _join(guest: Guest, last_id: int | None, tries: int) -> tuple[float, list[int]]:
    """The median of entering the room, and the ids of the messages that came with it."""
    seconds = []
    for _ in range(tries):
        guest.connect()
        begin = time.monotonic()
        answer = guest.join(last_id)
        seconds.append(time.monotonic() - begin)
        guest.cut()
    return statistics.median(seconds), [message["id"] for message in answer["messages"]]


def _log_tail(folder: Path, tries: int) -> float:
    """The median of a whole process that shows the last ten lines of the servers' log."""
    command = [sys.executable, "-m", "lanchat", "log", "tail", str(folder / "connections.log")]
    seconds = []
    for _ in range(tries):
        begin = time.monotonic()
        with pinned(cores().server):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.monotonic() - begin)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main())
