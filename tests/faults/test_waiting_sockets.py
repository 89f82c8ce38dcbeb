"""Connections without a request are bounded, and the system's last descriptor is no end."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.world.deadline import DEADLINE
from tests.world.person import Person
from tests.world.server import ServerProcess

HELLO = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
PAGE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

FEW_FILES = ["sh", "-c", 'ulimit -n 1000; exec "$@"', "sh"]

resource = pytest.importorskip("resource", reason="Windows has no limit of descriptors")


@pytest.fixture
def server(server_factory: Callable[..., ServerProcess]) -> ServerProcess:
    """A server that may open 1,000 files: 200 connections may wait, 50 of one address."""
    return server_factory("--max-clients", "500", launcher=FEW_FILES)


@pytest.fixture
def connect(server: ServerProcess) -> Iterator[Callable[..., socket.socket]]:
    """Open a connection from one of loopback's addresses."""
    with contextlib.ExitStack() as opened:

        def open_one(address: str = "127.0.0.2", says: bytes = b"") -> socket.socket:
            where = ("127.0.0.1", server.port)
            connection = socket.create_connection(where, DEADLINE, source_address=(address, 0))
            opened.enter_context(connection)
            connection.sendall(says)
            return connection

        yield open_one


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has hung up; what it said before is dropped."""
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.mark.parametrize(
    "says",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nuser", HELLO],
    ids=["silent", "half a line", "half a body", "kept for later"],
)
def test_an_address_has_50_that_wait(
    connect: Callable[..., socket.socket], until: Callable[..., object], says: bytes
) -> None:
    """One more costs the oldest; those of other addresses stay."""
    other = connect("127.0.0.3")
    mine = [connect(says=says) for _ in range(60)]
    until(lambda: sum(map(is_closed, mine)) >= 10, "the end of ten of them")
    assert all(map(is_closed, mine[:10]))
    assert not is_closed(other)


def test_handshakes_that_are_not_made_wait_too(
    server_factory: Callable[..., ServerProcess], until: Callable[..., object]
) -> None:
    """TLS is no way around it."""
    server = server_factory("--tls", "--max-clients", "500", launcher=FEW_FILES)
    with contextlib.ExitStack() as opened:
        mine = []
        for _ in range(60):
            mine.append(socket.create_connection(("127.0.0.1", server.port), DEADLINE))
            opened.enter_context(mine[-1]).sendall(b"\x16\x03\x01")
        until(lambda: sum(map(is_closed, mine)) >= 10, "the end of ten of them")
        assert all(map(is_closed, mine[:10]))
    assert "Traceback" not in server.output()


def test_an_answer_that_is_not_taken_waits_too(
    connect: Callable[..., socket.socket], until: Callable[..., object]
) -> None:
    """Who asks and never reads holds no place for long."""
    first = connect()
    with contextlib.suppress(BlockingIOError):
        first.setblocking(False)
        while True:
            first.send(PAGE * 1_000)
    for _ in range(50):
        connect()

    def hung_up() -> bool:
        try:
            first.send(PAGE)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        return False

    until(hung_up)


def test_in_all_200_wait(
    connect: Callable[..., socket.socket], until: Callable[..., object], server: ServerProcess
) -> None:
    """The address with the most gives way, and everybody else is served."""
    few = [connect("127.0.0.9") for _ in range(5)]
    many = [connect(f"127.0.0.{10 + number % 5}") for number in range(250)]
    until(lambda: sum(map(is_closed, many)) >= 55, "the end of 55 of them")
    assert not any(map(is_closed, few))
    assert requests.get(server.url + "/healthz", timeout=DEADLINE).ok


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prlimit is Linux's")
def test_without_descriptors_it_goes_on(
    server: ServerProcess,
    connect: Callable[..., socket.socket],
    person_factory: Callable[..., Person],
) -> None:
    """Where the system gives no socket any more, who waits makes room, without a traceback."""
    process = server.process.pid
    used = max(int(each.name) for each in Path(f"/proc/{process}/fd").iterdir())
    resource.prlimit(process, resource.RLIMIT_NOFILE, (used + 20, 1_000))
    for _ in range(100):
        connect()
    assert person_factory("Ana").get("/chat").ok
    assert "Traceback" not in server.output()
    assert server.output().count("lets nobody else connect") == 1
