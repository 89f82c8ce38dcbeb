"""Let several processes share a PostgreSQL, and tell what they are good for.

    python benchmarks/cluster.py log [--processes 1 --processes 2] [--senders 16] [--seconds 3]
    python benchmarks/cluster.py servers [--clients 1000] [--seconds 3]
    python benchmarks/cluster.py listeners [--listeners 20]

``log``: each process has an event log as ``lanchat serve`` has it, and so many senders, each of
whom says the next thing when the last one is acknowledged, which means that it is on disk and was
told in that process. SQLite is measured beside it, and a log on PostgreSQL that does as little as
can be. Exits with 1 where two processes are told another order.

``servers``: real servers with their clients, beside Node's Socket.IO by itself and with its Redis
adapter. Everything has all cores of the machine. ``listeners``: what further processes cost that
only hear what one of them stores.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from itertools import chain, product

import click
from fanout.process import raise_descriptor_limit
from fanout.programs import CannotMeasure
from rich.console import Console
from rich.table import Table
from several.database import Usage, throwaway
from several.processes import Talked, talk
from several.servers import Reached, reach

LOGS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "bare": "bare PostgreSQL"}

_LOG = (
    *("log", "processes", "senders", "messages/s", "commits/s", "ack, ms", "p99"),
    *("elsewhere, ms", "p99", "CPU-µs each", "PostgreSQL's", "of bare"),
)

SERVERS = {
    "SQLite": ("sqlite", 1),
    "PostgreSQL": ("postgresql", 1),
    "PostgreSQL, 2": ("postgresql", 2),
    "Node": ("node", 1),
    "Node with Redis, 2": ("node", 2),
}

_SERVERS = (
    *("servers", "clients", "delivered/s", "said/s", "CPU-µs each", "database's"),
    *("steady CPU-µs", "database's", "all have it, ms", "p99", "ack, ms", "p99"),
)

_LISTENERS = (
    *("listening", "messages/s", "commits/s", "CPU-µs of who stores"),
    *("of each who listens", "of PostgreSQL"),
)

Figures = tuple[float, ...]
"""Those of ``_LOG`` behind the senders."""


@click.group()
def main() -> None:
    """What several processes with one database are good for."""


@main.command("log")
@click.option("--processes", multiple=True, type=click.IntRange(1), default=(1, 2, 4))
@click.option("--senders", multiple=True, type=click.IntRange(1), default=(16, 64))
@click.option("--seconds", type=float, default=3.0)
@click.option("--rounds", type=click.IntRange(1), default=3, help="All in turn, so often.")
@click.option("--only", multiple=True, type=click.Choice(list(LOGS)), default=list(LOGS))
def measure_log(
    processes: Sequence[int],
    senders: Sequence[int],
    seconds: float,
    rounds: int,
    only: Sequence[str],
) -> None:
    """Tell how many messages a second the log alone stores, and how soon they are heard."""
    title = f"The log alone, load {os.getloadavg()[0]:.1f}"
    found: dict[tuple[int, int, str], list[Figures]] = {}
    in_order = True
    for _ in range(rounds):
        for size in product(processes, senders, only):
            if size[0] > 1 and size[2] == "sqlite":
                continue
            talked, database_cpu = _talk(size[2], [size[1]] * size[0], seconds)
            found.setdefault(size, []).append(_figures(talked, database_cpu))
            in_order &= _is_one_order(talked)
    table = Table(*_LOG, title=f"{title} to {os.getloadavg()[0]:.1f}")
    for (count, number, log), figures in found.items():
        middle = [statistics.median(each) for each in zip(*figures, strict=True)]
        bare = found.get((count, number, "bare"), [])
        least = statistics.median(each[0] for each in bare) if bare else 0.0
        share = f"{middle[0] / least:.0%}" if least else "-"
        table.add_row(LOGS[log], str(count), str(number), *map(_written, middle), share)
    Console(width=150).print(table)
    if not in_order:
        Console().print("two processes were told another order")
        sys.exit(1)


@main.command("servers")
@click.option("--clients", multiple=True, type=click.IntRange(2), default=(100, 1_000))
@click.option("--seconds", type=float, default=3.0)
@click.option("--rounds", type=click.IntRange(1), default=3, help="All in turn, so often.")
@click.option("--only", multiple=True, type=click.Choice(list(SERVERS)), default=list(SERVERS))
def measure_servers(
    clients: Sequence[int], seconds: float, rounds: int, only: Sequence[str]
) -> None:
    """Tell how fast everybody has a message that somebody says at any of the servers."""
    raise_descriptor_limit()
    title = f"Servers, load {os.getloadavg()[0]:.1f}"
    found: dict[tuple[int, str], list[Reached]] = {}
    for _ in range(rounds):
        for count, name in product(clients, only):
            try:
                reached = reach(*SERVERS[name], count, seconds)
            except CannotMeasure as error:
                Console().print(f"{name}, {count:,} clients: {error.message}")
                continue
            found.setdefault((count, name), []).append(reached)
    table = Table(*_SERVERS, title=f"{title} to {os.getloadavg()[0]:.1f}")
    for (count, name), rows in found.items():
        middle = Reached(*(statistics.median(each) for each in zip(*rows, strict=True)))
        cpu = (f"{each * 1e6:.2f}" if each else "-" for each in middle[2:6])
        row = (f"{middle.deliveries:,.0f}", f"{middle.messages:,.0f}", *cpu)
        table.add_row(name, str(count), *row, *(_written(each * 1e3) for each in middle[6:]))
    Console(width=150).print(table)


@main.command("listeners")
@click.option("--listeners", multiple=True, type=click.IntRange(0), default=(0, 5, 20))
@click.option("--senders", type=click.IntRange(1), default=64)
@click.option("--seconds", type=float, default=3.0)
def measure_listeners(listeners: Sequence[int], senders: int, seconds: float) -> None:
    """Tell what it costs that so many more processes hear of all that one stores."""
    table = Table(*_LISTENERS, title=f"Processes that only listen, load {os.getloadavg()[0]:.1f}")
    for count in listeners:
        (speaker, *idle), database_cpu = _talk("postgresql", [senders] + [0] * count, seconds)
        said = len(speaker.acknowledged)
        each = sum(one.cpu for one in idle) / max(count, 1) / said
        rates = (said / speaker.seconds, speaker.commits / speaker.seconds)
        cpu = (speaker.cpu / said, each, database_cpu / said)
        table.add_row(
            str(count), *map(_written, rates), *(_written(seconds * 1e6) for seconds in cpu)
        )
    Console(width=150).print(table)


def _talk(log: str, senders: Sequence[int], seconds: float) -> tuple[Sequence[Talked], float]:
    """What each process says, and the processor time of the database's own processes."""
    if log == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            return talk(log, folder, senders, seconds, Usage(None)), 0.0
    with throwaway() as postgres, postgres.databases() as new_database:
        usage = Usage(postgres.pid)
        return talk(log, new_database(), senders, seconds, usage), usage.seconds


def _figures(talked: Sequence[Talked], database_cpu: float) -> Figures:
    """Times in milliseconds, processor time in microseconds a message, 0 for what there is not."""
    seconds = max(each.seconds for each in talked)
    acknowledged = list(chain.from_iterable(each.acknowledged for each in talked))
    heard = list(chain.from_iterable(each.heard for each in talked))
    commits = sum(each.commits for each in talked)
    cpu = (sum(each.cpu for each in talked), database_cpu)
    return (
        *(len(acknowledged) / seconds, commits / seconds),
        *(*_times(acknowledged), *_times(heard)),
        *(each / len(acknowledged) * 1e6 for each in cpu),
    )


def _times(seconds: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    if len(seconds) < 2:  # noqa: PLR2004
        return 0.0, 0.0
    return statistics.median(seconds) * 1e3, statistics.quantiles(seconds, n=100)[-1] * 1e3


def _written(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value else "-"  # noqa: PLR2004


def _is_one_order(talked: Sequence[Talked]) -> bool:
    """Whether all were told the same, each position once."""
    first = talked[0].told
    return first == sorted(set(first)) and all(each.told == first for each in talked)


if __name__ == "__main__":
    main()
