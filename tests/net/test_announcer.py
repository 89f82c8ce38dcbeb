from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from zeroconf import Zeroconf

from lanchat.net.announcer import TEXT_INTERVAL, Announcer
from lanchat.net.mdns import SERVICE


class Room:
    """A room on the loopback interface, its people and its clock."""

    port = 8765

    def __init__(self) -> None:
        self.name = f"room-{uuid.uuid4().hex[:8]}"
        self.lan_addresses = ["127.0.0.1"]
        self.people = 0
        self.now = 1000.0
        self.local_names: list[str] = []
        self.announcer = Announcer(
            self,  # type: ignore[arg-type] # in the Network's place: that one knows no loopback
            name=self.name,
            room=self.name,
            text=lambda: {"people": str(self.people)},
            clock=lambda: self.now,
        )

    def take_name(self, name: str) -> None:
        self.local_names.append(name)

    def seen(self) -> str | None:
        """How many people a neighbour is told of; None where there is no such room."""
        with Zeroconf(interfaces=["127.0.0.1"]) as neighbour:
            info = neighbour.get_service_info(SERVICE, f"{self.name}.{SERVICE}", timeout=500)
            return info and info.decoded_properties["people"]


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.announcer.close()


def test_announces_until_it_is_closed(room: Room, until: Callable[..., Any]) -> None:
    """The server learns its name; in the end nobody finds the room any more."""
    room.announcer.refresh()
    until(lambda: room.local_names == [f"{room.name}.local"])
    assert room.seen() == "0"
    room.announcer.close()
    assert room.seen() is None


def test_a_crowd_is_not_announced_one_by_one(room: Room, until: Callable[..., Any]) -> None:
    """Who is here is told every few seconds at most."""
    room.announcer.refresh()
    until(lambda: room.local_names)
    room.people, room.now = 1, room.now + TEXT_INTERVAL / 2
    room.announcer.refresh()
    room.people, room.now = 30, room.now + TEXT_INTERVAL / 2
    assert room.seen() == "0"
    room.announcer.refresh()
    until(lambda: room.seen() == "30")


def test_without_a_network_there_is_nothing_to_say(room: Room) -> None:
    """No process is started for it."""
    room.lan_addresses = []
    room.announcer.refresh()
    assert room.announcer._process is None


def test_what_cannot_be_is_said_once(
    room: Room, until: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """One line for whoever runs the server, whose chat works all the same."""
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
    """Killed by somebody, or by a system without memory: nothing else breaks."""
    room.announcer.refresh()
    until(lambda: room.local_names)
    assert room.announcer._process
    room.announcer._process.kill()
    until(lambda: "its process has ended" in caplog.text)
    room.lan_addresses = ["127.0.0.1", "127.0.0.2"]
    room.announcer.refresh()
