"""Hold lanchat's fan-out against Node's Socket.IO, stock Flask-SocketIO and the kernel's limit.

python benchmarks/compare.py [--quick]
"""

from __future__ import annotations

import sys

import click
from fanout import plot, report
from fanout.contenders import CONTENDERS, QUICK
from fanout.figures import Row, ratios, summarize, typical_spread
from fanout.machine import Calibration, describe
from fanout.process import cores, raise_descriptor_limit
from fanout.programs import PROJECT, CannotMeasure, compiled, node, node_modules
from fanout.rounds import Measured, Plan, run
from rich.console import Console

# What fits into 15 minutes, and into 90 seconds.
WHOLE = Plan(CONTENDERS, (10, 100, 1_000, 5_000), 3, 870, 0.5, 2.0, 20)
SHORT = Plan(QUICK, (10, 100, 1_000), 2, 85, 0.2, 1.0, 12)

DESCRIPTORS_A_CLIENT = 2
"""What stock Flask-SocketIO needs on gevent."""

SPARE_DESCRIPTORS = 100

DOCUMENT = PROJECT / "docs" / "performance.md"


@click.command()
@click.option("--quick", is_flag=True, help="Fewer servers and clients: a minute and a half.")
@click.option("--rounds", type=click.IntRange(1), help="How often everything is measured.")
@click.option(
    "--only",
    "names",
    multiple=True,
    type=click.Choice([each.name for each in CONTENDERS]),
    help="Measure this server only; may be repeated.",
)
@click.option("--clients", multiple=True, type=click.IntRange(2), help="Measure so many clients.")
@click.option("--document", is_flag=True, help="Write the results into docs/, with the plot.")
def main(
    *,
    quick: bool,
    rounds: int | None,
    names: tuple[str, ...],
    clients: tuple[int, ...],
    document: bool,
) -> None:
    """Measure how fast one message reaches everybody; the ratios stand above the tables."""
    if sys.platform != "linux":
        raise CannotMeasure("epoll, /proc and pinning are Linux's: nothing is measured elsewhere")
    console = Console()
    plan = SHORT if quick else WHOLE
    plan = plan._replace(rounds=rounds or plan.rounds, clients=clients or plan.clients)
    if names:
        plan = plan._replace(contenders=[each for each in CONTENDERS if each.name in names])
    plan = _feasible(plan, console)
    chosen = cores()
    if chosen.server is None:
        console.print("There is one core only: servers and load share it.")
    calibration = Calibration(chosen.server)
    machine = describe(chosen, raise_descriptor_limit())

    def tell(measured: Measured) -> None:
        rate = f"{measured.figures.get('deliveries_per_s', 0):,.0f} deliveries/s"
        words = measured.error or rate
        console.print(f"{measured.clients:>6,}  {measured.contender.label}: {words}")

    rows = summarize(run(plan, chosen, calibration, tell))
    machine["rounds"] = str(max((row.rounds for row in rows), default=0))
    machine["a loop of fixed work varied by"] = f"{calibration.spread():.0%}"
    machine["deliveries a second varied by (median)"] = f"{typical_spread(rows):.0%}"
    _print(console, rows, machine)
    if document:
        _write(rows, machine)


def _feasible(plan: Plan, console: Console) -> Plan:
    """The plan without what this machine does not have; says what that is."""
    compiled("load")
    room = (raise_descriptor_limit() - SPARE_DESCRIPTORS) // DESCRIPTORS_A_CLIENT
    for count in plan.clients:
        if count > room:
            console.print(f"The limit of open files has no room for {count:,} clients: left out.")
    plan = plan._replace(clients=[count for count in plan.clients if count <= room])
    try:
        if any(each.on_node for each in plan.contenders):
            node()
            node_modules()
    except CannotMeasure as error:
        console.print(f"Node is left out: {error.message}")
        plan = plan._replace(contenders=[each for each in plan.contenders if not each.on_node])
    return plan


def _print(console: Console, rows: list[Row], machine: dict[str, str]) -> None:
    for sheet in report.sheets(rows, ratios(rows)):
        console.print()
        console.print(sheet.screen())
    console.print()
    for name, value in machine.items():
        console.print(f"{name}: {value}", highlight=False)


def _write(rows: list[Row], machine: dict[str, str]) -> None:
    told = ratios(rows)
    DOCUMENT.with_suffix(".json").write_text(report.results(rows, told, machine), "utf-8")
    (DOCUMENT.parent / report.PLOT).write_text(plot.draw(rows), "utf-8")
    text = report.section(rows, told, machine)
    DOCUMENT.write_text(report.inserted(DOCUMENT.read_text("utf-8"), text), "utf-8")


if __name__ == "__main__":
    main()
