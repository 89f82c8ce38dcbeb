"""A log that comes through a pipe: read once, from its beginning, as it comes."""

from __future__ import annotations

import io
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from lanchat.connlog.log_record import LINE_LIMIT, Filter, Record
from lanchat.connlog.sieve import Sieve
from lanchat.errors import LogUnreadable

STDIN = Path("-")

_PIECE = 64 * 1024


def is_pipe(path: Path) -> bool:
    """Whether the path names standard input, or a pipe such as the shell makes of ``<(…)``."""
    with suppress(OSError):
        return path == STDIN or stat.S_ISFIFO(path.stat().st_mode)
    return False


class PipedLog:
    """Reads the log that comes through the pipe; ``skipped`` counts what nobody can read."""

    def __init__(self, path: Path, wanted: Filter | None = None, server: str = "") -> None:
        self.path = Path("standard input") if path == STDIN else path
        self._sieve = Sieve(self.path, wanted or Filter(), server)
        self._is_stdin = path == STDIN

    @property
    def skipped(self) -> int:
        """How many lines were no records."""
        return self._sieve.skipped

    def tail(self, count: int, *, whole: bool = False) -> list[Record]:  # noqa: ARG002 (as for files)
        """The last ``count`` wanted records, once there is nothing more. Raises LogUnreadable."""
        return list(deque(self.all(), maxlen=count))

    def all(
        self,
        *,
        whole: bool = False,  # noqa: ARG002 (as for files)
        advance: Callable[[int], object] | None = None,  # noqa: ARG002 (nobody knows how far it is)
    ) -> Iterator[Record]:
        """Every wanted record, the first one first. Raises LogUnreadable."""
        for records in self.arrivals():
            yield from records

    def arrivals(self) -> Iterator[Iterator[Record]]:
        """The same, in what comes at once, until the other end has closed the pipe."""
        rest = b""
        with self._opened() as pipe:
            while piece := pipe.read1(_PIECE):
                *lines, rest = (rest + piece).split(b"\n")
                rest = rest[: LINE_LIMIT + 1]
                yield self._sieve.wanted(lines)
            yield self._sieve.wanted([rest])
        self._sieve.check()

    def fresh(self) -> Iterator[Record]:
        """What there is to follow: nothing, as it was read to its end."""
        return iter(())

    def size(self) -> int:
        """Nobody knows before the end."""
        return 0

    @contextmanager
    def _opened(self) -> Iterator[io.BufferedReader]:
        try:
            if not self._is_stdin:
                with self.path.open("rb") as file:
                    yield file
            else:
                # Nothing, where the shell has closed it.
                pipe = io.BytesIO() if sys.stdin is None else sys.stdin.buffer
                yield cast(io.BufferedReader, pipe)
        except OSError as error:
            raise LogUnreadable(self.path, error.strerror or str(error)) from error
