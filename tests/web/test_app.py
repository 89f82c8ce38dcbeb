"""Session cookies, while the wall clock of the server is set."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import flask
import pytest

from lanchat.chat.model import SESSION_LIFETIME, Clock
from lanchat.web import app as web_app

NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
LIFETIME = timedelta(seconds=SESSION_LIFETIME)


class Time:
    """The time that it is, by both clocks; ``now`` is the one on the wall."""

    now = NOW
    passed = 1_000.0

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.passed, self.wall)

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self.now.timestamp()

    def go_on(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time
        self.passed += time.total_seconds()


@pytest.fixture
def visitor(clock: Time) -> Any:
    """A browser at an application which answers whom the cookie names, or takes a name."""
    app = flask.Flask("test")
    web_app._configure(app, b"secret", clock.clock)

    @app.get("/")
    def who() -> str:
        return str(flask.session.get("name"))

    @app.post("/")
    def begin() -> str:
        flask.session.permanent = True
        flask.session["name"] = "Ana"
        flask.session["device"] = "laptop"
        return ""

    @app.get("/device")
    def device() -> str:
        return str(flask.session.get("device"))

    return app.test_client()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock, for those who sign and for those who read."""
    time = Time()
    monkeypatch.setattr(
        "itsdangerous.TimestampSigner.get_timestamp", lambda _: int(time.now.timestamp())
    )
    return time


def carry(visitor: Any, answer: Any) -> None:
    """Have the browser keep the cookie, as one with a clock of its own does."""
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    visitor.set_cookie(name, rest.partition(";")[0])


@pytest.mark.parametrize("back", [timedelta(seconds=2), timedelta(hours=1), timedelta(days=20_000)])
def test_a_cookie_from_the_future_counts(visitor: Any, clock: Time, back: timedelta) -> None:
    """The clock was set back since it was signed."""
    carry(visitor, visitor.post("/"))
    clock.now = NOW - back
    assert visitor.get("/").text == "Ana"


@pytest.mark.parametrize(("age", "name"), [(LIFETIME, "Ana"), (LIFETIME * 1.01, "None")])
def test_a_cookie_lives_as_long_as_a_session(
    visitor: Any, clock: Time, age: timedelta, name: str
) -> None:
    """An old copy is nobody's any more."""
    carry(visitor, visitor.post("/"))
    clock.go_on(age)
    assert visitor.get("/").text == name


def test_a_clock_that_leaps_ahead_logs_nobody_out_at_once(visitor: Any, clock: Time) -> None:
    """There is an hour to set it right; then it is believed."""
    carry(visitor, visitor.post("/"))
    clock.now += LIFETIME * 4
    assert visitor.get("/").text == "Ana"
    clock.go_on(timedelta(minutes=59))
    assert visitor.get("/").text == "Ana"
    clock.go_on(timedelta(minutes=1))
    assert visitor.get("/").text == "None"


def test_a_cookie_that_is_too_old_tells_which_browser_it_is(visitor: Any, clock: Time) -> None:
    """Whoever is muted or banned there is it still."""
    carry(visitor, visitor.post("/"))
    clock.go_on(LIFETIME * 1.01)
    assert visitor.get("/device").text == "laptop"


def test_a_browser_counts_by_its_own_clock(visitor: Any, clock: Time) -> None:
    """Max-Age counts more than Expires, which has passed where our clock is years behind."""
    clock.now = NOW - timedelta(days=20_000)
    assert f"Max-Age={SESSION_LIFETIME};" in visitor.post("/").headers["Set-Cookie"]


def test_a_visitor_who_is_nobody_gets_no_cookie(visitor: Any) -> None:
    """There is nothing to remember yet."""
    assert "Set-Cookie" not in visitor.get("/").headers
