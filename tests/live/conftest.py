"""Both ways that packets may take: lanchat's, and the stock one where a private name has moved."""

import sys

import pytest

from tests.world.server import ServerProcess

MOVED = """
import sys
from gevent import monkey
monkey.patch_all()
from engineio.socket import Socket
stock = Socket._websocket_handler
Socket._websocket_handler = lambda self, ws, another=None: stock(self, ws)
from lanchat.cli import main
del sys.argv[1:4]
main()
"""
"""Runs the command that follows with a method of Engine.IO that takes other parameters."""


@pytest.fixture(scope="session")
def stock_server(tmp_path_factory):
    """A server that has to go the stock way."""
    launcher = [sys.executable, "-c", MOVED]
    options = ("--grace", "0.5", "--rate", "0")
    server = ServerProcess(tmp_path_factory.mktemp("stock"), *options, launcher=launcher)
    yield server
    server.kill()


@pytest.fixture(params=["shared_server", "stock_server"])
def either_server(request):
    """A server on the fast path, then one on the stock path."""
    return request.getfixturevalue(request.param)
