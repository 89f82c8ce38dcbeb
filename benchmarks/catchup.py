"""What it costs the server when somebody who was away has missed a thousand changes.

    python benchmarks/catchup.py [--rounds 20]

In a database in memory 1,000 messages of 30 people are edited while a page sleeps. What is
measured is all that the page's ``new_host`` is answered with: read, checked for its size, made the
wire's and encoded. Exits with 1 above 100 ms.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import msgspec

from lanchat.chat import catchup
from lanchat.chat.changes import Draft, Edit
from lanchat.chat.model import LOBBY, Cursor, User
from lanchat.chat.room_settings import Policies, Rules
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.web import answers

CHANGES = 1_000
LIMIT = 0.1
"""Seconds."""

NOON = "2026-11-23T12:00:00.000Z"


def main() -> int:
    """Print the median and the worst; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    database = Database(None)
    log = SqliteEventLog(database)
    cursor = fill(log)
    seconds = [catch_up(log, cursor) for _ in range(rounds)]
    log.close()
    database.close()
    median = statistics.median(seconds)
    figures = f"{median * 1000:.1f} ms, at most {max(seconds) * 1000:.1f} ms"
    sys.stdout.write(f"{CHANGES:,} changes: {figures}\n")
    return 1 if median > LIMIT else 0


def fill(log: SqliteEventLog) -> Cursor:
    """Let people talk, and edit all of it; returns the cursor of who has missed the latter."""
    ids: list[int] = []
    for number in range(CHANGES):
        said = (LOBBY, str(number % 30), "Somebody", "192.0.2.1", "x" * 40, NOON)
        ids.append(log.append(Draft(str(number), *said)).result().message.id)
    cursor = Cursor(ids[-1], log.epoch)
    edits = [
        log.append(Edit(each, str(n % 30), "edit", "y" * 40, NOON, lambda _message: None))
        for n, each in enumerate(ids)
    ]
    edits[-1].result()
    return cursor


def catch_up(log: SqliteEventLog, cursor: Cursor) -> float:
    """The seconds that an answer takes."""
    begin = time.perf_counter()
    page = catchup.missed(log, LOBBY, cursor, None, 200)
    you = User("1", "Somebody")
    snapshot = catchup.Snapshot(you, [], page, log.epoch, Rules(), Policies(), None)
    msgspec.json.encode(answers.snapshot(snapshot))
    seconds = time.perf_counter() - begin
    if len(page.changed) != CHANGES:
        sys.exit("the changes do not fit into an answer")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
