"""js/pace.js: an honest page keeps to the host's limits, however much there is to send."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Times = Callable[..., list[float]]


@pytest.fixture
def times(scripts_url: str, page: Page) -> Times:
    """When messages would be sent, in ms, and the one with this number refused for 4 s."""
    page.goto(f"{scripts_url}/pace.js")

    def send(count: int, *, rate: int, refused: int | None = None) -> list[float]:
        sent: list[float] = page.evaluate(
            """async ([script, count, rate, refused]) => {
                const { makePace } = await import(script);
                const pace = makePace(rate);
                const times = [];
                let now = 0;
                for (let tries = 1; times.length < count; tries += 1) {
                    now += pace.pause(now);
                    pace.sent(now);
                    if (tries === refused) pace.refused(now, 4);
                    else times.push(now);
                }
                return times;
            }""",
            [page.url, count, rate, refused],
        )
        return sent

    return send


def test_a_burst_goes_at_once(times: Times) -> None:
    """A few messages wait for nothing."""
    assert times(20, rate=5) == [0] * 20


def test_a_long_queue_keeps_to_the_rate(times: Times) -> None:
    """In no four seconds does the page send more than four seconds' worth."""
    sent = times(100, rate=5)
    assert all(later - early >= 4_000 for early, later in zip(sent, sent[20:], strict=False))
    assert sent[-1] == 16_000


def test_after_a_refusal_it_waits_and_then_goes_slowly(times: Times) -> None:
    """Another tab used the limit up: nothing for 4 s, then one message after the other."""
    sent = times(10, rate=5, refused=4)
    assert sent == [0, 0, 0, *(4_000 + 200 * number for number in range(7))]


def test_a_host_without_a_limit_is_not_spared(times: Times) -> None:
    """A rate of 0 means that everything goes at once."""
    assert times(1_000, rate=0)[-1] == 0
