"""The connection logs of several servers as one, by time; of each its own order is kept."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path

from lanchat.connlog.log_files import is_piece
from lanchat.connlog.log_reader import POLL, LogReader
from lanchat.connlog.log_record import Filter, Record
from lanchat.connlog.piped import PipedLog, is_pipe
from lanchat.errors import LogMissing

_time = attrgetter("time")


class Logs:
    """The logs at ``paths``, each once; where there are several, records name theirs.

    What a log has been rotated into belongs to it, also where it is named beside it.
    """

    def __init__(self, paths: Sequence[Path], wanted: Filter | None = None) -> None:
        named = list(dict.fromkeys(paths))
        paths = [path for path in named if not is_piece(path, named)]
        self.names = names_of(paths) if len(paths) > 1 else [""]
        self.readers = [
            (PipedLog if is_pipe(path) else LogReader)(path, wanted, name)
            for path, name in zip(paths, self.names, strict=True)
        ]

    @property
    def pipe(self) -> PipedLog | None:
        """The one that comes through a pipe, if there is one."""
        return next((reader for reader in self.readers if isinstance(reader, PipedLog)), None)

    def tail(
        self,
        count: int | None,
        *,
        whole: bool = False,
        missing: Callable[[Path], None] | None = None,
    ) -> Iterable[Record]:
        """The last ``count`` wanted records of all, as ``LogReader.tail`` has them.

        None is all of them, of which few are held at a time. A log that is not there is told to
        ``missing``. Raises LogUnreadable, and LogMissing where nobody is to be told.
        """
        found: list[Iterable[Record]] = []
        for reader in self.readers:
            try:
                if count is None:
                    found.append(_begun(reader.all(whole=whole)))
                else:
                    found.append(reader.tail(count, whole=whole))
            except LogMissing:  # noqa: PERF203 (a few logs)
                if missing is None:
                    raise
                missing(reader.path)
        merged = _merged(found)
        if count is None:
            return merged
        last = list(merged)
        return last[len(last) - min(count, len(last)) :]

    def all(self, advance: Callable[[int], object] | None = None) -> Iterator[Record]:
        """Every wanted record, oldest first, of which few are held at a time.

        Raises LogMissing and LogUnreadable.
        """
        return _merged([reader.all(advance=advance) for reader in self.readers])

    def size(self) -> int:
        """How many bytes there are to read."""
        return sum(reader.size() for reader in self.readers)

    def follow(self, pause: Callable[[float], None] = time.sleep) -> Iterator[Iterator[Record]]:
        """What was written down after :meth:`tail`, look by look, for ever; ``pause`` waits.

        What one server writes later than another one comes later, too.
        """
        while True:
            yield _merged([reader.fresh() for reader in self.readers])
            pause(POLL)


def names_of(paths: Sequence[Path]) -> list[str]:
    """What tells the logs apart: their own names, or those of the folders where their ways part."""
    full = [path.absolute() for path in paths]
    deepest = max(len(path.parts) for path in full)
    by_folder = ([_part(path, depth) for path in full] for depth in range(2, deepest))
    for names in chain([[_stem(path) for path in full]], by_folder):
        if len(set(names)) == len(names) and all(names):
            return names
    return list(map(str, paths))


def _stem(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).stem


def _part(path: Path, depth: int) -> str:
    return path.parts[-depth] if depth < len(path.parts) else ""


def _begun(records: Iterator[Record]) -> Iterator[Record]:
    """The same, with what is raised before the first one raised now."""
    first = list(islice(records, 1))
    return chain(first, records)


def _merged(logs: Sequence[Iterable[Record]]) -> Iterator[Record]:
    """The records of all by time; of one alone as they are."""
    return iter(logs[0]) if len(logs) == 1 else heapq.merge(*logs, key=_time)
