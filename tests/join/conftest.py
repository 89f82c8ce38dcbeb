"""The chat in a terminal."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.world.deadline import wait_for
from tests.world.screen import Terminal


class Seat:
    """Somebody who sits in front of a terminal in which `lanchat join` runs."""

    def __init__(self, columns: int, arguments: list[str]) -> None:
        import fcntl  # these are not on Windows
        import pty
        import termios

        self._own, theirs = pty.openpty()
        rows = 24
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.terminal = Terminal(columns, rows)
        # Where the cursor is, as terminals tell when they are asked.
        setattr(self.terminal.screen, "write_process_input", self.type)  # noqa: B010 (a method)
        self.raw = b""
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lanchat", "join", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        while piece := self._piece():
            self.raw += piece
            self.terminal.feed(piece)

    def _piece(self) -> bytes:
        try:
            return os.read(self._own, 4_096)
        except OSError:  # the other end is closed
            return b""

    def type(self, text: str) -> None:
        os.write(self._own, text.encode())

    def sees(self, text: str) -> None:
        """Wait until it stands there, wherever a narrow screen has broken it."""
        wanted = text.replace(" ", "")
        wait_for(lambda: wanted in self._seen(), text)

    def _seen(self) -> str:
        return self.terminal.text().replace(" ", "").replace("\n", "")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reading.join()
        os.close(self._own)


@pytest.fixture
def seat() -> Iterator[Callable[..., Seat]]:
    """Let somebody sit down."""
    seats: list[Seat] = []

    def sit(columns: int, *arguments: str) -> Seat:
        seats.append(Seat(columns, list(arguments)))
        return seats[-1]

    yield sit
    for each in seats:
        each.close()
