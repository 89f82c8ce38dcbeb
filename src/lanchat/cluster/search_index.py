"""The index of words: of each message what ``chat/words.py`` makes of it, as a ``tsvector``.

PostgreSQL's own parser and dictionaries have no part in it, so the same words find the same
messages as in SQLite. Besides the words of a message stand those of its author's name, behind a
tilde, and the author's id behind an @; words hold neither.

Messages are taken in a moment after they are said (``search.py``), in the order of their ids, up to
``search_progress``. Whoever changes a message that is taken in already takes it in again, and one
that goes takes its entry along, by the schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from lanchat.chat.model import Message
from lanchat.chat.search import Query
from lanchat.chat.words import is_whole, words
from lanchat.rows import message_rows
from lanchat.rows.connection import Connection
from lanchat.rows.matching import text_of

TAKEN = 100
"""Messages that one step takes in, at most."""

_LONGEST = 500
"""Letters of a word that are indexed: PostgreSQL takes 2,046 bytes. Who finds looks at all."""

_LAST_PLACE = 16_383
_PLACES = 255
"""The last place of a word in a text, and how many places of one word PostgreSQL remembers."""

_ANYWHERE = "!"
"""Stands in an entry that does not have all places: its words are enough to look at the message."""

_IN_A_ROW = 8
"""So many words of a phrase the index is asked for."""

_PUT = (
    "INSERT INTO search (message_id, words) VALUES (?, ?::tsvector)"
    " ON CONFLICT (message_id) DO UPDATE SET words = excluded.words"
)


def take_in(connection: Connection) -> bool:
    """Within a transaction in which no position is taken, index some; tells whether it was all."""
    query = "SELECT up_to FROM search_progress"
    (up_to,) = connection.execute(query).fetchone()
    rows = connection.execute(
        message_rows.SELECT + "WHERE id > ? ORDER BY id LIMIT ?", (up_to, TAKEN)
    ).fetchall()
    if rows:
        _put(connection, message_rows.read(connection, rows))
        connection.execute("UPDATE search_progress SET up_to = ?", (rows[-1][0],))
    return len(rows) < TAKEN


@contextmanager
def changing(connection: Connection, ids: Sequence[int]) -> Iterator[None]:
    """Within a transaction, keep the index right while these messages change or go."""
    yield
    rows = connection.execute(
        message_rows.SELECT + "WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        " AND id <= (SELECT up_to FROM search_progress)",
        (json.dumps(list(ids)),),
    ).fetchall()
    _put(connection, message_rows.read(connection, rows))


def entry(message: Message) -> str:
    """What stands in the index of a message, as PostgreSQL reads a tsvector."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words(text_of(message)), start=1):
        places.setdefault(word[:_LONGEST], []).append(place)
    is_whole_text = all(len(p) <= _PLACES and p[-1] <= _LAST_PLACE for p in places.values())
    lexemes = [f"'{word}':{','.join(map(str, p[:_PLACES]))}" for word, p in places.items()]
    others = [f"@{' '.join(words(message.user_id))}"]
    others += (f"~{word}"[:_LONGEST] for word in dict.fromkeys(words(message.user)))
    others += [] if is_whole_text else [_ANYWHERE]
    return " ".join([*lexemes, *(f"'{each}'" for each in others)])


def expression(query: Query) -> str:
    """What the index is asked for, as PostgreSQL reads a tsquery: no less than what is meant."""
    parts = [_phrase(phrase) for phrase in query.phrases]
    if query.user:
        called = " & ".join(_operands([f"~{word}" for word in query.user], query.user[-1]))
        parts.append(f"('@{' '.join(query.user)}' | ({called}))")
    return " & ".join(dict.fromkeys(parts))


def _phrase(phrase: Sequence[str]) -> str:
    row = phrase[:_IN_A_ROW]
    operands = _operands(row, row[-1], is_cut=len(phrase) > len(row))
    if len(operands) == 1:
        return operands[0]
    return f"(({' <-> '.join(operands)}) | ('{_ANYWHERE}' & {' & '.join(operands)}))"


def _operands(row: Sequence[str], last: str, *, is_cut: bool = False) -> list[str]:
    """Each word; the last one of a phrase may be the beginning of one."""
    quoted = [f"'{word[:_LONGEST]}'" for word in row]
    if not is_cut and not is_whole(last):
        quoted[-1] += ":*"
    return quoted


def _put(connection: Connection, messages: Iterable[Message]) -> None:
    entries = [(each.id, entry(each)) for each in messages if not each.deleted]
    if entries:
        connection.executemany(_PUT, entries)
