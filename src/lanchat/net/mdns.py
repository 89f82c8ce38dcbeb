"""Tell the network by multicast DNS where the room is: ``python -m lanchat.net.mdns``.

A process of its own, because Zeroconf lives in an asyncio loop, and the server's threads are
gevent's. It reads lines of JSON from its input, each one everything that is to be announced from
then on (the fields of Announcement). Whenever something is announced it answers
``{"host": "lanchat.local"}``: for each line, and again when somebody else turns out to have that
name, which ``{"lost": "lanchat.local"}`` says at once. Where nothing can be announced it answers
``{"error": "…"}``. At the input's end it takes everything back and ends, so it never outlives who
started it.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any

from zeroconf import Error, NonUniqueNameException, ServiceInfo, Zeroconf
from zeroconf.asyncio import AsyncZeroconf

from lanchat.net.addresses import find_addresses
from lanchat.net.claims import Claim, Claimant, listening

SERVICE = "_http._tcp.local."
MARK = "lanchat"
"""The key of the TXT record that tells rooms from other pages; its value is the version."""

_MOST_NAMES = 99
_LABEL_BYTES = 63

# Of RFC 6762, 8.1 and 8.2: seconds, and how many conflicts are many.
_BEFORE_PROBING = 0.25
_BEHIND_ANOTHER = 1.0
_MANY = 15
_AFTER_MANY = 5.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the network is told: where the room is, best address first, and what it is like."""

    addresses: tuple[str, ...] = ()
    port: int = 0
    name: str = ""
    """The host name that is wanted, without ``.local``."""
    room: str = ""
    text: dict[str, str] = field(default_factory=dict)


class Names:
    """What a room asks to be called: each name with a number where somebody else has it."""

    def __init__(self, name: str, room: str) -> None:
        self._hosts = _numbered(name, "local.")
        self._services = _numbered(_label(room), SERVICE)
        self.host, self.service = next(self._hosts), next(self._services)
        self._conflicts = 0

    def change(self, taken: Collection[str] | None) -> float:
        """Give up what is taken; returns how many seconds to wait before the next question.

        ``taken`` is None for who has to ask again behind somebody else, and empty where somebody
        says to have a name that is announced. Raises NonUniqueNameException after the last one.
        """
        if taken is None:
            return _BEHIND_ANOTHER
        if self.host.lower() in taken:
            self.host = next(self._hosts)
        if self.service.lower() in taken:
            self.service = next(self._services)
        self._conflicts += 1
        return _AFTER_MANY if self._conflicts >= _MANY else 0.0


