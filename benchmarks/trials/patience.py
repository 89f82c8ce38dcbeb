"""Waiting as long as something goes on, however long that takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import gevent

STANDSTILL = 120.0
"""Seconds without any progress after which nothing more is waited for."""


class StandstillError(Exception):
    """Nothing goes on; says what was waited for."""


def wait_until(
    condition: Callable[[], bool], progress: Callable[[], object], awaited: Callable[[], str]
) -> None:
    """Return when it is true. Raises StandstillError when ``progress`` stays what it is."""
    before, since = progress(), time.monotonic()
    while not condition():
        gevent.sleep(0.05)
        now = progress()
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > STANDSTILL:
            raise StandstillError(f"nothing for {STANDSTILL:.0f} s: {awaited()}")
