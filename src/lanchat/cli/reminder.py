"""One quiet line, where nobody has come in from another device for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from lanchat.doctor.guests import read_diary
from lanchat.net.network import Network

DELAY = 60.0
"""Seconds that guests have to type the address."""


def remind(
    network: Network, log_file: Path, say: Callable[[], None], delay: float = DELAY
) -> threading.Timer:
    """Say it after the delay, once, if the log knows of nobody from elsewhere by then."""

    def look() -> None:
        diary = read_diary(log_file, network.own_hosts())
        if network.shared and not diary.unreadable and diary.visitor is None:
            say()

    timer = threading.Timer(delay, look)
    timer.daemon = True
    timer.start()
    return timer
