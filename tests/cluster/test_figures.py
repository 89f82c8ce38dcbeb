"""What a server tells Prometheus of the database that it shares with others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.test_metrics import figures
from tests.world.postgres import Postgres
from tests.world.server import ServerProcess

NAMES = {
    *("up", "position", "position_lag", "lease_age_seconds"),
    *(f"notify_seconds_{each}" for each in ("count", "sum")),
}


@pytest.fixture
def server(server_factory: Callable[..., ServerProcess], address: str) -> ServerProcess:
    """One that tells this computer its figures."""
    return server_factory("--database", address, "--metrics", "--rate", "0")


def shown(server: ServerProcess) -> dict[str, float]:
    """The figures of the database, without the ranges of histograms."""
    told = figures(server).items()
    start = "lanchat_database_"
    return {
        name.removeprefix(start): value
        for name, value in told
        if name.startswith(start) and "bucket" not in name
    }


def test_how_it_gets_on(server: ServerProcess, ana: Any, until: Callable[..., Any]) -> None:
    """What was said was told; the lease is renewed all the time."""
    ana.join()
    before = shown(server)
    assert before.keys() == NAMES
    for _ in range(3):
        assert ana.say("hello")["ok"]
    after = shown(server)
    assert after["position"] - before["position"] == 3
    assert after["position_lag"] == 0
    assert after["notify_seconds_count"] - before["notify_seconds_count"] >= 3
    until(lambda: 0 <= shown(server)["lease_age_seconds"] < 1.5)
    assert after["up"] == 1


def test_it_is_seen_that_it_is_away(
    server: ServerProcess, postgres: Postgres, until: Callable[..., Any]
) -> None:
    """At once, and without asking it; and that it is back."""
    assert shown(server)["up"] == 1
    postgres.stop()
    try:
        until(lambda: shown(server)["up"] == 0)
        aged = shown(server)["lease_age_seconds"]
        until(lambda: shown(server)["lease_age_seconds"] > aged)
    finally:
        postgres.start()
    until(lambda: shown(server)["up"] == 1)


@pytest.mark.server_options("--metrics", "--grace", "0.2", "--rate", "0")
def test_one_without_a_database_says_nothing_of_it(server_with: Callable[..., Any]) -> None:
    """Else somebody would be woken for it."""
    assert shown(server_with("--metrics", "--grace", "0.2", "--rate", "0")) == {}
