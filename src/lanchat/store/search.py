"""Finding messages by their words: newest first, on a connection of its own that only reads.

So a search holds up no message. It looks at one part of the index after the other
(``search_index.py``) and stops where it has enough, or after two seconds with what it has.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from lanchat.chat.model import Message
from lanchat.chat.search import Found, Query
from lanchat.chat.words import is_whole, words
from lanchat.errors import StoreUnavailable, TooMuchAtOnce
from lanchat.rows import message_rows
from lanchat.rows.matching import as_text, has
from lanchat.rows.visibility import VISIBLE
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import Database, Offload
from lanchat.store.search_index import PART_BITS, part_range

SECONDS = 2.0
"""So long a search may take."""

_SECONDS_IN_MEMORY = 0.1
"""The same without a file: messages wait for it."""

_WAITING = 8
"""So many people may wait for their search; what is asked for beyond is refused."""

_IN_A_ROW = 8
"""FTS5 looks for so many words in a row, in all phrases together.

What it costs grows with the length of a row, and nothing ends it: a hundred words, among messages
that are full of them, would take many times the time that a search has.
"""

_OF_ONE_LETTER = 6
"""FTS5 looks for so many words of one letter at once: each gathers all words that begin with it."""

_PARTS = (
    "SELECT part FROM search_part WHERE part <= ? AND until >= ? AND since < ? ORDER BY part DESC"
)


class SqliteSearch:
    """The Search of one database: of its file at ``path``, or of what it has in memory.

    ``offload`` calls in a thread of its own; ``is_behind`` says whether older messages are not in
    the index yet.
    """

    def __init__(
        self,
        database: Database,
        path: Path | None,
        offload: Offload,
        is_behind: Callable[[], bool],
    ) -> None:
        self._database = database
        self._path = path
        self._offload = offload
        self._is_behind = is_behind
        self._waiting = threading.BoundedSemaphore(_WAITING)

    def find(self, query: Query, limit: int) -> Found:
        if not self._waiting.acquire(blocking=False):
            raise TooMuchAtOnce(1)
        try:
            indexing = self._is_behind()
            if self._path is None:
                look = partial(find, query=query, limit=limit, seconds=_SECONDS_IN_MEMORY)
                found, before = self._database.call(look)
            else:
                found, before = self._offload(partial(read, self._path, query, limit))
        finally:
            self._waiting.release()
        return Found(found, before, indexing)


def find(
    connection: SqliteConnection, query: Query, limit: int, seconds: float = SECONDS
) -> tuple[list[Message], int | None]:
    """The newest messages that match, and before which id to look further."""
    end = time.monotonic() + seconds
    found: list[Message] = []
    in_a_row = max(1, _IN_A_ROW // max(1, len(query.phrases)))
    asked = _to_ask(query.phrases)
    match = _expression(query._replace(phrases=asked), in_a_row)
    others = [as_text(each) for each in query.phrases if len(each) > in_a_row or each not in asked]
    below = connection.position() + 1 if query.before is None else query.before
    for part in _parts(connection, query, below):
        first, behind = part_range(part)
        below, rest = min(below, behind), True
        while rest and len(found) <= limit:
            # Each look is a short one, into one part and for a page at most.
            if time.monotonic() > end:
                return found, below
            ids = _matching(connection, part, match, below, limit + 1)
            shown = _shown(connection, query, ids)
            found += (message for message in shown if has(message, others))
            rest = len(ids) > limit
            below = ids[-1] if rest else first
        if len(found) > limit:
            return found[:limit], found[limit - 1].id
    return found, None


def read(path: Path, query: Query, limit: int) -> tuple[list[Message], int | None]:
    """The same in the file of a database. Raises StoreUnavailable."""
    try:
        with closing(_open(path)) as connection:
            connection.execute("BEGIN")  # one look at everything
            return find(connection, query, limit)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the message database refuses: {error}") from error


def _open(path: Path) -> SqliteConnection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, factory=SqliteConnection)


def _parts(connection: sqlite3.Connection, query: Query, below: int) -> list[int]:
    newest = (below - 1) >> PART_BITS
    rows = connection.execute(_PARTS, (newest, query.since, query.until)).fetchall()
    return [part for (part,) in rows]


def _matching(
    connection: sqlite3.Connection, part: int, match: str, below: int, limit: int
) -> list[int]:
    rows = connection.execute(
        f"SELECT rowid FROM search_{part} WHERE search_{part} MATCH ?"  # noqa: S608 (a number)
        " AND rowid < ? ORDER BY rowid DESC LIMIT ?",
        (match, below, limit),
    ).fetchall()
    return [message_id for (message_id,) in rows]


def _shown(connection: SqliteConnection, query: Query, ids: Sequence[int]) -> list[Message]:
    """The messages of these ids that may be seen, and were said in these rooms and in time.

    A room's id as words may be the beginning of another's.
    """
    several, rooms = (", ".join("?" * len(some)) for some in (ids, query.rooms))
    rows = connection.execute(
        f"{message_rows.SELECT}WHERE id IN ({several}) AND {VISIBLE}"
        f" AND room IN ({rooms}) AND time >= ? AND time < ? ORDER BY id DESC",
        (*ids, *query.rooms, query.since, query.until),
    ).fetchall()
    return message_rows.read(connection, rows)


def _to_ask(phrases: Sequence[list[str]]) -> list[list[str]]:
    """The phrases without those of one letter, of which some are enough to find few messages."""
    short = [each for each in phrases if len("".join(each)) == 1 and not is_whole(each[-1])]
    return [each for each in phrases if each not in short[_OF_ONE_LETTER:]]


def _expression(query: Query, in_a_row: int) -> str:
    """The query in FTS5's language, of each phrase so many words at most.

    Words hold no quotes, so they can stand within them.
    """
    parts = [f"words : {_phrase(phrase, in_a_row)}" for phrase in query.phrases]
    if query.user:
        called = _phrase(query.user, len(query.user))
        parts.append(f'(author : "{" ".join(query.user)}" OR called : {called})')
    rooms = (" ".join(words(room)) for room in query.rooms)
    parts.append("(" + " OR ".join(f'place : "{room}"' for room in rooms) + ")")
    return " AND ".join(dict.fromkeys(parts))  # what is said twice is looked for once


def _phrase(phrase: Sequence[str], most: int) -> str:
    """The first words in a row; the last one of a phrase may be the beginning of one."""
    row = f'"{" ".join(phrase[:most])}"'
    return row if len(phrase) > most or is_whole(phrase[-1]) else f"{row} *"
