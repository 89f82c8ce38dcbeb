"""Keeps multicast DNS up to date while a server runs; lanchat.net.mdns does the work."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from lanchat.net.network import Network

TEXT_INTERVAL = 10.0
"""Seconds between two announcements where the address stays: people come in crowds."""

_GOODBYE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Announcer:
    """Announces the room at the network's addresses, as ``name``.local, until it is closed.

    ``text`` returns what else to tell of the room. Where multicast DNS cannot be used, one line
    in the log says so.
    """

    def __init__(
        self,
        network: Network,
        *,
        name: str,
        room: str,
        text: Callable[[], Mapping[str, str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._network = network
        self._fixed = {"port": network.port, "name": name, "room": room}
        self._text = text
        self._clock = clock
        self._said: dict[str, Any] = {"addresses": [], "text": {}}
        self._said_at = 0.0
        self._complaint = ""
        self._process: subprocess.Popen[str] | None = None
        self._leaving: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def refresh(self) -> None:
        """Announce what has changed since the last time."""
        now = self._clock()
        wanted = {"addresses": self._network.lan_addresses, "text": dict(self._text())}
        moved = wanted["addresses"] != self._said["addresses"]
        if moved or (wanted != self._said and now - self._said_at >= TEXT_INTERVAL):
            self._said, self._said_at = wanted, now
            self._say({**self._fixed, **wanted})

    def leave(self) -> None:
        """Begin to take everything back: it goes on beside what else is to be done at an end."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            self._leaving = process
            with suppress(OSError):
                process.stdin.close()

    def close(self) -> None:
        """Take everything back; returns when the network has been told."""
        self.leave()
        if self._leaving is None:
            return
        try:
            self._leaving.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._leaving.kill()
            self._leaving.wait()
        if self._reader is not None:
            self._reader.join()

    def _say(self, announcement: Mapping[str, Any]) -> None:
        if self._process is None and announcement["addresses"]:
            self._start()
        if self._process is None or self._process.stdin is None:
            return
        # It has ended by itself: the reader tells.
        with suppress(OSError):
            self._process.stdin.write(json.dumps(announcement) + "\n")
            self._process.stdin.flush()

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lanchat.net.mdns"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                # Ctrl+C in the terminal is for the server, which lets it end in order.
                start_new_session=True,
            )
        except OSError as error:
            self._complain(str(error))
            return
        self._reader = threading.Thread(target=self._listen, args=[self._process], daemon=True)
        self._reader.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            answer = json.loads(line)
            if "host" in answer:
                self._network.take_name(answer["host"])
            elif "lost" in answer:
                self._network.lose_name(answer["lost"])
            else:
                self._complain(answer["error"])
        if process.stdout is not None:
            process.stdout.close()
        if self._process is process:
            self._complain("its process has ended")

    def _complain(self, why: str) -> None:
        if why != self._complaint:
            self._complaint = why
            _log.warning("this room has no .local name, as multicast DNS cannot be used: %s", why)
