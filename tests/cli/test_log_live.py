"""`lanchat log stats --live`: what is drawn, and what programs get."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lanchat.cli.log_live import Look, drawn, looks
from tests.world.command_line import CommandLine
from tests.world.person import Person
from tests.world.server import ServerProcess


def test_messages_are_counted_over_a_minute() -> None:
    """What was said before the first look, and before a restart, is not."""
    moments = iter([0.0, 30.0, 61.0, 75.0, 80.0])
    counts: Iterator[dict[str, Any]] = iter(
        [{"people": [], "messages": number} for number in (100, 104, 110, 3, 5)]
    )
    found = islice(looks(lambda: next(counts), lambda: next(moments)), 5)
    assert [look[1:] for look in found] == [(0, 0), (4, 30), (6, 31), (0, 0), (2, 5)]


def test_what_is_drawn_is_safe() -> None:
    """A name paints nothing."""
    from rich.console import Console

    name = "Ana\x1b[31m"
    ana = {"name": name, "ip": "::1", "role": "host", "since": "2026-11-23T08:00:00Z"}
    screen = Console(width=80, color_system=None)
    with screen.capture() as capture:
        screen.print(drawn(Look([ana], 1, 60)))
    assert capture.get().startswith("1 person here, 1 message in the last 60 s\n")
    assert r"Ana\x1b[31m" in capture.get()


def test_programs_get_a_line_for_each_look(
    server: ServerProcess, ana: Person, tmp_path: Path
) -> None:
    """Until they close the pipe."""
    ana.join()
    command = [sys.executable, "-m", "lanchat", "log", "stats", "--live", "--json"]
    with subprocess.Popen(
        [*command, "--data-dir", str(server.data_dir)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        look = json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.wait(10) == 0
    assert [one["name"] for one in look["people"]] == ["Ana"]
    typed = CommandLine(tmp_path)
    assert typed("log", "stats", "--live", "--data-dir", server.data_dir).returncode == 2
    assert typed("log", "stats", "--live", "--json", "--data-dir", tmp_path).returncode == 1
    assert typed("log", "stats", "--live", "x.log").returncode == 2
