"""The addresses for programs; what answers there is imported with the first request.

POST /api/messages          say something
GET  /api/messages          read, wait, or have a stream of lines
GET  /api/openapi.json      what all this looks like, for tools
POST /hooks/<token>         say something as one says it to Slack
"""

from __future__ import annotations

import logging
from functools import cached_property, partial
from typing import TYPE_CHECKING

import flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from lanchat.web.site import Site

if TYPE_CHECKING:
    from lanchat.web.api import Api

_log = logging.getLogger(__name__)

_ADDRESSES = (
    ("/api/messages", "post", "POST"),
    ("/api/messages", "read", "GET"),
    ("/api/openapi.json", "document", "GET"),
    ("/hooks/<token>", "hook", "POST"),
)


class Programs:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def register(self, app: flask.Flask) -> None:
        for address, name, method in _ADDRESSES:
            view = partial(self._answer, name)
            app.add_url_rule(address, f"api_{name}", view, methods=[method])

    def _answer(self, name: str, **arguments: str) -> Response:
        view = {
            "post": self._api.post,
            "read": self._api.read,
            "document": self._api.document,
            "hook": self._api.hook,
        }[name]
        try:
            return view(**arguments)
        except HTTPException:
            raise
        except Exception:  # noqa: BLE001
            # A defect. Flask would log it with the address, in which there may be a token.
            _log.exception("a request of a program failed: %s", name)
            return Response("This has failed within the server.\n", 500, mimetype="text/plain")

    @cached_property
    def _api(self) -> Api:
        from lanchat.web.api import Api  # here: few rooms have programs

        return Api(self._site)
