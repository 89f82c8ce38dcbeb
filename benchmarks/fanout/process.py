"""Processes that are measured: each on a core of its own, looked at through Linux's /proc."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fanout.programs import CannotMeasure

START_SECONDS = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Cores(NamedTuple):
    """Where the server and the load run; None where there is only one core for both."""

    server: int | None
    load: int | None


def cores() -> Cores:
    """The first two cores that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[1]) if len(usable) > 1 else Cores(None, None)


@contextlib.contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """What is started within runs on this core, with all its threads."""
    before = os.sched_getaffinity(0)
    try:
        if core is not None:
            os.sched_setaffinity(0, {core})
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many files as they may; return how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def free_port() -> int:
    """A port on loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Process:
    """A server that listens on ``port`` once the context is entered, and is killed with it.

    Raises CannotMeasure where it ends or does not listen within START_SECONDS.
    """

    def __init__(
        self, command: Sequence[str], port: int, output: Path, core: int | None, **variables: str
    ) -> None:
        self.port = port
        self._output = output
        with pinned(core), output.open("wb") as file:
            self._began = time.monotonic()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**os.environ, **variables},
            )

    def __enter__(self) -> Process:
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.kill()
            raise
        self.start_seconds = time.monotonic() - self._began
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def last_words(self) -> str:
        """The end of what it printed, in one line."""
        lines = self._output.read_text(errors="replace").split("\n")
        return " / ".join(line.strip() for line in lines if line.strip())[-300:] or "no output"

    def cpu(self) -> float:
        """Seconds of processor time so far, those of its threads included (proc(5), stat)."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS

    def memory(self) -> int:
        """Resident memory in bytes."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE

    def _wait_until_it_listens(self) -> None:
        while not self._listens():
            if self._process.poll() is not None:
                raise CannotMeasure(f"the server has ended: {self.last_words()}")
            if time.monotonic() - self._began > START_SECONDS:
                raise CannotMeasure(f"the server does not listen: {self.last_words()}")
            time.sleep(0.002)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
