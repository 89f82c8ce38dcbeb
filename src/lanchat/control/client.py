"""The terminal's end: asks the server that runs, or does it in the data directory without one."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple

from lanchat import i18n
from lanchat.chat.commands import COMMANDS
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.hub import Hub
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.control.listener import Answer, Desk, Nobody
from lanchat.errors import CommandFailed, DataInUse, ExtraMissing, NotRunning
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
    """A command as a terminal offers it.

    One that is ``here`` can be about another room than the main one; it is so for certain where
    it ``needs_room``. Nothing can be said without words where it ``needs_words``.
    """

    name: str
    usage: str
    help: str
    grave: bool
    here: bool
    needs_room: bool
    needs_words: bool


def offered() -> Iterator[Offered]:
    """Everything that hosts can do; a terminal has its own way to ask for help."""
    for command in COMMANDS.values():
        if command.name not in {"help", "report"}:
            here = command.act is not None
            words = usage(command, "en"), i18n.translate("en", command.help_key)
            needs_words = any(not argument.optional for argument in command.arguments)
            about = here, here and command.of_rooms, needs_words
            yield Offered(command.name, *words, command.grave, *about)


class Room(NamedTuple):
    """Where a room is: by its server's data directory, or by the database that servers share.

    What is done without a server is written down in ``log_file``. Only where the database is
    ``named`` by the command itself, no server is asked: it may be another room's.
    """

    data_dir: Path
    log_file: Path
    database: str | None = None
    named: bool = False


def ask(room: Room, request: dict[str, Any]) -> Answer:
    """The room's answer. Without a server here it is done in its database or data directory.

    Raises NotRunning or NoTables where there is none either, CommandFailed with the room's own
    words, DataUnusable, DatabaseUnusable and ExtraMissing.
    """
    answer = None if room.named else _ask_server(room.data_dir, request)
    if answer is None and room.database is not None:
        answer = _shared().answer(room.database, room.log_file, request)
    elif answer is None:
        answer = _do_without(room.data_dir, room.log_file, request)
    if not answer["ok"]:
        raise CommandFailed(answer["message"])
    return dict(answer)


def send(room: Room, request: dict[str, Any], content: BinaryIO) -> Answer:
    """The same for a file, which a server that runs here has to take."""
    answer = None if room.named else _ask_server(room.data_dir, request, content)
    if answer is None:
        raise NotRunning(room.data_dir, "files are taken by a server that runs")
    if not answer["ok"]:
        raise CommandFailed(answer["message"])
    return dict(answer)


def _shared() -> ModuleType:
    """The module, which needs a package that is an extra. Raises ExtraMissing."""
    try:
        return import_module("lanchat.control.shared")
    except ImportError as error:
        raise ExtraMissing("--database", "psycopg[binary]") from error


def _ask_server(
    data_dir: Path, request: dict[str, Any], content: BinaryIO | None = None
) -> Answer | None:
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
            if content is not None and (size := request["size"]):
                # It may be refused before all has come, or have grown since it was measured.
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendfile(content, count=size)
            with connection.makefile("rb") as lines:
                answer: Answer = json.loads(lines.readline())
        except (OSError, ValueError):
            raise CommandFailed("the server gave no answer; it may be stopping") from None
    return answer


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
            delivery=Nobody(),
            audit=audit,
            history=0,
            edit_seconds=0,
        )
        undo.callback(hub.close)
        return Desk(hub, lambda: None).answer(request)
