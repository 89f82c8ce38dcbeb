"""Let everybody react to one message, and count what each of them is told of it.

    python benchmarks/reactions.py [--people 1000] [--seconds 10] [--kinds 6] [--votes]

Each reacts once, at some moment of that time, with one of so many emoji, and reads all that it is
sent. With --votes the message is a poll with so many options, and each votes. Exits with 1 where
one is refused, where somebody does not learn of all of them, or is told in more than 45 frames or
in one of more than 2 kB.
"""

from __future__ import annotations

# isort: off
from guests import Guest, percentile, wait_for  # it patches first

# isort: on
import argparse
import http.client
import json
import sys
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

import gevent
from fanout.contenders import LANCHAT
from fanout.process import cores, pinned, raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console

MOST_FRAMES = 45
MOST_BYTES = 2_000
EMOJI = "👍❤😂🎉😮😢🙏🔥👏💯🤔👀✨🚀💡🌈🍕🐱🎈🥇"
TOLD = '42["reactions_changed",'
ACKNOWLEDGED = "432"


class Reader:
    """One of the people: reacts once, and counts what it is told."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.sizes: list[int] = []
        self.last = ""
        self.refused = ""
        self.waited = 0.0
        self._asked = 0.0

    def join(self) -> None:
        """Enter the room as a page does that knows positions."""
        self.guest.connect()
        self.guest.send('420["new_host",{"last_seq":0,"batches":true}]')
        while not self.guest.receive().startswith("430"):
            pass
        self.guest.listen(self._hear)

    def ask(self, event: str, payload: dict[str, object]) -> None:
        """React or vote; the answer comes among all that is read."""
        self._asked = time.monotonic()
        self.guest.send("422" + json.dumps([event, payload]))

    def count(self) -> int:
        """How many reactions or votes it knows of."""
        if not self.last:
            return 0
        told = json.loads(self.last[2:])[1]
        if "counts" in told:
            return sum(told["counts"])
        return sum(kind["count"] for kind in told["reactions"].values())

    def _hear(self, packet: str) -> None:
        if packet.startswith(TOLD):
            self.sizes.append(len(packet.encode()))
            self.last = packet
        elif packet.startswith(ACKNOWLEDGED):
            self.waited = time.monotonic() - self._asked
            if not json.loads(packet[3:])[0]["ok"]:
                self.refused = packet


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--kinds", type=int, default=6)
    parser.add_argument("--votes", action="store_true")
    options = parser.parse_args()
    raise_descriptor_limit()
    chosen = cores()
    with (
        tempfile.TemporaryDirectory(prefix="lanchat-reactions-") as folder,
        LANCHAT.start(Path(folder), chosen.server) as server,
        pinned(chosen.load),
    ):
        people = [Reader(Guest(server, f"Guest {number}")) for number in range(options.people)]
        group = Group()
        for person in people:
            group.spawn(person.join)
        group.join()
        teacher = Guest(server, "Teacher")
        if options.votes:
            _make_host(teacher, server.port, Path(folder))
        message_id = _say(teacher, options.kinds if options.votes else 0)
        cpu = server.cpu()
        for number, person in enumerate(people):
            moment = options.seconds * number / options.people
            choice = number % options.kinds
            if options.votes:
                asked = "vote", {"id": message_id, "option": choice}
            else:
                asked = "react", {"id": message_id, "emoji": EMOJI[choice]}
            gevent.spawn_later(moment, person.ask, *asked)
        told = _all_know(people, options.people)
        return _judge(people, told, server.cpu() - cpu)


def _say(teacher: Guest, options: int) -> int:
    """Say something, or ask it with so many options; returns the number of the message."""
    teacher.connect()
    teacher.join()
    poll = {"question": "How much of it?", "options": list(map(str, range(options)))}
    said = {"poll": poll} if options else {"message": "Who has understood it?"}
    teacher.send("421" + json.dumps(["new_message", {"client_id": str(uuid.uuid4()), **said}]))
    while not (packet := teacher.receive()).startswith("431"):
        pass
    teacher.listen(len)
    message_id: int = json.loads(packet[3:])[0]["id"]
    return message_id


def _make_host(teacher: Guest, port: int, folder: Path) -> None:
    """Only hosts ask."""
    secret = (folder / "data" / "host-secret").read_text()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": teacher.cookie}
    connection.request("POST", "/host", urlencode({"secret": secret}), headers)
    connection.getresponse().read()
    connection.close()


def _all_know(people: list[Reader], count: int) -> bool:
    try:
        wait_for(lambda: all(person.waited for person in people))
        wait_for(lambda: all(person.count() == count for person in people))
    except TimeoutError:
        return False
    return True


def _judge(people: list[Reader], told: bool, cpu: float) -> int:
    console = Console()
    frames = [len(person.sizes) for person in people]
    largest = max(max(person.sizes, default=0) for person in people)
    waits = [percentile([p.waited for p in people], share) for share in (0.5, 0.99, 1.0)]
    refused = [person.refused for person in people if person.refused]
    console.print(f"{len(people)} people reacted; each was told in {max(frames)} frames at most,")
    console.print(f"the largest of {largest:,} bytes; {max(sum(p.sizes) for p in people):,} in all")
    shown = ", ".join(f"{wait * 1000:.0f} ms" for wait in waits)
    console.print(f"A reaction was acknowledged after (median, 99 of 100, worst) {shown}")
    console.print(f"Processor time of the server: {cpu:.1f} s")
    for packet in refused[:5]:
        console.print(f"refused: {packet}")
    if not told:
        console.print("not everybody has learned of all of them")
    return int(not told or bool(refused) or max(frames) > MOST_FRAMES or largest > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
