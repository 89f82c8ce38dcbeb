"""Take over a large database of lanchat 0.1.0, and read a quiet room beside a busy one.

    python benchmarks/migration.py [--messages 1000000] [--busy 400000] [--folder FOLDER]

The database has messages of 50 people, of which one in a hundred was deleted; it is taken over by
opening it, as `lanchat serve` does first of all. In the other one a room with a hundred messages
is read beside one with very many. Exits with 1 where a million messages take longer than 30 s.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lanchat.chat.changes import Draft
from lanchat.chat.model import LOBBY, Cursor, timestamp
from lanchat.rows import messages, pages
from lanchat.store.bulk import load
from lanchat.store.database import open_database
from lanchat.store.datadir import DATABASE
from lanchat.store.schema import MIGRATIONS

LIMIT = 30.0
"""Seconds that a million messages may take."""

SMALLEST = 200_000
"""Fewer are measured by the disk's flushes alone."""

OF_0_1_0 = 4
"""Steps of the schema."""

QUIET = "quiet"
TRIES = 50
TEXT = "What people say in a chat is about as long as this, with an answer now and then."


def main() -> int:
    """Measure, show two tables, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--busy", type=int, default=400_000, help="messages of the busy room")
    parser.add_argument("--folder", help="where to put some 600 MB; a temporary one otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        seconds = take_over(Path(folder) / DATABASE, options.messages)
        read_beside(Path(folder) / "rooms.db", options.busy)
    return 1 if seconds > LIMIT * max(options.messages, SMALLEST) / 1_000_000 else 0


def take_over(path: Path, count: int) -> float:
    """How many seconds it takes until a database of 0.1.0's is one of today's."""
    _make_old(path, count)
    before = path.stat().st_size
    begin, worked = time.monotonic(), time.process_time()
    open_database(path).close()
    seconds, worked = time.monotonic() - begin, time.process_time() - worked
    table = Table("messages", "taken over in, s", "processor, s", "file before, MB", "and after")
    sizes = [f"{size / 1e6:.0f}" for size in (before, path.stat().st_size)]
    table.add_row(f"{count:,}", f"{seconds:.1f}", f"{worked:.1f}", *sizes)
    Console().print(table)
    return seconds


def read_beside(path: Path, busy: int) -> None:
    """What a page of a quiet room waits for, beside a busy one that was spoken in since."""
    load(path, (draft(number, QUIET) for number in range(100)))
    load(path, (draft(number, LOBBY) for number in range(100, 100 + busy)))
    table = Table("room", "messages", "newest 50, ms", "since, ms", "after an id, ms")
    with closing(open_database(path)) as connection:
        cursor = Cursor(connection.position(), messages.begin_epoch(connection))
        for room, count in ((QUIET, 100), (LOBBY, busy)):
            ways: list[Callable[[], object]] = [
                partial(pages.newest, connection, room, 50),
                partial(pages.since, connection, room, cursor, 1_000),
                partial(pages.after, connection, room, cursor.seq, 1_000),
            ]
            table.add_row(room, f"{count:,}", *(f"{1e3 * _median(way):.2f}" for way in ways))
    Console().print(table)


def draft(number: int, room: str) -> Draft:
    """The message with this number."""
    client_id, user = str(uuid.UUID(int=number)), number % 50
    said = timestamp(1_790_000_000 + number)
    return Draft(client_id, room, f"{user:032x}", f"Guest {user}", "192.168.1.20", TEXT, said)


_INSERT = (
    "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _make_old(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for step in MIGRATIONS[:OF_0_1_0]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {OF_0_1_0}")
        connection.execute("BEGIN")
        connection.executemany(_INSERT, _rows(count))
        connection.execute("UPDATE message SET message = '' WHERE id % 100 = 0")
        connection.execute("COMMIT")


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    return (messages.fields(draft(number, LOBBY)) for number in range(count))


def _median(way: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main())
