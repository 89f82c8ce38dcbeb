"""The composition root: builds everything, runs it, stops it in reverse.

Backend   everything behind the WSGI entrance; what wsgi.py offers to other servers
Server    a listening socket, gevent's WSGI server and signals around it: `lanchat serve`
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import flask
import gevent
import gevent.event
import gevent.threadpool
from flask_socketio import SocketIO

import lanchat
from lanchat.chat.hub import Hub
from lanchat.chat.model import timestamp
from lanchat.config import ServeConfig
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.control.desk import Desk
from lanchat.control.listener import open_listener
from lanchat.errors import ExtraMissing
from lanchat.live.broadcaster import SocketBroadcaster
from lanchat.live.events import Events
from lanchat.live.http import make_server
from lanchat.live.stack import (
    MAX_SILENT_SESSIONS,
    SERVER_OPTIONS,
    Stack,
    refuse_gevent_websocket,
)
from lanchat.net.addresses import LAN_RANGES
from lanchat.net.announcer import Announcer
from lanchat.net.listen import listen, make_room_for
from lanchat.net.network import Network
from lanchat.periodic import Periodic
from lanchat.store.clearing import Clearing
from lanchat.store.datadir import DataDir
from lanchat.store.retention import Retention
from lanchat.store.sqlite import SqliteStore
from lanchat.web.app import create_app
from lanchat.web.client import host_link, invitation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from lanchat.tls.encryption import Encryption

_GOODBYE_SECONDS = 1.0
"""How long clients have to take the last words."""

_LOOK_SECONDS = 3.0
"""Between two looks at the network: a laptop changes its Wi-Fi, and nobody has to wonder."""

_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")
_INTERRUPTED = 130


class Backend:
    """Storage, hub, sockets and pages, built bottom up and closed in reverse.

    Raises CannotStart where the data directory or something in it cannot be used.
    """

    def __init__(self, config: ServeConfig, network: Network) -> None:
        refuse_gevent_websocket()
        make_room_for(config.max_clients)
        with ExitStack() as undo:
            data = DataDir(config.data_dir)
            undo.callback(data.close)
            self.host_secret = data.host_secret
            self.encryption = _encryption(config, network) if config.encrypted else None
            # One thread: SQLite blocks, and one call at a time is what the store asks for.
            disk = gevent.threadpool.ThreadPool(1)
            undo.callback(disk.kill)
            database = data.database if config.keep_history else None
            store = SqliteStore(database, offload=partial(_offload, disk))
            undo.callback(store.close)
            undo.callback(Clearing(store).close)
            if config.retention is not None or config.retention_messages is not None:
                retention = Retention(store, config.retention, config.retention_messages)
                undo.callback(retention.close)
            log = ConnectionLogFile(config.log_file)
            undo.callback(log.close)
            undo.callback(log.stop)

            events = Events()
            socketio = SocketIO(**SERVER_OPTIONS)
            broadcaster = SocketBroadcaster(socketio)
            hub = Hub(store, broadcaster, log, store, history=config.history, grace=config.grace)
            self.app: flask.Flask = create_app(
                config,
                data.secret,
                data.host_secret,
                hub=hub,
                socketio=socketio,
                on_event=events.on,
                network=network,
                log=log,
                authority=self.encryption.authority if self.encryption else None,
            )
            stack = Stack(socketio.server, events, max_silent=_max_silent(config.max_per_ip))
            undo.callback(stack.close, _GOODBYE_SECONDS)
            if config.metrics:
                metrics = _metrics()
                figures = metrics.Figures(hub, broadcaster, stack.traffic, log.counts)
                metrics.MetricsPage(figures, config.metrics_token).register(self.app)
            undo.callback(hub.close)
            undo.callback(lambda: broadcaster.server_stops(timestamp(time.time())))
            if not config.trust_proxy:  # behind one, the address to share is the proxy's
                network.on_change(
                    lambda: broadcaster.invite_changed(invitation(config, network.share_url))
                )
            undo.callback(Periodic(network.refresh, _LOOK_SECONDS, name="network").close)
            if config.mdns_name is not None and not config.trust_proxy:
                announcer = Announcer(
                    network,
                    name=config.mdns_name,
                    room=config.name,
                    text=partial(_announced, config, hub),
                )
                undo.callback(announcer.close)
                announcer.refresh()
                undo.callback(Periodic(announcer.refresh, _LOOK_SECONDS, name="announcer").close)
            if self.encryption is not None:
                renew = self.encryption.refresh
                undo.callback(Periodic(renew, _LOOK_SECONDS, name="certificate").close)
            desk = Desk(hub, lambda: host_link(config, network, data.host_secret))
            if listener := open_listener(data.path, desk.answer):
                undo.callback(listener.close)
                data.announce(listener.path)
            self._undo = undo.pop_all()
        log.start(version=lanchat.__version__, port=network.port, pid=os.getpid())

    def close(self) -> None:
        """Tell the clients, commit and write down what is waiting, let go of the files."""
        # Nobody comes in any more, not even through a connection that is still open.
        self.app.wsgi_app = _closed  # type: ignore[method-assign, assignment]
        self._undo.close()


def _metrics() -> ModuleType:
    """The module, which needs a package that is an extra. Raises ExtraMissing."""
    try:
        return import_module("lanchat.metrics")
    except ModuleNotFoundError as error:
        raise ExtraMissing("--metrics", "prometheus-client") from error


def _encryption(config: ServeConfig, network: Network) -> Encryption:
    """The certificate to show. Raises ExtraMissing, SettingRefused or DataUnusable."""
    try:
        from lanchat.tls.encryption import make_encryption
    except ModuleNotFoundError as error:
        raise ExtraMissing("--tls", "cryptography") from error
    chosen = set(config.allow_hosts)
    if config.mdns_name is not None:  # it is sure a little later
        chosen.add(f"{config.mdns_name}.local")
    return make_encryption(config, lambda: network.own_hosts() | chosen, LAN_RANGES)


def _closed(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """What stands in the application's place while the server stops."""
    text = b"The room is closed. It may open again: try later."
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
    start_response("503 Service Unavailable", [*headers, ("Connection", "close")])
    return [text]


