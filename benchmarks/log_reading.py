"""Read a large connection log by every command there is, and look at time and memory.

    python benchmarks/log_reading.py [--megabytes 60] [--folder FOLDER] [--only WORD]

The log is that of a busy room over ninety days, in one file. Each command is a process of its own,
whose output goes through a pipe. Memory is the most that the process had; the time of its processor
tells more where others keep the machine busy. Exits with 1 where showing all of 60 MB takes more
than 5 s of the processor's time or 40 MB of memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lanchat.connlog.log_record import encode

COMMANDS = (
    ("log", "tail"),
    ("log", "tail", "--since", "10m"),
    ("log", "tail", "--since", "100d"),
    ("log", "tail", "--since", "100d", "--color", "always"),
    ("log", "tail", "--since", "100d", "--json"),
    ("log", "tail", "--since", "100d", "--event", "ban"),
    ("log", "export", "--format", "csv"),
    ("log", "stats"),
)

LIMITED = COMMANDS[2]
MOST_SECONDS, MOST_MEMORY = 5.0, 40.0
"""For 60 MB, and in MB."""

DAYS = 90
BANS = 1_000
"""One line in so many tells of one."""

AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
EVENTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("join", {"agent": AGENT}),
    ("leave", {"seconds": 192.4}),
    ("ban", {"seconds": 7200, "by": "Rui"}),
)


def main() -> int:
    """Measure, show a table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--folder", help="where to put the log; a temporary folder otherwise")
    parser.add_argument("--only", default="", help="commands with this in them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        return measure(Path(folder) / "connections.log", options.megabytes, options.only)


def measure(log: Path, megabytes: int, only: str) -> int:
    """Every command once."""
    lines = write_log(log, megabytes * 1_000_000)
    table = Table("command", "seconds", "processor", "µs/line", "memory, MB", "output, MB")
    too_much: bool = False
    for command in COMMANDS:
        if only not in " ".join(command):
            continue
        seconds, usage, size = run(*command, str(log))
        spent, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        figures = f"{seconds:.2f}", f"{spent:.2f}", f"{spent / lines * 1e6:.1f}", f"{memory:.0f}"
        table.add_row(" ".join(command), *figures, f"{size / 1e6:.1f}")
        if command == LIMITED:
            too_much = spent > MOST_SECONDS * megabytes / 60 or memory > MOST_MEMORY
    Console(width=100).print(f"{lines:,} lines, {megabytes} MB", table)
    return int(too_much)


def write_log(path: Path, size: int) -> int:
    """People who come and go until now; returns how many lines there are."""
    now, count = datetime.now(timezone.utc), size // 230
    step = timedelta(days=DAYS) / count
    with path.open("w") as log:
        for number in range(count):
            when = (now - step * (count - number)).isoformat(timespec="milliseconds")
            who = number // 2 % 97
            person = {"user": f"Guest {who}", "user_id": f"{who:032x}", "ip": f"192.168.1.{who}"}
            event, more = EVENTS[number % 2 if number % BANS else 2]
            log.write(encode(when.replace("+00:00", "Z"), event, {**person, **more}) + "\n")
    return count


def run(*arguments: str) -> tuple[float, resource.struct_rusage, int]:
    """How many seconds the command took, what else it used, and how much it said."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "lanchat", *arguments]
    reading, writing = os.pipe()
    process = subprocess.Popen(command, stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        size = sum(map(len, iter(partial(pipe.read, 1 << 20), b"")))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(process.returncode)
    return time.monotonic() - begin, usage, size


if __name__ == "__main__":
    sys.exit(main())
