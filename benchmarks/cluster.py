"""Let several processes share a PostgreSQL, and tell what they store and how soon all hear of it.

    python benchmarks/cluster.py log [--processes 1 --processes 2] [--senders 16] [--seconds 5]

Each process has an event log as ``lanchat serve`` has it, and so many senders, each of whom says
the next thing when the last one is acknowledged, which means that it is on disk and was told in
that process. SQLite is measured beside it. Exits with 1 where two processes are told another order.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from itertools import chain

import click
from rich.console import Console
from rich.table import Table
from several.database import Usage, throwaway
from several.processes import Talked, talk

_LOG = (
    *("database", "processes", "senders", "messages/s", "commits/s", "ack, ms", "p99"),
    *("elsewhere, ms", "p99", "µs each", "PostgreSQL"),
)


@click.group()
def main() -> None:
    """What several processes with one database are good for."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


@main.command("log")
@click.option("--processes", multiple=True, type=click.IntRange(1), default=(1, 2, 4))
@click.option("--senders", multiple=True, type=click.IntRange(1), default=(16, 64))
@click.option("--seconds", type=float, default=5.0)
@click.option("--only", type=click.Choice(["sqlite", "postgresql"]))
def measure_log(
    processes: Sequence[int], senders: Sequence[int], seconds: float, only: str | None
) -> None:
    """Tell how many messages a second the log alone stores, and how soon they are heard."""
    table = Table(*_LOG, title=f"The log alone, load {os.getloadavg()[0]:.1f}")
    in_order = True
    for number in senders if only != "postgresql" else ():
        with tempfile.TemporaryDirectory() as folder:
            talked = talk(folder, 1, number, seconds, Usage(None))
        table.add_row("SQLite", "1", str(number), *_figures(talked), "-")
    for count in processes if only != "sqlite" else ():
        for number in senders:
            with throwaway() as postgres, postgres.databases() as new_database:
                usage = Usage(postgres.pid)
                talked = talk(new_database(), count, number, seconds, usage)
            in_order &= _is_one_order(talked)
            said = sum(len(each.acknowledged) for each in talked)
            each = f"{usage.seconds / said * 1e6:.0f}"
            table.add_row("PostgreSQL", str(count), str(number), *_figures(talked), each)
    Console(width=130).print(table)
    if not in_order:
        sys.exit("two processes were told another order")


def _figures(talked: Sequence[Talked]) -> list[str]:
    seconds = max(each.seconds for each in talked)
    acknowledged = list(chain.from_iterable(each.acknowledged for each in talked))
    heard = list(chain.from_iterable(each.heard for each in talked))
    commits = sum(each.commits for each in talked)
    cpu = sum(each.cpu for each in talked) / len(acknowledged)
    return [
        f"{len(acknowledged) / seconds:,.0f}",
        f"{commits / seconds:,.0f}",
        *_times(acknowledged),
        *_times(heard),
        f"{cpu * 1e6:.0f}",
    ]


def _times(seconds: list[float]) -> list[str]:
    """The median and the 99th percentile, in milliseconds."""
    if len(seconds) < 2:  # noqa: PLR2004
        return ["-", "-"]
    return [
        f"{each * 1e3:.1f}"
        for each in (statistics.median(seconds), statistics.quantiles(seconds, n=100)[-1])
    ]


def _is_one_order(talked: Sequence[Talked]) -> bool:
    """Whether all were told the same, each position once."""
    first = talked[0].told
    return first == sorted(set(first)) and all(each.told == first for each in talked)


if __name__ == "__main__":
    main()
