"""Which log a command reads, and what it says of lines that nobody can read."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lanchat.cli import complain
from lanchat.cli.config_file import path_setting
from lanchat.cli.counting import counted
from lanchat.cli.options import full_path
from lanchat.config import default_log_file
from lanchat.connlog.log_reader import LogReader


def usual_log_file() -> Path:
    """The one that `lanchat serve` writes in this very environment. Raises ConfigFileRefused."""
    named = os.environ.get("LANCHAT_LOG_FILE")
    return full_path(Path(named) if named else path_setting("log-file") or default_log_file())


file_argument = click.argument(
    "file", required=False, type=click.Path(path_type=Path), default=usual_log_file
)


def report_skipped(reader: LogReader) -> None:
    """Say on stderr how many lines could not be read, if any."""
    if reader.skipped:
        complain(f"{counted(reader.skipped, 'line')} of {reader.path} could not be read")
