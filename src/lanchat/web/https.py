"""What https needs beside the pages: the way there, and the authority to trust."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.util import request_uri

import flask
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AUTHORITY_PATH = "/lanchat-ca.crt"


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
        url = "https:" + request_uri(environ).partition(":")[2]
        body = f"This room is encrypted: {url}\n".encode()
        headers = [
            ("Location", url),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            # A browser that stays on this connection would go on in the clear.
            ("Connection", "close"),
        ]
        start_response("307 Temporary Redirect", headers)
        return [body]


def register_authority(app: flask.Flask, authority: bytes) -> None:
    """Let guests download the authority, DER, in the type that phones offer to install."""

    def download() -> Response:
        response = Response(authority, mimetype="application/x-x509-ca-cert")
        response.headers["Cache-Control"] = "no-store"
        return response

    app.add_url_rule(AUTHORITY_PATH, "authority", download)
