"""The same application for other WSGI servers: ``gunicorn -k gevent -w 1 'lanchat.wsgi:app'``.

Settings come from ``LANCHAT_*``; LANCHAT_PORT tells which port to show in invitations. One
process only: the people present and the order of messages live in it.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click
import gevent
from gevent import monkey

from lanchat.config import DEFAULT_PORT
from lanchat.errors import DataInUse, LanchatError

if TYPE_CHECKING:
    from lanchat.backend import Backend

_BOOT_FAILED = 3
"""The exit code on which gunicorn gives up; on any other it would try again for ever."""

_COMMAND = "gunicorn -k gevent -w 1 'lanchat.wsgi:app'"
_ONE_WORKER = (
    f"one worker only: {_COMMAND}; everybody present and the order of messages live in one process"
)


def _give_up(why: str) -> NoReturn:
    click.echo(f"lanchat: {why}", err=True)
    sys.exit(_BOOT_FAILED)


def _build() -> Backend:
    if not monkey.is_module_patched("socket"):
        _give_up(f"needs a gevent worker: {_COMMAND}")
    from lanchat.backend import Backend
    from lanchat.cli import explain
    from lanchat.cli.serve import config_from_environment
    from lanchat.net.network import Network

    try:
        config = config_from_environment()
        if config.encrypted:
            _give_up("under gunicorn it is gunicorn that encrypts: --certfile and --keyfile")
        port = config.port or DEFAULT_PORT
        network = Network(config.host, port, config.interface, config.advertise)
        return Backend(config, network)
    except click.UsageError as error:
        _give_up(explain(error)[0])
    except DataInUse as error:
        _give_up(_ONE_WORKER if error.parent == os.getppid() else str(error))
    except LanchatError as error:
        _give_up(str(error))


def _close_on_sigterm() -> None:
    """Say goodbye when gunicorn is asked to stop: it would wait 30 s for open WebSockets."""
    stop_worker = signal.getsignal(signal.SIGTERM)

    def close(number: int, frame: FrameType | None) -> None:
        gevent.spawn(_backend.close)
        if callable(stop_worker):
            stop_worker(number, frame)

    signal.signal(signal.SIGTERM, close)


_backend = _build()
_close_on_sigterm()
atexit.register(_backend.close)
app = _backend.app
