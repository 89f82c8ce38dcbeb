"""One address asks only so fast, and others are not slowed down by it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pytest

from lanchat.http.pace import LONGEST_DELAY, REQUESTS_A_SECOND, REQUESTS_AT_ONCE, Pace
from tests.world.clock import Clock
from tests.world.deadline import DEADLINE
from tests.world.server import ServerProcess

PEOPLE = 10


@pytest.fixture
def pace(clock: Clock) -> Pace:
    """The pace of addresses that may have ten people."""
    return Pace(PEOPLE, clock=clock)


def test_so_many_requests_come_at_once(pace: Pace) -> None:
    """A page and its files for everybody; the next one waits."""
    delays = [pace.delay("192.0.2.1") for _ in range(PEOPLE * REQUESTS_AT_ONCE + 1)]
    assert delays[:-1] == pytest.approx([0.0] * PEOPLE * REQUESTS_AT_ONCE, abs=1e-6)
    assert delays[-1] == pytest.approx(1 / (PEOPLE * REQUESTS_A_SECOND))
    assert pace.delay("192.0.2.2") == 0


def test_what_would_wait_too_long_is_not_taken(pace: Pace, clock: Clock) -> None:
    """Nor is it counted: when the flood is over the address is free again soon."""
    delays = [pace.delay("192.0.2.1") for _ in range(10_000)]
    assert max(delay for delay in delays if delay is not None) <= LONGEST_DELAY
    assert delays[-1] is None
    clock.now += LONGEST_DELAY
    assert pace.delay("192.0.2.1") == pytest.approx(0, abs=0.1)


def test_0_people_is_no_limit() -> None:
    """Everybody may be behind one address."""
    pace = Pace(0)
    assert not any(pace.delay("192.0.2.1") for _ in range(10_000))


def test_behind_a_proxy_the_address_is_the_one_that_it_tells(clock: Clock) -> None:
    """The last one, since the others are what a visitor says; who has none shares one pace."""
    pace = Pace(PEOPLE, 1, forwarded=True, clock=clock)
    assert pace.asker("127.0.0.1", "10.0.0.1, 192.0.2.1") == "192.0.2.1"
    delays = [pace.delay(pace.asker("127.0.0.1", "192.0.2.1")) for _ in range(1_000)]
    assert delays[-1] is None
    assert pace.delay(pace.asker("127.0.0.1", "192.0.2.2")) == 0
    unknown = [pace.delay(pace.asker("127.0.0.1")) for _ in range(REQUESTS_AT_ONCE + 1)]
    assert unknown[-1] == pytest.approx(1 / REQUESTS_A_SECOND)
    assert Pace(PEOPLE, 1).asker("127.0.0.1", "192.0.2.1") == "127.0.0.1"


def test_where_everybody_has_one_address_all_together_have_a_pace(clock: Clock) -> None:
    """Of whoever asks: no address has one of its own."""
    pace = Pace(0, 1, clock=clock)
    delays = [pace.delay(f"192.0.2.{number}") for number in range(REQUESTS_AT_ONCE + 1)]
    assert delays[-1] == pytest.approx(1 / REQUESTS_A_SECOND)


@pytest.mark.own_server
@pytest.mark.server_options("--max-per-ip", "10", "--trust-proxy")
def test_one_visitor_behind_a_proxy_slows_down_no_other(server: ServerProcess) -> None:
    """Each of their requests costs as much as sixteen, so that 40 of them take all there is."""
    head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.%d\r\n"
    long = head % 1 + b"X: %s\r\n\r\n" % (b"x" * 31_000)
    address = ("127.0.0.1", server.port)
    with (
        socket.create_connection(address, DEADLINE) as hasty,
        socket.create_connection(address, DEADLINE) as other,
    ):
        hasty.sendall(long * 60)
        answers = b""
        while answers.count(b"HTTP/1.1 200 ") < 37:
            answers += hasty.recv(65_536)
        other.sendall(head % 2 + b"\r\n")
        assert other.recv(12) == b"HTTP/1.1 200"
        assert (answers + hasty.recv(65_536)).count(b"HTTP/1.1 200 ") < 60


@pytest.mark.server_options("--max-per-ip", "10")
def test_requests_that_come_at_once_hold_up_nobody(server: ServerProcess) -> None:
    """Others have their turn between any two of them."""
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    address = ("127.0.0.1", server.port)
    with (
        socket.create_connection(address, DEADLINE) as hasty,
        socket.create_connection(address, DEADLINE) as other,
    ):
        hasty.sendall(request * 500)
        other.sendall(request)
        assert other.recv(12) == b"HTTP/1.1 200"
        hasty.setblocking(False)
        answers = b""
        with suppress(BlockingIOError):
            while answers.count(b"HTTP/1.1 200 ") < 500:
                answers += hasty.recv(65_536)
        assert answers.count(b"HTTP/1.1 200 ") < 500


def test_nobody_is_remembered_for_ever(pace: Pace, clock: Clock) -> None:
    """Addresses of a year would fill the memory."""
    for number in range(1_000):
        clock.now += 1
        pace.delay(f"address {number}")
    assert len(pace) < 300


@pytest.mark.own_server
@pytest.mark.server_options("--max-per-ip", "10")
def test_a_hasty_address_waits_and_is_served(server: ServerProcess) -> None:
    """Of 650 requests at once 600 are answered at once, the others as they have their turn."""
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = b""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as hasty:
        hasty.sendall(request * 650)
        while answers.count(b"HTTP/1.1 200 ") < 650:
            answers += hasty.recv(65_536)
    assert time.monotonic() - begin > 2
