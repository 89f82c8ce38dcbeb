"""The connections of hosts in a file for Wireshark, which grows while they go on (``--trace``)."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lanchat.errors import CannotStart
from lanchat.live.inspection.entry import Entry
from lanchat.live.inspection.handshake import handshake_of
from lanchat.live.inspection.pcapng import BEGINNING
from lanchat.live.inspection.recorder import Recorder
from lanchat.live.inspection.tap import Tap
from lanchat.live.websocket import WebSocket
from lanchat.private import lock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_log = logging.getLogger(__name__)

MOST_BYTES = 100_000_000
"""A trace that somebody has forgotten ends here."""


class TraceFile:
    """A file that its owner alone can read; a trace that is there already is written anew.

    ``is_host`` says whose connections are written. What was seen is in the file at once, block by
    block, so that whoever reads it meanwhile has all of it. Raises CannotStart where the file
    cannot be written, or is something else than a trace.
    """

    def __init__(self, path: Path, is_host: Callable[[str], bool]) -> None:
        self._path = path
        self._is_host = is_host
        self._descriptor: int | None = _opened(path)
        self._size = self._tapped = 0
        offset = time.time() - perf_counter()
        self._recorder = Recorder(self._write, lambda at: at + offset)

    def tap(self, user_id: str, websocket: WebSocket, environ: WSGIEnvironment) -> None:
        """Write a connection that opens, if it is a host's, as long as they are host."""
        if self._descriptor is None or not self._is_host(user_id):
            return
        self._tapped += 1
        Tap(websocket, self._tapped, partial(self._add, user_id), handshake_of(environ)).lay()

    def close(self) -> None:
        """Write nothing more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _add(self, user_id: str, entry: Entry) -> None:
        if self._descriptor is not None and (self._is_host(user_id) or entry is entry.tap.closed):
            self._recorder.add(entry)

    def _write(self, block: bytes) -> None:
        if self._descriptor is None:
            return
        why = ""
        try:
            self._size += os.write(self._descriptor, block)
        except OSError as error:
            why = str(error.strerror)
        if self._size >= MOST_BYTES:
            why = f"it has {MOST_BYTES // 1_000_000} MB"
        if why:
            _log.warning("no more is written into the trace %s: %s", self._path, why)
            self.close()


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody reads would keep us from starting
    with ExitStack() as undo:
        try:
            descriptor = os.open(path, flags, 0o600)
            undo.callback(os.close, descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise CannotStart(f"--trace: {path} is no file; give the name of one")
            if os.read(descriptor, len(BEGINNING)) not in {b"", BEGINNING}:
                raise CannotStart(f"--trace: {path} is there, and no trace; choose another name")
            lock(descriptor)
            path.chmod(0o600)
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
        except OSError as error:
            raise CannotStart(f"--trace: {path} cannot be written: {error.strerror}") from None
        undo.pop_all()
    return descriptor
