"""Multicast DNS by hand: hearing all that is said in a namespace, and saying anything there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

from zeroconf import DNSIncoming, DNSOutgoing, DNSRecord, DNSText, ServiceInfo

from lanchat.net.mdns import SERVICE
from tests.world.namespace import Namespace

GROUP = "224.0.0.251"
PORT = 5353

_Record = TypeVar("_Record", bound=DNSRecord)

_SOCKET = """made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
group, here = map(socket.inet_aton, ("{group}", "{address}"))
made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + here)
made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
made.bind(("{group}", {port}))"""


class Neighbour:
    """A program in the namespace that hears by multicast alone, from its start on."""

    def __init__(self, namespace: Namespace, address: str) -> None:
        self._socket = namespace.open_socket(
            _SOCKET.format(group=GROUP, port=PORT, address=address)
        )
        self._socket.setblocking(False)
        self._heard: list[DNSIncoming] = []

    def say(self, message: DNSOutgoing) -> None:
        """Tell everybody."""
        for packet in message.packets():
            self._socket.sendto(packet, (GROUP, PORT))

    def heard(self) -> list[DNSIncoming]:
        """Everything that was said so far."""
        with suppress(BlockingIOError):
            while True:
                self._heard.append(DNSIncoming(self._socket.recv(9000)))
        return self._heard

    def records(self, name: str, kind: type[_Record]) -> Iterator[_Record]:
        """What was answered or announced of a name, the newest first."""
        for message in reversed(self.heard()):
            if message.is_response():
                for record in message.answers():
                    if record.key == name.lower() and isinstance(record, kind):
                        yield record

    def knows(self, name: str, kind: type[_Record]) -> _Record | None:
        """What was said last of a name; None where it was a goodbye."""
        record = next(self.records(name, kind), None)
        return record if record and record.ttl else None

    def texts(self, service: str) -> list[dict[str, str | None]]:
        """What a service was said to be like, the newest first; goodbyes are left out."""
        texts = [record.text for record in self.records(service, DNSText) if record.ttl]
        return [ServiceInfo(SERVICE, service, properties=text).decoded_properties for text in texts]

    def close(self) -> None:
        """Hear nothing more."""
        self._socket.close()
