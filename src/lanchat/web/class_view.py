"""The whole room for the projector, while a host looks: lanes and dots, nothing of anybody's.

GET /inspect/class           the page (pages.py)
GET /inspect/class/stream    a line of JSON for each dot, and for what becomes of a lane
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Protocol

import flask
from werkzeug.wrappers import Response

from lanchat import phrases
from lanchat.chat.model import User
from lanchat.errors import TooManyConnections
from lanchat.web import session
from lanchat.web.inspecting import Look, streamed
from lanchat.web.site import Site


class ClassView(Protocol):
    """What a class can see of all connections together."""

    connections: Callable[[], Iterable[tuple[str, str]]]
    away: Callable[[], Mapping[str, float]]
    whose: Callable[[str], str | None]

    def looking(self, user_id: str) -> AbstractContextManager[Look]: ...

    def lane_of(self, user_id: str) -> int | None: ...


class ClassPages:
    """The views; ``register`` puts them into an application."""

    def __init__(self, site: Site, view: ClassView) -> None:
        self._site = site
        self._view = view
        view.connections = site.connections.by_user
        view.away = site.hub.away
        view.whose = self._whose

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/inspect/class/stream", "class_stream", self.stream)

    def stream(self) -> Response:
        """Lines until whoever asks has gone, is no host any more, or it has lasted long."""
        user, origin = self._host(), session.visitor()

        def may_look() -> bool:
            return self._is_host(self._site.admitted(user, origin))

        with ExitStack() as undo:
            try:
                look = undo.enter_context(self._view.looking(user.id))
            except TooManyConnections as refusal:
                why = phrases.why(refusal, self._site.language())
                return Response(why, 429, mimetype="text/plain")
            return streamed(look, may_look, undo.pop_all().close)

    def _host(self) -> User:
        user = self._site.user()
        if user is None or not self._is_host(user):
            flask.abort(403)
        return user

    def _is_host(self, user: User | None) -> bool:
        return user is not None and self._site.hub.is_moderator(user.id)

    def _whose(self, connection: str) -> str | None:
        visitor = self._site.connections.get(connection)
        return None if visitor is None else visitor.user.id
