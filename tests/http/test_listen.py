from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from lanchat.config import DEFAULT_PORT
from lanchat.errors import AddressNotHere, NoFreePort, PortTaken
from lanchat.http.listen import listen
from tests.world.needs import need

has_ipv6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
has_descriptors = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no limit of descriptors"
)

MAKE_ROOM = """
import resource, sys
from lanchat.http.listen import make_room_for
connections, soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
room = make_room_for(connections)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], *room)
"""


@contextlib.contextmanager
def other_program(host: str, port: int = 0) -> Iterator[int]:
    """Another program that listens; gives its port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as server:
        yield server.getsockname()[1]


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=has_ipv6)])
def test_every_address_means_ipv4_and_ipv6(host: str) -> None:
    """One socket answers on both, so that localhost works whatever it means."""
    with listen(None, 0) as listener, socket.create_connection((host, port_of(listener)), 5):
        pass


def test_port_0_is_any_free_one() -> None:
    """Two servers that do not care get different ports."""
    with listen(None, 0) as first, listen(None, 0) as second:
        assert port_of(first) != port_of(second)


def test_a_port_that_was_asked_for_is_not_exchanged() -> None:
    """The refusal names the port."""
    with listen(None, 0) as first:
        port = port_of(first)
        with pytest.raises(PortTaken, match=f"port {port} is taken"):
            listen(None, port)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux shares a port's connections out")
def test_a_shared_port_is_one_for_those_who_share_it() -> None:
    """Each of them gets connections; for anybody else it is taken."""
    with listen(None, 0, shared=True) as first:
        port = port_of(first)
        with listen(None, port, shared=True) as second:
            assert port_of(second) == port
            waiting: set[socket.socket] = set()
            while waiting != {first, second}:
                socket.create_connection(("127.0.0.1", port), 5).close()
                ready, _, _ = select.select([first, second], [], [], 5)
                waiting.update(ready)
        with pytest.raises(PortTaken):
            listen(None, port)
    with listen(None, 0) as other, pytest.raises(PortTaken, match="with --reuse-port, as the same"):
        listen(None, port_of(other), shared=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", pytest.param("::1", marks=has_ipv6)])
def test_a_port_held_by_another_program_is_taken(host: str) -> None:
    """A port is taken also where only loopback is held: localhost would open the other program."""
    with other_program(host) as port, pytest.raises(PortTaken):
        listen(None, port)


def test_the_default_port_moves_on() -> None:
    """Where 8765 is taken and nobody asked for it, the next free one is used."""
    with contextlib.ExitStack() as stack:
        # Another test run on this machine may hold it already, which serves as well.
        with contextlib.suppress(OSError):
            stack.enter_context(other_program("127.0.0.1", DEFAULT_PORT))
        port = port_of(stack.enter_context(listen(None, None)))
    assert DEFAULT_PORT < port <= DEFAULT_PORT + 20


def test_no_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names all ports that were tried."""
    with other_program("127.0.0.1") as first, contextlib.ExitStack() as stack:
        # Whoever else may hold the next port serves as well.
        with contextlib.suppress(OSError):
            stack.enter_context(other_program("127.0.0.1", first + 1))
        # All 21 ports in earnest would be in the way of other tests.
        monkeypatch.setattr("lanchat.http.listen.DEFAULT_PORT", first)
        monkeypatch.setattr("lanchat.http.listen.PORTS_TO_TRY", 1)
        with pytest.raises(NoFreePort, match=f"none of the ports {first} to {first + 1} is free"):
            listen(None, None)


def test_a_restart_does_not_wait_for_old_connections() -> None:
    """A connection that the server closed lingers in the system and is no obstacle."""
    with listen("127.0.0.1", 0) as first:
        port = port_of(first)
        with socket.create_connection(("127.0.0.1", port), 5) as client:
            first.accept()[0].close()
            assert client.recv(1) == b""
    with listen("127.0.0.1", port) as second:
        assert port_of(second) == port


def test_one_address_only() -> None:
    """A given host is all that is listened on."""
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_host_name() -> None:
    """A name is looked up; one with both kinds of address means its IPv4."""
    need("localhost")
    with listen("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("198.51.100.77", "does not have that address"),
        ("no-such-host.invalid", "no such address or host name"),
        ("bad..name", "no such address or host name"),
    ],
)
def test_a_host_that_is_not_here(host: str, reason: str) -> None:
    """The refusal says what is wrong with the host."""
    with pytest.raises(AddressNotHere, match=reason):
        listen(host, 0)


def test_ipv4_alone_where_ipv6_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without IPv6 still gets a server."""
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    with listen(None, 0) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def room_for(connections: int, *, soft: int, hard: int) -> tuple[int, str, int, int]:
    """The limit that a process of its own ends up with, its warnings, and the room it has."""
    numbers = map(str, (connections, soft, hard))
    command = [sys.executable, "-c", MAKE_ROOM, *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    limit, waiting, silent = map(int, done.stdout.split())
    return limit, done.stderr, waiting, silent


@has_descriptors
@pytest.mark.parametrize("connections", [0, 10, 500])
def test_raises_the_limit_as_far_as_it_goes(connections: int) -> None:
    """Many systems let a program open 256 or 1,024 files unless it asks for more."""
    limit, warning = room_for(connections, soft=100, hard=1_000)[:2]
    assert (limit, warning) == (1_000, "")


@has_descriptors
def test_warns_where_the_system_allows_too_few() -> None:
    """One line says what to do; the server takes as many as it can."""
    limit, warning, *_ = room_for(5_000, soft=100, hard=1_000)
    assert limit == 1_000
    assert "--max-clients" in warning
    assert warning.count("\n") == 1


@has_descriptors
@pytest.mark.parametrize(
    ("connections", "hard", "room"),
    [(1_000, 20_000, (2_000, 1_000)), (500, 1_000, (200, 100)), (5_000, 1_000, (100, 50))],
)
def test_shares_out_what_is_there(connections: int, hard: int, room: tuple[int, int]) -> None:
    """Connections that wait and sessions that say nothing leave those of the chat their room."""
    assert room_for(connections, soft=100, hard=hard)[2:] == room