class AnnouncedRoom:
    """A room that is announced until it is closed, by names that nobody else has.

    ``own`` are addresses of this computer, besides those that it is seen to have. ``tell`` is
    called with "host" and the name whenever it is announced, with "lost" and a name that somebody
    else has, or with "error" and why nothing is announced.
    """

    def __init__(
        self, wanted: Announcement, own: Collection[str], tell: Callable[[str, str], None]
    ) -> None:
        self._wanted = wanted
        self._own = own
        self._tell = tell
        self._names = Names(wanted.name, wanted.room)
        self._stirred = asyncio.Event()
        self._life = asyncio.create_task(self._live())

    def follow(self, wanted: Announcement) -> bool:
        """Whether nothing but the text is another one, which is then announced."""
        if self._life.done() or replace(self._wanted, text=wanted.text) != wanted:
            return False
        self._wanted = wanted
        self._stirred.set()
        return True

    async def close(self) -> None:
        """Say goodbye, so that nobody looks for what is gone."""
        self._life.cancel()
        await asyncio.wait([self._life])

    async def _live(self) -> None:
        interfaces = _interfaces(self._wanted.addresses)
        try:
            async with (
                AsyncZeroconf(interfaces=interfaces) as zeroconf,
                listening(zeroconf.zeroconf, interfaces) as claimant,
            ):
                await zeroconf.zeroconf.async_wait_for_start()
                await self._hold(zeroconf.zeroconf, claimant)
        # An IPv6 address that has just gone is a RuntimeError of Zeroconf.
        except (OSError, RuntimeError, Error) as error:
            self._tell("error", f"{error}" or type(error).__name__)

    async def _hold(self, zeroconf: Zeroconf, claimant: Claimant) -> None:
        """Ask for names, announce what is free, and ask again when somebody else announces it."""
        pause = 0.0
        while True:
            # Computers that are switched on together would otherwise ask together.
            await asyncio.sleep(pause + random.uniform(0, _BEFORE_PROBING))  # noqa: S311 (no secret)
            claim = Claim(self._info(), self._addresses)
            taken = await claimant.probe(claim)
            if taken is not None and not taken:
                await self._announce(zeroconf, claimant.defend(claim))
            if taken and claim.host in taken:
                self._tell("lost", claim.host.rstrip("."))
            pause = self._names.change(taken)

    async def _announce(self, zeroconf: Zeroconf, conflict: asyncio.Future[Any]) -> None:
        """Announce the room, and each new text of it, until somebody else has one of its names."""
        conflict.add_done_callback(lambda _: self._stirred.set())
        while not conflict.done():
            self._stirred.clear()
            info = self._info()
            sending = asyncio.ensure_future(await zeroconf.async_update_service(info))
            self._tell("host", self._names.host.rstrip("."))
            try:
                await self._stirred.wait()
            finally:
                sending.cancel()
        # No goodbye: neighbours would forget the other one, too.
        zeroconf.registry.async_remove(info)

    def _info(self) -> ServiceInfo:
        wanted = self._wanted
        return ServiceInfo(
            SERVICE,
            self._names.service,
            wanted.port,
            server=self._names.host,
            parsed_addresses=list(wanted.addresses),
            properties={"path": "/", "room": wanted.room, **wanted.text},
        )

    def _addresses(self) -> set[str]:
        """All of this computer: another room on it may announce others than this one."""
        return {*self._own, *(str(address.ip) for address in find_addresses())}


def _interfaces(addresses: tuple[str, ...]) -> list[str]:
    """Where to speak: over IPv4 where there is any, as everything understands that."""
    ipv4 = [address for address in addresses if ip_address(address).version == 4]  # noqa: PLR2004
    return ipv4 or list(addresses)


def _label(room: str) -> str:
    return room.encode()[: _LABEL_BYTES - len(f"-{_MOST_NAMES}")].decode(errors="ignore")


def _numbered(label: str, parent: str) -> Iterator[str]:
    yield f"{label}.{parent}"
    for number in range(2, _MOST_NAMES + 1):
        yield f"{label}-{number}.{parent}"
    raise NonUniqueNameException(f"{label}.{parent[:-1]} and all like it are taken")


async def follow(tell: Callable[[str, str], None]) -> None:
    """Announce what the lines of the input want, until it ends."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    reader = asyncio.get_running_loop(), lines.put_nowait
    threading.Thread(target=_read, args=reader, daemon=True).start()
    own: set[str] = set()
    room: AnnouncedRoom | None = None
    while line := await lines.get():
        fields = json.loads(line)
        wanted = Announcement(**{**fields, "addresses": tuple(fields["addresses"])})
        # For good: another room here may be a moment behind when an address changes.
        own.update(wanted.addresses)
        if room is not None:
            if room.follow(wanted):
                continue
            await room.close()
        room = AnnouncedRoom(wanted, own, tell) if wanted.addresses else None
    if room is not None:
        await room.close()


def _read(loop: asyncio.AbstractEventLoop, put: Callable[[str], None]) -> None:
    """Hand on the lines of the input, and an empty one at its end."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(put, line)
    loop.call_soon_threadsafe(put, "")


def _tell(kind: str, text: str) -> None:
    # A server that was killed hears nothing; the input's end then ends this process, too.
    with suppress(OSError):
        print(json.dumps({kind: text}), flush=True)  # noqa: T201 (this is how it answers)


def main() -> None:
    """Follow the input to its end, whatever signals come."""
    # Ctrl+C is for the server, and so is SIGTERM, which systemd sends to each process of a
    # service: the server closes the input, and there is a goodbye.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(follow(_tell))


if __name__ == "__main__":
    main()
