"""A class of which each does something once, within some time, and counts what it is told of it."""

from __future__ import annotations

# isort: off
from guests import Guest, Listening, percentile, wait_for  # it patches first

# isort: on
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import gevent
from fanout.contenders import LANCHAT
from fanout.process import cores, pinned, raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console

MOST_FRAMES = 45
ACKNOWLEDGED = "432"

Act = tuple[str, dict[str, object]]
"""An event, and what is said with it."""


class Pupil:
    """One of the people: does something once, and notes what it is told, as ``take`` does."""

    def __init__(self, guest: Guest, told: str) -> None:
        self.guest = guest
        self.sizes: list[int] = []
        self.refused = ""
        self.waited = 0.0
        self._told = f'42["{told}",'
        self._asked = 0.0

    def join(self) -> None:
        """Enter the room as a page does that knows positions."""
        self.guest.connect()
        self.guest.send('420["new_host",{"last_seq":0,"batches":true}]')
        while not self.guest.receive().startswith("430"):
            pass
        self.guest.listen(self._hear)

    def ask(self, event: str, payload: dict[str, object]) -> None:
        """Do it; the answer comes among all that is read."""
        self._asked = time.monotonic()
        self.guest.send("422" + json.dumps([event, payload]))

    def take(self, packet: str) -> None:
        """Note what was told."""

    def _hear(self, packet: str) -> None:
        if packet.startswith(self._told):
            self.sizes.append(len(packet.encode()))
            self.take(packet)
        elif packet.startswith(ACKNOWLEDGED):
            self.waited = time.monotonic() - self._asked
            if not json.loads(packet[3:])[0]["ok"]:
                self.refused = packet


class Class(NamedTuple):
    """A server, its folder, and the people who have come to it."""

    server: Any
    folder: Path
    people: list[Any]

    def guest(self, name: str) -> Guest:
        """Somebody else, who has not come yet."""
        return Guest(self.server, name)


class Measured(NamedTuple):
    """What came of it: whether all were ``told`` of all, and the server's seconds."""

    people: list[Pupil]
    told: bool
    cpu: float


@contextmanager
def gathered(count: int, make: Callable[[Guest], Pupil]) -> Iterator[Class]:
    """So many people in one room."""
    raise_descriptor_limit()
    chosen = cores()
    with (
        TemporaryDirectory(prefix="lanchat-pupils-") as folder,
        LANCHAT.start(Path(folder), chosen.server) as server,
        pinned(chosen.load),
    ):
        people = [make(_guest(server, number)) for number in range(count)]
        group = Group()
        for person in people:
            group.spawn(person.join)
        group.join()
        yield Class(server, Path(folder), people)


def _guest(server: Listening, number: int) -> Guest:
    return Guest(server, f"Guest {number}")


def measured(
    them: Class, seconds: float, act: Callable[[int], Act], knows: Callable[[Any], bool]
) -> Measured:
    """Let all act, each at a moment of their own, until all know of it."""
    people, before = them.people, them.server.cpu()
    for number, person in enumerate(people):
        event, payload = act(number)
        gevent.spawn_later(seconds * number / len(people), person.ask, event, payload)
    return Measured(people, _all_know(people, knows), them.server.cpu() - before)


def _all_know(people: list[Pupil], knows: Callable[[Any], bool]) -> bool:
    try:
        wait_for(lambda: all(person.waited for person in people))
        wait_for(lambda: all(map(knows, people)))
    except TimeoutError:
        return False
    return True


def judge(measured: Measured, did: str, most_bytes: int) -> int:
    """Print how it went, and return 1 where something was worse than it may be."""
    console, people = Console(), measured.people
    frames = max(len(person.sizes) for person in people)
    largest = max(max(person.sizes, default=0) for person in people)
    in_all = max(sum(person.sizes) for person in people)
    waits = [percentile([p.waited for p in people], share) for share in (0.5, 0.99, 1.0)]
    refused = [person.refused for person in people if person.refused]
    console.print(f"{len(people)} people {did}; each was told in {frames} frames at most,")
    console.print(f"the largest of {largest:,} bytes; {in_all:,} in all")
    shown = ", ".join(f"{wait * 1000:.0f} ms" for wait in waits)
    console.print(f"That was acknowledged after (median, 99 of 100, worst) {shown}")
    console.print(f"Processor time of the server: {measured.cpu:.1f} s")
    for packet in refused[:5]:
        console.print(f"refused: {packet}")
    if not measured.told:
        console.print("not everybody has learned of all of it")
    well = measured.told and not refused and frames <= MOST_FRAMES and largest <= most_bytes
    return int(not well)
