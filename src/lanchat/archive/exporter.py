"""The way out of a message database: its messages as text in one of four formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import Literal, Protocol

from lanchat.archive.html_page import Page
from lanchat.archive.message_formats import JsonLines, Table, Text
from lanchat.archive.places import Place
from lanchat.archive.room_titles import Rooms
from lanchat.chat.model import Message, timestamp
from lanchat.rows.bulk_reading import MessageReader, Wanted

FormatName = Literal["jsonl", "txt", "html", "csv"]


class Format(Protocol):
    """Messages become the text of a file, piece by piece."""

    def head(self) -> str:
        """What stands before the first message."""

    def body(self, messages: Iterable[Message]) -> str:
        """The next messages."""

    def foot(self) -> str:
        """What stands behind the last message."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a place, from ``since`` on and before ``until``, and for whom.

    ``room`` is the name or id of the rooms, None for all; with ``private`` those of two people are
    among them. ``zone`` None is this machine's; ``lang`` is one of i18n.LANGUAGES.
    """

    since: datetime | None = None
    until: datetime | None = None
    room: str | None = None
    private: bool = False
    zone: tzinfo | None = None
    lang: str = "en"

    @property
    def wanted(self) -> Wanted:
        # A tilde comes behind every digit, and so behind every time.
        first = "" if self.since is None else timestamp(self.since.timestamp())
        end = "~" if self.until is None else timestamp(self.until.timestamp())
        return Wanted(first, end, self.room, self.private)

    def rooms(self, reader: MessageReader) -> Rooms:
        """The rooms of what is read."""
        return Rooms(reader.rooms, self.lang, leaves_out=reader.leaves_out)


ALL = Asked()
"""Everything but what is private."""


class Export:
    """The messages of a place, as text. Servers may be running.

    ``leaves_out`` is whether some are left out because they are private.
    Raises NoSuchRoom, NoMessages, NoTables, DataUnusable and DatabaseUnusable.
    """

    def __init__(self, place: Place, name: FormatName, asked: Asked = ALL) -> None:
        self._reader = place.reader(asked.wanted)
        self.count = self._reader.count()
        self.leaves_out = self._reader.leaves_out
        self._format = self._make(name, asked)

    def pieces(self) -> Iterator[tuple[str, int]]:
        """Pieces of the text, and how many messages are in each."""
        yield self._format.head(), 0
        for page in self._reader.pages():
            yield self._format.body(page), len(page)
        yield self._format.foot(), 0

    def close(self) -> None:
        """Let go of the database."""
        self._reader.close()

    def _make(self, name: FormatName, asked: Asked) -> Format:
        rooms, zone = asked.rooms(self._reader), asked.zone
        if name == "html":
            now = datetime.now(timezone.utc).astimezone(zone)
            return Page(zone, asked.lang, self.count, now, rooms=rooms)
        if name == "jsonl":
            return JsonLines(rooms)
        return Table(zone, rooms) if name == "csv" else Text(zone, rooms)
