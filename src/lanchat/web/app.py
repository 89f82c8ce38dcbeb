"""The Flask application: pages, sockets and the guard around both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import flask
from flask.sessions import SecureCookieSessionInterface
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from lanchat.chat.hub import Hub
from lanchat.chat.model import SESSION_LIFETIME
from lanchat.chat.ports import ConnectionLog
from lanchat.config import ServeConfig
from lanchat.web import session
from lanchat.web.access import AccessCode
from lanchat.web.client import Network
from lanchat.web.guard import Guard
from lanchat.web.hosting import HostPages
from lanchat.web.https import HttpsOnly, register_authority
from lanchat.web.invite import InvitePages
from lanchat.web.limits import Limits
from lanchat.web.pages import Pages
from lanchat.web.sockets import EventHandler, Sockets
from lanchat.web.static import StaticFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MAX_FORM_BYTES = 16 << 10

_HEADERS = {
    # Nothing is loaded from elsewhere, no script stands in a page; a WebSocket of our own
    # origin is covered by 'self' in new browsers alone, hence ws: and wss:.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    config: ServeConfig,
    secret: bytes,
    host_secret: str,
    *,
    hub: Hub,
    socketio: SocketIO,
    on_event: Callable[[str, EventHandler], None],
    network: Network,
    log: ConnectionLog,
    authority: bytes | None = None,
) -> flask.Flask:
    """The whole WSGI application, from the outside in: from the proxy's headers to the pages.

    ``secret`` signs the sessions, ``host_secret`` is that of the host link. ``socketio`` gets its
    server here; ``on_event`` is called with the name and the handler of each event that clients
    may send. ``authority`` is the one that guests can install, where a certificate of ours
    encrypts the room.
    """
    app = flask.Flask("lanchat.web", static_folder=None)
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME=_cookie_name(secret),
        SESSION_COOKIE_HTTPONLY=True,
        # This and the guard's look at Origin are the defence of the forms against other pages
        # (CSRF): such a page's request comes without the cookie, and is refused anyway.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_LIFETIME),
        MAX_CONTENT_LENGTH=_MAX_FORM_BYTES,
    )
    app.session_interface = _Sessions()
    app.after_request(_add_headers)
    socketio.init_app(app)
    limits = Limits(config.rate)
    access = AccessCode(config.access_code, secret, limits)
    app.config[session.DOOR] = access.digest
    host_link = AccessCode(host_secret, secret, limits)
    app.config[session.HOST_LINK] = host_link.digest
    sockets = Sockets(socketio, hub, log, config=config, limits=limits, network=network)
    sockets.register(on_event)
    Pages(config, hub, network, sockets=sockets, access=access, log=log).register(app)
    InvitePages(config, hub, network).register(app)
    HostPages(config, hub, host_link, log).register(app)
    files = StaticFiles(app.wsgi_app, Path(app.root_path) / "static", _HEADERS.items())
    app.jinja_env.globals.update(static=files.url, modules=cache(files.modules))
    if authority is not None:
        register_authority(app, authority)
    pages: WSGIApplication = HttpsOnly(files) if config.encrypted else files
    layers: WSGIApplication = Guard(pages, network.own_hosts, config.allow_hosts, log)
    if config.trust_proxy:
        layers = ProxyFix(layers, x_for=1, x_proto=1, x_host=1)
    app.wsgi_app = layers  # type: ignore[method-assign, assignment]
    return app


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies; behind a proxy with TLS they never travel without it."""

    def get_cookie_secure(self, _app: flask.Flask) -> bool:
        return flask.request.is_secure


def _cookie_name(secret: bytes) -> str:
    """Cookies know no ports: two lanchats on one machine must not share a name."""
    return "lanchat_" + hashlib.sha256(b"cookie name" + secret).hexdigest()[:8]


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
