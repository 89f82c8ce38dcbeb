"""Looking again and again, as long as a server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

SECONDS = 3.0
"""Between two looks: a laptop that changes its Wi-Fi is told of before anybody wonders."""

_log = logging.getLogger(__name__)


class Watch:
    """Calls each of ``looks`` every few seconds, in a thread of its own, until it is closed."""

    def __init__(self, looks: Sequence[Callable[[], None]], seconds: float = SECONDS) -> None:
        self._looks = looks
        self._seconds = seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more; returns when the last look is over."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            for look in self._looks:
                self._try(look)

    def _try(self, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception:  # noqa: BLE001 (the next look may find more)
            _log.exception("the network could not be looked at")
