"""The pages: login, chat, logout and health."""

from __future__ import annotations

from functools import partial
from typing import Protocol

import flask
from werkzeug.wrappers import Response

import lanchat
from lanchat import i18n
from lanchat.chat.hub import Hub
from lanchat.chat.model import MESSAGE_LIMIT, Guest
from lanchat.config import ServeConfig
from lanchat.errors import NameTaken, NameUnusable, TooManyConnections
from lanchat.web import session
from lanchat.web.sockets import Sockets


class Network(Protocol):
    """This machine on its network, as :class:`lanchat.net.network.Network` knows it."""

    @property
    def share_url(self) -> str: ...

    def own_hosts(self) -> frozenset[str]: ...


class Pages:
    """The views, with what they need; ``register`` puts them into an application."""

    def __init__(self, config: ServeConfig, hub: Hub, network: Network, sockets: Sockets) -> None:
        self._config = config
        self._hub = hub
        self._network = network
        self._sockets = sockets

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
        guest = session.guest()
        if guest is None:
            return self._login_page()
        if self._hub.may_enter(guest):
            return flask.redirect(flask.url_for("chat"), 303)
        # Somebody else took the name while this person was away.
        session.end()
        return self._login_page(guest.name)

    def log_in(self) -> Response | tuple[str, int]:
        """Take the name, or the login page again with the reason why not."""
        name = flask.request.form.get("username", "")
        previous = session.guest()
        if previous is not None and self._is_still(previous, name):
            return flask.redirect(flask.url_for("chat"), 303)
        try:
            self._sockets.check_room_for(previous)
            guest = self._hub.log_in(name, session.origin(flask.request.environ))
        except TooManyConnections as refusal:
            return self._full_page(name, refusal)
        except NameUnusable as refusal:
            key = f"error.{refusal.code}.{refusal.reason}"
            return self._login_page(name, self._t(key, **refusal.params)), 400
        except NameTaken as refusal:
            key = f"error.{refusal.code}"
            return self._login_page(name, self._t(key, **refusal.params)), 409
        if previous is not None:
            self._leave(previous)
        session.begin(guest)
        return flask.redirect(flask.url_for("chat"), 303)

    def chat(self) -> Response | str | tuple[str, int]:
        """The chat page, with the client's configuration in it."""
        guest = session.guest()
        if guest is None or not self._hub.may_enter(guest):
            return flask.redirect(flask.url_for("login"), 303)
        try:
            self._sockets.check_room_for(guest)
        except TooManyConnections as refusal:
            return self._full_page(guest.name, refusal)
        session.renew()
        lang = session.language(self._config.lang)
        own_url = flask.request.host_url.rstrip("/")
        config = {
            "serverUrl": own_url,
            # Behind a proxy only the proxy's own address leads here.
            "lanUrl": own_url if self._config.trust_proxy else self._network.share_url,
            "room": self._config.name,
            "user": {"id": guest.id, "name": guest.name},
            "lang": lang,
            "strings": i18n.strings(lang, "client."),
            "limits": {"message": MESSAGE_LIMIT, "rate": self._config.rate},
            "version": lanchat.__version__,
        }
        return flask.render_template("chat.html", config=config)

    def log_out(self) -> Response:
        """Free the name and close the person's other tabs, too."""
        guest = session.guest()
        if guest is not None:
            self._leave(guest)
        session.end()
        return flask.redirect(flask.url_for("login"), 303)

    def health(self) -> dict[str, str]:
        """For whoever watches over the server."""
        return {"status": "ok", "version": lanchat.__version__}

    def _leave(self, guest: Guest) -> None:
        self._sockets.disconnect(self._hub.log_out(guest))

    def _is_still(self, guest: Guest, name: str) -> bool:
        return name.strip() == guest.name and self._hub.may_enter(guest)

    def _full_page(self, name: str, refusal: TooManyConnections) -> tuple[str, int]:
        return self._login_page(name, self._t(f"error.{refusal.code}"), "form"), 503

    def _login_page(
        self, name: str = "", error: str | None = None, error_field: str = "username"
    ) -> str:
        return flask.render_template(
            "login.html", name=name, error=error, error_field=error_field, needs_code=False
        )

    def _t(self, key: str, **params: object) -> str:
        return i18n.translate(session.language(self._config.lang), key, **params)

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
