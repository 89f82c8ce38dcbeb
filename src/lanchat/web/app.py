"""The Flask application: pages, sockets and the guard around both."""

from __future__ import annotations

import gzip
import string
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

import flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from lanchat.chat.file_port import Files
from lanchat.chat.hub import Hub
from lanchat.chat.model import SESSION_LIFETIME
from lanchat.chat.ports import Audit
from lanchat.chat.reading import Reading
from lanchat.chat.search import Searching
from lanchat.config import ServeConfig
from lanchat.web import built, session
from lanchat.web.access_code import AccessCode
from lanchat.web.class_view import ClassPages, ClassView
from lanchat.web.connections import Connections
from lanchat.web.cookies import Cookies, Sessions, ours
from lanchat.web.downloads import Downloads
from lanchat.web.guard import CheckedPrefix, Guard, HttpsOnly
from lanchat.web.history_budget import HistoryBudget
from lanchat.web.inspecting import Inspecting, Inspection
from lanchat.web.limits import Limits, Logins
from lanchat.web.login import LoginPages
from lanchat.web.pages import Pages
from lanchat.web.programs import Programs
from lanchat.web.site import Network, Site
from lanchat.web.sockets import Sockets, Wire
from lanchat.web.static import StaticFiles, takes_gzip
from lanchat.web.tokens import Tokens
from lanchat.web.transfers import Transfers
from lanchat.web.uploads import Uploads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_MAX_FORM_BYTES = 16 << 10
_MAX_FORM_PARTS = 20


class Secrets(Protocol):
    """The data directory's secrets."""

    @property
    def sessions(self) -> bytes:
        """Signs the cookies."""

    @property
    def host_link(self) -> str:
        """Makes whoever has it a host."""


_HEADERS = {
    # Nothing is loaded from elsewhere, no script stands in a page; a WebSocket of our own
    # origin is covered by 'self' in new browsers alone, hence ws: and wss:.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    config: ServeConfig,
    secrets: Secrets,
    *,
    hub: Hub,
    reading: Reading,
    searching: Searching,
    audit: Audit,
    network: Network,
    wire: Wire,
    files: Files | None = None,
    authority: bytes | None = None,
    inspection: Inspection | None = None,
    class_view: ClassView | None = None,
) -> flask.Flask:
    """The whole WSGI application, from the outside in: from the proxy's headers to the pages.

    ``wire`` gets its server here, and the handlers of what clients send. ``authority`` is
    the one that guests can install, where a certificate of ours encrypts the site. Without an
    ``inspection`` nobody can look at their connections, without a ``class_view`` no host at all of
    them.
    """
    app = flask.Flask("lanchat.web", static_folder=None)
    app.request_class = _Request
    cookies = Cookies(secrets.sessions)
    _configure(app, secrets.sessions, cookies)
    wire.socketio.init_app(app)
    site = Site(
        config=config,
        hub=hub,
        reading=reading,
        searching=searching,
        audit=audit,
        network=network,
        limits=Limits(config.rate),
        logins=Logins(config.max_per_ip, config.max_clients),
        history=HistoryBudget(config.max_per_ip, limited=config.rate > 0),
        access=AccessCode(config.access_code, secrets.sessions),
        host_link=AccessCode(secrets.host_link, secrets.sessions),
        connections=Connections(config.max_clients, config.max_per_ip, audit),
        tokens=Tokens(hub, audit),
        transfers=Transfers(by_address=config.max_per_ip > 0),
        files=files,
        authority=authority,
    )
    app.config[session.DOOR] = site.access.digest
    app.config[session.HOST_LINK] = site.host_link.digest
    Sockets(site, wire, cookies).register()
    login = LoginPages(site)
    login.register(app)
    Pages(site, login).register(app)
    Uploads(site).register(app)
    Downloads(site).register(app)
    Programs(site).register(app)
    if inspection is not None:
        own = [] if class_view is None else [class_view.lane_of]
        Inspecting(site, cookies, inspection, *own).register(app)
    if class_view is not None:
        ClassPages(site, class_view).register(app)
    app.wsgi_app = _layers(app, site)  # type: ignore[method-assign, assignment]
    return app


def carries_session(app: flask.Flask, environ: WSGIEnvironment) -> bool:
    """Whether the request's cookie names somebody whom its access code lets in."""
    with app.request_context(environ):
        return session.user() is not None


def _configure(app: flask.Flask, secret: bytes, cookies: Cookies) -> None:
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME=cookies.name,
        SESSION_COOKIE_HTTPONLY=True,
        # This and the guard's look at Origin are the defence of the forms against other pages
        # (CSRF): such a page's request comes without the cookie, and is refused anyway.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_LIFETIME),
        MAX_CONTENT_LENGTH=_MAX_FORM_BYTES,
        MAX_FORM_PARTS=_MAX_FORM_PARTS,
    )
    app.session_interface = Sessions(cookies)
    app.after_request(_add_headers)


def _layers(app: flask.Flask, site: Site) -> WSGIApplication:
    config = site.config
    files = StaticFiles(app.wsgi_app, built.served(Path(app.root_path)), _HEADERS.items())
    app.jinja_env.globals.update(static=lambda name: flask.request.script_root + files.url(name))
    pages: WSGIApplication = HttpsOnly(files) if config.encrypted else files
    layers: WSGIApplication = Guard(pages, site.network.own_hosts, config.allow_hosts, site.audit)
    if config.trust_proxy:
        layers = CheckedPrefix(ProxyFix(layers, x_for=1, x_proto=1, x_host=1, x_prefix=1))
    return layers


class _Request(flask.Request):
    """Flask's, for any query: it takes bytes for UTF-8 that are none, unless they are escaped.

    Of the cookies only ours are read.
    """

    def __init__(self, environ: WSGIEnvironment, *options: bool) -> None:
        query = environ.get("QUERY_STRING", "")
        environ["QUERY_STRING"] = quote(query, safe=string.punctuation, encoding="latin-1")
        environ["HTTP_COOKIE"] = ours(environ.get("HTTP_COOKIE", ""))
        super().__init__(environ, *options)


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
        _compress(response)
    return response


def _compress(page: Response) -> None:
    """A page has all words of its language: a quarter of its size is sent.

    What its length then tells (BREACH) is no secret: no page with one, the access code, has words
    that a stranger chooses.
    """
    page.vary.add("Accept-Encoding")
    if takes_gzip(flask.request.headers.get("Accept-Encoding", "")):
        page.set_data(gzip.compress(page.get_data(), compresslevel=3))
        page.content_encoding = "gzip"
