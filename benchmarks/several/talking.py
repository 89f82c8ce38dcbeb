"""One process with an event log, and people who talk through it as fast as they are answered.

    python talking.py LOG DATABASE NUMBER SENDERS

The log is one of LOGS; a database of SQLite is a folder, one of PostgreSQL an address.

It prints a line when it is ready, waits for one with the seconds that it shall talk, and prints at
their end how many messages were acknowledged. The next line says how many all processes have said:
when it has heard so many, it prints what came of it. As in a server gevent has patched the standard
library.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
import gevent.threadpool

from lanchat.chat.changes import Draft
from lanchat.chat.events import LogEvent, MessagePosted
from lanchat.chat.model import LOBBY, timestamp
from lanchat.chat.ports import EventLog

if TYPE_CHECKING:
    from several.bare import BareLog

TEXT = "x" * 40
PATIENCE = 30.0


class Talk:
    """So many senders, each of whom says the next thing when the last one is acknowledged."""

    def __init__(self, log: EventLog | BareLog, number: str) -> None:
        self._log = log
        self._number = number
        self._until = 0.0
        self.acknowledged: list[float] = []
        self.heard: list[float] = []
        """How long each message of another process was on its way, in seconds."""
        self.told: list[int] = []
        """The positions in the order in which they were told here."""
        log.listen(self._hear)

    def go_on(self, senders: int, seconds: float) -> None:
        """Return at the end, when all have their last acknowledgement."""
        self._until = time.monotonic() + seconds
        gevent.joinall([gevent.spawn(self._send, each) for each in range(senders)])
        gevent.sleep(max(0.0, self._until - time.monotonic()))

    def wait_for(self, messages: int) -> None:
        """Return when so many were told here. Raises TimeoutError after PATIENCE."""
        end = time.monotonic() + PATIENCE
        while len(self.told) < messages:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.told)} of {messages} messages were heard")
            gevent.sleep(0.05)

    def _send(self, sender: int) -> None:
        user = f"{self._number}{sender:031x}"
        turn = 0
        while (begun := time.monotonic()) < self._until:
            client_id = f"{begun:.6f} {turn}"
            said = (LOBBY, user, f"Sender {sender}", "192.0.2.1", TEXT, timestamp(time.time()))
            self._log.append(Draft(client_id, *said)).result()
            self.acknowledged.append(time.monotonic() - begun)
            turn += 1

    def _hear(self, event: LogEvent) -> None:
        if isinstance(event, MessagePosted):
            self.told.append(event.message.id)
            if event.message.user_id[0] != self._number:
                sent = float(event.message.client_id.split()[0])
                self.heard.append(time.monotonic() - sent)


def _sqlite(folder: str) -> EventLog:
    from lanchat.store.database import Database
    from lanchat.store.eventlog import SqliteEventLog

    disk = gevent.threadpool.ThreadPool(1)
    return SqliteEventLog(Database(Path(folder) / "messages.db", disk.apply))


def _postgresql(address: str) -> EventLog:
    from lanchat.cluster.database import PostgresDatabase
    from lanchat.cluster.eventlog import PostgresEventLog

    return PostgresEventLog(PostgresDatabase(address))


def _bare(address: str) -> BareLog:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from several.bare import BareLog

    return BareLog(address)


LOGS: dict[str, Callable[[str], EventLog | BareLog]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "bare": _bare,
}


def main() -> None:
    """Be told when to begin and when to end."""
    name, database, number, senders = sys.argv[1:]
    log = LOGS[name](database)
    talk = Talk(log, number)
    print("ready", flush=True)  # noqa: T201
    seconds = float(sys.stdin.readline())
    before = time.process_time()
    begun = time.monotonic()
    talk.go_on(int(senders), seconds)
    found: dict[str, Any] = {"seconds": time.monotonic() - begun}
    print(len(talk.acknowledged), flush=True)  # noqa: T201
    said = int(sys.stdin.readline())
    if name != "bare":  # which tells nobody
        talk.wait_for(said)
    found |= {"cpu": time.process_time() - before, "commits": sum(log.statistics.seconds.counts)}
    found |= {"acknowledged": talk.acknowledged, "heard": talk.heard, "told": talk.told}
    log.close()
    print(json.dumps(found), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
