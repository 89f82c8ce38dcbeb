"""The outermost layers: whom the server answers at all, and whether in the clear.

A page somewhere on the internet can have its host name resolve to an address of this LAN (DNS
rebinding) and would then be read by browsers as if it were ours; so only requests for a name or
address of this machine are answered. And a page of another origin must not open a socket with
the visitor's cookie; so where a browser says which page it acts for, that page must be ours.
Both hold for pages and for ``/socket.io`` alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from wsgiref.util import request_uri

from lanchat import i18n
from lanchat.chat.ports import Audit
from lanchat.web import session

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_DEFAULT_PORTS = {"http": 80, "https": 443}
_OF_ADDRESSES = ":/?#[]@!$&'()*+,;=%-._~"
_PREFIX = re.compile(r"(?:/(?!\.\.?(?:/|\Z))[A-Za-z0-9._~-]{1,64}){0,8}")


class Guard:
    """WSGI middleware that refuses foreign hosts and origins with 403.

    ``own_hosts`` returns this machine's names and addresses in lower case; ``allowed`` are the
    further ones of ``--allow-host``, written in the same way.
    """

    def __init__(
        self,
        app: WSGIApplication,
        own_hosts: Callable[[], frozenset[str]],
        allowed: Iterable[str],
        audit: Audit,
    ) -> None:
        self._app = app
        self._own_hosts = own_hosts
        self._allowed = frozenset(allowed)
        self._audit = audit

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if not self._is_ours(_host_name(f"//{host}")):
            return self._refuse(environ, start_response, "host", host)
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not self._is_same_origin(origin, host):
            return self._refuse(environ, start_response, "origin", origin)
        return self._app(environ, start_response)

    def _is_ours(self, name: str | None) -> bool:
        # A .local name of others is foreign, too: any neighbour can answer for one, and have it
        # lead here, also to a server that listens on this computer alone.
        return name is not None and (name in self._allowed or name in self._own_hosts())

    def _is_same_origin(self, origin: str, host: str) -> bool:
        if _authority(origin) is None:
            return False
        # A proxy may end TLS, so only host and port are compared; or it may not pass the host
        # on, and then its own name is one that was allowed.
        return (
            _authority(origin) == _authority(f"{urlsplit(origin).scheme}://{host}")
            or _host_name(origin) in self._allowed
        )

    def _refuse(
        self, environ: WSGIEnvironment, start_response: StartResponse, reason: str, value: str
    ) -> Iterable[bytes]:
        self._audit.refused(session.origin(environ), reason)
        lang = i18n.pick(environ.get("HTTP_ACCEPT_LANGUAGE"))
        text = i18n.translate(lang, f"error.foreign_{reason}", name=ascii(value[:200])) + "\n"
        return _answer_plainly(start_response, "403 Forbidden", text)


class CheckedPrefix:
    """WSGI middleware for the path below which a proxy has us, in ``X-Forwarded-Prefix``.

    It becomes a part of all addresses, so what is no plain path is answered with 400: a visitor's
    own header must not lead elsewhere, and a mistake in the proxy's settings shall be seen.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = environ.get("HTTP_X_FORWARDED_PREFIX", "")
        # Each proxy on the way adds its own behind a comma; the last one is the one we trust.
        prefix = told.rpartition(",")[2].strip().rstrip("/")
        if not _PREFIX.fullmatch(prefix):
            text = f"X-Forwarded-Prefix says {told[:200]!a}, which is no path such as /room12.\n"
            return _answer_plainly(start_response, "400 Bad Request", text)
        environ["HTTP_X_FORWARDED_PREFIX"] = prefix
        return self._app(environ, start_response)


class HttpsOnly:
    """WSGI middleware that sends requests in the clear to the same address with https.

    The guard stands before it, so the address is one of ours. The answer holds for this once: the
    next room at this address may have no certificate.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] == "https":
            return self._app(environ, start_response)
        # The query comes as it was sent: what no header may have is written as addresses write it.
        asked = request_uri(environ).partition(":")[2]
        url = "https:" + quote(asked, safe=_OF_ADDRESSES, encoding="latin-1")
        headers = [
            ("Location", url),
            ("Cache-Control", "no-store"),
            # A browser that stays on this connection would go on in the clear.
            ("Connection", "close"),
        ]
        text = f"This room is encrypted: {url}\n"
        return _answer_plainly(start_response, "307 Temporary Redirect", text, headers)


def _answer_plainly(
    start_response: StartResponse,
    status: str,
    text: str,
    headers: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    body = text.encode()
    start_response(
        status,
        [
            *headers,
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [body]


def _host_name(url: str) -> str | None:
    """The URL's host in lower case, without port, brackets, zone or the root's dot."""
    authority = _authority(url)
    return None if authority is None else authority[0]


def _authority(url: str) -> tuple[str, int | None] | None:
    """Host and port of a URL that has nothing else, or None."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return host.partition("%")[0].rstrip("."), port or _DEFAULT_PORTS.get(parts.scheme)
