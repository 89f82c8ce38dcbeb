"""Let everybody raise a hand, and count what each of them is told of it.

    python benchmarks/hands.py [--people 1000] [--seconds 10]

Each raises theirs once, at some moment of that time, and reads all that it is sent. Exits with 1
where a hand is refused, where somebody does not know of all of them, or is told in more than 45
frames or in one of more than 20 kB.
"""

from __future__ import annotations

# isort: off
from pupils import Pupil, gathered, judge, measured  # it patches first

# isort: on
import argparse
import json
import sys

from guests import Guest

MOST_BYTES = 20_000


class Raising(Pupil):
    """Knows whose hands are up."""

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest, "hands_changed")
        self._packets: list[str] = []

    def take(self, packet: str) -> None:
        """Read when it is asked for."""
        self._packets.append(packet)

    def up(self) -> int:
        """How many hands are up, by what was told."""
        up: dict[str, str] = {}
        for packet in self._packets:
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


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    with gathered(options.people, Raising) as them:
        raised = measured(
            them,
            options.seconds,
            lambda _number: ("hand", {"up": True}),
            lambda person: person.up() == options.people,
        )
    return judge(raised, "raised a hand", MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
