"""History costs what it costs: who has been sent much has to wait for more, and nobody else has."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from lanchat.errors import TooMuchAtOnce
from lanchat.web.history_budget import ACCOUNT_BYTES, BYTES_A_SECOND, Accounts, HistoryBudget
from tests.world.clock import Clock
from tests.world.person import Person


def ask(budget: HistoryBudget, person: str, address: str = "192.0.2.1", size: int = 600_000) -> int:
    """Ask once; returns how long there is to wait, 0 where it is answered."""
    try:
        with budget.turn(person, address) as pay:
            pay(size + 100)  # what stands around it
    except TooMuchAtOnce as refusal:
        return refusal.retry_after
    return 0


def test_five_large_answers_come_at_once(clock: Clock) -> None:
    """Then one every six seconds, and the refusal says when."""
    budget = HistoryBudget(50, clock=clock)
    waits = [ask(budget, "ana") for _ in range(6)]
    assert (waits[:5], waits[5]) == ([0] * 5, 1)
    clock.now += waits[5]
    assert ask(budget, "ana") == 0
    assert ask(budget, "ana") == pytest.approx(600_000 / BYTES_A_SECOND, abs=1)


def test_everybody_has_an_account_of_their_own(clock: Clock) -> None:
    """Two hundred pages that come back at once are served, whatever one of them did before."""
    budget = HistoryBudget(0, clock=clock)
    while not ask(budget, "ana"):
        pass
    assert not any(ask(budget, f"page {number}") for number in range(200))


def test_an_address_has_as_much_as_its_people(clock: Clock) -> None:
    """Whoever makes one browser after the other gets no more; others elsewhere have theirs."""
    budget = HistoryBudget(2, clock=clock)
    answered = sum(not ask(budget, f"browser {number}") for number in range(100))
    assert answered * 600_000 == 2 * ACCOUNT_BYTES
    assert ask(budget, "bia", "192.0.2.2") == 0


def test_small_answers_cost_little(clock: Clock) -> None:
    """A network that breaks off again and again keeps nobody away."""
    budget = HistoryBudget(50, clock=clock)
    assert not any(ask(budget, "ana", size=100) for _ in range(1_000))


def test_nothing_is_limited_where_everybody_is_trusted(clock: Clock) -> None:
    """With --rate 0."""
    budget = HistoryBudget(50, limited=False, clock=clock)
    assert not any(ask(budget, "ana") for _ in range(100))


def test_nobody_is_remembered_for_ever() -> None:
    """Accounts that are full again are let go."""
    accounts = Accounts(1_000, 100)
    for number in range(1_000):
        accounts.pay(f"person {number}", 100, float(number))
    assert len(accounts) < 200


@pytest.mark.server_options("--grace", "0.5", "--rate", "1000")
def test_who_asks_again_and_again_is_told_when(
    ana: Person, bia: Person, until: Callable[..., object]
) -> None:
    """It is nobody's fault, so it disconnects nobody; others are served."""
    ana.join()
    stored: list[object] = []
    for _ in range(600):
        payload = {"message": "x" * 1_000, "client_id": str(uuid.uuid4())}
        ana.socket.emit("new_message", payload, callback=stored.append)
    until(lambda: len(stored) == 600, "600 messages")
    answers = [ana.join(last_id=1) for _ in range(12)]
    assert answers[0]["ok"]
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} == {"too_fast"}
    assert 0 < answers[-1]["error"]["retry_after"] <= 6
    assert bia.join(last_id=1)["ok"]
    assert ana.say("still here")["ok"]
