"""One's own connections, looked at: a stream of lines about them, and a file for Wireshark.

    GET  /inspect/stream     a line of JSON for each frame and for what else happens, while it lasts
    GET  /inspect.pcapng     what is kept of it at this moment
    POST /inspect/again      close them, so that their opening can be seen, too

One's own are those of the same person in the same browser: both stand in the signed cookie.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

import flask
from werkzeug.wrappers import Response

from lanchat import phrases
from lanchat.chat.model import Origin, User
from lanchat.errors import TooManyConnections
from lanchat.web import session
from lanchat.web.cookies import Cookies, caller
from lanchat.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LINES = "application/x-ndjson"
CAPTURE = "application/x-pcapng"

Owner = tuple[str, str]
"""A person's id, and that of their browser."""


class Look(Protocol):
    """One who looks."""

    @property
    def is_over(self) -> bool: ...

    def greeting(self) -> bytes: ...

    def lines(self) -> bytes:
        """What was seen since the last call; waits for up to a second, and may be empty."""


class Inspection(Protocol):
    """What is seen of connections while their owners look."""

    whose: Callable[[WSGIEnvironment], Owner | None]

    def looking(self, owner: Owner, connections: Iterable[str]) -> AbstractContextManager[Look]: ...

    def capture(self, owner: Owner) -> bytes | None: ...

    def again(self, owner: Owner) -> int: ...


class Inspecting:
    """The views; ``register`` puts them into an application."""

    def __init__(
        self,
        site: Site,
        cookies: Cookies,
        inspection: Inspection,
        lane_of: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._site = site
        self._cookies = cookies
        self._inspection = inspection
        self._lane_of = lane_of
        self._addresses: Counter[str] = Counter()
        inspection.whose = self._whose

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/inspect/stream", "inspect_stream", self.stream)
        app.add_url_rule("/inspect.pcapng", "inspect_capture", self.capture)
        app.add_url_rule("/inspect/again", "inspect_again", self.again, methods=["POST"])

    def stream(self) -> Response:
        """Lines until whoever asks has gone, may not be here any more, or it has lasted long."""
        user, origin, owner = self._asker()
        own = self._site.connections.of(*owner)
        with ExitStack() as undo:
            try:
                undo.enter_context(self._place(origin.ip))
                look = undo.enter_context(self._inspection.looking(owner, own))
            except TooManyConnections as refusal:
                why = phrases.why(refusal, self._site.language())
                return Response(why, 429, mimetype="text/plain")
            # In the answer's own greenlet, so that it ends there, too, where nobody reads.
            may_look = partial(self._site.admitted, user, origin)
            lane = own_lane(partial(self._lane_of, user.id))
            return streamed(look, lambda: may_look() is not None, undo.pop_all().close, lane)

    def capture(self) -> Response:
        """The file; 409 while nobody looks, since nothing is kept then."""
        _, _, owner = self._asker()
        content = self._inspection.capture(owner)
        if content is None:
            return Response("Nothing is kept while nobody looks.\n", 409, mimetype="text/plain")
        response = Response(content, mimetype=CAPTURE)
        response.headers["Content-Disposition"] = "attachment; filename=lanchat.pcapng"
        return _not_kept(response)

    def again(self) -> Response:
        """Close them; their clients come again."""
        _, _, owner = self._asker()
        self._inspection.again(owner)
        return Response(status=204)

    @contextmanager
    def _place(self, address: str) -> Iterator[None]:
        """One of the places of an address, which has as many as it may have connections.

        One computer can have any number of cookies, and would else leave none to others. Raises
        TooManyConnections.
        """
        if 0 < self._site.config.max_per_ip <= self._addresses[address]:
            raise TooManyConnections
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def _asker(self) -> tuple[User, Origin, Owner]:
        origin = session.visitor()
        user = self._site.user()
        if user is None or not origin.device:
            flask.abort(403)
        return user, origin, (user.id, origin.device)

    def _whose(self, environ: WSGIEnvironment) -> Owner | None:
        """Who opens a socket, as far as their cookie tells."""
        site = self._site
        asked = caller(environ, self._cookies, site.access.digest, site.config.lang)
        if asked.user is None or not asked.origin.device:
            return None
        return asked.user.id, asked.origin.device


def streamed(
    look: Look,
    may_look: Callable[[], bool],
    end: Callable[[], object],
    more: Callable[[], bytes] = bytes,
) -> Response:
    """An answer with the lines of a look, as they come, and with ``more`` of them at times.

    ``end`` is called when it is over.
    """
    response = Response(_lines(look, may_look, more), mimetype=LINES)
    response.call_on_close(end)
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep lines until it has more
    return _not_kept(response)


def own_lane(lane: Callable[[], int | None]) -> Callable[[], bytes]:
    """A line when one has another lane on the projector than before, or none any more."""
    told: list[int | None] = [None]

    def news() -> bytes:
        now = lane()
        if now == told[0]:
            return b""
        told[0] = now
        return json.dumps({"kind": "lane", "lane": now}).encode() + b"\n"

    return news


def _lines(look: Look, may_look: Callable[[], bool], more: Callable[[], bytes]) -> Iterator[bytes]:
    yield look.greeting()
    while not look.is_over and may_look():
        # An empty line says that nobody has gone: so either end learns when the other one has.
        yield look.lines() + more() or b"\n"


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    # A page at another port of this host has the cookie, too, and would have it in its memory.
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
