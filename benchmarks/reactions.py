"""Let everybody react to one message, and count what each of them is told of it.

    python benchmarks/reactions.py [--people 1000] [--seconds 10] [--kinds 6] [--votes]

Each reacts once, at some moment of that time, with one of so many emoji, and reads all that it is
sent. With --votes the message is a poll with so many options, and each votes. Exits with 1 where
one is refused, where somebody does not learn of all of them, or is told in more than 45 frames or
in one of more than 2 kB.
"""

from __future__ import annotations

# isort: off
from pupils import Act, Pupil, gathered, judge, measured  # it patches first

# isort: on
import argparse
import http.client
import json
import sys
import uuid
from pathlib import Path
from urllib.parse import urlencode

from guests import Guest

MOST_BYTES = 2_000
EMOJI = "👍❤😂🎉😮😢🙏🔥👏💯🤔👀✨🚀💡🌈🍕🐱🎈🥇"


class Reacting(Pupil):
    """Knows how often others have reacted, or voted."""

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest, "reactions_changed")
        self._last = ""

    def take(self, packet: str) -> None:
        """The last one says all."""
        self._last = packet

    def count(self) -> int:
        """How many reactions or votes it knows of."""
        if not self._last:
            return 0
        told = json.loads(self._last[2:])[1]
        if "counts" in told:
            return sum(told["counts"])
        return sum(kind["count"] for kind in told["reactions"].values())


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--kinds", type=int, default=6)
    parser.add_argument("--votes", action="store_true")
    options = parser.parse_args()
    with gathered(options.people, Reacting) as them:
        teacher = them.guest("Teacher")
        if options.votes:
            _make_host(teacher, them.server.port, them.folder)
        message_id = _say(teacher, options.kinds if options.votes else 0)

        def act(number: int) -> Act:
            choice = number % options.kinds
            if options.votes:
                return "vote", {"id": message_id, "option": choice}
            return "react", {"id": message_id, "emoji": EMOJI[choice]}

        reacted = measured(
            them, options.seconds, act, lambda person: person.count() == options.people
        )
    return judge(reacted, "reacted", MOST_BYTES)


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


if __name__ == "__main__":
    sys.exit(main())
