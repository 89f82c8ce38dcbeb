"""The servers of a test run: most tests share one with all that want the same options."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.world.server import ServerProcess

_KEPT = 6
"""So many run at a time; the one that was longest not asked for makes room."""


class Servers:
    """Those that one process of pytest has started; ``make_folder`` gives each a place."""

    def __init__(self, make_folder: Callable[[str], Path]) -> None:
        self._make_folder = make_folder
        self._shared: dict[tuple[tuple[str, ...], tuple[str, ...]], ServerProcess] = {}

    def shared(self, *options: str, launcher: Sequence[str] = ()) -> ServerProcess:
        """The one with these options, as empty as a new one.

        A test may say and do there what people and hosts can. It must not stop it, nor use up
        what one address may do.
        """
        key = options, tuple(launcher)
        server = self._shared.pop(key, None)
        if server is not None and server.process.poll() is None and hasattr(socket, "AF_UNIX"):
            self._shared[key] = server
            server.empty()
            return server
        # The first one, or the last one has crashed, or nothing can empty it.
        if server is not None:
            server.kill()
        server = ServerProcess(self._make_folder("shared"), *options, launcher=launcher)
        self._shared[key] = server
        while len(self._shared) > _KEPT:
            self._shared.pop(next(iter(self._shared))).kill()
        return server

    def close(self) -> None:
        """End them all."""
        for server in self._shared.values():
            server.kill()
