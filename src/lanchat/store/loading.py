"""Storing many messages that were said elsewhere: all of them, or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from operator import attrgetter
from pathlib import Path

from lanchat.chat.model import Draft
from lanchat.errors import StoreUnavailable
from lanchat.store.connection import open_database, transaction

_CACHE = -64 * 1024
"""Pages in memory, as SQLite counts kibibytes: the index of retries is written all over."""

_FIELDS = attrgetter(*Draft.__slots__)


def load(path: Path, drafts: Iterable[Draft]) -> int:
    """Store the drafts in their order, behind what is there; return how many were new.

    One with a user_id and client_id that is there already is left out. Whatever ``drafts`` raises
    is raised here, and nothing is stored. Nobody else may have the database open for writing.
    Raises DataUnusable and StoreUnavailable.
    """
    with closing(open_database(path)) as connection:
        connection.execute(f"PRAGMA cache_size = {_CACHE}")
        try:
            with transaction(connection):
                before = connection.total_changes
                connection.executemany(
                    "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, client_id) DO NOTHING",
                    map(_FIELDS, drafts),
                )
                return connection.total_changes - before
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the message database refuses: {error}") from error
