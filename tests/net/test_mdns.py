"""The process that announces, spoken to as the server does, and heard by a real Zeroconf.

Everything stays on the loopback interface, where the other tests of this machine are heard, too:
so each test has names of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from zeroconf import AddressResolver, ServiceInfo, Zeroconf

from lanchat.net.mdns import SERVICE, _lost, _names

LOOPBACK = "127.0.0.1"


class Responder:
    """The process, with its input and output."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lanchat.net.mdns"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, **announcement: Any) -> dict[str, str]:
        """Announce something and return the answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"port": 8765, **announcement}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def end(self) -> int:
        """Close its input, as the end of the server does; returns the exit code."""
        self.process.communicate()
        return self.process.returncode


@pytest.fixture
def responder() -> Iterator[Responder]:
    responder = Responder()
    yield responder
    responder.end()


@pytest.fixture
def neighbour() -> Iterator[Zeroconf]:
    """Somebody else who listens."""
    with Zeroconf(interfaces=[LOOPBACK]) as zeroconf:
        yield zeroconf


@pytest.fixture
def name() -> str:
    """A host name that no other test has."""
    return f"room-{uuid.uuid4().hex[:8]}"


def found(neighbour: Zeroconf, room: str) -> ServiceInfo | None:
    """What a neighbour gets who asks for the room."""
    return neighbour.get_service_info(SERVICE, f"{room}.{SERVICE}", timeout=300)


def test_neighbours_find_the_room(
    responder: Responder, neighbour: Zeroconf, name: str, until: Callable[..., Any]
) -> None:
    """By its name, with the host name, the port and what it is like."""
    room = f"Sala 7B · {name}"
    answer = responder.say(addresses=[LOOPBACK], name=name, room=room, text={"people": "3"})
    assert answer == {"host": f"{name}.local"}
    info = until(lambda: found(neighbour, room))
    assert (info.server, info.port) == (f"{name}.local.", 8765)
    assert info.decoded_properties == {"path": "/", "room": room, "people": "3"}


def test_what_changes_is_announced_again(
    responder: Responder, neighbour: Zeroconf, name: str, until: Callable[..., Any]
) -> None:
    """One person more, and the room stays where it is."""
    wanted = {"addresses": [LOOPBACK], "name": name, "room": name}
    responder.say(**wanted, text={"people": "3"})
    until(lambda: found(neighbour, name))
    assert responder.say(**wanted, text={"people": "4"}) == {"host": f"{name}.local"}
    until(lambda: (info := found(neighbour, name)) and info.decoded_properties["people"] == "4")


def test_the_end_of_the_server_is_a_goodbye(
    responder: Responder, neighbour: Zeroconf, name: str, until: Callable[..., Any]
) -> None:
    """When its input ends it says so to all, and ends itself."""
    responder.say(addresses=[LOOPBACK], name=name, room=name)
    until(lambda: found(neighbour, name))
    assert responder.end() == 0
    until(lambda: found(neighbour, name) is None)


def test_a_taken_name_gets_a_number(responder: Responder, neighbour: Zeroconf, name: str) -> None:
    """Another computer has it: its owner keeps it."""
    other = ServiceInfo(
        SERVICE, f"printer-{name}.{SERVICE}", 80, server=f"{name}.local.",
        parsed_addresses=["192.0.2.99"],
    )  # fmt: skip
    neighbour.register_service(other)
    answer = responder.say(addresses=[LOOPBACK], name=name, room=name)
    assert answer == {"host": f"{name}-2.local"}
    resolver = AddressResolver(f"{name}-2.local.")
    assert resolver.request(neighbour, 3000)
    assert resolver.parsed_addresses() == [LOOPBACK]


def test_two_rooms_of_one_computer_share_its_name(responder: Responder, name: str) -> None:
    """The name is the computer's; the rooms differ by their ports."""
    other = Responder()
    assert other.say(addresses=[LOOPBACK], name=name, room=name) == {"host": f"{name}.local"}
    answer = responder.say(addresses=[LOOPBACK], name=name, room=name, port=8766)
    assert answer == {"host": f"{name}.local"}
    assert other.end() == 0


def test_of_two_that_came_at_once_one_moves_on(neighbour: Zeroconf, name: str) -> None:
    """Both hear of the other too late, and both come to the same end: the lower address stays."""
    server = next(_names(name))
    info = ServiceInfo(
        SERVICE, f"{name}.{SERVICE}", 80, server=server, parsed_addresses=["192.0.2.5"]
    )
    neighbour.register_service(info)
    assert _lost(neighbour, server, ["192.0.2.9"])
    assert not _lost(neighbour, server, ["192.0.2.1"])


def test_where_it_cannot_be_used_it_says_why(responder: Responder, name: str) -> None:
    """An address of no interface here: one line of reason, and it listens on."""
    wanted = {"name": name, "room": name}
    assert responder.say(addresses=["203.0.113.77"], **wanted).keys() == {"error"}
    assert responder.say(addresses=[LOOPBACK], **wanted) == {"host": f"{name}.local"}


def test_long_room_names_are_cut_between_letters(
    responder: Responder, neighbour: Zeroconf, name: str, until: Callable[..., Any]
) -> None:
    """A label of DNS has 63 bytes; the whole name is told beside it."""
    room = name + "ç" * 45
    assert "host" in responder.say(addresses=[LOOPBACK], name=name, room=room)
    info = until(lambda: found(neighbour, name + "ç" * ((60 - len(name)) // 2)))
    assert info.decoded_properties["room"] == room
