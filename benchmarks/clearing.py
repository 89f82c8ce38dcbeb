"""Let a host clear all that one person has said, and tell how long messages wait meanwhile.

    python benchmarks/clearing.py [--messages 10000] [--letters 60] [--reactions 1000] [--folder F]

One person has said so many messages of so many letters, among twice as many of others, and has
reacted to some; all are in the index of words. Then a host clears that person while somebody else
speaks, each message as soon as the one before it is on disk, and the worker that deletes goes on as
it does in a server. It tells how long these messages waited before, and from then on until nothing
is left to be done. Exits with 1 where one waited for more than 100 ms longer than the worst before.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from lanchat.chat.changes import ClearUser, Draft, React
from lanchat.chat.model import LOBBY, timestamp
from lanchat.store.bulk import load
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.retention import Retention

LIMIT = 0.1
"""Seconds by which a message may wait longer than the worst one before."""

BEFORE = 3.0
"""Seconds in which nothing is cleared."""

PERIOD = 0.5
"""Seconds between two looks for what is to be deleted."""

PERSON = "7" * 32
RANDOM = random.Random(1)  # noqa: S311  the same for each run
WORDS = [
    "".join(RANDOM.choices("abcdefgilmnoprstuv", k=RANDOM.randint(2, 8))) for _ in range(4_000)
]


def main() -> int:
    """Measure, show a table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--letters", type=int, default=60)
    parser.add_argument("--reactions", type=int, default=1_000)
    parser.add_argument("--folder", help="where to put the database; a temporary one otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "messages.db"
        load(path, (spoken(number, options.letters) for number in range(3 * options.messages)))
        database = Database(path)
        retention = Retention(database)
        log = SqliteEventLog(database, on_erase=retention.erase)
        Indexer(database, lambda: log.statistics.messages).work()
        for number in range(options.reactions):
            log.append(React(3 * number + 1, PERSON, "Person", "👍"))
        retention.work()
        worst = clear(log, retention)
        log.close()
        database.close()
    return 1 if worst > LIMIT else 0


def clear(log: SqliteEventLog, retention: Retention) -> float:
    """Clear the person; returns by how much a message waited longer than the worst before."""
    before, after = list[float](), list[float]()
    cleared, done = threading.Event(), threading.Event()

    def speak() -> None:
        for number in count():
            if done.is_set():
                return
            waits = after if cleared.is_set() else before
            begin = time.perf_counter()
            log.append(others(f"meanwhile {number}", "hello")).result(60)
            waits.append(time.perf_counter() - begin)

    speaker = threading.Thread(target=speak)
    speaker.start()
    time.sleep(BEFORE)
    cleared.set()
    begin = time.perf_counter()
    event = log.append(ClearUser(PERSON, "", timestamp(0))).result(60)
    answered = time.perf_counter() - begin
    time.sleep(PERIOD)
    retention.work()
    erased = time.perf_counter() - begin
    done.set()
    speaker.join()
    table = Table("", "messages", "median, ms", "worst, ms")
    for name, waits in (("before", before), ("meanwhile", after)):
        table.add_row(name, f"{len(waits)}", _ms(median(waits)), _ms(max(waits)))
    Console().print(table)
    Console().print(
        f"up to #{event.up_to}: answered after {_ms(answered)} ms, all gone after {erased:.1f} s"
    )
    return max(after) - max(before)


def spoken(number: int, letters: int) -> Draft:
    """What somebody has said; every third message is the person's."""
    said = list[str]()
    while sum(map(len, said)) + len(said) < letters:
        said.append(RANDOM.choice(WORDS))
    text = " ".join(said)[:letters]
    if number % 3:
        return others(str(number), text)
    return Draft(str(number), LOBBY, PERSON, "Person", "192.0.2.7", text, timestamp(number))


def others(client_id: str, text: str) -> Draft:
    """What somebody else says."""
    return Draft(client_id, LOBBY, "8" * 32, "Another", "192.0.2.8", text, timestamp(0))


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.1f}"


if __name__ == "__main__":
    sys.exit(main())
