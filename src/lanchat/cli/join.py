"""``lanchat join``: the chat in a terminal, or in a pipe."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from lanchat.asking import authority
from lanchat.cli.commands import Command
from lanchat.cli.config_file import naming_sources
from lanchat.errors import CommandFailed, ExtraMissing
from lanchat.terminal import is_screen, printable

if TYPE_CHECKING:
    from lanchat.join.session import Session


_PACKAGES = {
    "prompt_toolkit": "prompt-toolkit",
    "requests": "requests",
    "websocket": "websocket-client",
}
"""What may be missing, by what brings it."""


@click.command(
    cls=Command,
    examples=[
        ("lanchat join http://192.168.1.20:8765 --name Ana", "Talk from this terminal"),
        ("fortune | lanchat join http://192.168.1.20:8765", "Say what a program prints"),
    ],
)
@click.argument("url", metavar="URL")
@click.option("--name", metavar="NAME", help="By which name; else by the one that you have here.")
@click.option(
    "--code",
    metavar="CODE",
    envvar="LANCHAT_CODE",
    show_envvar=True,
    help="The access code, where there is one; others here can read what you type.",
)
@click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The authority of a room that is encrypted by one of its own, as it hands it out.",
)
@click.option("--follow", is_flag=True, help="In a pipe, go on when there is no more to be said.")
def join(*, url: str, name: str | None, code: str | None, ca: Path | None, follow: bool) -> None:
    """Join the room at URL, and talk there from this terminal.

    /help shows what can be done. In a pipe each line that comes is said, and each message is a
    line.
    """
    name = name or _own_name()
    try:
        with naming_sources(click.get_current_context()), _pem(ca) as pem:
            if is_screen() and sys.stdin is not None and sys.stdin.isatty():
                session = _on_screen(url, name, code, pem)
            else:
                session = _in_a_pipe(url, name, code, pem, follow=follow)
    except ModuleNotFoundError as error:
        package = _PACKAGES.get(error.name or "")
        if package is None:
            raise
        raise ExtraMissing("lanchat join", package) from error
    if session.failure is not None:
        raise session.failure
    if session.refused:
        raise CommandFailed("not everything was said")


@contextmanager
def _pem(ca: Path | None) -> Iterator[Path | None]:
    """A file with the authority as requests takes it, which is none of what rooms hand out."""
    if ca is None:
        yield None
        return
    content = authority(ca)
    with TemporaryDirectory(prefix="lanchat-") as folder:
        pem = Path(folder, "authority.pem")
        pem.write_text(content, "ascii")
        yield pem


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, often
        raise click.UsageError("this user has no name here; give one with --name") from None


def _on_screen(url: str, name: str, code: str | None, pem: Path | None) -> Session:
    from lanchat.join.screen import Screen
    from lanchat.join.session import Session

    screen = Screen(url)
    session = Session(url, name, code, screen.show)
    _ask_to_enter(session, pem)
    screen.take_part(session)
    return session


def _in_a_pipe(url: str, name: str, code: str | None, pem: Path | None, *, follow: bool) -> Session:
    from lanchat.join import plain
    from lanchat.join.session import Session

    session = Session(url, name, code, plain.show_in(url))
    _enter(session, pem)
    plain.take_part(session, plain.given(), follow=follow)
    return session


def _enter(session: Session, pem: Path | None) -> None:
    if pem is not None:
        session.door.trust(pem)
    session.log_in()


def _ask_to_enter(session: Session, pem: Path | None) -> None:
    """Let them try again by another name, or with the code."""
    while (refusal := _refusal(session, pem)) is not None:
        click.echo(printable(refusal), err=True)
        session.name = click.prompt("Name", default=session.name)
        session.code = click.prompt("Access code, if any", default=session.code or "")


def _refusal(session: Session, pem: Path | None) -> str | None:
    from lanchat.join.door import NotLetIn

    try:
        _enter(session, pem)
    except NotLetIn as refused:
        return str(refused)
    return None
