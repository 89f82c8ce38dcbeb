"""From lines to records: those that are wanted, and how many nobody can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lanchat.connlog.log_record import Filter, Record, Unreadable, decode
from lanchat.errors import LogUnreadable

STRANGE_LINES = 10_000
"""So many lines that nobody can read before the first record, and the file is something else."""


class Sieve:
    """Takes the wanted records out of the lines of one log, whose name is ``server`` if it has one.

    ``skipped`` counts the lines that nobody can read.
    """

    def __init__(self, path: Path, wanted: Filter, server: str) -> None:
        self.path = path
        self.filter = wanted
        self.skipped = 0
        self._server = server
        self._has_records = False

    def wanted(self, lines: Iterable[bytes]) -> Iterator[Record]:
        """The records of the lines that somebody wants to see. Raises LogUnreadable."""
        return filter(self.filter.matches, self.decoded(lines))

    def decoded(self, lines: Iterable[bytes]) -> Iterator[Record]:
        """All records of the lines. Raises LogUnreadable where there is none for too long."""
        for line in lines:
            try:
                if line.isspace() or not line:
                    continue
                record = decode(line)
            except Unreadable:
                self.skipped += 1
                if self.skipped >= STRANGE_LINES:
                    self.check()
            else:
                record.server = self._server
                self._has_records = True
                yield record

    def check(self) -> None:
        """Raise LogUnreadable where there were lines, and none was one of a log."""
        if self.skipped and not self._has_records:
            raise LogUnreadable(self.path, "it is no connection log")
