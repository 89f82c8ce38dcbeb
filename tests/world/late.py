"""Lets servers hear late what others say, as on a machine that has much else to do.

Whoever takes a step at one server that goes by what another one has just done waits for a sign that
it is known there. A test that does not passes on most days.
"""

from __future__ import annotations

import random
import time
from typing import Any

SECONDS = 0.6
"""At most."""


def be_late() -> None:
    """From now on, in this process; what it says itself it hears at once."""
    from lanchat.cluster.listener import Listener
    from lanchat.cluster.presence_listener import PresenceListener

    hear, hear_presence = Listener._hear, PresenceListener._hear

    def late(self: Any, connection: Any, came: Any) -> None:
        if not any(each.pid == self._answers.pid for each in came):
            _wait()
        hear(self, connection, came)

    def late_presence(self: Any, connection: Any, payloads: Any) -> None:
        if any(each.get("from") != self._lease.mine for each in payloads):
            _wait()
        hear_presence(self, connection, payloads)

    Listener._hear = late  # type: ignore[method-assign]
    PresenceListener._hear = late_presence  # type: ignore[method-assign]


def _wait() -> None:
    time.sleep(random.uniform(0, SECONDS))  # noqa: S311
