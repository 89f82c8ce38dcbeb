"""Who guesses is slowed down, with however many addresses; who knows the secret comes in."""

from __future__ import annotations

import pytest

from lanchat.errors import TooManyTries
from lanchat.web.tries import (
    FREE_TRIES,
    LONGEST_WAIT,
    NETWORK_TRIES,
    TRIES,
    Tries,
)
from tests.world.clock import Clock

HOUR = 3_600


@pytest.fixture
def tries(clock: Clock) -> Tries:
    """The tries at a secret that nobody has guessed at yet."""
    return Tries(clock)


def wait(tries: Tries, address: str, known: str | None = None) -> int:
    """How long a try from there has to wait."""
    try:
        tries.check(address, known)
    except TooManyTries as refusal:
        return refusal.retry_after
    return 0


def guess(tries: Tries, address: str, known: str | None = None) -> bool:
    """Guess wrong; returns whether it was looked at."""
    if wait(tries, address, known):
        return False
    tries.wrong(address, known)
    return True


def fill(tries: Tries, prefix: str) -> int:
    """Guess from very many addresses until none is looked at; returns how many were."""
    return sum(guess(tries, f"{prefix}{number}") for number in range(10_000))


def test_an_address_has_ten(tries: Tries, clock: Clock) -> None:
    """They come back ten minutes later."""
    assert [guess(tries, "192.0.2.1") for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    clock.now += 599
    assert wait(tries, "192.0.2.1") == 1
    clock.now += 1
    assert wait(tries, "192.0.2.1") == 0


def test_an_ipv6_network_has_fifty(tries: Tries) -> None:
    """More addresses of one /64 are no more tries; the next network has its own."""
    looked_at = sum(guess(tries, f"2001:db8:0:1::{number:x}") for number in range(1_000))
    assert looked_at == NETWORK_TRIES
    assert wait(tries, "2001:db8:0:2::1") == 0


def test_all_together_have_a_hundred_and_then_wait(tries: Tries, clock: Clock) -> None:
    """Each further one waits longer, up to a minute."""
    assert fill(tries, "a") == FREE_TRIES
    waits = []
    for number in range(200):
        waits.append(wait(tries, f"b{number}"))
        clock.now += waits[-1]
        assert guess(tries, f"b{number}")
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2, LONGEST_WAIT)


@pytest.mark.parametrize("addresses", [43, 1_000_000])
def test_few_guesses_are_looked_at_in_an_hour(tries: Tries, clock: Clock, addresses: int) -> None:
    """Of the 10,000 codes of four digits 5 % at most, however many addresses somebody has."""
    looked_at = 0
    number = 0
    while clock.now < HOUR:
        for _ in range(25):
            number += 1
            looked_at += guess(tries, f"a{number % addresses}")
        clock.now += 1
    assert 200 < looked_at < 500


def test_who_is_new_does_not_wait_for_those_who_were_wrong(tries: Tries) -> None:
    """A few addresses that guess again and again keep nobody out but themselves."""
    for number in range(43 * TRIES):
        guess(tries, f"a{number % 43}")
    assert wait(tries, "a1") > 0
    assert wait(tries, "192.0.2.1") == 0


def test_a_known_browser_does_not_wait_for_strangers(tries: Tries) -> None:
    """Nor do strangers wait for it, and it has ten tries as everybody has, wherever it is."""
    fill(tries, "a")
    assert wait(tries, "192.0.2.1") > 0
    assert sum(guess(tries, f"b{number}", "browser") for number in range(20)) == TRIES
    assert wait(tries, "192.0.2.1", "other browser") == 0


def test_known_browsers_have_a_ceiling_too(tries: Tries) -> None:
    """Whoever was in once could have made a thousand cookies."""
    assert sum(guess(tries, "192.0.2.1", f"b{number}") for number in range(1_000)) == FREE_TRIES
    assert wait(tries, "192.0.2.1") == 0


def test_a_ceiling_comes_down_again(tries: Tries, clock: Clock) -> None:
    """After two hours of quiet nothing is left of it."""
    fill(tries, "a")
    clock.now += 2 * HOUR
    assert fill(tries, "b") == FREE_TRIES


def test_an_address_that_is_none_counts_as_it_is(tries: Tries) -> None:
    """Behind a Unix socket everybody has the same."""
    assert sum(guess(tries, "") for _ in range(20)) == TRIES
