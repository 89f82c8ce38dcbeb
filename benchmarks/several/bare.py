"""The least that a log on PostgreSQL could do, to be held against what lanchat's does.

Each batch is one call of a function that takes a lock, inserts and notifies, and is answered when
that is stored. Every process is notified, but reads nothing and tells nobody. There are no retries,
no other changes, and one index.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg

from lanchat.chat.changes import Draft
from lanchat.chat.events import LogEvent, MessagePosted
from lanchat.chat.figures import CommitStatistics
from lanchat.chat.futures import Future
from lanchat.rows import messages
from lanchat.rows.batches import Batches

_SCHEMA = b"""
SELECT pg_advisory_xact_lock(1);
CREATE TABLE IF NOT EXISTS bare (
    id bigint PRIMARY KEY, client_id text, room text, user_id text, "user" text, ip text,
    message text, time text);
CREATE SEQUENCE IF NOT EXISTS bare_id;
CREATE OR REPLACE FUNCTION bare_post(
    a text[], b text[], c text[], d text[], e text[], f text[], g text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2);
    INSERT INTO bare SELECT nextval('bare_id'), * FROM unnest(a, b, c, d, e, f, g);
    PERFORM pg_notify('bare', currval('bare_id')::text);
    RETURN currval('bare_id');
END $$;
LISTEN bare;
"""
_POST = b"SELECT bare_post(%s, %s, %s, %s, %s, %s, %s)"


class BareLog:
    """What ``talking.py`` needs of an event log, and no more."""

    def __init__(self, address: str) -> None:
        self.statistics = CommitStatistics()
        self._batches = Batches()
        self._connection = psycopg.connect(address, autocommit=True)
        self._listener = psycopg.connect(address, autocommit=True)
        self._listener.execute(_SCHEMA)
        for run in (self._commit, self._listen):
            threading.Thread(target=run, daemon=True).start()

    def append(self, change: Draft) -> Future[MessagePosted]:
        return self._batches.append(change)

    def listen(self, handler: Callable[[LogEvent], None]) -> None:
        """Nobody is told anything."""

    def close(self) -> None:
        self._batches.close()

    def _commit(self) -> None:
        while batch := self._batches.take():
            begun = time.perf_counter()
            rows = [messages.fields(draft) for draft, _ in batch]
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(_POST, columns).fetchone()
            self.statistics.seconds.add(time.perf_counter() - begun)
            for _, future in batch:
                future.set_result(None)

    def _listen(self) -> None:
        for _ in self._listener.notifies():
            pass
