"""Servers whose heart beats faster than those of people."""

from __future__ import annotations

import sys

_QUICK = """
import sys
from gevent import monkey
monkey.patch_all()
from lanchat.live import stack
stack.SERVER_OPTIONS.update(ping_interval={interval}, ping_timeout={timeout})
from lanchat.cli import main
del sys.argv[1:4]
main()
"""


def beating(interval: float, timeout: float) -> list[str]:
    """A launcher of a server that pings so often, and waits so long for a pong, in seconds."""
    return [sys.executable, "-c", _QUICK.format(interval=interval, timeout=timeout)]