def _announced(config: ServeConfig, hub: Hub) -> dict[str, str]:
    """What everybody on the network may know of the room before they join."""
    return {
        "lanchat": lanchat.__version__,
        "people": str(hub.count()),
        "code": "no" if config.access_code is None else "yes",
        "tls": "1" if config.encrypted else "0",
    }


def _max_silent(max_per_ip: int) -> int:
    """How many connections of one address may be on their way in; 0 is no limit."""
    return max(MAX_SILENT_SESSIONS, max_per_ip) if max_per_ip else 0


def _offload(pool: gevent.threadpool.ThreadPool, call: Callable[[], Any]) -> Any:
    """Call in the pool's thread; others go on meanwhile."""

    def caught() -> tuple[Any, BaseException | None]:
        try:
            return call(), None
        except BaseException as error:  # noqa: BLE001  handed over: gevent would print it, too
            return None, error

    result, error = pool.apply(caught)
    if error is not None:
        raise error
    return result


class Server:
    """`lanchat serve`: listens from construction on, serves in ``run``. Raises CannotStart."""

    def __init__(self, config: ServeConfig) -> None:
        self.config = config
        self._socket = listen(config.host, config.port)
        with ExitStack() as undo:
            undo.callback(self._socket.close)
            self.port: int = self._socket.getsockname()[1]
            self.network = Network(
                config.host,
                self.port,
                config.interface,
                config.advertise,
                scheme="https" if config.encrypted else "http",
            )
            self._backend = Backend(config, self.network)
            undo.pop_all()
        self.host_link = host_link(config, self.network, self._backend.host_secret)
        self._stop = gevent.event.Event()
        for name in _STOP_SIGNALS:
            if hasattr(signal, name):
                gevent.signal_handler(getattr(signal, name), self._stop_or_quit)

    @property
    def authority(self) -> bytes | None:
        """What guests may install, as DER, where the certificate is one of our own."""
        encryption = self._backend.encryption
        return encryption.authority if encryption else None

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, then say goodbye in order."""
        encryption = self._backend.encryption
        context = encryption.context if encryption else None
        http = make_server(self._socket, self._backend.app, context)
        http.start()
        self._stop.wait()
        http.close()
        self._backend.close()
        http.stop(timeout=0)

    def _stop_or_quit(self) -> None:
        if self._stop.is_set():
            os._exit(_INTERRUPTED)  # asked twice: somebody is in a hurry
        self._stop.set()
