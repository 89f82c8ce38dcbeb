"""``lanchat say``: say something from a shell, and know that it is stored."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Protocol, cast

import click

from lanchat.cli.commands import Command
from lanchat.cli.config_file import naming_sources
from lanchat.cli.moderate import room_options
from lanchat.cli.spoken import batches, messages, readable
from lanchat.control.client import Room, ask, send

FILES_LIMIT = 10
"""Files of a message."""


class Speaker(Protocol):
    """Where it is said; both return once it is stored, and raise CommandFailed."""

    def say(self, text: str, client_id: str, files: Sequence[str]) -> None: ...

    def upload(self, path: Path) -> str:
        """The id of a file that is there from now on."""


class Terminal:
    """On the server's own computer, where nobody is asked for a token."""

    def __init__(self, room: Room, program: str | None) -> None:
        self._room = room
        self._program = {"as": program} if program else {}

    def say(self, text: str, client_id: str, files: Sequence[str]) -> None:
        said = {"do": "say", "text": text, "client_id": client_id, "files": list(files)}
        ask(self._room, {**said, **self._program})

    def upload(self, path: Path) -> str:
        size = path.stat().st_size
        request = {"do": "upload", "name": path.name, "size": size, **self._program}
        with path.open("rb") as content:
            return str(send(self._room, request, content)["file"])


@click.command(
    cls=Command,
    examples=[
        ('lanchat say "Lunch is ready"', "On the computer of the room"),
        ("make 2>&1 | lanchat say --code", "What a program prints"),
        ('lanchat say --file picture.png "The new look"', "With a file"),
    ],
)
@click.argument("words", nargs=-1, metavar="[TEXT]...")
@click.option("--code", is_flag=True, help="Show it as code, such as what a program prints.")
@click.option(
    "--file",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this file with it; may be given up to ten times.",
)
@click.option("--as", "program", metavar="NAME", help="By the name, and in the room, of a program.")
@click.option(
    "--url",
    metavar="URL",
    envvar="LANCHAT_URL",
    show_envvar=True,
    help="Where the room is, if not on this computer; it takes a --token.",
)
@click.option(
    "--token",
    metavar="TOKEN",
    envvar="LANCHAT_TOKEN",
    show_envvar=True,
    help="What `lanchat token new` has printed there; others here can read what you type.",
)
@click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --url: the authority of a room that is encrypted by one of its own.",
)
@room_options
def say(
    *,
    words: tuple[str, ...],
    code: bool,
    files: tuple[Path, ...],
    program: str | None,
    url: str | None,
    token: str | None,
    ca: Path | None,
    room: Room,
) -> None:
    """Say something in the room; without TEXT what comes from standard input, as it comes.

    It ends with 0 once everything is stored.
    """
    with naming_sources(click.get_current_context()):
        speaker = _speaker(url, token, ca, program, room)
    text = " ".join(words)
    if not text.strip() and not files and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("there is nothing to say: give a TEXT, a --file, or a pipe")
    _check(files)
    ids = [speaker.upload(path) for path in files]
    for spoken in _spoken(text, code=code, alone=not files):
        speaker.say(spoken, str(uuid.uuid4()), ids)
        ids = []
    if ids:
        speaker.say("", str(uuid.uuid4()), ids)


def _check(files: Sequence[Path]) -> None:
    """Look whether they can be sent, before the first one is."""
    if len(files) > FILES_LIMIT:
        raise click.UsageError(f"a message has at most {FILES_LIMIT} files")
    for path in files:
        if not path.is_file():  # such as a pipe, whose size nobody knows
            raise click.BadParameter(f"{path} is no file", param_hint="--file")


def _spoken(text: str, *, code: bool, alone: bool) -> Iterator[str]:
    """The messages, of the command line or of standard input."""
    if text.strip() or not alone:
        yield from messages(text, code=code)
        return
    source = cast("BufferedReader", sys.stdin.buffer)
    for batch in batches(source):
        yield from messages(readable(batch), code=code)


def _speaker(
    url: str | None, token: str | None, ca: Path | None, program: str | None, room: Room
) -> Speaker:
    if url is None:
        return Terminal(room, program)
    if program:
        raise click.UsageError("a --token says which program it is; leave out --as or --url")
    if not token:
        raise click.UsageError("--url takes the --token of a program")
    from lanchat.cli.elsewhere import Elsewhere  # here: it takes a while

    return Elsewhere(url, token, ca)
