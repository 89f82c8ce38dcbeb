"""Take a million messages in and write them into files again, and look at time and memory.

    python benchmarks/export.py [--messages 1000000] [--folder FOLDER]

Each command is a process of its own: an import into an empty folder, every format, and the same
import again. Memory is the most that the process had; the time of its processor tells more where
others keep the machine busy. Exits with 1 where a format takes longer than 15 s for a million
messages.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lanchat.archive.message_formats import JsonLines
from lanchat.chat.model import Message, timestamp
from lanchat.store.datadir import DATABASE

FORMATS = ("jsonl", "txt", "csv", "html")

LIMIT = 15.0
"""Seconds that a million messages may take."""

_TEXT = "the fox jumps over João's <lazy> dog 🦊 and then\nsays what it thinks of that"


def main() -> int:
    """Measure, show a table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where to put some 1.5 GB; a temporary one otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        return measure(Path(folder), options.messages)


def measure(folder: Path, count: int) -> int:
    """The way in, every format, and the way in again."""
    data, archive = folder / "data", folder / "archive.jsonl"
    write_archive(archive, count)
    table = Table("command", "seconds", "processor", "messages/s", "memory, MB", "file, MB")

    def row(name: str, file: Path, *arguments: str) -> float:
        seconds, usage = run(*arguments, "--data-dir", str(data))
        figures = (usage.ru_utime + usage.ru_stime, count / seconds, usage.ru_maxrss / 1024)
        size = file.stat().st_size / 1_000_000
        table.add_row(name, f"{seconds:.1f}", f"{figures[0]:.1f}", *whole(*figures[1:], size))
        return seconds

    row("import", data / DATABASE, "import", str(archive))
    files = [folder / f"messages.{name}" for name in FORMATS]
    slowest = max(row(f"export {file.suffix}", file, "export", "-o", str(file)) for file in files)
    row("import again", data / DATABASE, "import", str(archive))
    Console().print(table)
    return 1 if slowest > LIMIT * count / 1_000_000 else 0


def write_archive(file: Path, count: int) -> None:
    """Messages of thirty people, one every two seconds."""
    people = [(uuid.uuid4().hex, f"Guest {number}") for number in range(30)]
    with file.open("w") as archive:
        for number in range(count):
            user_id, user = people[number % 30]
            text = _TEXT[: 3 + number % len(_TEXT)]
            said = timestamp(1_790_000_000 + 2 * number)
            client_id = str(uuid.uuid4())
            message = Message(0, client_id, "lobby", user_id, user, "192.168.1.33", text, said, 0)
            archive.write(JsonLines().body([message]))


def run(*arguments: str) -> tuple[float, resource.struct_rusage]:
    """How many seconds the command took, and what else it used."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "lanchat", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(process.returncode)
    return time.monotonic() - begin, usage


def whole(*figures: float) -> tuple[str, ...]:
    """Cells with whole numbers."""
    return tuple(f"{figure:,.0f}" for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
