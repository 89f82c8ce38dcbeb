"""Signed cookies: what a browser knows of its person, and nobody else can have written.

Pages read them by Flask's session. Who opens a socket is asked for theirs without any of Flask's
contexts, which would cost more than all else on the way in, and by the same rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import flask
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.http import parse_cookie

from lanchat.chat.model import SESSION_LIFETIME, SYSTEM_CLOCK, Clock, Origin, User
from lanchat.times import SteadyWall
from lanchat.web import session

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST = 180
"""As many as browsers keep of one host; other rooms on this computer have the same one."""


class Cookies:
    """The session cookies of one server; ``secret`` signs them."""

    def __init__(self, secret: bytes, clock: Clock = SYSTEM_CLOCK) -> None:
        # Cookies know no ports: two lanchats on one machine must not share a name.
        self.name = "lanchat_" + hashlib.sha256(b"cookie name" + secret).hexdigest()[:8]
        self._wall = SteadyWall(clock.wall, clock.monotonic)
        # As Flask signs them, so that nobody has to log in anew after an update.
        self._signing = URLSafeTimedSerializer(
            secret,
            salt="cookie-session",
            serializer=TaggedJSONSerializer(),
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1},
        )

    def read(self, cookie: str) -> dict[str, Any]:
        """What the cookie holds. One from the future is as good: the clock was set back since.

        Of one that is too old the browser is known, which may be muted or banned.
        """
        try:
            content, signed = self._signing.loads(cookie, return_timestamp=True)
        except BadSignature:
            return {}
        held: dict[str, Any] = content
        if self._wall() - signed.timestamp() > SESSION_LIFETIME:
            held = {key: held[key] for key in session.OF_THE_BROWSER if key in held}
        return held

    def write(self, held: Mapping[str, Any]) -> str:
        """A cookie that holds this."""
        text: str = self._signing.dumps(dict(held))
        return text


@dataclass(frozen=True, slots=True)
class Caller:
    """Who opens a socket: ``user`` is whom their cookie lets in by the access code of today."""

    user: User | None
    origin: Origin
    lang: str


def caller(
    environ: WSGIEnvironment, cookies: Cookies, door: str | None, chosen_by_host: str | None
) -> Caller:
    """What the request that has opened a session says of who did."""
    sent = parse_cookie(ours(environ.get("HTTP_COOKIE", "")))
    held = cookies.read(sent.get(cookies.name, ""))
    device = held.get("device")
    origin = session.origin(environ)
    return Caller(
        session.named_by(held) if held.get("door") == door else None,
        replace(origin, device=device) if isinstance(device, str) else origin,
        session.preferred(
            sent.get(session.LANGUAGE_COOKIE), environ.get("HTTP_ACCEPT_LANGUAGE"), chosen_by_host
        ),
    )


def ours(header: str) -> str:
    """The cookies of lanchat alone: other programs on this computer may have thousands."""
    found = [each for each in header.split(";") if each.lstrip().startswith("lanchat_")]
    return ";".join(found[:_MOST])


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, which the clock of a server that was set does not end.

    Behind a proxy with TLS they never travel without it, and below a prefix they stay there.
    """

    def __init__(self, cookies: Cookies) -> None:
        self._cookies = cookies

    def get_cookie_secure(self, _app: flask.Flask) -> bool:
        return flask.request.is_secure

    def get_cookie_path(self, _app: flask.Flask) -> str:
        return flask.request.script_root or "/"

    def open_session(self, _app: flask.Flask, request: flask.Request) -> SecureCookieSession:
        """What the cookie holds."""
        return self.session_class(self._cookies.read(request.cookies.get(self._cookies.name, "")))

    def save_session(
        self, app: flask.Flask, session: SessionMixin, response: flask.Response
    ) -> None:
        """Let the browser count from when it gets the cookie, by a clock of its own.

        Flask would tell it a moment, which for a browser has passed where our clock is far behind.
        """
        # Of files, too: else whoever uses this browser next would be shown what it has kept.
        if session.accessed:
            response.vary.add("Cookie")
        if self.should_set_cookie(app, session):
            response.set_cookie(
                self._cookies.name,
                self._cookies.write(session),
                max_age=app.permanent_session_lifetime,
                path=self.get_cookie_path(app),
                secure=self.get_cookie_secure(app),
                httponly=self.get_cookie_httponly(app),
                samesite=self.get_cookie_samesite(app),
            )
