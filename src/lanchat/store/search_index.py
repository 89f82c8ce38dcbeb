"""The index of words, in FTS5: written after the messages, and rid of what is gone.

It is cut into parts, one for each 16,384 positions, with a table each (``search_0``, …). A search
looks into the newest part first and stops where it has enough. And what is deleted costs one part:
FTS5 keeps a word of a deleted row, beside a mark that it is gone, until the part's segments are
merged; so the part is merged to one segment, in small steps.

``search_part`` says of each part up to which id its messages are in the index, so that neither a
kill nor an upgrade nor an import needs anything but to go on: a message is in the index if it is
not deleted and its id is not above that. Messages are taken in by a worker (``indexer.py``) within
a second of their commit, and not with it, where FTS5 would cost a small room a fifth of its speed
and more. The same worker looks first whether a part is damaged, and makes it anew.

The tables hold no copy of the text (``content=''``). To take a row out, FTS5 has to be told what it
was made of; so whoever changes or deletes rows of ``message`` does it within ``changing``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lanchat.chat.words import words
from lanchat.store.open_file import transaction, unhurried

PART_BITS = 14
"""A part has the messages of so many bits of positions."""

TAKEN = 100
"""Messages that one step takes in, at most."""

_MERGED = 32
"""Pages that one step of a merge writes, about."""

_COLUMNS = "words, called, author, place"
_TEXT = (
    "iif(files IS NULL, message, message || char(10) || (SELECT group_concat(name, char(10)) FROM"
    " (SELECT name FROM file WHERE message_id = message.id ORDER BY place)))"
)
"""What is looked for in a message: its words, and what its files are called."""

_ROWS = (
    f"SELECT id, {_TEXT}, user, user_id, room, time FROM message"  # noqa: S608 (constants)
    " WHERE deleted_at IS NULL AND "
)

Row = Sequence[Any]
"""Id, text, name, user id, room, time."""


def take_in(connection: sqlite3.Connection, part: int) -> bool:
    """Take the next messages of a part into the index; tells whether these were the last ones."""
    first, end = part_range(part)
    known = _up_to(connection, part)
    up_to = first - 1 if known is None else known
    query = "SELECT id FROM message WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
    ids = connection.execute(query, (up_to, end, TAKEN)).fetchall()
    if not ids:
        return True
    last = ids[-1][0]
    # What is lost is taken in again, and meanwhile messages wait for this.
    with unhurried(connection):
        if known is None:
            _make(connection, part)
        add(connection, part, _rows(connection, "id > ? AND id <= ?", (up_to, last)))
        connection.execute("UPDATE search_part SET up_to = ? WHERE part = ?", (last, part))
    return len(ids) < TAKEN


def mend(connection: sqlite3.Connection, part: int) -> bool:
    """Let go of a part that is damaged, whose messages are then still to be taken in.

    Tells whether it was: what SQLite finds when it opens a file is not all, and not for all sizes.
    """
    try:
        connection.execute(f"INSERT INTO search_{part} (search_{part}) VALUES ('integrity-check')")  # noqa: S608
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
            raise  # the disk, not the index
    else:
        return False
    try:
        with transaction(connection):
            _drop(connection, part)
    except sqlite3.DatabaseError:
        _cut_off(connection, part)
    return True


def _cut_off(connection: sqlite3.Connection, part: int) -> None:
    """Let go of a part whose pages cannot be read: the file is written anew without them."""
    connection.execute("PRAGMA writable_schema = ON")
    try:
        with transaction(connection):
            connection.execute(
                "DELETE FROM sqlite_master WHERE name = ?1 OR tbl_name GLOB ?1 || '_*'",
                (f"search_{part}",),
            )
            connection.execute("DELETE FROM search_part WHERE part = ?", (part,))
    finally:
        connection.execute("PRAGMA writable_schema = RESET")
    connection.execute("VACUUM")


def add(connection: sqlite3.Connection, part: int, rows: Sequence[Row]) -> None:
    """Within a transaction, put rows into a part of the index that are not in it."""
    if not rows:
        return
    connection.executemany(
        f"INSERT INTO search_{part} (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
        map(_entry, rows),
    )
    times = [row[-1] for row in rows]
    connection.execute(
        "UPDATE search_part SET since = min(since, ?), until = max(until, ?) WHERE part = ?",
        (min(times), max(times), part),
    )


@contextmanager
def changing(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[None]:
    """Within a transaction, keep the index right while rows of these ids are changed or deleted.

    What is done inside must not raise a Refusal, which would leave the rows out of the index.
    The old words are gone from the file when ``Tidying`` was there (``Retention.erase``).
    """
    indexed = [message_id for message_id in ids if _is_taken_in(connection, message_id)]
    for message_id in indexed:
        part = part_of(message_id)
        for row in _rows(connection, "id = ?", (message_id,)):
            connection.execute(
                f"INSERT INTO search_{part} (search_{part}, rowid, {_COLUMNS})"  # noqa: S608
                " VALUES ('delete', ?, ?, ?, ?, ?)",
                _entry(row),
            )
            connection.execute(
                "UPDATE search_part SET unmerged = unmerged + 1 WHERE part = ?", (part,)
            )
    yield
    for message_id in indexed:
        add(connection, part_of(message_id), _rows(connection, "id = ?", (message_id,)))


class Tidying:
    """Lets go of words that are in the index no more but by name; ``step`` is a call of a database.

    A part whose messages are all gone goes itself.
    """

    def __init__(self) -> None:
        self._begun: tuple[int, int] | None = None  # the part, and what it was to be rid of

    def step(self, connection: sqlite3.Connection) -> bool:
        """Merge a little of one part; tells whether there was anything to do."""
        found = connection.execute(
            "SELECT part, unmerged FROM search_part WHERE unmerged > 0"
            " ORDER BY part = ? DESC LIMIT 1",
            (self._begun[0] if self._begun else -1,),
        ).fetchone()
        if found is None:
            self._begun = None
            return False
        part, unmerged = found
        first, end = part_range(part)
        query = "SELECT 1 FROM message WHERE id >= ? AND id < ? LIMIT 1"
        with transaction(connection):
            if connection.execute(query, (first, end)).fetchone() is None:
                _drop(connection, part)
            elif self._merge(connection, part, unmerged):
                self._begun = None
        return True

    def _merge(self, connection: sqlite3.Connection, part: int, unmerged: int) -> bool:
        """Merge some pages; tells whether all is one segment, but for what came meanwhile."""
        goes_on = self._begun is not None and self._begun[0] == part
        if self._begun is None or not goes_on:
            self._begun = part, unmerged
        before = connection.total_changes
        connection.execute(
            # A negative number takes all segments, not those alone that FTS5 finds worth it.
            f"INSERT INTO search_{part} (search_{part}, rank) VALUES ('merge', ?)",  # noqa: S608
            (_MERGED if goes_on else -_MERGED,),
        )
        if connection.total_changes - before >= 2:  # noqa: PLR2004  as FTS5's documentation has it
            return False
        connection.execute(
            "UPDATE search_part SET unmerged = unmerged - ? WHERE part = ?", (self._begun[1], part)
        )
        return True


def _rows(connection: sqlite3.Connection, where: str, values: Sequence[int]) -> list[Row]:
    return connection.execute(_ROWS + where, values).fetchall()


def _entry(row: Row) -> tuple[object, ...]:
    """What a message is in the index; it has to be the same when it is taken out."""
    return (row[0], *(" ".join(words(text)) for text in row[1:5]))


def _make(connection: sqlite3.Connection, part: int) -> None:
    # Words come as they are to be stored, so the plainest tokenizer does; how long a message is
    # does not matter, because the newest come first.
    connection.execute(
        f"CREATE VIRTUAL TABLE search_{part} USING fts5"
        f" ({_COLUMNS}, content='', columnsize=0, tokenize='ascii')"
    )
    first, _ = part_range(part)
    connection.execute("INSERT INTO search_part VALUES (?, ?, '~', '', 0)", (part, first - 1))


def _drop(connection: sqlite3.Connection, part: int) -> None:
    connection.execute(f"DROP TABLE search_{part}")
    connection.execute("DELETE FROM search_part WHERE part = ?", (part,))


def part_of(message_id: int) -> int:
    """The part that a message belongs to."""
    return message_id >> PART_BITS


def part_range(part: int) -> tuple[int, int]:
    """The first id of a part, and the one behind it."""
    return part << PART_BITS, (part + 1) << PART_BITS


def _up_to(connection: sqlite3.Connection, part: int) -> int | None:
    row = connection.execute("SELECT up_to FROM search_part WHERE part = ?", (part,)).fetchone()
    return None if row is None else int(row[0])


def _is_taken_in(connection: sqlite3.Connection, message_id: int) -> bool:
    up_to = _up_to(connection, part_of(message_id))
    return up_to is not None and message_id <= up_to
