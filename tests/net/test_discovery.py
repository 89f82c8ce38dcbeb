"""What is made of announcements, by honest neighbours and by others."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from zeroconf import ServiceInfo

from lanchat.errors import NoDiscovery
from lanchat.net.discovery import FoundRoom, _read, discover
from lanchat.net.mdns import SERVICE


def announcement(**text: Any) -> ServiceInfo:
    """A page that is there, with this text."""
    return ServiceInfo(
        SERVICE, f"7B.{SERVICE}", 8765, server="lanchat.local.",
        parsed_addresses=["fd00::7", "192.0.2.7"], properties=text,
    )  # fmt: skip


def test_a_room() -> None:
    """A room tells everything that is worth knowing before one goes there; IPv4 comes first."""
    text = {"lanchat": "0.1.0", "room": "Sala 7B", "people": "3", "code": "yes"}
    local = "http://lanchat.local:8765"
    assert _read(announcement(**text)) == FoundRoom(
        "Sala 7B", "http://192.0.2.7:8765", local, 3, needs_code=True, version="0.1.0"
    )


def test_a_printer_is_no_room() -> None:
    """Other pages are announced the same way."""
    assert _read(announcement(path="/status")) is None


@pytest.mark.parametrize("people", ["", "-1", "many", "9" * 200, "²"])
def test_nonsense_is_unknown(people: str) -> None:
    """A room that says nothing sensible is listed all the same."""
    room = _read(announcement(lanchat="9", people=people, code="perhaps"))
    assert room is not None
    assert (room.name, room.people, room.needs_code) == ("7B", None, None)


def test_bytes_that_are_no_text() -> None:
    """Anybody can announce anything."""
    room = _read(announcement(lanchat="1", room=b"\xff\x1b[31mred"))
    assert room
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
