"""The same application for other WSGI servers: ``gunicorn -k gevent -w 1 'lanchat.wsgi:app'``.

Settings come from ``LANCHAT_*``; LANCHAT_PORT tells which port to show in invitations. One
process only: the people present and the order of messages live in it.
"""

from __future__ import annotations

import atexit
import sys

import click
from gevent import monkey

if not monkey.is_module_patched("socket"):
    sys.exit("lanchat.wsgi needs a gevent worker: gunicorn -k gevent -w 1 'lanchat.wsgi:app'")

from lanchat.cli.serve import config_from_environment
from lanchat.config import DEFAULT_PORT
from lanchat.errors import LanchatError
from lanchat.net.network import Network
from lanchat.server import Backend

_GUNICORN_BOOT_FAILED = 3


def _backend() -> Backend:
    try:
        config = config_from_environment()
        port = config.port or DEFAULT_PORT
        network = Network(config.host, port, config.interface, config.advertise)
        return Backend(config, network)
    except LanchatError as error:
        click.echo(f"lanchat: {error}", err=True)
        sys.exit(_GUNICORN_BOOT_FAILED)


backend = _backend()
atexit.register(backend.close)
app = backend.app
