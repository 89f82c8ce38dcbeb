"""The connection logs of several servers as one, by time; of each its own order is kept."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path

from lanchat.connlog.log_reader import POLL, LogReader
from lanchat.connlog.log_record import Filter, Record
from lanchat.errors import LogMissing

_time = attrgetter("time")


class Logs:
    """The logs at ``paths``, each once; where there are several, records name theirs."""

    def __init__(self, paths: Sequence[Path], wanted: Filter | None = None) -> None:
        paths = list(dict.fromkeys(paths))
        self.names = names_of(paths) if len(paths) > 1 else [""]
        self.readers = [
            LogReader(path, wanted, name) for path, name in zip(paths, self.names, strict=True)
        ]

    def tail(
        self,
        count: int | None,
        *,
        whole: bool = False,
        missing: Callable[[Path], None] | None = None,
    ) -> list[Record]:
        """The last ``count`` wanted records of all (None: all), as ``LogReader.tail`` has them.

        A log that is not there is told to ``missing``. Raises LogUnreadable, and LogMissing where
        nobody is to be told.
        """
        found: list[list[Record]] = []
        for reader in self.readers:
            try:
                found.append(reader.tail(count, whole=whole))
            except LogMissing:  # noqa: PERF203 (a few logs)
                if missing is None:
                    raise
                missing(reader.path)
        merged = list(_merged(found))
        return merged if count is None else merged[len(merged) - min(count, len(merged)) :]

    def all(self) -> Iterator[Record]:
        """Every wanted record, oldest first, of which few are held at a time.

        Raises LogMissing and LogUnreadable.
        """
        return _merged([reader.all() for reader in self.readers])

    def follow(self, pause: Callable[[float], None] = time.sleep) -> Iterator[Record]:
        """Every wanted record after :meth:`tail`, for ever; ``pause`` waits between two looks.

        What one server writes later than another one comes later, too.
        """
        while True:
            yield from _merged([list(reader.fresh()) for reader in self.readers])
            pause(POLL)


def names_of(paths: Sequence[Path]) -> list[str]:
    """What tells the logs apart: their own names, or those of the folders where their ways part."""
    full = [path.absolute() for path in paths]
    deepest = max(len(path.parts) for path in full)
    by_folder = ([_part(path, depth) for path in full] for depth in range(2, deepest))
    for names in chain([[path.stem for path in full]], by_folder):
        if len(set(names)) == len(names) and all(names):
            return names
    return list(map(str, paths))


def _part(path: Path, depth: int) -> str:
    return path.parts[-depth] if depth < len(path.parts) else ""


def _merged(logs: Sequence[Iterable[Record]]) -> Iterator[Record]:
    return heapq.merge(*logs, key=_time)
