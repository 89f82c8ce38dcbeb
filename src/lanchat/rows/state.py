"""What is no message: whose name is whose, who has logged out, and how order is kept.

Rules, moderators, bans, mutes and bots are few, so they are written whole, with the position of
their last change beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, replace
from typing import Protocol

from lanchat.chat.changes import LoggedOut, Note, Reserved
from lanchat.chat.model import User
from lanchat.chat.room_settings import Ban, Bot, Mute, Rules, State
from lanchat.errors import StoreUnavailable
from lanchat.rows.connection import Connection, Database, Reader


class SessionKey(Protocol):
    """What cookies are signed with, and let in by."""

    def withdraw(self) -> None: ...

    def restore(self) -> None: ...


class StoredSettings:
    """The Settings of docs/architecture.md; a change goes through the event log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> State:
        return self._database.call(load)


class StoredReservations:
    """The Reservations: who takes their name back after a restart, and who does not.

    A full disk takes no logout, but files can be deleted on it: while one is missing, the key is
    withdrawn that would let the cookie in again after a restart, and all others.
    """

    def __init__(self, database: Database, key: SessionKey | None = None) -> None:
        self._database = database
        self._key = key

    def note(self, notes: Sequence[Note]) -> None:
        try:
            self._database.change(lambda connection: _note(connection, notes))
        except StoreUnavailable:
            if self._key is not None and any(isinstance(note, LoggedOut) for note in notes):
                self._key.withdraw()
            raise
        if self._key is not None:
            with suppress(OSError):  # the next note tries again
                self._key.restore()

    def reserved(self) -> list[tuple[User, str]]:
        return self._database.call(_reserved)

    def logged_out(self, limit: int) -> list[str]:
        return self._database.change(lambda connection: _logged_out(connection, limit))


def load(connection: Reader) -> State:
    """How order is kept."""
    topic, locked, readonly, slow, edits, files, private, hands, seq = connection.execute(
        "SELECT topic, locked, readonly, slow, edits, files, private, hands, seq FROM rules"
    ).fetchone()
    may = bool(edits), bool(files)
    moderators = connection.execute("SELECT user_id FROM moderator")
    bans = connection.execute(
        'SELECT "user", device, address, until, by, seconds FROM ban ORDER BY rowid'
    )
    mutes = connection.execute(
        'SELECT user_id, "user", device, until, seconds FROM mute ORDER BY rowid'
    )
    bots = connection.execute(
        'SELECT user_id, "user", digest, room, reads, writes, made FROM bot ORDER BY rowid'
    )
    return State(
        rules=Rules(topic, bool(locked), bool(readonly), slow, *may, private, bool(hands)),
        moderators=frozenset(user_id for (user_id,) in moderators),
        bans=tuple(Ban(*row) for row in bans),
        mutes=tuple(Mute(*row) for row in mutes),
        seq=seq,
        bots=tuple(
            Bot(user_id, name, digest, room, bool(reads), bool(writes), made)
            for user_id, name, digest, room, reads, writes, made in bots
        ),
    )


def save(connection: Connection, state: State, seq: int) -> State:
    """Within a transaction, write down how order is kept from the position on."""
    rules = state.rules
    connection.execute(
        "UPDATE rules SET topic = ?, locked = ?, readonly = ?, slow = ?, edits = ?, files = ?,"
        " private = ?, hands = ?, seq = ?",
        (*astuple(rules), seq),
    )
    connection.execute("DELETE FROM moderator")
    connection.executemany(
        "INSERT INTO moderator (user_id) VALUES (?)", [(each,) for each in sorted(state.moderators)]
    )
    connection.execute("DELETE FROM ban")
    connection.executemany(
        'INSERT INTO ban ("user", device, address, until, by, seconds) VALUES (?, ?, ?, ?, ?, ?)',
        map(astuple, state.bans),
    )
    connection.execute("DELETE FROM mute")
    connection.executemany(
        'INSERT INTO mute (user_id, "user", device, until, seconds) VALUES (?, ?, ?, ?, ?)',
        map(astuple, state.mutes),
    )
    connection.execute("DELETE FROM bot")
    connection.executemany(
        'INSERT INTO bot (user_id, "user", digest, room, reads, writes, made)'
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        map(astuple, state.bots),
    )
    return replace(state, seq=seq)


def logged_out(connection: Connection, user_ids: Sequence[str]) -> set[str]:
    """Which of these people have logged out."""
    query = "SELECT user_id FROM logout WHERE user_id = ?"
    found = connection.each(query, [(user_id,) for user_id in user_ids])
    return {user_id for rows in found for (user_id,) in rows}


def _note(connection: Connection, notes: Iterable[Note]) -> None:
    for note in notes:
        _write(connection, note)


def _write(connection: Connection, note: Note) -> None:
    if isinstance(note, Reserved):
        user = note.user
        connection.execute(
            'INSERT INTO reservation (user_id, "user", device) VALUES (?, ?, ?)'
            ' ON CONFLICT (user_id) DO UPDATE SET "user" = excluded."user",'
            " device = excluded.device",
            (user.id, user.name, note.device),
        )
        return
    connection.execute("DELETE FROM reservation WHERE user_id = ?", (note.user_id,))
    if isinstance(note, LoggedOut):
        connection.execute("DELETE FROM logout WHERE user_id = ?", (note.user_id,))
        connection.execute(
            "INSERT INTO logout (user_id, time) VALUES (?, ?)", (note.user_id, note.time)
        )


def _reserved(connection: Connection) -> list[tuple[User, str]]:
    rows = connection.execute('SELECT user_id, "user", device FROM reservation ORDER BY rowid')
    return [(User(user_id, name), device) for user_id, name, device in rows]


def _logged_out(connection: Connection, limit: int) -> list[str]:
    connection.execute(
        "DELETE FROM logout WHERE rowid <="
        " (SELECT rowid FROM logout ORDER BY rowid DESC LIMIT 1 OFFSET ?)",
        (limit,),
    )
    return [
        user_id for (user_id,) in connection.execute("SELECT user_id FROM logout ORDER BY rowid")
    ]
