"""The HTTP endpoint of Engine.IO, stricter than the stock one: every request for a socket.

What the protocol does not allow is refused before the stock stack makes a session of it. What
clients send by polling is read here, too: the stock stack answers 200 to packets that it could
not read, and lets the session live on.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import gevent
from engineio.exceptions import EngineIOError
from engineio.packet import CLOSE, MESSAGE, NOOP, Packet

from lanchat.live.websocket import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from lanchat.live.session import Opening

UPGRADE_SECONDS = 10.0
"""How long a client has to move from polling to its WebSocket."""

_SHARED = frozenset(
    ("HTTP_HOST", "HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "PATH_INFO", "QUERY_STRING")
)
"""What many clients say in the same words."""

_LASTING = _SHARED | {
    "flask.app",
    "saved_session",
    "wsgi.url_scheme",
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
}
"""What is asked of the request that has opened a session when this joins and when it ends."""

_KEY_BYTES = 16
_PACKET_TYPES = frozenset("0123456")
_SEPARATOR = "\x1e"


class Answer(NamedTuple):
    """What is said to a client, in plain text where it has no other ``kind``."""

    text: str
    status: str = "400 Bad Request"
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "text/plain"


_OK = Answer("ok", "200 OK")
_TOO_LARGE = Answer("more than 64 KiB", "413 Content Too Large")
_WRONG_VERSION = Answer(
    "WebSocket 13 is spoken", "426 Upgrade Required", (("Sec-WebSocket-Version", "13"),)
)
_NO_POLLING = Answer(
    # As Engine.IO's own server says that it does not know a transport: clients hand it on.
    json.dumps(
        {
            "code": 0,
            "message": "several servers are one chat here, and they take WebSockets alone: connect "
            "with transports=['websocket']",
        }
    ),
    kind="application/json",
)
_CROWDED = Answer(
    "too many connections that say nothing", "429 Too Many Requests", (("Retry-After", "10"),)
)


class Endpoint:
    """Answers requests for sockets: some by itself, most through the engine's own handler.

    ``is_crowded`` says whether a request may open no further session now, ``polls`` whether
    clients may poll at all. ``opening`` makes sessions with a WebSocket, where that need not be
    left to the engine.
    """

    def __init__(
        self,
        engine: Any,
        is_crowded: Callable[[WSGIEnvironment], bool],
        opening: Opening | None = None,
        *,
        polls: bool = True,
    ) -> None:
        self._engine = engine
        self._opening = opening
        self._polls = polls
        self._stock = engine.handle_request
        self._is_crowded = is_crowded
        self._polling: set[str] = set()
        self._posting: set[str] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        given = parse_qs(environ.get("QUERY_STRING", ""))
        query = {name: values[0] for name, values in given.items()}
        fault = _fault(query, environ)
        if fault is None and not self._polls and not _wants_websocket(environ):
            fault = _NO_POLLING
        if fault is None and "sid" in query:
            return self._resume(query["sid"], environ, start_response)
        if fault is None and self._is_crowded(environ):
            fault = _CROWDED
        if fault is not None:
            return _answer(start_response, fault)
        opening = self._opening
        if opening is not None and opening.is_ready and _wants_websocket(environ):
            return _done(environ, opening(environ, start_response))
        return self._call_stock(environ, start_response)

    def _resume(
        self, sid: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        """A request of a session that is open."""
        session = self._engine.sockets.get(sid)
        if session is None or session.closed or not session.connected or session.upgraded:
            return _answer(start_response, Answer("no such session by this transport"))
        if not session.check_ping_timeout():
            return _answer(start_response, Answer("the session has ended: no pong"))
        if environ["REQUEST_METHOD"] == "POST":
            return self._post(session, environ, start_response)
        if _wants_websocket(environ):
            return self._upgrade(session, environ, start_response)
        return self._poll(session, environ, start_response)

    def _poll(
        self, session: Any, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        if session.sid in self._polling:
            # Neither of the two would know what the other one got.
            session.close(wait=False)
            return _answer(start_response, Answer("two polls at once"))
        self._polling.add(session.sid)
        try:
            return self._call_stock(environ, start_response)
        finally:
            self._polling.discard(session.sid)

    def _upgrade(
        self, session: Any, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        if session.upgrading:
            return _answer(start_response, Answer("the session is being upgraded already"))
        late = gevent.spawn_later(UPGRADE_SECONDS, _give_up, session, environ)
        try:
            # The engine answers all the same, and its answer would go into the WebSocket.
            self._call_stock(environ, _unheard)
        finally:
            late.kill(block=False)
            session.upgrading = False
        if "lanchat.websocket" in environ:
            return []
        return _answer(start_response, Answer("it could not be upgraded"))

    def _post(
        self, session: Any, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        """Hand on what a polling client sends, packet by packet in its order."""
        if session.sid in self._posting:
            session.close(wait=False)
            return _answer(start_response, Answer("two requests send at once"))
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(MAX_MESSAGE_BYTES + 1)
        if max(length, len(body)) > MAX_MESSAGE_BYTES:
            session.close(wait=False)
            return _answer(start_response, _TOO_LARGE)
        self._posting.add(session.sid)
        try:
            for packet in _packets(body):
                if packet.packet_type == CLOSE:
                    session.queue.put(Packet(NOOP))  # ends a poll that is waiting
                    session.receive(packet)
                    break
                session.receive(packet)
                if session.closed:
                    return _answer(start_response, Answer("the session was closed"))
                gevent.sleep(0)  # others have their turn between two packets
        except (ValueError, EngineIOError):
            session.close(wait=False)
            return _answer(start_response, Answer("not packets of Engine.IO"))
        finally:
            self._posting.discard(session.sid)
        return _answer(start_response, _OK)

    def _call_stock(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        return _done(environ, self._stock(environ, start_response))


def _done(environ: WSGIEnvironment, chunks: list[bytes]) -> list[bytes]:
    """The answer to a request that has been served."""
    if "gunicorn.socket" in environ and "lanchat.websocket" in environ:
        # Tells gunicorn's workers that the response is done. Raised any further in, it would
        # keep the engine from forgetting the session.
        raise StopIteration
    return chunks


def lasting(environ: WSGIEnvironment) -> WSGIEnvironment:
    """What of a request is kept as long as its WebSocket; the most is about the request alone."""
    kept = {name: value for name, value in environ.items() if name in _LASTING}
    for name in _SHARED & kept.keys():
        kept[name] = sys.intern(kept[name])
    return kept


def _fault(query: dict[str, str], environ: WSGIEnvironment) -> Answer | None:
    """What is wrong with a request, whatever the session that it is for."""
    method, transport = environ["REQUEST_METHOD"], query.get("transport")
    upgrades = _wants_websocket(environ)
    if "j" in query or method not in ("GET", "POST"):
        return Answer("only GET and POST are spoken here, and no JSONP")
    if transport != ("websocket" if upgrades else "polling"):
        return Answer("the transport is polling or websocket")
    if upgrades and environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return _WRONG_VERSION
    if upgrades and not (method == "GET" and _has_key(environ)):
        return Answer("no opening handshake of a WebSocket")
    if "sid" not in query and (method != "GET" or query.get("EIO") != "4"):
        return Answer("a session is opened with GET and EIO=4")
    return None


def _packets(body: bytes) -> Iterator[Packet]:
    """The packets of a payload. Raises ValueError at the first that is none."""
    for text in body.decode().split(_SEPARATOR):
        if text[:1] == "b":
            yield Packet(MESSAGE, base64.b64decode(text[1:], validate=True))
        elif text[:1] in _PACKET_TYPES:
            yield Packet(encoded_packet=text)
        else:
            raise ValueError("no such packet type")


def _give_up(session: Any, environ: WSGIEnvironment) -> None:
    """End an upgrade that stays half done; the client goes on polling."""
    if not session.upgraded and "lanchat.websocket" in environ:
        environ["lanchat.websocket"].close()


def _unheard(*_: object) -> Callable[[bytes], object]:
    """In place of ``start_response``, where nothing is to be answered."""
    return bytes


def _wants_websocket(environ: WSGIEnvironment) -> bool:
    return bool(environ.get("HTTP_UPGRADE", "").lower() == "websocket")


def _has_key(environ: WSGIEnvironment) -> bool:
    """Whether the other headers of the opening handshake are as they must be."""
    options = [option.strip() for option in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return "upgrade" in options and len(key) == _KEY_BYTES


def _answer(start_response: StartResponse, answer: Answer) -> list[bytes]:
    body = answer.text.encode()
    about = [("Content-Type", answer.kind), ("Content-Length", str(len(body)))]
    start_response(answer.status, [*about, *answer.headers])
    return [body]
