"""Kill a server again and again while guests talk, and look for what it said ok to.

    python benchmarks/durability.py [--messages 10000] [--rounds 5]

What was on its way when the server was killed is sent again with the same client_id, as the page
does it. In the end the database and what a newcomer is served are held against the answers.
Exits with 1 where a message is missing, double or out of order.
"""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Guest, Server, wait_for  # first: it patches the standard library

# isort: on
import argparse
import json
import sqlite3
import sys
import tempfile
import uuid
from collections import Counter, deque
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import gevent
from rich.console import Console
from rich.table import Table

TALKERS = 4
WINDOW = 25
"""Messages of one talker that wait for their answer at the same time."""


class Talker:
    """Somebody who goes on talking, and remembers what was acknowledged."""

    def __init__(self, server: Server, name: str) -> None:
        self._guest = Guest(server, name)
        self._unanswered: deque[str] = deque()
        self.sent: list[str] = []
        self.acknowledged: dict[str, int] = {}

    def talk(self) -> None:
        """Until the connection breaks."""
        try:
            self._guest.connect()
            self._guest.join()
            for client_id in self._unanswered:
                self._say(client_id)
            while True:
                while len(self._unanswered) < WINDOW:
                    self._say_something_new()
                self._hear()
        except OSError:
            self._guest.cut()

    def _say_something_new(self) -> None:
        client_id = str(uuid.uuid4())
        self._unanswered.append(client_id)
        self.sent.append(client_id)
        self._say(client_id)

    def _say(self, client_id: str) -> None:
        self._guest.say(client_id, client_id)

    def _hear(self) -> None:
        packet = self._guest.receive()
        if packet.startswith("431"):
            # Answers come in the order of what they answer.
            self.acknowledged[self._unanswered.popleft()] = json.loads(packet[3:])[0]["id"]


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000, help="acknowledged in all")
    parser.add_argument("--rounds", type=int, default=5, help="times that the server is killed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), *UNLIMITED, "--history", "10000")
        with server:
            talkers = [Talker(server, f"Talker {number}") for number in range(TALKERS)]
            for number in range(1, options.rounds + 1):
                enough = options.messages * number // options.rounds
                _talk_and_kill(server, talkers, enough)
                server.start()
            served = Guest(server, "Newcomer")
            served.connect()
            shown = [message["client_id"] for message in served.join()["messages"]]
        with closing(sqlite3.connect(server.database)) as database:
            stored = dict(database.execute("SELECT client_id, id FROM message ORDER BY id"))
            (rows,) = database.execute("SELECT count(*) FROM message").fetchone()
    return _judge(talkers, stored, rows, shown)


def _talk_and_kill(server: Server, talkers: list[Talker], enough: int) -> None:
    talking = [gevent.spawn(talker.talk) for talker in talkers]
    wait_for(lambda: sum(len(talker.acknowledged) for talker in talkers) >= enough)
    server.kill()
    gevent.joinall(talking, raise_error=True)


def _judge(talkers: list[Talker], stored: dict[str, int], rows: int, shown: list[str]) -> int:
    acknowledged = {
        client_id: number for talker in talkers for client_id, number in talker.acknowledged.items()
    }
    in_order = [[stored[one] for one in talker.sent if one in stored] for talker in talkers]
    newest = list(stored)[-len(shown) :]
    findings = {
        "acknowledged messages": len(acknowledged),
        "of them missing": sum(one not in stored for one in acknowledged),
        "of them under another id": sum(
            stored.get(one, number) != number for one, number in acknowledged.items()
        ),
        "doubled": rows - len(stored) + sum(n > 1 for n in Counter(shown).values()),
        "out of order": sum(a > b for ids in in_order for a, b in pairwise(ids)),
        "shown to a newcomer": len(shown),
        "of them wrong": sum(a != b for a, b in zip(newest, shown, strict=True)),
    }
    table = Table(title="Killed while guests talk")
    table.add_column("what")
    table.add_column("messages", justify="right")
    for what, count in findings.items():
        table.add_row(what, f"{count:,}")
    Console().print(table)
    good = ("acknowledged messages", "shown to a newcomer")
    return int(any(count for what, count in findings.items() if what not in good))


if __name__ == "__main__":
    sys.exit(main())
