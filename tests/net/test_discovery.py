"""Rooms that are announced on the loopback interface, by honest neighbours and by others."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from zeroconf import ServiceInfo, Zeroconf

from lanchat.errors import NoDiscovery
from lanchat.net.discovery import FoundRoom, _read, discover
from lanchat.net.mdns import SERVICE

LOOPBACK = ["127.0.0.1"]


@pytest.fixture
def neighbour() -> Iterator[Zeroconf]:
    with Zeroconf(interfaces=LOOPBACK) as zeroconf:
        yield zeroconf


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"room-{uuid.uuid4().hex[:8]}"


def announcement(name: str, **text: Any) -> ServiceInfo:
    """A page that is there, with this text."""
    return ServiceInfo(
        SERVICE, f"{name}.{SERVICE}", 8765, server=f"{name}.local.",
        parsed_addresses=["fd00::7", "192.0.2.7"], properties=text,
    )  # fmt: skip


def announced(neighbour: Zeroconf, name: str, **text: Any) -> list[FoundRoom]:
    """What is found of an announcement with this text."""
    neighbour.register_service(announcement(name, **text))
    return [room for room in discover(2.5, LOOPBACK) if name in room.local_url]


def test_finds_a_room(neighbour: Zeroconf, name: str) -> None:
    """Everything that is worth knowing before one goes there; IPv4 comes first."""
    text = {"lanchat": "0.1.0", "room": "Sala 7B", "people": "3", "code": "yes"}
    local = f"http://{name}.local:8765"
    found = FoundRoom(
        "Sala 7B", "http://192.0.2.7:8765", local, 3, needs_code=True, version="0.1.0"
    )
    assert announced(neighbour, name, **text) == [found]


def test_a_printer_is_no_room(neighbour: Zeroconf, name: str) -> None:
    """Other pages are announced the same way."""
    assert announced(neighbour, name, path="/status") == []


@pytest.mark.parametrize("people", ["", "-1", "many", "9" * 200, "²"])
def test_nonsense_is_unknown(name: str, people: str) -> None:
    """A room that says nothing sensible is listed all the same."""
    room = _read(announcement(name, lanchat="9", people=people, code="perhaps"))
    assert room is not None
    assert (room.name, room.people, room.needs_code) == (name, None, None)


def test_bytes_that_are_no_text(neighbour: Zeroconf, name: str) -> None:
    """Anybody can announce anything."""
    (room,) = announced(neighbour, name, lanchat="1", room=b"\xff\x1b[31mred")
    assert room.name == "\ufffd\x1b[31mred"


def test_without_a_network_nobody_is_asked() -> None:
    """And why is said."""
    with pytest.raises(NoDiscovery, match="in no network"):
        discover(1, [])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_network_that_refuses_is_one_line() -> None:
    """A firewall, or an address that has just gone; Zeroconf leaves a socket behind then."""
    with pytest.raises(NoDiscovery, match="cannot look for rooms"):
        discover(1, ["203.0.113.77"])
    gc.collect()
