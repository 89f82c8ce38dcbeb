"""Announcing while a server runs, in a network of the test's own."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from zeroconf import DNSService

from lanchat.net import announcer
from lanchat.net.announcer import TEXT_INTERVAL, Announcer
from lanchat.net.mdns import SERVICE
from tests.net.conftest import HERE
from tests.world.namespace import Namespace
from tests.world.neighbour import Neighbour

NAME = f"7B.{SERVICE}"


class Room:
    """What a server tells of itself: where it is, who is there and what time it is."""

    port = 8765

    def __init__(self) -> None:
        self.lan_addresses = [HERE]
        self.people = 0
        self.now = 1000.0
        self.local_names: list[str] = []
        self.announcer = Announcer(
            self,  # type: ignore[arg-type] # in the Network's place, which knows other addresses
            name="lanchat",
            room="7B",
            text=lambda: {"people": str(self.people)},
            clock=lambda: self.now,
        )

    def take_name(self, name: str) -> None:
        self.local_names.append(name)

    def lose_name(self, name: str) -> None:
        self.local_names.remove(name)


@pytest.fixture
def room(namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room whose announcing process runs in the namespace, although the test does not."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.join([*namespace.launcher, sys.executable])} "$@"\n')
    python.chmod(0o700)
    monkeypatch.setattr(announcer, "sys", SimpleNamespace(executable=str(python)))
    room = Room()
    yield room
    room.announcer.close()


def people(neighbour: Neighbour) -> list[str | None]:
    """How many people a neighbour was told of, the newest number first."""
    return [text["people"] for text in neighbour.texts(NAME)]


def test_announces_until_it_is_closed(
    room: Room, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """The server learns its name; in the end nobody knows the room, before anybody waits for it."""
    room.announcer.refresh()
    until(lambda: room.local_names == ["lanchat.local"])
    until(lambda: people(neighbour)[:1] == ["0"])
    room.announcer.leave()
    until(lambda: neighbour.knows(NAME, DNSService) is None)


def test_a_crowd_is_not_announced_one_by_one(
    room: Room, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """Who is here is told every few seconds at most."""
    room.announcer.refresh()
    until(lambda: people(neighbour))
    room.people, room.now = 1, room.now + TEXT_INTERVAL / 2
    room.announcer.refresh()
    room.people, room.now = 30, room.now + TEXT_INTERVAL / 2
    room.announcer.refresh()
    until(lambda: people(neighbour)[0] == "30")
    assert set(people(neighbour)) == {"0", "30"}


def test_without_a_network_there_is_nothing_to_say(room: Room) -> None:
    """No process is started for a computer that nobody could reach."""
    room.lan_addresses = []
    room.announcer.refresh()
    assert room.announcer._process is None


def test_what_cannot_be_is_said_once(
    room: Room, until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """One line is for whoever runs the server, whose chat works all the same."""
    room.lan_addresses = ["203.0.113.77"]
    for people in range(3):
        room.people, room.now = people, room.now + TEXT_INTERVAL
        room.announcer.refresh()
    until(lambda: "multicast DNS cannot be used" in caplog.text)
    room.announcer.close()
    assert caplog.text.count("multicast DNS") == 1


def test_a_process_that_ends_is_told_of(
    room: Room, until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A process that somebody kills, or a system without memory, breaks nothing else."""
    room.announcer.refresh()
    until(lambda: room.local_names)
    assert room.announcer._process
    room.announcer._process.kill()
    until(lambda: "its process has ended" in caplog.text)
    room.lan_addresses = [HERE, "198.51.100.4"]
    room.announcer.refresh()
