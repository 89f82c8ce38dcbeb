"""Let things fail that several servers share, while people talk, come in and move.

    python benchmarks/cluster_faults.py [--messages 10000] [--people 20] [--rounds 5]
        [--logins 500] [--seconds 5] [--moving 2000] [--orders 20] [--only "is killed"]

Two servers have one PostgreSQL, which is thrown away afterwards. People say, edit and react; what
is refused they send again, and where their server goes they go to the other one, as pages do. Then
a host keeps order at one server among people of the other. With 0 something is left out. Exits with
1 where something that was acknowledged is missing, anything is heard twice or in another order,
somebody is not let in, or is told of who has only moved.
"""

from __future__ import annotations

# isort: off
from guests import PATIENCE, Guest, percentile  # first: it patches

# isort: on
import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

import gevent
import needs
from fanout.process import raise_descriptor_limit
from gevent.pool import Group
from rich.console import Console
from trials.orders import orders
from trials.patience import StandstillError
from trials.round import FAULTS, Judged, Place, place, run
from trials.talker import Talker

from tests.world.postgres import Postgres

USUAL = {
    "messages": 10_000,
    "people": 20,
    "rounds": 5,
    "logins": 500,
    "seconds": 5,
    "moving": 2_000,
    "orders": 20,
}

ROUND = ("--grace", "5")
"""Shorter than the network is cut, and long enough to go to the other server."""


def rounds(postgres: Postgres, folder: Path, options: argparse.Namespace, console: Console) -> bool:
    """As many rounds of each fault as are wanted; tells whether all hold."""
    hold = True
    for name, fault in FAULTS.items():
        if options.only not in name:
            continue
        for number in range(options.rounds):
            with place(postgres, folder, *ROUND, networks=fault.cuts) as where:
                judged = run(where, options.people, options.messages, fault)
            console.print(f"{name}, round {number + 1} of {options.rounds}: {shown(judged)}")
            hold &= judged.holds
    return hold


def shown(judged: Judged) -> str:
    """A round in one line."""
    found = (f"{name.replace('_', ' ')} {value:,.0f}" for name, value in judged._asdict().items())
    return ", ".join(found) if judged.holds else f"[red]{', '.join(found)}[/]"


def storm(where: Place, people: int, seconds: float) -> tuple[int, float, float]:
    """Let people log in within so many seconds, by turns.

    Returns how many are in, how long it took for all, and for 99 of 100 each.
    """
    waits: list[float] = []

    def arrive(number: int) -> None:
        begin = time.monotonic()
        guest = Guest(where.servers[number % 2], f"Guest {number}")
        guest.connect()
        guest.join()
        guest.listen(len)
        waits.append(time.monotonic() - begin)

    begin, arrivals = time.monotonic(), Group()
    for number in range(people):
        arrivals.add(gevent.spawn_later(seconds * number / people, arrive, number))
    arrivals.join()
    return len(waits), time.monotonic() - begin, percentile(waits, 0.99)


def move(where: Place, people: int, *, kill: bool) -> tuple[float, int]:
    """Let people of a server that ends go to the other one.

    Returns after how many seconds all are in there, and of how many who have only moved somebody
    was told that they came or went.
    """
    witness = Talker(where.servers, 1, "Witness")
    everybody: list[Talker] = []
    arriving = Group()

    def arrive(number: int) -> None:
        everybody.append(Talker(where.servers, 0, f"Mover {number}"))

    for number in range(people):
        arriving.spawn(arrive, number)
        gevent.sleep(0.005)
    arriving.join()
    gevent.sleep(2.0)  # until the last ones were told
    witness.moves.clear()
    begin = time.monotonic()
    if kill:
        where.servers[0].kill()
    else:
        where.servers[0].stop()
    # One that is asked to stop lets go of them meanwhile.
    took = 0.0
    while not all(each.moved for each in everybody) and took < PATIENCE:
        gevent.sleep(0.02)
        took = time.monotonic() - begin
    gevent.sleep(2.0)
    told = len(witness.moves)
    leaving = [gevent.spawn(each.leave) for each in (witness, *everybody)]
    gevent.joinall(leaving)
    return took, told


def main() -> int:
    """Try, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, usual in USUAL.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", default="", help="rounds of faults with these words alone")
    options = parser.parse_args()
    program = needs.postgres()
    if program is None:
        parser.error("there is no PostgreSQL on this machine: see LANCHAT_POSTGRES")
    raise_descriptor_limit()
    console, failed = Console(width=200, highlight=False), False
    postgres = Postgres(program)
    try:
        with tempfile.TemporaryDirectory(prefix="lanchat-faults-") as name:
            folder = Path(name)
            failed = not rounds(postgres, folder, options, console)
            if options.logins:
                with place(postgres, folder) as where:
                    count, took, worst = storm(where, options.logins, options.seconds)
                console.print(
                    f"{count} of {options.logins} who log in within {options.seconds} s are in"
                    f" after {took:.1f} s; 99 of 100 each waited {worst:.2f} s at most"
                )
                failed |= count < options.logins
            for kill in (True, False) if options.moving else ():
                with place(postgres, folder, "--grace", "60") as where:
                    took, told = move(where, options.moving, kill=kill)
                console.print(
                    f"{options.moving} people of a server that"
                    f" {'is killed' if kill else 'stops'} are in at the other one after"
                    f" {took:.1f} s; {told} were told of"
                )
                failed |= bool(told) or took >= PATIENCE
            if options.orders:
                with place(postgres, folder) as where:
                    found = orders(where.servers, options.orders)
                for order, seconds in found.items():
                    console.print(
                        f"{order} at one server holds at the other one after"
                        f" {statistics.median(seconds) * 1e3:.0f} ms, the median of {len(seconds)};"
                        f" the worst {max(seconds) * 1e3:.0f} ms"
                    )
    except StandstillError as error:
        console.print(f"[red]{error}[/]")
        failed = True
    finally:
        postgres.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
