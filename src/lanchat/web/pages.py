"""The pages of who is in: the chat, and the invitation; and what every page has."""

from __future__ import annotations

from functools import cache, partial

import flask
from jinja2.utils import htmlsafe_json_dumps
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import lanchat
from lanchat import i18n, phrases, qr
from lanchat.chat.model import User
from lanchat.errors import TooManyConnections
from lanchat.web import session
from lanchat.web.login import LoginPages
from lanchat.web.site import Site

AUTHORITY_PATH = "/lanchat-ca.crt"
"""Where guests get the authority of a site that ``--tls`` encrypts."""

_YEAR = 365 * 24 * 3600

_PARTS = frozenset({"rooms", "reports", "cue"})
"""The parts of the page with texts of their own, by the beginning of their keys."""

_OF_PROGRAMS = ("/api/", "/hooks/")

_ERRORS = {404: "not_found", 413: "too_large", 500: "broken"}
"""What the page of an error says; of those that are not here, ``other``."""


class Pages:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site, login: LoginPages) -> None:
        self._site = site
        self._login = login

    def register(self, app: flask.Flask) -> None:
        app.before_request(self._switch_language)
        app.context_processor(self._context)
        app.register_error_handler(HTTPException, self._explain)
        app.add_url_rule("/chat", "chat", self.chat)
        app.add_url_rule("/invite", "invite", self.invite)
        app.add_url_rule("/invite.svg", "invite_code", self.invite_code)
        app.add_url_rule("/texts/<part>", "texts", self.texts)
        app.add_url_rule("/healthz", "health", self.health)
        if self._site.config.inspect:
            app.add_url_rule("/inspect", "inspect", self.inspect)
            app.add_url_rule("/inspect/class", "inspect_class", self.inspect_class)
        if self._site.authority is not None:
            app.add_url_rule(AUTHORITY_PATH, "authority", self.authority)

    def chat(self) -> Response | str:
        """The chat page, with the client's configuration in it."""
        user = self._site.user()
        if user is None:
            return flask.redirect(flask.url_for("login"), 303)
        try:
            self._site.check_room_for(user)
        except TooManyConnections as refusal:
            return self._login.refuse(user.name, refusal)
        session.renew(user)
        return self._render("chat", user)

    def inspect(self) -> Response | str:
        """One's own connections, as a page; without the words of the chat.

        The stream that it reads knows a browser by its id: the cookie gets one that has none.
        """
        user = self._site.user()
        if user is None:
            return flask.redirect(flask.url_for("login"), 303)
        session.renew(user)
        return self._render("inspect", user, "inspect")

    def inspect_class(self) -> Response | str:
        """The whole room as lanes and dots, for the projector of a host."""
        user = self._site.user()
        if user is None:
            return flask.redirect(flask.url_for("login"), 303)
        if not self._site.hub.is_moderator(user.id):
            flask.abort(403)
        return self._render("inspect_class", user, "class")

    def invite(self) -> Response | str:
        """A page for a projector: QR code, address, access code and how many are here.

        For those who are in: an invitation brings the access code along.
        """
        user = self._site.user()
        if user is None:
            return flask.redirect(flask.url_for("login"), 303)
        return self._render("projector", user)

    def invite_code(self) -> Response:
        """The QR code of the invitation that holds at this moment."""
        if self._site.user() is None:
            flask.abort(403)
        url = self._site.config.invitation(self._site.lan_url())
        return _not_kept(Response(qr.picture(url), mimetype="image/svg+xml"))

    def texts(self, part: str) -> Response:
        """What a part of the page says that is loaded when it is needed."""
        if part not in _PARTS:
            flask.abort(404)
        return _not_kept(flask.jsonify(i18n.strings(self._site.language(), f"{part}.")))

    def authority(self) -> Response:
        """The authority, in the type that phones offer to install."""
        return _not_kept(Response(self._site.authority, mimetype="application/x-x509-ca-cert"))

    def health(self) -> dict[str, str]:
        """For whoever watches over the server."""
        return {"status": "ok", "version": lanchat.__version__}

    def _explain(self, error: HTTPException) -> Response:
        """What is wrong in the reader's language: a page that leads back to the room, or JSON."""
        status = error.code or 500
        kind = _ERRORS.get(status, "other")
        if flask.request.path.startswith(_OF_PROGRAMS):
            text = i18n.translate(self._site.language(), f"page.error.{kind}")
            response: Response = flask.json.jsonify({"error": {"code": "invalid", "message": text}})
        else:
            page = flask.render_template("explanation.html", kind=kind)
            response = Response(page, mimetype="text/html")
        response.status_code = status
        # Of the error's own headers: which methods there are, and the type of its own text.
        kept = (pair for pair in error.get_headers() if pair[0] != "Content-Type")
        response.headers.extend(kept)
        return response

    def _render(self, page: str, user: User, family: str = "client") -> str:
        own = htmlsafe_json_dumps(self._site.configuration(user))
        # Both are safe in a page, and what is put between them needs no other spelling there.
        config = own[:-1] + ", " + _words(self._site.language(), family) + "}"
        return flask.render_template(f"{page}.html", config=config)

    def _context(self) -> dict[str, object]:
        lang = self._site.language()
        return {
            "t": partial(i18n.translate, lang),
            "count": partial(i18n.count, lang),
            "lang": lang,
            "languages": i18n.LANGUAGES,
            "room": self._site.config.name,
            "version": lanchat.__version__,
            "inspects": self._site.config.inspect,
        }

    def _switch_language(self) -> Response | None:
        """``?lang=pt-BR`` on any page is remembered, then the page is shown without it.

        The address is made of the page's own name: what was asked for stands in no header.
        """
        request = flask.request
        chosen = request.args.get("lang")
        if chosen is None or request.method != "GET" or request.endpoint is None:
            return None
        page = flask.url_for(request.endpoint, **(request.view_args or {}))
        response = flask.redirect(page, 303)
        if chosen in i18n.LANGUAGES:
            path = request.script_root or "/"
            response.set_cookie(session.LANGUAGE_COOKIE, chosen, _YEAR, path=path, samesite="Lax")
        return response


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _words(lang: str, family: str) -> str:
    """What all pages of a language are told in the same words, as a part of a JSON object."""
    words = {"strings": i18n.strings(lang, f"{family}."), "commands": phrases.offered(lang)}
    return htmlsafe_json_dumps(words)[1:-1]
