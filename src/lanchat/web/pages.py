"""The pages: login, chat, logout and health."""

from __future__ import annotations

from functools import partial

import flask
from werkzeug.wrappers import Response

import lanchat
from lanchat import i18n
from lanchat.chat.hub import Hub
from lanchat.chat.model import Guest
from lanchat.chat.ports import ConnectionLog
from lanchat.config import ServeConfig
from lanchat.errors import (
    Banned,
    NameTaken,
    NameUnusable,
    Refusal,
    RoomLocked,
    TooManyConnections,
    TooManyTries,
    WrongCode,
)
from lanchat.web import answers, client, session
from lanchat.web.access import AccessCode
from lanchat.web.sockets import Sockets

_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    NameUnusable: (400, "username"),
    WrongCode: (403, "code"),
    Banned: (403, "form"),
    RoomLocked: (403, "form"),
    NameTaken: (409, "username"),
    TooManyTries: (429, "code"),
    TooManyConnections: (503, "form"),
}
"""Each refusal's status, and the field that it is shown at."""


class Pages:
    """The views, with what they need; ``register`` puts them into an application."""

    def __init__(
        self,
        config: ServeConfig,
        hub: Hub,
        network: client.Network,
        *,
        sockets: Sockets,
        access: AccessCode,
        log: ConnectionLog,
    ) -> None:
        self._config = config
        self._hub = hub
        self._network = network
        self._sockets = sockets
        self._access = access
        self._log = log

    def register(self, app: flask.Flask) -> None:
        app.before_request(self._switch_language)
        app.context_processor(self._context)
        app.add_url_rule("/", "login", self.login, methods=["GET"])
        app.add_url_rule("/", "log_in", self.log_in, methods=["POST"])
        app.add_url_rule("/chat", "chat", self.chat)
        app.add_url_rule("/logout", "log_out", self.log_out, methods=["POST"])
        app.add_url_rule("/healthz", "health", self.health)

    def login(self) -> Response | str:
        """The login page, or on to the chat for who is logged in already."""
        guest, origin = session.guest(), session.visitor()
        if guest is not None and self._hub.may_enter(guest, origin):
            return flask.redirect(flask.url_for("chat"), 303)
        known = session.known_guest()
        if known is None:
            return self._login_page()
        banned = self._hub.banned(known, origin)
        if banned is not None and not session.is_host():
            return self._login_page(known.name, self._why(banned), "form")
        taken = self._hub.taken(known)
        if taken is None:
            return self._login_page(known.name)  # there is a new access code, or they logged out
        return self._login_page(known.name, self._why(taken), "username")

    def log_in(self) -> Response:
        """Take the name, or the login page again with the reason why not."""
        name = flask.request.form.get("username", "")
        known, origin = session.known_guest(), session.visitor()
        may_enter = known is not None and self._hub.may_enter(known, origin)
        same = known is not None and name.strip() == known.name and may_enter
        # A host who takes another name is one by that name, too.
        host = session.is_host() or (known is not None and self._hub.order.is_host(known.id))
        try:
            # Who has opened the host link needs no other key.
            if (session.guest() is None or not same) and not host:
                self._check_code(name)
            if known is not None and same:
                if host:
                    self._hub.moderator.welcome_host(known)
                session.begin(known)
                return flask.redirect(flask.url_for("chat"), 303)
            self._sockets.check_room_for(known)
            guest = self._hub.log_in(name, origin, known=may_enter, host=host)
        except Refusal as refusal:
            return self._refuse(name, refusal)
        if known is not None:
            self._leave(known)
        session.begin(guest)
        return flask.redirect(flask.url_for("chat"), 303)

    def chat(self) -> Response | str:
        """The chat page, with the client's configuration in it."""
        guest = session.guest()
        if guest is None or not self._hub.may_enter(guest, session.visitor()):
            return flask.redirect(flask.url_for("login"), 303)
        try:
            self._sockets.check_room_for(guest)
        except TooManyConnections as refusal:
            return self._refuse(guest.name, refusal)
        session.renew()
        config = client.configuration(self._config, self._network, guest)
        return flask.render_template("chat.html", config=config)

    def log_out(self) -> Response:
        """Free the name and close the person's other tabs, too."""
        guest = session.known_guest()
        if guest is not None:
            self._leave(guest)
        session.end()
        return flask.redirect(flask.url_for("login"), 303)

    def health(self) -> dict[str, str]:
        """For whoever watches over the server."""
        return {"status": "ok", "version": lanchat.__version__}

    def _leave(self, guest: Guest) -> None:
        self._sockets.disconnect(self._hub.log_out(guest))

    def _check_code(self, name: str) -> None:
        origin = session.origin(flask.request.environ)
        try:
            self._access.check(flask.request.form.get("code", ""), origin.ip)
        except WrongCode:
            self._log.login_refused(name, origin, "code")
            raise
        except TooManyTries:
            self._log.login_refused(name, origin, "too_many")
            raise

    def _refuse(self, name: str, refusal: Refusal) -> Response:
        """The login page with what was typed and why it does not lead in."""
        status, field = _REFUSALS[type(refusal)]
        # A wrong code is to be typed anew; a right one is not asked for twice.
        code = "" if field == "code" else flask.request.form.get("code", "")
        page = self._login_page(name, self._why(refusal), field, code)
        response = flask.make_response(page, status)
        if isinstance(refusal, TooManyTries):
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response

    def _login_page(
        self, name: str = "", error: str | None = None, field: str = "", code: str = ""
    ) -> str:
        needs_code = self._access.needed
        return flask.render_template(
            "login.html", name=name, error=error, wrong=field, needs_code=needs_code, code=code
        )

    def _why(self, refusal: Refusal) -> str:
        return answers.why(refusal, session.language(self._config.lang))

    def _context(self) -> dict[str, object]:
        lang = session.language(self._config.lang)
        return {
            "t": partial(i18n.translate, lang),
            "lang": lang,
            "languages": i18n.LANGUAGES,
            "room": self._config.name,
            "version": lanchat.__version__,
        }

    def _switch_language(self) -> Response | None:
        """``?lang=pt-BR`` on any page is remembered, then the page is shown without it."""
        request = flask.request
        chosen = request.args.get("lang")
        if chosen is None or request.method != "GET":
            return None
        response = flask.redirect(request.path, 303)
        if chosen in i18n.LANGUAGES:
            year = 365 * 24 * 3600
            response.set_cookie(session.LANGUAGE_COOKIE, chosen, year, samesite="Lax")
        return response
