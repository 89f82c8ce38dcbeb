"""The way out of a message database: its messages as text in one of four formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone, tzinfo
from typing import Literal, Protocol

from lanchat.archive.html_page import Page
from lanchat.archive.message_formats import JsonLines, Table, Text
from lanchat.archive.places import Place
from lanchat.chat.model import Message, timestamp
from lanchat.rows.bulk import MessageReader

FormatName = Literal["jsonl", "txt", "html", "csv"]


class Format(Protocol):
    """Messages become the text of a file, piece by piece."""

    def head(self) -> str:
        """What stands before the first message."""

    def body(self, messages: Iterable[Message]) -> str:
        """The next messages."""

    def foot(self) -> str:
        """What stands behind the last message."""


class Export:
    """The messages of a place from ``since`` on and before ``until``, as text.

    ``zone`` None is this machine's; ``lang`` one of i18n.LANGUAGES. Servers may be running.
    Raises NoMessages, NoTables, DataUnusable and DatabaseUnusable.
    """

    def __init__(
        self,
        place: Place,
        name: FormatName,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        zone: tzinfo | None = None,
        lang: str = "en",
    ) -> None:
        self._reader = reader_of(place, since, until)
        self.count = self._reader.count()
        self._format = self._make(name, zone, lang)

    def pieces(self) -> Iterator[tuple[str, int]]:
        """Pieces of the text, and how many messages are in each."""
        yield self._format.head(), 0
        for page in self._reader.pages():
            yield self._format.body(page), len(page)
        yield self._format.foot(), 0

    def close(self) -> None:
        """Let go of the database."""
        self._reader.close()

    def _make(self, name: FormatName, zone: tzinfo | None, lang: str) -> Format:
        if name == "html":
            return Page(zone, lang, self.count, datetime.now(timezone.utc).astimezone(zone))
        if name == "jsonl":
            return JsonLines()
        return Table(zone) if name == "csv" else Text(zone)


def reader_of(place: Place, since: datetime | None, until: datetime | None) -> MessageReader:
    """What reads the messages of a place from ``since`` on and before ``until``."""
    # A tilde comes behind every digit, and so behind every time.
    first = "" if since is None else timestamp(since.timestamp())
    end = "~" if until is None else timestamp(until.timestamp())
    return place.reader(first, end)
