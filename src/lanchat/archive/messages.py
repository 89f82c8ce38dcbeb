"""The way out of a message database, and the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import BinaryIO, Literal

from lanchat.archive import incoming
from lanchat.archive.formats import Format, JsonLines, Table, Text
from lanchat.archive.page import Page
from lanchat.chat.model import timestamp
from lanchat.chat.ports import Draft
from lanchat.errors import LineRefused
from lanchat.store.bulk import MessageReader, load
from lanchat.store.datadir import DATABASE, DataDir

FormatName = Literal["jsonl", "txt", "html", "csv"]


class Export:
    """The messages of a data directory from ``since`` on and before ``until``, as text.

    ``zone`` None is this machine's; ``lang`` one of i18n.LANGUAGES. A server may be running.
    Raises NoMessages and DataUnusable.
    """

    def __init__(
        self,
        data_dir: Path,
        name: FormatName,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        zone: tzinfo | None = None,
        lang: str = "en",
    ) -> None:
        # A tilde comes behind every digit, and so behind every time.
        first = "" if since is None else timestamp(since.timestamp())
        end = "~" if until is None else timestamp(until.timestamp())
        self._reader = MessageReader(data_dir / DATABASE, first, end)
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


def import_messages(
    data_dir: Path, source: BinaryIO, name: str, advance: Callable[[int], None]
) -> tuple[int, int]:
    """Store all messages of an archive; return how many were new, and how many there were.

    ``name`` is the source's for people; ``advance`` is told the bytes of every line. All are
    stored, or none: raises LineRefused for the first line that is no message, DataInUse where
    a server runs, DataUnusable and StoreUnavailable.
    """
    total = 0

    def drafts() -> Iterator[Draft]:
        nonlocal total
        for number, line in enumerate(_lines(source), start=1):
            try:
                yield incoming.draft(line)
            except ValueError as error:
                raise LineRefused(name, number, str(error)) from None
            total = number
            advance(len(line))

    with closing(DataDir(data_dir)) as data:
        fresh = load(data.database, drafts())
    return fresh, total


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines; of one past the limit only so much that it still is past it."""
    while line := source.readline(incoming.LINE_LIMIT + 1):
        yield line
