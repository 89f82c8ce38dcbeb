"""Let many ask for the history again and again, and see how long others wait to be heard.

    python benchmarks/greedy.py [--greedy 40] [--pages 200] [--seconds 15]

There are 1,000 messages of 600 bytes, so that each answer has 600 kB. Measured is how long it takes
to acknowledge a message: alone, beside 40 connections of one browser, and beside those of 40
people. Then the server is killed, and 200 pages behind one address ask for all of it at once. Exits
with 1 where one of them is not served.
"""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Guest, Server, percentile  # it patches first

# isort: on
import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

import gevent
from fanout.process import raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console

MESSAGES = 1_000
TEXT = "x" * 580
ASK_FOR_ALL = '420["new_host",{"last_id":1}]'
A_MOMENT = 0.01
PAUSE = 0.25  # within the rate of messages


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--greedy", type=int, default=40)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    raise_descriptor_limit()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Server(folder, *UNLIMITED) as server:
            _fill(server)
        for what, count, shared in (
            ("Alone", 0, True),
            (f"Beside {options.greedy} connections of one browser", options.greedy, True),
            (f"Beside {options.greedy} people", options.greedy, False),
        ):
            with Server(folder, "--grace", "0") as server:
                waits = _waits_beside(server, count, options.seconds, shared=shared)
            told = [f"{percentile(waits, share) * 1000:.0f} ms" for share in (0.5, 0.99, 1.0)]
            console.print(f"{what} (median, 99 of 100, worst): {', '.join(told)}")
        with Server(folder, "--grace", "0", "--max-per-ip", "0") as server:
            pages = [Guest(server, f"Page {number}") for number in range(options.pages)]
            server.kill()
            server.start()
            waits = _come_back(pages)
    console.print(f"{len(waits)} of {options.pages} pages are back, the last after")
    console.print(f"{max(waits, default=0):.1f} s")
    return int(len(waits) < options.pages)


def _fill(server: Server) -> None:
    guest = Guest(server, "Ana")
    guest.connect()
    guest.join()
    for number in range(MESSAGES + 1):
        guest.say(f"{number} {TEXT}")
        while not guest.receive().startswith("431"):
            pass


def _waits_beside(server: Server, count: int, seconds: float, *, shared: bool) -> list[float]:
    """How long each message of somebody waits for its acknowledgement."""
    speaker = Guest(server, f"Speaker {count} {shared}")
    speaker.connect()
    speaker.join(last_id=MESSAGES)
    guests = [Guest(server, f"Greedy {number} {shared}") for number in range(count)]
    if shared:
        for guest in guests:
            guest.cookie = guests[0].cookie
    greedy = [gevent.spawn(_ask_for_ever, guest) for guest in guests]
    waits = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        speaker.say("quiet")
        while not speaker.receive().startswith("431"):
            pass
        waits.append(time.monotonic() - begin)
        gevent.sleep(PAUSE)
    gevent.killall(greedy)
    return waits


def _ask_for_ever(guest: Guest) -> None:
    """Ask as soon as the last answer is there; come back after each disconnection."""
    while True:
        with contextlib.suppress(OSError):
            guest.connect()
            while True:
                guest.send(ASK_FOR_ALL)
                while not guest.receive().startswith("430"):
                    pass
        gevent.sleep(A_MOMENT)


def _come_back(pages: list[Guest]) -> list[float]:
    """How long each page waits for all that was said."""
    begin = time.monotonic()
    waits = []

    def come_back(page: Guest) -> None:
        page.connect()
        if page.join(last_id=1).get("ok"):
            waits.append(time.monotonic() - begin)

    group = Group()
    for page in pages:
        group.spawn(come_back, page)
    group.join()
    return waits


if __name__ == "__main__":
    sys.exit(main())
