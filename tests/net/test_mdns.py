"""The process that announces, on one computer or on two that are joined by a cable."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from zeroconf import (
    DNSAddress,
    DNSOutgoing,
    DNSPointer,
    DNSQuestion,
    DNSService,
    NonUniqueNameException,
)

from lanchat.net.mdns import SERVICE, Names
from tests.net.conftest import HERE, Responder
from tests.world.namespace import Namespace
from tests.world.neighbour import Neighbour

ROOM = f"7B.{SERVICE}"
THERE = "192.0.2.99"


def test_neighbours_hear_of_the_room(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """A room is announced with its host, its port and what it is like."""
    responder.announce(text={"people": "3"})
    assert until(lambda: neighbour.texts(ROOM))[0] == {"path": "/", "room": "7B", "people": "3"}
    assert is_at(neighbour, ROOM, "lanchat.local.", 8765)
    address = neighbour.knows("lanchat.local.", DNSAddress)
    assert address
    assert address.address == bytes(map(int, HERE.split(".")))


def test_what_changes_is_announced_again(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """One person more is no reason to ask for the name again."""
    responder.announce(text={"people": "3"})
    responder.say(text={"people": "4"})
    until(lambda: neighbour.texts(ROOM)[0]["people"] == "4")
    assert len(probes(neighbour)) == 3


def test_the_end_of_the_server_is_a_goodbye(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """The process ends with its input alone, and takes back what it has announced."""
    responder.announce()
    until(lambda: neighbour.knows(ROOM, DNSService))
    responder.process.send_signal(signal.SIGTERM)
    assert responder.end() == 0
    until(lambda: neighbour.knows(ROOM, DNSService) is None)
    assert neighbour.knows(SERVICE, DNSPointer) is None
    assert neighbour.knows("lanchat.local.", DNSAddress) is None


def test_an_end_before_the_name_is_sure(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """A server that stops at once leaves nothing behind."""
    responder.say()
    until(lambda: probes(neighbour))
    assert responder.end() == 0
    until(lambda: neighbour.knows(ROOM, DNSService) is None)


def test_a_name_is_asked_for_before_it_is_announced(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """Three probes say what is wanted, and can be answered to everybody."""
    responder.announce()
    until(lambda: neighbour.knows(ROOM, DNSService))
    assert len(probes(neighbour)) == 3
    for probe in probes(neighbour):
        assert {question.key for question in probe.questions} == {"lanchat.local.", ROOM.lower()}
        assert not any(question.unicast for question in probe.questions)
        assert {record.key for record in probe.answers()} == {"lanchat.local.", ROOM.lower()}
    assert not any(message.is_response() for message in neighbour.heard()[:3])


def test_a_taken_name_gets_a_number(
    responder: Responder, start_responder: Callable[..., Responder], other_computer: Namespace
) -> None:
    """Another computer keeps the name that it has, even if it has announced it just now."""
    owner = start_responder(other_computer, THERE)
    owner.announce(room="elsewhere")
    responder.announce("lanchat-2.local")
    assert responder.lost == ["lanchat.local"]
    assert owner.is_called("lanchat.local")
    assert not owner.lost


def test_two_that_start_together_have_two_names(
    responder: Responder,
    start_responder: Callable[..., Responder],
    other_computer: Namespace,
    until: Callable[..., Any],
) -> None:
    """Two computers that ask at the same time do not both keep the name."""
    both = [responder, start_responder(other_computer, THERE)]
    for one in both:
        one.say()
    names = ["lanchat-2.local", "lanchat.local"]
    until(lambda: sorted(one.answers[-1]["host"] for one in both if one.answers) == names)


def test_two_rooms_of_one_computer_share_its_name(
    responder: Responder,
    start_responder: Callable[..., Responder],
    neighbour: Neighbour,
    until: Callable[..., Any],
) -> None:
    """Two rooms of one computer differ by their ports, and by a number where both are called 7B."""
    start_responder().announce()
    responder.announce(port=8766)
    for name, port in ((ROOM, 8765), (f"7B-2.{SERVICE}", 8766)):
        until(partial(is_at, neighbour, name, "lanchat.local.", port))


def test_who_asks_for_all_records_is_answered(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """The probes of Apple and Avahi ask so, and would take the name if nobody answered."""
    responder.announce()
    until(lambda: neighbour.knows("lanchat.local.", DNSAddress))
    before = len(neighbour.heard())
    probe = DNSOutgoing(0)
    probe.add_question(DNSQuestion("lanchat.local.", 255, 1))
    probe.authorities.extend([address("lanchat.local.", THERE)])  # type: ignore[list-item]
    neighbour.say(probe)
    until(
        lambda: any(
            message.is_response() and message.num_answers == 1
            for message in neighbour.heard()[before:]
        )
    )


def test_a_name_that_somebody_else_announces(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """A room asks again, and moves on if the other one defends the name."""
    responder.announce()

    def moves_on() -> bool:
        neighbour.say(announcement("lanchat.local.", THERE))
        return responder.is_called("lanchat-2.local")

    until(moves_on)


def test_a_name_that_nobody_defends_stays(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """A room asks again, and is announced again if nobody answers."""
    responder.announce()
    neighbour.say(announcement("lanchat.local.", THERE))
    until(lambda: responder.answers == [{"host": "lanchat.local"}] * 2)


def test_where_it_cannot_be_used_it_says_why(
    responder: Responder, until: Callable[..., Any]
) -> None:
    """An address that is not here is one line of reason, and the process listens on."""
    responder.say(addresses=["203.0.113.77"])
    until(lambda: responder.answers)
    assert responder.answers[0].keys() == {"error"}
    responder.announce()


def test_long_room_names_are_cut_between_letters(
    responder: Responder, neighbour: Neighbour, until: Callable[..., Any]
) -> None:
    """A label of DNS has 63 bytes; the whole name is told beside it."""
    responder.announce(room="ç" * 45)
    texts = until(lambda: neighbour.texts(f"{'ç' * 30}.{SERVICE}"))
    assert texts[0]["room"] == "ç" * 45


def test_names_get_numbers_one_by_one() -> None:
    """A room gives up the name that is taken, and keeps the other one."""
    names = Names("Lanchat", "7B")
    assert names.change({"lanchat.local."}) == 0
    assert (names.host, names.service) == ("Lanchat-2.local.", ROOM)
    assert names.change({f"7b.{SERVICE}"}) == 0
    assert (names.host, names.service) == ("Lanchat-2.local.", f"7B-2.{SERVICE}")


def test_who_has_to_wait_keeps_the_names() -> None:
    """Who asks behind somebody else asks for the same names, a second later."""
    names = Names("lanchat", "7B")
    assert names.change(None) == 1
    assert (names.host, names.service) == ("lanchat.local.", ROOM)


def test_after_many_conflicts_there_is_a_pause() -> None:
    """Fifteen conflicts are a fault somewhere, which must not fill the network."""
    names = Names("lanchat", "7B")
    pauses = [names.change(set()) for _ in range(16)]
    assert pauses == [0.0] * 14 + [5.0] * 2


def test_numbers_end() -> None:
    """After the last name there is none."""
    names = Names("lanchat", "7B")
    for _ in range(98):
        names.change({names.host})
    assert names.host == "lanchat-99.local."
    with pytest.raises(NonUniqueNameException, match=r"^lanchat\.local and all like it are taken$"):
        names.change({names.host})


def is_at(neighbour: Neighbour, room: str, host: str, port: int) -> bool:
    """Whether a neighbour looks for the room there."""
    place = neighbour.knows(room, DNSService)
    return place is not None and (place.server, place.port) == (host, port)


def probes(neighbour: Neighbour) -> list[Any]:
    return [message for message in neighbour.heard() if message.is_probe()]


def address(host: str, ip: str) -> DNSAddress:
    """Whose a host name is; made to replace what is in caches."""
    return DNSAddress(host, 1, 0x8001, 120, bytes(map(int, ip.split("."))))


def announcement(host: str, ip: str) -> DNSOutgoing:
    """Somebody says to have a name."""
    out = DNSOutgoing(0x8400)
    out.add_answer_at_time(address(host, ip), 0)
    return out
