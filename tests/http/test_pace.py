"""One address asks only so fast, and others are not slowed down by it."""

from __future__ import annotations

import socket
import time

import pytest

from lanchat.http.pace import LONGEST_DELAY, REQUESTS_A_SECOND, REQUESTS_AT_ONCE, Pace
from tests.world.clock import Clock
from tests.world.deadline import DEADLINE
from tests.world.server import ServerProcess

PEOPLE = 10


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    """The pace of addresses that may have ten people."""
    return Pace(PEOPLE, clock)


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
