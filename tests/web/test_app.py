"""Session cookies, while the wall clock of the server is set."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import flask
import pytest

from lanchat.chat.model import SESSION_LIFETIME
from lanchat.web import app as web_app

NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
LIFETIME = timedelta(seconds=SESSION_LIFETIME)


@pytest.fixture
def visitor() -> Any:
    """A browser at an application which answers whom the cookie names, or takes a name."""
    app = flask.Flask("test")
    web_app._configure(app, b"secret")

    @app.get("/")
    def who() -> str:
        return str(flask.session.get("name"))

    @app.post("/")
    def begin() -> str:
        flask.session.permanent = True
        flask.session["name"] = "Ana"
        return ""

    return app.test_client()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The clock on the wall, for those who sign and for those who read."""

    class Clock:
        now = NOW

    monkeypatch.setattr(web_app, "datetime", SimpleNamespace(now=lambda _: Clock.now))
    monkeypatch.setattr(
        "itsdangerous.TimestampSigner.get_timestamp", lambda _: int(Clock.now.timestamp())
    )
    return Clock


def carry(visitor: Any, answer: Any) -> None:
    """Have the browser keep the cookie, as one with a clock of its own does."""
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    visitor.set_cookie(name, rest.partition(";")[0])


@pytest.mark.parametrize("back", [timedelta(seconds=2), timedelta(hours=1), timedelta(days=20_000)])
def test_a_cookie_from_the_future_counts(visitor: Any, clock: Any, back: timedelta) -> None:
    """The clock was set back since it was signed."""
    carry(visitor, visitor.post("/"))
    clock.now = NOW - back
    assert visitor.get("/").text == "Ana"


@pytest.mark.parametrize(("age", "name"), [(LIFETIME, "Ana"), (LIFETIME * 1.01, "None")])
def test_a_cookie_lives_as_long_as_a_session(
    visitor: Any, clock: Any, age: timedelta, name: str
) -> None:
    """An old copy is nobody's any more."""
    carry(visitor, visitor.post("/"))
    clock.now = NOW + age
    assert visitor.get("/").text == name


def test_a_browser_counts_by_its_own_clock(visitor: Any, clock: Any) -> None:
    """Max-Age counts more than Expires, which has passed where our clock is years behind."""
    clock.now = NOW - timedelta(days=20_000)
    assert f"Max-Age={SESSION_LIFETIME};" in visitor.post("/").headers["Set-Cookie"]


def test_a_visitor_who_is_nobody_gets_no_cookie(visitor: Any) -> None:
    """There is nothing to remember yet."""
    assert "Set-Cookie" not in visitor.get("/").headers
