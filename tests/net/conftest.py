"""Multicast DNS in a network of the test's own, which no other server of this machine hears."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.world.deadline import DEADLINE, wait_for
from tests.world.namespace import Namespace
from tests.world.neighbour import Neighbour

HERE = "192.0.2.10"
"""The address of the computer whose rooms are announced."""


class Responder:
    """The process that announces, spoken to as the server does.

    ``answers`` are what it says, but for the names that it has ``lost``.
    """

    def __init__(self, namespace: Namespace, address: str) -> None:
        self._address = address
        self.answers: list[dict[str, str]] = []
        self.lost: list[str] = []
        self.process = subprocess.Popen(
            [*namespace.launcher, sys.executable, "-m", "lanchat.net.mdns"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def say(self, **announcement: Any) -> None:
        """Have something announced: where nothing else is said, a room called 7B."""
        usual = {"addresses": [self._address], "port": 8765, "name": "lanchat", "room": "7B"}
        assert self.process.stdin
        self.process.stdin.write(json.dumps({**usual, **announcement}) + "\n")
        self.process.stdin.flush()

    def is_called(self, host: str) -> bool:
        """Whether this is the host name that it announced last."""
        return self.answers[-1:] == [{"host": host}]

    def announce(self, host: str = "lanchat.local", **announcement: Any) -> None:
        """Have something announced, and wait until it is, by this host name."""
        self.say(**announcement)
        wait_for(lambda: self.is_called(host), f"the name {host}")

    def end(self) -> int:
        """Close its input, as the end of the server does; returns the exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        self._reader.join()
        return self.process.wait(DEADLINE)

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                answer = json.loads(line)
                if "lost" in answer:
                    self.lost.append(answer["lost"])
                else:
                    self.answers.append(answer)


@pytest.fixture
def other_computer(namespace: Namespace) -> Iterator[Namespace]:
    """A second computer on the same cable, at 192.0.2.99."""
    other = Namespace("192.0.2.99", beside=namespace)
    yield other
    other.close()


@pytest.fixture
def neighbour(namespace: Namespace) -> Iterator[Neighbour]:
    """Somebody who hears everything."""
    neighbour = Neighbour(namespace, HERE)
    yield neighbour
    neighbour.close()


@pytest.fixture
def start_responder(namespace: Namespace) -> Iterator[Callable[..., Responder]]:
    """Start responders, here or on another computer."""
    responders: list[Responder] = []

    def start(computer: Namespace = namespace, address: str = HERE) -> Responder:
        responders.append(Responder(computer, address))
        return responders[-1]

    yield start
    for responder in responders:
        responder.end()


@pytest.fixture
def responder(start_responder: Callable[..., Responder]) -> Responder:
    return start_responder()
