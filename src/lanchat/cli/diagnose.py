"""``lanchat doctor``: why others cannot join, one check a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from lanchat.cli import ExitCode
from lanchat.cli.commands import Command
from lanchat.cli.options import (
    color_option,
    is_typed,
    log_file_option,
    log_folder_option,
    shared_database_option,
)
from lanchat.cli.program import typed
from lanchat.doctor.examination import examine_here, examine_room
from lanchat.doctor.facts import Finding, Verdict
from lanchat.terminal import ColorChoice, console, is_screen, printable

_STYLES = {
    Verdict.OK: ("✓", "green"),
    Verdict.WARNING: ("!", "yellow"),
    Verdict.PROBLEM: ("✗", "bold red"),
    Verdict.UNSEEN: ("?", "dim"),
}
_VERDICT_WIDTH = len(Verdict.UNSEEN.value)
_CHECK_WIDTH = len("isolation")
_NARROW = 60
_NARROW_INDENT = 4


@click.command(
    cls=Command,
    examples=[
        ("lanchat doctor", "On the computer that runs the chat"),
        ("lanchat doctor http://192.168.1.20:8765", "On a guest's computer"),
    ],
)
@click.argument("url", required=False)
@click.option(
    "--port",
    "-p",
    type=click.IntRange(1, 65_535),
    metavar="PORT",
    show_default="that of the server that runs, or 8765",
    help="The port to look at.",
)
@shared_database_option
@log_folder_option
@log_file_option
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each check.")
@color_option
def doctor(
    *,
    url: str | None,
    port: int | None,
    database: str | None,
    data_dir: Path | None,  # noqa: ARG001 (the log's option asks for it)
    log_file: Path,
    as_json: bool,
    color: ColorChoice,
) -> None:
    """Look for what keeps others from joining, and say what to do about it.

    On the computer that runs the chat it needs no argument; a database that servers share is looked
    at first. On another one, give it the address that cannot be opened. It changes nothing, asks
    for no rights, and says what it could not see. Exits with 1 where there is a problem.
    """
    if url is None:
        findings = examine_here(log_file, port, database)
    else:
        if port is not None:
            raise click.UsageError("with a URL the port stands in it, and --port has no use")
        if is_typed("database"):
            raise click.UsageError("a URL is looked at from outside, where no database is seen")
        findings = examine_room(url)
    screen = console(color)
    bad = False
    for found in findings:
        finding = replace(found, next_step=typed(found.next_step))
        bad = bad or finding.verdict is Verdict.PROBLEM
        if as_json:
            click.echo(json.dumps(as_record(finding)))
        else:
            show(finding, screen)
    if bad:
        raise click.exceptions.Exit(ExitCode.FAILED)


def as_record(finding: Finding) -> dict[str, object]:
    """The finding for another program."""
    record = asdict(finding)
    record["verdict"] = finding.verdict.value
    record["next"] = record.pop("next_step")
    return record


def show(finding: Finding, screen: Console) -> None:
    """Print one finding; a terminal folds its lines below each other."""
    symbol, style = _STYLES[finding.verdict]
    symbol = "" if screen.options.ascii_only else f"{symbol} "
    head = Text.assemble(
        (f"{symbol}{finding.verdict.value}".ljust(_VERDICT_WIDTH + len(symbol)), style),
        "  ",
        (finding.check.ljust(_CHECK_WIDTH), "bold"),
        "  ",
    )
    indent = head.cell_len
    if screen.width < _NARROW:
        screen.print(head)
        head, indent = Text(" " * _NARROW_INDENT), _NARROW_INDENT
    for paragraph in _paragraphs(finding, "->" if screen.options.ascii_only else "→"):
        folded = paragraph.wrap(screen, screen.width - indent) if is_screen() else [paragraph]
        for line in folded:
            # Not folded again: in a pipe a line stays one, whatever its length.
            screen.print(head + line, no_wrap=True, overflow="ignore", crop=False)
            head = Text(" " * indent)


def _paragraphs(finding: Finding, arrow: str) -> Iterator[Text]:
    yield Text(printable(finding.text))
    for detail in finding.details:
        yield Text(printable(detail), "dim")
    if finding.next_step:
        yield Text(f"{arrow} {printable(finding.next_step)}", "cyan")
