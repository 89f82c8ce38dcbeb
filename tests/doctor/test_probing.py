"""What answers at an address, and what it means that nothing does."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate

import pytest

from lanchat.doctor.probing import explain_failure, probe, read_answer, resolve, within
from tests.world.deadline import DEADLINE
from tests.world.needs import need
from tests.world.server import ServerProcess


def test_resolving() -> None:
    """A name has addresses without a zone; what is no name has none."""
    need("localhost")
    assert "127.0.0.1" in resolve("localhost")
    assert resolve("no such name") == set()
    assert resolve("x" * 70) == set()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_a_lanchat(server: ServerProcess) -> None:
    """A lanchat tells its version and, in passing, what time it is there."""
    health = probe("127.0.0.1", server.port)
    assert (health.kind, bool(health.version)) == ("lanchat", True)
    assert health.ahead is not None
    assert abs(health.ahead) < 60


def test_nobody_listens(listener: socket.socket) -> None:
    """A port where nobody listens refuses at once."""
    port = listener.getsockname()[1]
    listener.close()
    assert probe("127.0.0.1", port).kind == "refused"


def test_somebody_who_says_nothing(listener: socket.socket) -> None:
    """A connection alone is no lanchat."""
    assert probe("127.0.0.1", listener.getsockname()[1], 0.1).kind == "other"


@pytest.mark.parametrize(
    "begin",
    [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
)
def test_an_answer_that_drips_is_given_up(listener: socket.socket, begin: bytes) -> None:
    """However often a byte comes, the whole has its time; the server sees us hang up."""

    def drip() -> None:
        with listener.accept()[0] as connection, suppress(OSError):
            connection.sendall(begin)
            while True:
                connection.sendall(b"x")
                time.sleep(0.01)

    thread = threading.Thread(target=drip)
    thread.start()
    health = probe("127.0.0.1", listener.getsockname()[1], 0.3)
    assert health.kind == "other"
    thread.join()


def test_what_takes_too_long_is_given_up() -> None:
    """A resolver without a network, for one, waits for much longer than anybody would."""
    never = threading.Event()
    assert within(0.01, never.wait) is None
    never.set()
    assert within(DEADLINE, never.wait) is True


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
        read_answer(403, {}, b"This lanchat does not answer to the name 'x'.", 0).kind
        == "foreign name"
    )
    assert read_answer(403, {}, b"Forbidden", 0).kind == "other"


@pytest.mark.parametrize(
    "body", [b"", b"ok", b"[]", b"{}", b'{"status": "ok"}', b"\xff", b"[" * 100_000]
)
def test_an_answer_that_no_lanchat_gives(body: bytes) -> None:
    """Whoever answers there can say what they like."""
    assert read_answer(200, {}, body, 0).kind == "other"


def test_the_other_clock() -> None:
    """A server tells its time with every answer."""
    body = b'{"status": "ok", "version": "1"}'
    assert (
        read_answer(200, {"Date": formatdate(1_000_300, usegmt=True)}, body, 1_000_000).ahead == 300
    )
    assert read_answer(200, {}, body, 1_000_000).ahead is None


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
    assert explain_failure(error).kind == kind
