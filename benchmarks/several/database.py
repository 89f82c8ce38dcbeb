"""A PostgreSQL that is thrown away, and what its processes use."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fanout.programs import PROJECT, CannotMeasure

sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

import needs

from tests.world.postgres import Postgres


@contextlib.contextmanager
def throwaway() -> Iterator[Postgres]:
    """As it is by default: what it says is stored is on disk. Raises CannotMeasure."""
    program = needs.postgres()
    if program is None:
        raise CannotMeasure("there is no PostgreSQL on this machine: see LANCHAT_POSTGRES")
    server = Postgres(program)
    try:
        yield server
    finally:
        server.close()


def processor_seconds(pid: int) -> float:
    """What a process has used so far, to the microsecond; /proc knows hundredths.

    It is the clock that clock_getcpuclockid(3) would name. Raises OSError for one that has ended.
    """
    return time.clock_gettime((~pid << 3) | 2)


class Usage:
    """The processor time of a process and its children; ``seconds`` of what was counted last."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid
        self.seconds = 0.0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count what they use within, but for those that end within."""
        before = self._used()
        yield
        self.seconds = sum(now - before.get(pid, 0) for pid, now in self._used().items())

    def _used(self) -> dict[int, float]:
        used = dict[int, float]()
        if self._pid is None:
            return used
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
        for pid in (self._pid, *map(int, children)):
            with contextlib.suppress(OSError):
                used[pid] = processor_seconds(pid)
        return used
