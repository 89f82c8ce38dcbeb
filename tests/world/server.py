"""`lanchat serve` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.world.deadline import DEADLINE, wait_for


class ServerProcess:
    """`lanchat serve` on a port of its own, with its data below ``folder``.

    It speaks to no network: without ``mdns`` it has no .local name.

    ``launcher`` is a command that prepares something and then becomes the server.
    """

    def __init__(
        self, folder: Path, *options: str, launcher: Sequence[str] = (), mdns: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._launcher = launcher
        self.data_dir = folder / "data"
        self.log_file = folder / "connections.log"
        self.port = 0
        self._output = folder / "output.txt"
        self._options = options if mdns else ("--no-mdns", *options)
        self.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def verify(self) -> str | bool:
        """What a client of `requests` needs to trust it."""
        own = self.data_dir / "tls" / "authority.pem"
        return str(own) if own.exists() else True

    def start(self) -> None:
        """Start, or start again with the same port and data."""
        command = [*self._launcher, sys.executable, "-m", "lanchat", "serve"]
        command += ["--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir), "--log-file", str(self.log_file)]
        before = len(self.output())
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *self._options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        found = wait_for(lambda: self._listening(before), "the server's banner")
        self.scheme, self.port = found.group(1), int(found.group(2))

    def stop(self) -> int:
        """Ask to stop, as Ctrl+C does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.process.kill()
        self.process.wait(DEADLINE)

    def output(self) -> str:
        """Everything that it printed."""
        return self._output.read_text() if self._output.exists() else ""

    def _listening(self, before: int) -> re.Match[str] | None:
        new = self.output()[before:]
        if self.process.poll() is not None:
            pytest.fail(f"the server ended with {self.process.returncode}:\n{new}")
        return re.search(r"(https?)://\S+:(\d+)", new)
