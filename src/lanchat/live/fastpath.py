"""The fast path: taken where the Socket.IO stack is as it was read, and done without elsewhere.

Sessions that write by themselves (``session.py``) and broadcasts that go to all of them at once
(``fanout.py``) override what FAST_PATH lists. Where one of these has moved, everything goes the
stock way through the same WebSocket: slower, and as surely.
"""

from __future__ import annotations

import inspect
import logging
import pkgutil
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import engineio.socket
import socketio

from lanchat.live.packets import PacketReader
from lanchat.live.writer import Flusher

if TYPE_CHECKING:
    from lanchat.live.session import Opening
    from lanchat.live.websocket import WebSocket

_log = logging.getLogger(__name__)

FAST_PATH = {
    "engineio:Server.generate_id": "self",
    "engineio.socket:Socket.__init__": "self server sid",
    "engineio.socket:Socket.send": "self pkt",
    "engineio.socket:Socket.receive": "self pkt",
    "engineio.socket:Socket.close": "self wait abort reason",
    "engineio.socket:Socket.schedule_ping": "self",
    "engineio.socket:Socket._websocket_handler": "self ws",
    "socketio:Manager.emit": "self event data namespace room skip_sid callback to kwargs",
    "socketio:Manager.basic_enter_room": "self sid namespace room eio_sid",
    "socketio:Manager.basic_leave_room": "self sid namespace room",
    "socketio:Manager.get_participants": "self namespace room",
}
"""What the fast path overrides or calls, with the names of the parameters.

Besides, an engine makes its sessions by the name ``Socket`` in the module ``engineio.socket``, and
says by ``start_service_task`` that it has opened none yet: the first one goes the stock way.
Read in python-engineio 4.15.1 and python-socketio 5.18.1.
"""

_MAKER = "lanchat_session"
"""The attribute of an engine that makes its sessions."""


def speed_up(
    server: socketio.Server,
    flusher: Flusher,
    reader: PacketReader,
    websocket: Callable[..., WebSocket],
) -> Opening | None:
    """Let the server's sessions write by themselves; a warning says where that cannot be.

    Returns what opens those with a WebSocket, None where that is left to the engine.
    """
    if moved := moved_names():
        _log.warning(
            "messages go a slower way: Socket.IO has changed where lanchat enters it (%s); "
            "update lanchat, or install the versions that its pyproject.toml asks for",
            ", ".join(moved),
        )
        return None
    # Not at the top of the file: they need the very names that may have moved.
    from lanchat.live.fanout import FanOut
    from lanchat.live.session import Heartbeat, Opening, Session

    fan_out = FanOut(flusher)
    server.manager = fan_out
    fan_out.set_server(server)
    heartbeat = Heartbeat(server.eio.ping_interval)
    maker = partial(Session, heartbeat=heartbeat, reader=reader, on_websocket=fan_out.settle)
    setattr(server.eio, _MAKER, maker)
    if engineio.socket.Socket is not _make_session:
        engineio.socket.Socket = _make_session
    return Opening(server.eio, maker, websocket, heartbeat)


def moved_names() -> list[str]:
    """What of FAST_PATH is not as it was read."""
    return [name for name, parameters in FAST_PATH.items() if _parameters(name) != parameters]


def _parameters(name: str) -> str | None:
    try:
        return " ".join(inspect.signature(pkgutil.resolve_name(name)).parameters)
    except (ImportError, AttributeError, TypeError, ValueError):
        return None


_StockSession = engineio.socket.Socket


def _make_session(engine: engineio.Server, sid: str) -> engineio.socket.Socket:
    """Stands where engines look for the class; others in this process keep the stock one."""
    return getattr(engine, _MAKER, _StockSession)(engine, sid)
