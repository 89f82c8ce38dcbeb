from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from lanchat.doctor.probe import failure, judge, probe
from tests.world.server import ServerProcess


@pytest.fixture(scope="module")
def server(shared_server: ServerProcess) -> ServerProcess:
    """Asking for its health changes nothing."""
    return shared_server


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_a_lanchat(server: ServerProcess) -> None:
    """It tells its version and, in passing, what time it is there."""
    health = probe("127.0.0.1", server.port)
    assert (health.kind, bool(health.version)) == ("lanchat", True)
    assert health.ahead is not None
    assert abs(health.ahead) < 60


def test_nobody_listens(listener: socket.socket) -> None:
    """That is refused at once."""
    port = listener.getsockname()[1]
    listener.close()
    assert probe("127.0.0.1", port).kind == "refused"


def test_somebody_who_says_nothing(listener: socket.socket) -> None:
    """A connection alone is no lanchat."""
    assert probe("127.0.0.1", listener.getsockname()[1], 0.1).kind == "other"


def test_another_web_server() -> None:
    """Another server answers, in the clear and to a handshake, with something else."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        thread = threading.Thread(target=other.serve_forever, args=[0.01])
        thread.start()
        health = probe("127.0.0.1", other.server_port)
        other.shutdown()
        thread.join()
    assert (health.kind, "501" in health.reason) == ("other", True)


def test_a_name_that_the_server_does_not_know() -> None:
    """The guard's refusal is told from that of another server."""
    assert (
        judge(403, {}, b"This lanchat does not answer to the name 'x'.", 0).kind == "foreign name"
    )
    assert judge(403, {}, b"Forbidden", 0).kind == "other"


def test_the_other_clock() -> None:
    """A server tells its time with every answer."""
    body = b'{"status": "ok", "version": "1"}'
    assert judge(200, {"Date": formatdate(1_000_300, usegmt=True)}, body, 1_000_000).ahead == 300
    assert judge(200, {}, body, 1_000_000).ahead is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), "refused"),
        (TimeoutError(), "silent"),
        (OSError(113, "No route to host"), "unreachable"),
        (socket.gaierror(), "unreachable"),
    ],
)
def test_why_a_connection_fails(error: OSError, kind: str) -> None:
    """Refused is somebody's word; silence is a firewall's or a network's."""
    assert failure(error).kind == kind
