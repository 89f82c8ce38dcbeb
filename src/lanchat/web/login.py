"""Coming in and going: login, logout, and the host link.

The host link's secret stands behind the ``#``, which no request, log or Referer carries. The
page's script takes it out of the address and posts it.
"""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from lanchat import i18n, phrases
from lanchat.errors import (
    Banned,
    CookiesRefused,
    NameTaken,
    NameUnusable,
    Refusal,
    RoomLocked,
    StoreUnavailable,
    TooFast,
    TooManyConnections,
    TooManyTries,
    Unauthorized,
    WrongCode,
)
from lanchat.web import session
from lanchat.web.site import Site

_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    NameUnusable: (400, "username"),
    WrongCode: (403, "code"),
    Banned: (403, "form"),
    CookiesRefused: (403, "form"),
    RoomLocked: (403, "form"),
    NameTaken: (409, "username"),
    TooFast: (429, "username"),
    TooManyTries: (429, "code"),
    TooManyConnections: (503, "form"),
}
"""Each refusal's status, and the field that it is shown at."""


class LoginPages:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._hub = site.hub

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/", "login", self.login, methods=["GET"])
        app.add_url_rule("/", "log_in", self.log_in, methods=["POST"])
        app.add_url_rule("/name", "rename", self.rename, methods=["POST"])
        app.add_url_rule("/logout", "log_out", self.log_out, methods=["POST"])
        app.add_url_rule("/host", "host", self.host, methods=["GET"])
        app.add_url_rule("/host", "become_host", self.become_host, methods=["POST"])

    def login(self) -> Response | str:
        """The login page, or on to the chat for who is logged in already."""
        if self._site.user() is not None:
            return _to("chat")
        known, origin = session.known_user(), session.visitor()
        if known is None:
            return self._page()
        banned = self._hub.identities.banned(known, origin)
        if banned is not None and not session.is_host():
            return self._page(known.name, self._site.why(banned), "form")
        taken = self._hub.identities.taken(known)
        if taken is None:
            return self._page(known.name)  # there is a new access code, or they logged out
        return self._page(known.name, self._site.why(taken), "username", free=taken.suggestion)

    def log_in(self) -> Response:
        """Take the name, or the login page again with the reason why not."""
        name = flask.request.form.get("username", "")
        try:
            # Our own page says that it came with a cookie; other programs begin with this request.
            if "kept" in flask.request.form and not session.has_cookie():
                raise CookiesRefused
            return self._log_in(name)
        except Refusal as refusal:
            return self.refuse(name, refusal)
        except StoreUnavailable:
            text = phrases.unavailable("entering", self._site.language())
            return flask.make_response(self._page(name, text, "form"), 503)

    def rename(self) -> Response:
        """Give the request's person the name.

        Answers 204, or 400, 403, 409, 429 and 503 with the reason as plain text.
        """
        user, origin = self._site.user(), session.visitor()
        if user is None:
            return self._plain(f"error.{Unauthorized.code}", 403)
        name = flask.request.form.get("username", "")
        try:
            self._site.limits.rename(origin.device or user.id, origin.ip)
            renamed = self._hub.identities.rename(user, name, origin)
        except Unauthorized:
            return self._plain(f"error.{Unauthorized.code}", 403)
        except Refusal as refusal:
            return _refused(self._site.why(refusal), refusal, "text/plain")
        except StoreUnavailable:
            return self._plain(f"error.{StoreUnavailable.code}.doing", 503)
        session.renew(renamed)
        return Response(status=204)

    def log_out(self) -> Response:
        """Free the name and close the person's other tabs, too."""
        user = session.known_user()
        if user is not None:
            self._hub.identities.log_out(user)
        session.end()
        return _to("login")

    def host(self) -> str:
        """A page that posts the secret which stands behind the # of its address."""
        return flask.render_template("host.html")

    def become_host(self) -> Response:
        """Make a host of the request's person, or of whoever logs in next in this browser.

        Answers 204, or 403, 429 and 503 with the reason as plain text.
        """
        origin = session.visitor()
        try:
            secret = flask.request.form.get("secret", "")
            self._site.host_link.check(secret, origin.ip, session.known_browser())
        except TooManyTries as refusal:
            self._site.audit.login_refused("", origin, "host_link")
            headers = {"Retry-After": str(refusal.retry_after)}
            return Response(self._site.why(refusal), 429, headers)
        except WrongCode:
            self._site.audit.login_refused("", origin, "host_link")
            return self._plain("error.wrong_link", 403)
        user = self._site.user()
        try:
            if user is not None:
                self._hub.identities.promote(user)
            else:
                session.welcome_host()
        except StoreUnavailable:
            return self._plain(f"error.{StoreUnavailable.code}.doing", 503)
        return Response(status=204)

    def refuse(self, name: str, refusal: Refusal) -> Response:
        """The login page with what was typed and why it does not lead in."""
        _, field = _REFUSALS[type(refusal)]
        # A wrong code is to be typed anew; a right one is not asked for twice.
        code = "" if field == "code" else flask.request.form.get("code", "")
        free = refusal.suggestion if isinstance(refusal, NameTaken) else ""
        page = self._page(name, self._site.why(refusal), field, code, free=free)
        return _refused(page, refusal)

    def _log_in(self, name: str) -> Response:
        session.know_device()
        known, origin = session.known_user(), session.visitor()
        may_enter = known is not None and self._hub.identities.may_enter(known, origin)
        same = known is not None and name.strip() == known.name and may_enter
        host = session.is_host() or (
            known is not None and self._hub.identities.remains_moderator(known, same=same)
        )
        # Who has opened the host link needs no other key.
        if (session.user() is None or not same) and not host:
            self._check_code(name)
        if known is not None and same:
            if host:
                self._hub.identities.promote(known)
            session.begin(known)
            return _to("chat")
        self._count(name)
        self._site.check_room_for(known)
        user = self._hub.identities.log_in(name, origin, replaces=known, host=host)
        session.begin(user)
        return _to("chat")

    def _count(self, name: str) -> None:
        """Count a login. Raises TooFast where there were too many."""
        origin, been = session.visitor(), session.known_browser() is not None
        try:
            self._site.logins.count(origin.device, origin.ip, been=been)
        except TooFast:
            self._site.audit.login_refused(name, origin, "too_many")
            raise

    def _check_code(self, name: str) -> None:
        origin = session.origin(flask.request.environ)
        try:
            code = flask.request.form.get("code", "")
            self._site.access.check(code, origin.ip, session.known_browser())
        except WrongCode:
            self._site.audit.login_refused(name, origin, "code")
            raise
        except TooManyTries:
            self._site.audit.login_refused(name, origin, "too_many")
            raise
        flask.g.code_is_right = True

    def _page(
        self,
        name: str = "",
        error: str | None = None,
        field: str = "",
        code: str = "",
        *,
        free: str = "",
    ) -> str:
        """The login page; ``free`` is a name that can be had in place of one that cannot."""
        session.know_device()
        return flask.render_template(
            "login.html",
            name=name,
            error=error,
            wrong=field,
            needs_code=self._site.access.needed,
            code=code,
            free=free,
            inside=None if field == "form" else self._inside(),
        )

    def _inside(self) -> tuple[int, str] | None:
        """How many are in, and the topic: for those who could come in by any name and look."""
        lacks_code = self._site.access.needed and "code_is_right" not in flask.g
        rules = self._hub.rules
        return None if lacks_code or rules.locked else (self._hub.count(), rules.topic)

    def _plain(self, key: str, status: int) -> Response:
        return Response(i18n.translate(self._site.language(), key), status)


def _to(view: str) -> Response:
    return flask.redirect(flask.url_for(view), 303)


def _refused(text: str, refusal: Refusal, mimetype: str = "text/html") -> Response:
    """The text with the refusal's status."""
    status, _ = _REFUSALS[type(refusal)]
    response = Response(text, status, mimetype=mimetype)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
