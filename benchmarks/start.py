"""How long `lanchat serve` takes from being called to its first answer, and what it imports.

python benchmarks/start.py [--python PATH]

Where a developer's tools are installed the libraries below find more to import (requests, aiohttp)
than where people run lanchat: ``--python`` names another environment's interpreter.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import click
from fanout.contenders import UNLIMITED
from fanout.process import Process, cores, free_port
from fanout.programs import CannotMeasure


class Start(NamedTuple):
    """One start; times in seconds, memory in bytes."""

    listening: float
    answering: float
    cpu: float
    memory: int


@click.command()
@click.option("--python", default=sys.executable, help="The interpreter that has lanchat.")
@click.option("--rounds", default=9, type=click.IntRange(1), help="How often it is started.")
@click.option("--slowest", default=8, type=click.IntRange(0), help="Show so many modules.")
def main(*, python: str, rounds: int, slowest: int) -> None:
    """Start it again and again, with a database that is there already, and tell the median."""
    if sys.platform != "linux":
        raise CannotMeasure("/proc is Linux's: nothing is measured elsewhere")
    with tempfile.TemporaryDirectory(prefix="lanchat-bench-") as name:
        folder = Path(name)
        start(python, folder)
        starts = [start(python, folder) for _ in range(rounds)]
        modules = imported(python, folder)
    for words, figures, unit in (
        ("until it listens", [each.listening * 1e3 for each in starts], "ms"),
        ("until the login page is there", [each.answering * 1e3 for each in starts], "ms"),
        ("processor time", [each.cpu * 1e3 for each in starts], "ms"),
        ("memory", [each.memory / 1e6 for each in starts], "MB"),
    ):
        middle, least, most = statistics.median(figures), min(figures), max(figures)
        click.echo(f"{words}: {middle:.0f} {unit} ({least:.0f} to {most:.0f})")
    click.echo(f"modules: {len(modules)}")
    for module, milliseconds in sorted(modules.items(), key=lambda item: -item[1])[:slowest]:
        click.echo(f"  {milliseconds:5.1f} ms  {module}")


def start(python: str, folder: Path) -> Start:
    """Let it listen and answer once, and end it."""
    port, began = free_port(), time.monotonic()
    with Process(command(python, folder, port), port, folder / "output.txt", cores().server) as it:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/")
        connection.getresponse().read()
        answering = time.monotonic() - began
        return Start(it.start_seconds, answering, it.cpu(), it.memory())


def command(python: str, folder: Path, port: int) -> list[str]:
    """As people start it, banner and .local name included; on loopback alone."""
    return [
        *(python, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--port", str(port)),
        *("--data-dir", str(folder / "data"), "--log-file", str(folder / "connections.log")),
        *UNLIMITED,
    ]


def imported(python: str, folder: Path) -> dict[str, float]:
    """The modules that a start imports, with what each took by itself, in milliseconds."""
    port, output = free_port(), folder / "imports.txt"
    first, *others = command(python, folder, port)
    with Process([first, "-X", "importtime", *others], port, output, cores().server):
        pass
    found = {}
    for line in output.read_text(errors="replace").splitlines():
        own, _, module = (line.removeprefix("import time:") + "||").split("|")[:3]
        if line.startswith("import time:") and own.strip().isdigit():
            found[module.strip()] = int(own) / 1e3
    return found


if __name__ == "__main__":
    main()
