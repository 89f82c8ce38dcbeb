"""Servers that are forked from a process which has imported all that they need.

Imports are most of what a start costs. A server that is forked has a process, descriptors,
arguments and an exit code of its own. Who wants to see how a command starts, starts it as a
program.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.world.deadline import wait_for

_PROJECT = Path(__file__).parents[2]


class Forked:
    """A server: of ``subprocess.Popen`` what tests ask of it."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self.pid = int(wait_for(lambda: self._noted(1), "a server's process")[0])
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self.returncode is None and (noted := self._noted(2)):
            self.returncode = int(noted[1])
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("lanchat serve", timeout)
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _noted(self, count: int) -> list[str]:
        """What its keeper has noted by now, if it is so much."""
        text = self._notes.read_text() if self._notes.exists() else ""
        return text.split() if text.count("\n") >= count else []


class Forerunner:
    """The process that they are forked from."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.world.forking"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
        )
        atexit.register(self._process.communicate)  # it ends where nothing more can be asked

    def start(self, arguments: Sequence[str], output: Path) -> Forked:
        """Start `lanchat` with these arguments; what it prints is added to the file."""
        notes = output.with_name(f"process-{time.monotonic_ns()}.txt")
        order = {"arguments": arguments, "output": str(output), "notes": str(notes)}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return Forked(notes)


class Forerunners:
    """One for each environment in which more than one server is started."""

    def __init__(self) -> None:
        self._of: dict[frozenset[tuple[str, str]], Forerunner | None] = {}

    def get(self, environment: dict[str, str]) -> Forerunner | None:
        """None where a server is to be started as a program."""
        if sys.platform != "linux" or Path.cwd() != _PROJECT:
            return None
        # pytest tells programs in which test they are, and they do not ask.
        told = {k: v for k, v in environment.items() if k != "PYTEST_CURRENT_TEST"}
        key = frozenset(told.items())
        if key in self._of and self._of[key] is None:
            self._of[key] = Forerunner(told)
        return self._of.setdefault(key, None)
