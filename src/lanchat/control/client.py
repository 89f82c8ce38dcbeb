"""The terminal's end: asks the server that runs, or does it in the data directory without one."""

from __future__ import annotations

import json
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from lanchat import i18n
from lanchat.chat.commands import COMMANDS
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import Event
from lanchat.chat.hub import Hub
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.control.listener import Answer, Desk
from lanchat.errors import CommandFailed, DataInUse, NotRunning
from lanchat.phrases import usage
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store.database import Database
from lanchat.store.datadir import DATABASE, DataDir, control_path
from lanchat.store.eventlog import SqliteEventLog

_PATIENCE = 30.0
"""Seconds for an answer: the disk may be slow."""


_OUT_OF_REACH = (
    "a server has this data dir, and no terminal can reach it; become host in its page by the link "
    "that it showed when it started, and type /help there"
)


class Offered(NamedTuple):
    """A command as a terminal offers it."""

    name: str
    usage: str
    help: str
    grave: bool


def offered() -> Iterator[Offered]:
    """Everything that hosts can do; a terminal has its own way to ask for help."""
    for command in COMMANDS.values():
        if command.for_all:
            continue
        help_text = i18n.translate("en", command.help_key)
        yield Offered(command.name, usage(command, "en"), help_text, command.grave)


def ask(data_dir: Path, log_file: Path, request: dict[str, Any]) -> Answer:
    """The room's answer. Without a server, what is asked is done in the data directory.

    Raises NotRunning where there is none either, CommandFailed with the room's own words, and
    DataUnusable.
    """
    answer = _ask_server(data_dir, request)
    if answer is None:
        answer = _do_without(data_dir, log_file, request)
    if not answer["ok"]:
        raise CommandFailed(answer["message"])
    return answer


def _ask_server(data_dir: Path, request: dict[str, Any]) -> Answer | None:
    """The answer of the server that has the directory, or None where there is none."""
    path = control_path(data_dir)
    if path is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return None  # it was killed
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: Answer = json.loads(lines.readline())
        except (OSError, ValueError):
            raise CommandFailed("the server gave no answer; it may be stopping") from None
    return answer


class _Nobody:
    """Without a server there is nobody to tell."""

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None: ...

    def unsubscribe(self, connection: str) -> None: ...

    def deliver(self, channel: str, event: Event) -> None: ...


def _do_without(data_dir: Path, log_file: Path, request: dict[str, Any]) -> Answer:
    if not (data_dir / DATABASE).exists():
        raise NotRunning(data_dir)
    with ExitStack() as undo:
        try:
            data = DataDir(data_dir)
        except DataInUse:
            # On Windows, or where there can be no such sockets, or just now it starts or stops.
            raise CommandFailed(_OUT_OF_REACH) from None
        undo.callback(data.close)
        database = Database(data.database)
        undo.callback(database.close)
        audit = ConnectionLogFile(log_file)
        undo.callback(audit.close)
        hub = Hub(
            log=SqliteEventLog(database),
            settings=StoredSettings(database),
            reservations=StoredReservations(database),
            directory=LocalDirectory(grace=0),
            delivery=_Nobody(),
            audit=audit,
            history=0,
            edit_seconds=0,
        )
        undo.callback(hub.close)
        return Desk(hub, lambda: None).answer(request)
