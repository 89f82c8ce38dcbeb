"""Session cookies, while the wall clock of the server is set."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import flask
import pytest
from flask.sessions import SecureCookieSessionInterface

from lanchat.chat.model import SESSION_LIFETIME, SYSTEM_CLOCK, Clock, Origin, User
from lanchat.web import app as web_app
from lanchat.web.cookies import Caller, Cookies, caller

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
def cookies(clock: Time) -> Cookies:
    """Those of the application."""
    return Cookies(b"secret", clock.clock)


@pytest.fixture
def visitor(cookies: Cookies) -> Any:
    """A browser at an application which answers whom the cookie names, or takes a name."""
    app = flask.Flask("test")
    web_app._configure(app, b"secret", cookies)

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


ANA = {"id": "1", "name": "Ana", "device": "laptop", "been": True, "door": "code"}
AT_LAPTOP = Origin("192.0.2.1", "Browser/1", "laptop")


def call(cookies: Cookies, cookie: str, door: str | None = "code", own: str = "") -> Caller:
    """Open a socket with this cookie, beside others of other programs."""
    header = f"a=b; lanchat_lang={own}; {cookies.name}={cookie}; {cookies.name}=second; x"
    environ: Any = {
        "HTTP_COOKIE": header,
        "HTTP_USER_AGENT": "Browser/1",
        "HTTP_ACCEPT_LANGUAGE": "de",
        "REMOTE_ADDR": "::ffff:192.0.2.1",
    }
    return caller(environ, cookies, door, None)


def test_who_opens_a_socket_is_whom_the_cookie_names(cookies: Cookies) -> None:
    """In the language that they have chosen, or their browser's."""
    cookie = cookies.write(ANA)
    assert call(cookies, cookie) == Caller(User("1", "Ana"), AT_LAPTOP, "de")
    assert call(cookies, cookie, own="pt-BR").lang == "pt-BR"


def test_a_cookie_that_is_too_old_opens_no_socket(cookies: Cookies, clock: Time) -> None:
    """It tells which browser it is."""
    cookie = cookies.write(ANA)
    clock.go_on(LIFETIME)
    assert call(cookies, cookie).user == User("1", "Ana")
    clock.go_on(timedelta(hours=1))
    assert call(cookies, cookie) == Caller(None, AT_LAPTOP, "de")


@pytest.mark.parametrize("door", ["another", None])
def test_another_access_code_opens_no_socket(cookies: Cookies, door: str | None) -> None:
    """Whoever came by the one of before is asked for the new one."""
    assert call(cookies, cookies.write(ANA), door).user is None


@pytest.mark.parametrize("spoil", [str.swapcase, str.upper, lambda text: text[:-1], lambda _: ""])
def test_a_cookie_that_is_not_ours_is_none(cookies: Cookies, spoil: Any) -> None:
    """Nothing in it is believed, not even the browser."""
    assert call(cookies, spoil(cookies.write(ANA))) == Caller(
        None, Origin("192.0.2.1", "Browser/1"), "de"
    )
    assert call(cookies, Cookies(b"another", SYSTEM_CLOCK).write(ANA)).user is None


def test_pages_and_sockets_have_the_same_cookie(visitor: Any, cookies: Cookies) -> None:
    """What Flask has signed by itself counts, too, so that an update logs nobody out."""
    carry(visitor, visitor.post("/"))
    sent = visitor.get_cookie(cookies.name).value
    app = visitor.application
    stock: Any = SecureCookieSessionInterface().get_signing_serializer(app)
    assert stock.loads(sent) == cookies.read(sent) == cookies.read(stock.dumps(stock.loads(sent)))
