"""Let everybody raise a hand, and count what each of them is told of it.

    python benchmarks/hands.py [--people 1000] [--seconds 10]

Each raises theirs once, at some moment of that time, and reads all that it is sent. Exits with 1
where a hand is refused, where somebody does not know of all of them, or is told in more than 45
frames or in one of more than 20 kB.
"""

from __future__ import annotations

# isort: off
from guests import Guest, percentile, wait_for  # it patches first

# isort: on
import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import gevent
from fanout.contenders import LANCHAT
from fanout.process import cores, pinned, raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console

MOST_FRAMES = 45
MOST_BYTES = 20_000
TOLD = '42["hands_changed",'
ACKNOWLEDGED = "432"


class Pupil:
    """One of the people: raises a hand once, and knows whose are up."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.told: list[str] = []
        self.refused = ""
        self.waited = 0.0
        self._asked = 0.0

    def join(self) -> None:
        """Enter the room as a page does."""
        self.guest.connect()
        self.guest.send('420["new_host",{"last_seq":0,"batches":true}]')
        while not self.guest.receive().startswith("430"):
            pass
        self.guest.listen(self._hear)

    def raise_hand(self) -> None:
        """Raise it; the answer comes among all that is read."""
        self._asked = time.monotonic()
        self.guest.send('422["hand",{"up":true}]')

    def up(self) -> int:
        """How many hands are up, by what was told."""
        up: dict[str, str] = {}
        for packet in self.told:
            told = json.loads(packet[2:])[1]
            if "hands" in told:
                up = {one["id"]: one["since"] for one in told["hands"]}
                continue
            for user_id in told["lowered"]:
                del up[user_id]
            up |= {one["id"]: one["since"] for one in told["raised"]}
            if len(up) != told["count"]:
                return -1
        return len(up)

    def _hear(self, packet: str) -> None:
        if packet.startswith(TOLD):
            self.told.append(packet)
        elif packet.startswith(ACKNOWLEDGED):
            self.waited = time.monotonic() - self._asked
            if not json.loads(packet[3:])[0]["ok"]:
                self.refused = packet


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    raise_descriptor_limit()
    chosen = cores()
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-hands-") as folder,
        LANCHAT.start(Path(folder), chosen.server) as server,
        pinned(chosen.load),
    ):
        people = [Pupil(Guest(server, f"Guest {number}")) for number in range(options.people)]
        group = Group()
        for person in people:
            group.spawn(person.join)
        group.join()
        cpu = server.cpu()
        for number, person in enumerate(people):
            gevent.spawn_later(options.seconds * number / options.people, person.raise_hand)
        told = _all_know(people)
        return _judge(people, told, server.cpu() - cpu)


def _all_know(people: list[Pupil]) -> bool:
    try:
        wait_for(lambda: all(person.waited for person in people))
        wait_for(lambda: all(person.up() == len(people) for person in people))
    except TimeoutError:
        return False
    return True


def _judge(people: list[Pupil], told: bool, cpu: float) -> int:
    console = Console()
    frames = max(len(person.told) for person in people)
    sizes = [[len(packet.encode()) for packet in person.told] for person in people]
    largest = max(max(each, default=0) for each in sizes)
    waits = [percentile([p.waited for p in people], share) for share in (0.5, 0.99, 1.0)]
    refused = [person.refused for person in people if person.refused]
    console.print(f"{len(people)} people raised a hand; each was told in {frames} frames at most,")
    console.print(f"the largest of {largest:,} bytes; {max(map(sum, sizes)):,} in all")
    shown = ", ".join(f"{wait * 1000:.0f} ms" for wait in waits)
    console.print(f"A hand was acknowledged after (median, 99 of 100, worst) {shown}")
    console.print(f"Processor time of the server: {cpu:.1f} s")
    for packet in refused[:5]:
        console.print(f"refused: {packet}")
    if not told:
        console.print("not everybody has learned of all of them")
    return int(not told or bool(refused) or frames > MOST_FRAMES or largest > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
