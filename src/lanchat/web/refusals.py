"""How requests of files and of programs are refused: in JSON, else with a page.

{"error": {"code": "unknown_file", "message": "This file is not there any more."}}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import flask
from werkzeug.wrappers import Response

from lanchat import phrases
from lanchat.errors import (
    BeingWritten,
    CutOff,
    DiskFull,
    FilesOff,
    MessageTooLong,
    Muted,
    PayloadInvalid,
    QuotaReached,
    ReadOnly,
    Refusal,
    SlowMode,
    StoreUnavailable,
    TooFast,
    TooLarge,
    TooManyConnections,
    TooManyTransfers,
    TooMuchAtOnce,
    TooSlow,
    Unauthorized,
    UnknownFile,
    UnknownMessage,
    UnknownRoom,
    WrongChecksum,
    WrongOffset,
)
from lanchat.phrases import Wanted
from lanchat.web.site import Site

View = Callable[..., Response]

_STATUS: dict[type[Refusal], str] = {
    PayloadInvalid: "400 Bad Request",
    Unauthorized: "401 Unauthorized",
    FilesOff: "403 Forbidden",
    Muted: "403 Forbidden",
    ReadOnly: "403 Forbidden",
    UnknownFile: "404 Not Found",
    UnknownMessage: "404 Not Found",
    UnknownRoom: "404 Not Found",
    TooSlow: "408 Request Timeout",
    WrongOffset: "409 Conflict",
    TooLarge: "413 Content Too Large",
    MessageTooLong: "413 Content Too Large",
    BeingWritten: "423 Locked",
    TooFast: "429 Too Many Requests",
    TooMuchAtOnce: "429 Too Many Requests",
    SlowMode: "429 Too Many Requests",
    TooManyConnections: "429 Too Many Requests",
    TooManyTransfers: "429 Too Many Requests",
    QuotaReached: "429 Too Many Requests",
    WrongChecksum: "460 Checksum Mismatch",
    DiskFull: "507 Insufficient Storage",
}


def answered(site: Site, view: View, wanted: Wanted = "files") -> View:
    """The view, with a refusal as its answer; ``wanted`` is what fails without a store."""

    @wraps(view)
    def guarded(**arguments: str) -> Response:
        try:
            return view(**arguments)
        except Refusal as refusal:
            return _refused(site, refusal)
        except StoreUnavailable as error:
            text = phrases.unavailable(wanted, site.language())
            return _as_json(phrases.failure(error.code, text), "503 Service Unavailable")
        except CutOff:
            return Response(status=400)  # nobody is there any more to be told

    return guarded


def _refused(site: Site, refusal: Refusal) -> Response:
    if refusal.reason != "token" and _wants_page():
        if isinstance(refusal, Unauthorized):
            return flask.redirect(flask.url_for("login"), 303)
        if isinstance(refusal, UnknownFile):
            flask.abort(404)
    answer = phrases.refusal(refusal, site.language())
    response = _as_json(answer, _STATUS.get(type(refusal), "403 Forbidden"))
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, Unauthorized) and refusal.reason:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, WrongOffset):
        response.headers["Upload-Offset"] = str(refusal.offset)
    return response


def _wants_page() -> bool:
    """Whether somebody has opened the address, and it was not a page or program that asks."""
    asked = flask.request
    return asked.method == "GET" and "text/html" in asked.accept_mimetypes.values()


def _as_json(answer: Mapping[str, Any], status: str) -> Response:
    response = flask.json.jsonify({"error": answer["error"]})
    response.status = status
    response.headers["Cache-Control"] = "no-store"
    return response
