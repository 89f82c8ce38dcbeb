"""Who has a name, and who goes first, as packets tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from zeroconf import DNSIncoming, DNSOutgoing, ServiceInfo

from lanchat.net import claims
from lanchat.net.claims import Claim, Claimant
from lanchat.net.mdns import SERVICE

T = TypeVar("T")

HOST = "lanchat.local."
ROOM = f"7B.{SERVICE}"
THEIRS = "192.0.2.99"
RESPONSE = 0x8400


def service(*addresses: str, port: int = 8765, server: str = HOST, name: str = ROOM) -> ServiceInfo:
    return ServiceInfo(SERVICE, name, port, server=server, parsed_addresses=list(addresses))


def claim(*addresses: str, **place: Any) -> Claim:
    """What a computer wants that has 192.0.2.10, 192.0.2.20 and fd00::10."""
    own = ["192.0.2.10", "192.0.2.20", "fd00::10"]
    return Claim(service(*(addresses or ["192.0.2.10"]), **place), lambda: own)


def read(out: DNSOutgoing) -> DNSIncoming:
    (packet,) = out.packets()
    return DNSIncoming(packet)


def announcement(info: ServiceInfo, ttl: int | None = None) -> DNSOutgoing:
    """What somebody says who has all names of the service."""
    out = DNSOutgoing(RESPONSE)
    for record in (*info.dns_addresses(ttl), info.dns_service(ttl)):
        out.add_answer_at_time(record, 0)
    return out


@pytest.mark.parametrize(
    ("info", "taken"),
    [
        (service(THEIRS), {HOST}),
        (service("192.0.2.10", THEIRS), {HOST}),
        (service("192.0.2.20"), set()),
        (service("192.0.2.10"), set()),
        (service("192.0.2.10", port=8766), {ROOM}),
        (service("192.0.2.10", server="other.local."), {ROOM}),
        (service(THEIRS, port=8766), {HOST, ROOM}),
        (service(THEIRS, server="LanChat.local.", name=f"7b.{SERVICE}"), {HOST}),
        (service(THEIRS, server="other.local.", name=f"8C.{SERVICE}"), set()),
    ],
)
def test_whose_a_name_is(info: ServiceInfo, taken: set[str]) -> None:
    """A host's name is the computer's, whichever of its addresses is told; a room's is its own."""
    assert claim().taken(read(announcement(info))) == {name.lower() for name in taken}


def test_a_goodbye_takes_no_name() -> None:
    """Who says goodbye has just given the name up."""
    assert claim().taken(read(announcement(service(THEIRS), ttl=0))) == set()


@pytest.mark.parametrize(
    ("ours", "theirs", "theirs_first"),
    [
        (["192.0.2.10"], [THEIRS], True),
        (["192.0.2.10"], ["192.0.2.9"], False),
        (["192.0.2.10"], ["20.0.0.1"], False),
        (["192.0.2.10"], ["192.0.2.10", THEIRS], True),
        (["192.0.2.10", "fd00::10"], ["192.0.2.10"], False),
        (["192.0.2.10"], ["fd00::1"], True),
        (["fd00::10"], ["203.0.113.1"], False),
        (["192.0.2.10"], ["192.0.2.20"], False),
        (["192.0.2.10"], ["192.0.2.10"], False),
    ],
)
def test_the_later_in_order_goes_first(
    ours: list[str], theirs: list[str], theirs_first: bool
) -> None:
    """Records are compared as bytes, type by type; of two of one computer neither has to wait."""
    probe = read(claim(*theirs, name=f"8C.{SERVICE}").probe(0))
    assert claim(*ours).yields_to(probe) is theirs_first


def test_two_rooms_of_one_computer_are_told_apart() -> None:
    """Of two rooms with one name that start together, that with the lower port waits."""
    assert claim(port=8765).yields_to(read(claim(port=8766).probe(0)))
    assert not claim(port=8766).yields_to(read(claim(port=8765).probe(0)))


def test_probes_differ() -> None:
    """Zeroconf does not look at a packet that it has seen within a second."""
    assert len({claim().probe(turn).packets()[0] for turn in range(claims.PROBES)}) == 3


def test_probes_flush_no_caches() -> None:
    """What is only wanted must not replace what is."""
    assert not any(record.unique for record in read(claim().probe(0)).answers())


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: in this one Playwright may have its loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def probe(reply: DNSOutgoing | None = None) -> tuple[frozenset[str] | None, int]:
    """The outcome, and after how many probes, where this is said as soon as each of them leaves."""
    sent: list[DNSOutgoing] = []

    def send(out: DNSOutgoing) -> None:
        sent.append(out)
        for message in (out, reply) if reply else (out,):
            claimant.datagram_received(message.packets()[0], None)

    claimant = Claimant(send)

    async def run() -> frozenset[str] | None:
        return await claimant.probe(claim())

    return run_apart(run()), len(sent)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "INTERVAL", 0.01)


def test_silence_is_consent() -> None:
    """A name is free when nobody has answered three probes."""
    assert probe() == (frozenset(), 3)


def test_an_owner_is_heard_at_once() -> None:
    """Who learns that a name is taken asks no more."""
    assert probe(announcement(service(THEIRS))) == (frozenset([HOST]), 1)


def test_who_has_to_wait_stops_asking() -> None:
    """Another one's probe ends ours, or does not, by the order of addresses."""
    assert probe(claim(THEIRS).probe(0)) == (None, 1)
    assert probe(claim("192.0.2.9").probe(0)) == (frozenset(), 3)


def test_what_cannot_be_read_is_overheard() -> None:
    """Anybody can send anything."""
    assert probe(DNSOutgoing(RESPONSE)) == (frozenset(), 3)
    claimant = Claimant(lambda _: None)

    async def hear() -> bool:
        conflict = claimant.defend(claim())
        for packet in (b"", b"\0" * 11, b"\xff" * 40, b"\0\0\x84\0\0\0\0\xff\0\0\0\0\xc0\x0c"):
            claimant.datagram_received(packet, None)
        return conflict.done()

    assert run_apart(hear()) is False
