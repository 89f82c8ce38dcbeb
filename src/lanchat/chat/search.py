"""Looking for what was said: what is asked, and what is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from lanchat.chat.catchup import fits_from
from lanchat.chat.model import Message
from lanchat.errors import PayloadInvalid, UnknownRoom

PAGE = 50
"""Messages in one answer."""

MOST_PHRASES = 20
"""So many words, which may each be the beginning of many others, are looked for at once."""


class Query(NamedTuple):
    """What is looked for: phrases of ``chat/words.py``, by whom, where and when.

    ``user`` is the id of a person or a name, as words too; ``before`` an id. ``since`` and
    ``until`` are RFC 3339 as docs/protocol.md has it; what was said at the latter is not meant.
    """

    phrases: list[list[str]]
    rooms: Collection[str]
    user: Sequence[str] = ()
    before: int | None = None
    since: str = ""
    until: str = "~"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, newest first.

    ``before`` is where to look further: an id, None where there is nothing older. ``indexing``
    says that older messages are still to be taken into the index.
    """

    messages: list[Message]
    before: int | None = None
    indexing: bool = False


class Search(Protocol):
    """The index of what was said."""

    def find(self, query: Query, limit: int) -> Found:
        """At most so many messages; those that were found, if it takes too long.

        Raises TooMuchAtOnce where too many others are looking, and StoreUnavailable.
        """


class Searching:
    """Lets people look for what they may see."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def find(self, query: Query, rooms: Collection[str]) -> Found:
        """The newest messages that match, as far as they fit into one answer.

        ``rooms`` are the person's. Raises PayloadInvalid where nothing or too much is looked
        for, UnknownRoom, TooMuchAtOnce or StoreUnavailable.
        """
        asked = len(query.phrases) + len(query.user)
        if not 0 < asked <= MOST_PHRASES:
            raise PayloadInvalid
        if not set(query.rooms) <= set(rooms):
            raise UnknownRoom
        found = self._search.find(query, PAGE)
        kept = len(found.messages) - fits_from(found.messages[::-1])
        if kept == len(found.messages):
            return found
        messages = found.messages[:kept]
        return replace(found, messages=messages, before=messages[-1].id)
