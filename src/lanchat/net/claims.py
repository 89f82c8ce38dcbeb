"""Whose a name on the network is: asked before it is announced, and watched from then on.

After RFC 6762, whose word for asking is probing (8.1): three questions, a quarter of a second
apart, with the records that are wanted in the authority section. Who has one of the names answers
at once. Of two who ask at the same time one waits, by the order of their records (8.2). Where
somebody else announces such a name later, both ask again (9).

Zeroconf's own probing is for services alone, and its answers come by unicast, of which each
reaches only one of the programs that share port 5353. It hands the questions of others to nobody,
and it answers none for all records of a host, as the probes of Apple and Avahi are. So there is a
socket here that hears everything; what is said leaves through those of Zeroconf.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any, TypeVar

from zeroconf import (
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSQuestion,
    DNSRecord,
    DNSService,
    ServiceInfo,
    Zeroconf,
    autodetect_ip_version,
    create_sockets,
)

PROBES = 3
INTERVAL = 0.25
"""Seconds between two probes, and after the last one for its answer."""

_QUERY = 0x0000
_AUTHORITATIVE_RESPONSE = 0x8400
_IN = 1
_A, _AAAA, _SRV, _ANY = 1, 28, 33, 255

_Record = TypeVar("_Record", bound=DNSRecord)


class Claim:
    """The records of a room that nobody else may have: its host's addresses, and where it is.

    ``own`` returns this computer's addresses: all programs on it may use the host's name.
    """

    def __init__(self, info: ServiceInfo, own: Callable[[], Collection[str]]) -> None:
        self.host = str(info.server).lower()
        self.service = info.name.lower()
        self._addresses = info.dns_addresses()
        self._place = info.dns_service()
        self._own = own

    def probe(self, turn: int) -> DNSOutgoing:
        """What is asked; in another order each time, as Zeroconf ignores a packet that it knows."""
        questions = [
            *(DNSQuestion(self.host, kind, _IN) for kind in (_ANY, _A, _AAAA)),
            *(DNSQuestion(self.service, kind, _IN) for kind in (_ANY, _SRV)),
        ]
        # As if it were unicast: records in a question do not have the bit that flushes caches.
        out = DNSOutgoing(_QUERY, multicast=False)
        out.questions = questions[turn:] + questions[:turn]
        # Any record will do, whatever the type says.
        out.authorities.extend([*self._addresses, self._place])  # type: ignore[list-item]
        return out

    def taken(self, response: DNSIncoming) -> frozenset[str]:
        """Which names, of ``host`` and ``service``, somebody else has, as this response shows."""
        records = [record for record in response.answers() if record.ttl]
        names = set()
        if self._are_foreign(_of(records, self.host, DNSAddress)):
            names.add(self.host)
        if any(place != self._place for place in _of(records, self.service, DNSService)):
            names.add(self.service)
        return frozenset(names)

    def yields_to(self, probe: DNSIncoming) -> bool:
        """Whether somebody asks at the same time for one of the names, and goes first."""
        addresses = _of(probe.answers(), self.host, DNSAddress)
        if self._are_foreign(addresses) and _order(self._addresses) < _order(addresses):
            return True
        return _order([self._place]) < _order(_of(probe.answers(), self.service, DNSService))

    def answer(self) -> DNSOutgoing:
        """Whose the name of the host is."""
        out = DNSOutgoing(_AUTHORITATIVE_RESPONSE)
        for address in self._addresses:
            out.add_answer_at_time(address, 0)
        return out

    def has_to_answer(self, probe: DNSIncoming) -> bool:
        """Whether somebody asks for all records of the host, which Zeroconf leaves to us."""
        return any(
            question.key == self.host and question.type == _ANY for question in probe.questions
        )

    def _are_foreign(self, addresses: Iterable[DNSAddress]) -> bool:
        others = {address.address for address in addresses}
        others -= {address.address for address in self._addresses}
        return bool(others) and not {str(ip_address(other)) for other in others} <= set(self._own())


def _of(records: Iterable[DNSRecord], name: str, kind: type[_Record]) -> list[_Record]:
    return [record for record in records if record.key == name and isinstance(record, kind)]


def _order(records: Sequence[DNSRecord]) -> list[tuple[int, int, bytes]]:
    """By what RFC 6762, 8.2 compares wishes: class, type and data, of each record in order."""
    return sorted((record.class_, record.type, _data(record)) for record in records)


def _data(record: DNSRecord) -> bytes:
    out = DNSOutgoing(_QUERY)
    record.write(out)
    return b"".join(out.data)


class Claimant(asyncio.DatagramProtocol):
    """Hears everything that is said by multicast DNS, and looks after one claim at a time.

    ``send`` tells everybody something.
    """

    def __init__(self, send: Callable[[DNSOutgoing], None]) -> None:
        self._send = send
        self._claim: Claim | None = None
        self._is_announced = False
        self._verdict: asyncio.Future[frozenset[str] | None] | None = None

    async def probe(self, claim: Claim) -> frozenset[str] | None:
        """Which of the claim's names somebody else has; that nobody has any takes 750 ms.

        None where somebody asks at the same time and goes first: try again in a second.
        """
        verdict = self._look_after(claim, is_announced=False)
        for turn in range(PROBES):
            self._send(claim.probe(turn))
            await asyncio.wait([verdict], timeout=INTERVAL)
            if verdict.done():
                return verdict.result()
        return frozenset()

    def defend(self, claim: Claim) -> asyncio.Future[Any]:
        """Answer for what is announced; done when somebody else announces one of its names."""
        return self._look_after(claim, is_announced=True)

    def datagram_received(self, data: bytes, _addr: object) -> None:
        message = DNSIncoming(data)
        if self._claim is None or not message.valid:
            return
        if message.is_response():
            if taken := self._claim.taken(message):
                self._decide(taken)
        elif message.is_probe():
            self._weigh(self._claim, message)

    def _weigh(self, claim: Claim, probe: DNSIncoming) -> None:
        if self._is_announced:
            if claim.has_to_answer(probe):
                self._send(claim.answer())
        elif claim.yields_to(probe):
            self._decide(None)

    def _look_after(
        self, claim: Claim, *, is_announced: bool
    ) -> asyncio.Future[frozenset[str] | None]:
        self._claim, self._is_announced = claim, is_announced
        self._verdict = asyncio.get_running_loop().create_future()
        return self._verdict

    def _decide(self, verdict: frozenset[str] | None) -> None:
        self._claim = None
        if self._verdict is not None and not self._verdict.done():
            self._verdict.set_result(verdict)


@asynccontextmanager
async def listening(zeroconf: Zeroconf, interfaces: list[str]) -> AsyncIterator[Claimant]:
    """Hear what is said where these addresses of this computer are. Raises OSError."""
    listener, others = create_sockets(interfaces, ip_version=autodetect_ip_version(interfaces))
    for other in others:
        other.close()
    transport, claimant = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Claimant(zeroconf.async_send), sock=listener
    )
    try:
        yield claimant
    finally:
        transport.close()
