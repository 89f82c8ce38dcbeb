"""The ways that packets may take: lanchat's, the stock one where a private name has moved, TLS."""

import sys

import pytest

LAUNCHER = """
import sys
from gevent import monkey
monkey.patch_all()
from engineio.socket import Socket
stock = Socket._websocket_handler
if {moved}:
    Socket._websocket_handler = lambda self, ws, another=None: stock(self, ws)
from lanchat.live import stack
stack.SERVER_OPTIONS.update({options})
from lanchat.cli import main
del sys.argv[1:4]
main()
"""
"""Runs the command that follows, perhaps with a method of Engine.IO that takes other parameters."""


@pytest.fixture
def launch(server_with):
    """Share a server on either path."""

    def start(*, moved, **options):
        launcher = [sys.executable, "-c", LAUNCHER.format(moved=moved, options=options)]
        return server_with("--grace", "0.5", "--rate", "0", launcher=launcher)

    return start


@pytest.fixture
def stock_server(launch):
    """A server that has to go the stock way."""
    return launch(moved=True)


@pytest.fixture(params=[False, True], ids=["fast", "stock"])
def quick_server(request, launch):
    """A server whose heart beats fast, one on each path."""
    return launch(moved=request.param, ping_interval=0.3, ping_timeout=1)


@pytest.fixture(params=["shared_server", "stock_server", "encrypted_server"])
def either_server(request):
    """A server on the fast path, one on the stock path, then one that encrypts."""
    return request.getfixturevalue(request.param)
