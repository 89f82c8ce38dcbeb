"""`lanchat serve` in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from lanchat.chat.room_settings import Rules
from tests.world.deadline import DEADLINE, wait_for
from tests.world.forerunner import Forerunners, Forked

_URL = re.compile(r"(https?)://\S+:(\d+)")
_HOST_LINK = re.compile(r"/host#(\w+)")
_END_OF_BANNER = "Ctrl+C\n"
_FORERUNNERS = Forerunners()
_NOT_INSTALLED = str(Path(__file__).with_name("not_installed"))


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
        self._banner = ""
        self._printed_before = self._logged_before = 0
        self.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def verify(self) -> str | bool:
        """What a client of `requests` needs to trust it."""
        own = self.data_dir / "tls" / "authority.pem"
        return str(own) if own.exists() else True

    @property
    def host_secret(self) -> str:
        """What stands in the link that makes somebody a host."""
        found = _HOST_LINK.search(self.output())
        assert found
        return found.group(1)

    def start(self) -> None:
        """Start, or start again with the same port and data."""
        arguments = ["serve", "--port", str(self.port), "--data-dir", str(self.data_dir)]
        arguments += ["--log-file", str(self.log_file), *self._options]
        before = len(_text(self._output))
        self.process = _run(arguments, self._output, self._launcher)
        try:
            found = wait_for(lambda: self._listening(before), "the server's banner")
        except BaseException:
            self.kill()  # nobody else knows it yet
            raise
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
        """Everything that it printed: its banner, and what it has said during this test."""
        return self._banner + _text(self._output)[self._printed_before :]

    def log(self) -> str:
        """What it has written into the connection log during this test."""
        return _text(self.log_file)[self._logged_before :]

    def records(self) -> list[dict[str, Any]]:
        """The same, record by record; the last line may not be whole yet."""
        *lines, _rest = self.log().split("\n")
        return [json.loads(line) for line in lines]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let it do what `lanchat host` can; returns its answer."""
        holder = json.loads((self.data_dir / "lanchat.pid").read_text())
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(DEADLINE)
            connection.connect(holder["control"])
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        assert answer["ok"], answer
        return answer

    def empty(self) -> None:
        """Make it as a new one is for the next test: nobody in it, nothing said, no rules."""
        wait_for(lambda: not self.ask({"do": "list"})["people"], "the end of the test before")
        listed = self.ask({"do": "list"})
        for ban in listed["bans"]:
            self._command("unban", ban["name"])
        for room in listed["rooms"]:
            self._command("erase", "", room["id"])
        usual = asdict(Rules(private=listed["room"]["private"]))
        if listed["room"] != {**usual, "rooms": listed["room"]["rooms"]}:
            for name, text in {
                "topic": "",
                "unlock": "",
                "readonly": "off",
                "slow": "off",
                "edits": "on",
                "files": "on",
                "hands": "off",
            }.items():
                self._command(name, text)
        self._command("private", "")
        self._command("clear", "")
        for token in self.ask({"do": "token_list"})["tokens"]:
            self.ask({"do": "token_revoke", "name": token["name"]})
        printed = _text(self._output)
        self._banner = printed[: printed.index(_END_OF_BANNER) + len(_END_OF_BANNER)]
        self._printed_before = len(printed)
        self._logged_before = len(_text(self.log_file))

    def _command(self, name: str, text: str, room: str = "") -> None:
        self.ask({"do": "command", "name": name, "text": text, "room": room})

    def _listening(self, before: int) -> re.Match[str] | None:
        new = _text(self._output)[before:]
        if self.process.poll() is not None:
            pytest.fail(f"the server ended with {self.process.returncode}:\n{new}")
        if _END_OF_BANNER not in new:
            return None
        return _URL.search(new)


def start_in_vain(output: Path, *options: str) -> tuple[int, str]:
    """How `lanchat serve` ends that cannot start: its exit code, and all that it has said."""
    code = _run(["serve", *options], output).wait(DEADLINE)
    return code, _text(output)


def _run(
    arguments: list[str], output: Path, launcher: Sequence[str] = ()
) -> subprocess.Popen[bytes] | Forked:
    environment = _environment()
    if not launcher and (forerunner := _FORERUNNERS.get(environment)):
        return forerunner.start(arguments, output)
    with output.open("ab") as file:
        return subprocess.Popen(
            [*launcher, sys.executable, "-m", "lanchat", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
        )


def _environment() -> dict[str, str]:
    """The machine's, where what tests alone have installed cannot be imported.

    python-engineio takes along an HTTP client where there is one, for a fifth of a start's time.
    """
    places = [_NOT_INSTALLED, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(places)}


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
