"""The server's end: a Unix socket that only the user who runs the server can connect to.

Each connection carries one request and its answer, a line of JSON each:

{"do": "link"}                                    {"ok": true, "link": "http://…/host#…"}
{"do": "list"}                                    {"ok": true, "people": […], "bans": […], …}
{"do": "command", "name": "mute", "text": "Ana"}  {"ok": true, "message": "Ana is …"}
anything that cannot be done                      {"ok": false, "message": "…"}

A command has "room", too, where it is about another room than the main one: its name or its id.
What is asked for programs stands in ``programs.py``.

Windows has no such sockets in Python, and no control from a terminal.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lanchat import phrases
from lanchat.chat.events import Event
from lanchat.chat.file_port import Files
from lanchat.chat.hub import Hub
from lanchat.chat.model import timestamp
from lanchat.errors import LanchatError, Refusal
from lanchat.web import outgoing

_log = logging.getLogger(__name__)

LINE_LIMIT = 64 * 1024
"""Bytes in a request."""

_PATIENCE = 10.0
"""Seconds for the whole request."""

_PATH_LIMIT = 100
"""Bytes in the path of a Unix socket: 104 with the zero at its end on macOS, 108 on Linux."""

Answer = dict[str, Any]

PROGRAMS = ("token_new", "token_list", "token_revoke", "say", "upload")
"""What is answered in ``programs.py``."""

Read = Callable[[int], bytes]
"""At most so many bytes, none at the end."""

Answering = Callable[[Mapping[str, Any], Read], object]

_LANG = "en"
"""The command line speaks English."""


def _nothing(_size: int) -> bytes:
    return b""


class Desk:
    """Answers for one room; ``link`` is its host link at this moment, None without an address.

    Without ``files`` nobody can send any.
    """

    def __init__(
        self, hub: Hub, link: Callable[[], str | None], files: Files | None = None
    ) -> None:
        self._hub = hub
        self._link = link
        self._files = files

    def answer(self, request: Mapping[str, Any], read: Read = _nothing) -> Answer:
        """What the terminal is told. Waits for the disk.

        ``read`` is what comes behind the request.
        """
        try:
            return self._answer(request, read)
        except Refusal as error:
            return {"ok": False, "message": phrases.why(error, _LANG)}
        except LanchatError as error:
            return {"ok": False, "message": str(error)}

    def _answer(self, request: Mapping[str, Any], read: Read) -> Answer:
        asked = request.get("do")
        if asked == "link":
            return {"ok": True, "link": self._link()}
        if asked == "list":
            return {"ok": True, **self._list()}
        if asked in PROGRAMS:
            from lanchat.control import programs  # here: few have any

            if asked == "upload":
                return programs.upload(self._hub, self._files, request, read)
            return programs.answer(self._hub, request)
        name, text, room = (str(request.get(each, "")) for each in ("name", "text", "room"))
        return phrases.done(self._hub.command_from_terminal(name, text, room), _LANG)

    def _list(self) -> Answer:
        hub = self._hub
        return {
            "room": outgoing.rules(hub.rules, hub.policies),
            "rooms": [outgoing.room(room, count) for room, count in hub.rooms.known("")],
            "messages": hub.statistics.messages,
            "people": [asdict(member) for member in hub.members()],
            "bans": [
                {
                    "name": ban.name,
                    "until": None if ban.until is None else timestamp(ban.until),
                    "address": ban.address,
                    "by": ban.by,
                }
                for ban in hub.bans()
            ],
        }


class Nobody:
    """Without a server there is nobody to tell."""

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None: ...

    def leave(self, connection: str, channel: str) -> None: ...

    def unsubscribe(self, connection: str) -> None: ...

    def deliver(self, channel: str, event: Event) -> None: ...


class Listener:
    """Answers requests until ``close``. Raises OSError where the socket cannot be made.

    The socket lies in the folder, or in a private one where that path is too long; ``path`` says
    where.
    """

    def __init__(self, folder: Path, answer: Answering) -> None:
        self._answer = answer
        self._own_folder: Path | None = None
        self.path = folder / "control.sock"
        if len(os.fsencode(self.path)) > _PATH_LIMIT:
            self._own_folder = Path(tempfile.mkdtemp(prefix="lanchat-"))
            self.path = self._own_folder / "control.sock"
        if _answers(self.path):
            raise OSError(errno.EADDRINUSE, "another server listens there")
        # Left by a server that was killed.
        self.path.unlink(missing_ok=True)
        self._open()

    def keep(self) -> None:
        """Listen again where the socket was deleted, as programs do that tidy up."""
        if not self.path.parent.exists() and self._own_folder is not None:
            self._own_folder.mkdir(mode=0o700)
        if self.path.parent.exists() and not self.path.exists():
            self._server.stop(timeout=0)
            self._socket.close()
            self._open()

    def _open(self) -> None:
        from gevent.server import StreamServer  # here: the terminal's end does without gevent

        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self.path))
        self._identity = _identity(self.path)
        # Nobody can connect before listen().
        self.path.chmod(0o600)
        self._socket.listen()
        self._server = StreamServer(self._socket, self._serve)
        self._server.start()

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.stop(timeout=0)
        self._socket.close()
        if _identity(self.path) == self._identity:  # and not another server's by now
            self.path.unlink()
        if self._own_folder is not None:
            with suppress(OSError):
                self._own_folder.rmdir()

    def _serve(self, connection: Any, _address: object) -> None:
        # Whoever hangs up or sends something else, nested too deeply perhaps, gets no answer.
        with suppress(OSError, ValueError, RecursionError), connection:
            connection.settimeout(_PATIENCE)
            with connection.makefile("rb") as lines:
                request = json.loads(lines.readline(LINE_LIMIT))
                if isinstance(request, dict):
                    answer = self._answer(request, lines.read1)
                    connection.sendall(json.dumps(answer).encode() + b"\n")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at the path, None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _answers(path: Path) -> bool:
    """Whether a server listens at the path."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def open_listener(folder: Path, answer: Answering) -> Listener | None:
    """A listener, or None where there can be none: a room does without rather than not start."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    try:
        return Listener(folder, answer)
    except OSError as error:
        _log.warning("`lanchat host` cannot reach this room: %s", error)
        return None
