"""The composition root: everything behind the WSGI entrance, built bottom up, stopped in reverse.

Each component starts when it is made and ends with its ``stop``. Siblings meet here and nowhere
else: what the chat asks of the world, the store, the sockets and the connection log give.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import flask
from flask_socketio import SocketIO

import lanchat
from lanchat.chat.events import ServerStopping
from lanchat.chat.hub import Hub
from lanchat.chat.model import timestamp
from lanchat.chat.reading import Reading
from lanchat.chat.search import Searching
from lanchat.config import ServeConfig
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.control.listener import Desk, Listener, open_listener
from lanchat.errors import ExtraMissing
from lanchat.http.listen import Room, make_room_for
from lanchat.live.classroom.class_view import ClassView
from lanchat.live.delivery import SocketDelivery
from lanchat.live.inspection.inspection import Inspection
from lanchat.live.packets import EventHandlers
from lanchat.live.stack import (
    MAX_SILENT_SESSIONS,
    SERVER_OPTIONS,
    SilentLimits,
    Stack,
    refuse_gevent_websocket,
)
from lanchat.net.network import Network
from lanchat.network_upkeep import NetworkUpkeep, encryption_for
from lanchat.periodic import Periodic
from lanchat.rows.reading import StoredHistory
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.storage import Storage, open_folder
from lanchat.store.datadir import DataDir
from lanchat.web.app import carries_session, create_app
from lanchat.web.event_packets import packets
from lanchat.web.site import host_link

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from lanchat.hooks import Hooks
    from lanchat.live.inspection.trace_file import TraceFile

_GOODBYE_SECONDS = 1.0
"""How long clients have to take the last words."""

_TICK_SECONDS = 0.25
"""Between two looks for who has been away too long; a moment in a crowd is as long."""

_FOLDER_SECONDS = 2.0
"""Between two looks whether the data folder is still there, which others may delete."""


class Chat:
    """The hub, the sockets that it speaks through, and the log of who came and went.

    Raises LogInUse or NotALog.
    """

    def __init__(self, config: ServeConfig, storage: Storage) -> None:
        self.handlers = EventHandlers()
        self.delivery = SocketDelivery(SocketIO(**SERVER_OPTIONS), self.handlers, packets)
        self.audit = ConnectionLogFile(config.log_file)
        with ExitStack() as undo:
            undo.callback(self.audit.close)
            self.audit.claim()
            people = storage.people(self.delivery.deliver)
            undo.callback(people.close)
            undo.pop_all()
        self._people = people
        self.hub = Hub(
            log=storage.log,
            settings=StoredSettings(storage.database),
            reservations=StoredReservations(storage.database, storage.session_key),
            directory=people.directory,
            delivery=self.delivery,
            audit=self.audit,
            history=config.history,
            edit_seconds=config.edit_time,
            files=config.takes_files,
            openers=config.rooms,
            privacy=config.private,
            publish=people.publish,
        )

    def stop(self) -> None:
        self._people.close()
        self.audit.stop()
        self.audit.close()


class Web:
    """The WSGI application, with the Socket.IO stack in it, as long as people are let in."""

    def __init__(
        self,
        config: ServeConfig,
        storage: Storage,
        chat: Chat,
        network: Network,
        *,
        authority: bytes | None,
        room: Room,
    ) -> None:
        self._hub = chat.hub
        reading = Reading(StoredHistory(storage.database))
        statistics = chat.hub.statistics
        self._inspection: Inspection | None = None
        if config.inspect:
            self._inspection = Inspection(statistics.commit_of, _trace_file(config, chat.hub))
        self._class_view = _class_view(config) if config.inspect else None
        self.app: flask.Flask = create_app(
            config,
            storage.secrets,
            hub=chat.hub,
            reading=reading,
            searching=Searching(storage.search),
            audit=chat.audit,
            network=network,
            wire=chat.delivery,
            files=storage.files,
            authority=authority,
            inspection=self._inspection,
            class_view=self._class_view,
        )
        limits = SilentLimits(_max_silent(config.max_per_ip), room.silent)
        known = partial(carries_session, self.app)
        server = chat.delivery.socketio.server
        self._stack = Stack(
            *(server, chat.handlers, limits, known),
            polls=config.polls,
            inspection=self._inspection,
            class_view=self._class_view,
        )
        if config.metrics:
            metrics = _metrics()
            traffic, counts = self._stack.traffic, chat.audit.counts
            figures = metrics.Figures(chat.hub, chat.delivery, traffic, counts, storage.figures)
            metrics.MetricsPage(figures, config.metrics_token).register(self.app)
        self._hooks = _hooks(config, chat.hub, reading) if config.hooks else None
        self._has_others = config.database is not None
        self._ticks = Periodic(lambda: chat.hub.tick(time.monotonic()), _TICK_SECONDS, name="hub")

    def stop(self) -> None:
        """Tell everybody, store what is waiting, then close every connection.

        Where others go on with the chat it does not stop: clients come to them one after another.
        """
        if self._hooks is not None:
            self._hooks.close()
        if self._class_view is not None:
            self._class_view.close()
        if self._has_others:
            self._stack.let_go()
        self._ticks.close()
        if not self._has_others:
            self._hub.publish(ServerStopping(timestamp(time.time())))
        self._hub.close()
        self._stack.close(_GOODBYE_SECONDS)
        if self._inspection is not None:  # who looks has seen why it ends
            self._inspection.close()


class Backend:
    """Everything behind the WSGI entrance; what wsgi.py offers to other servers.

    Raises CannotStart where the data directory, something in it or the log cannot be used.
    """

    def __init__(self, config: ServeConfig, network: Network) -> None:
        refuse_gevent_websocket()
        self.room = make_room_for(config.max_clients)
        with ExitStack() as undo:
            storage = _storage(config)
            undo.callback(storage.stop)
            self.encryption = encryption_for(config, network) if config.encrypted else None
            authority = self.encryption.authority if self.encryption else None
            chat = Chat(config, storage)
            undo.callback(chat.stop)
            upkeep = NetworkUpkeep(config, chat.hub, network, self.encryption)
            undo.callback(upkeep.stop)
            web = Web(config, storage, chat, network, authority=authority, room=self.room)
            undo.callback(web.stop)
            undo.callback(upkeep.leave)
            self.host_secret = storage.secrets.host_link
            link = partial(host_link, config, network, self.host_secret)
            desk = Desk(chat.hub, link, storage.files)
            if listener := open_listener(storage.data.path, desk.answer):
                undo.callback(listener.close)
                storage.data.announce(listener.path)
                keep = partial(_keep, storage.data, listener)
                undo.callback(Periodic(keep, _FOLDER_SECONDS, name="data directory").close)
            self.app = web.app
            self._stop = undo.pop_all().close
        chat.audit.start(version=lanchat.__version__, port=network.port, pid=os.getpid())

    def close(self) -> None:
        """Tell the clients, commit and write down what is waiting, let go of the files."""
        # Nobody comes in any more, not even through a connection that is still open.
        self.app.wsgi_app = _closed  # type: ignore[method-assign, assignment]
        self._stop()


def _storage(config: ServeConfig) -> Storage:
    """Where messages are kept. Raises CannotStart, ExtraMissing where a package is."""
    if config.database is None:
        return open_folder(config)
    try:
        shared_storage = import_module("lanchat.shared_storage")
    except ImportError as error:  # psycopg, or what it needs of PostgreSQL's own library
        raise ExtraMissing("--database", "psycopg[binary]") from error
    storage: Storage = shared_storage.open_database(config, config.database)
    return storage


def _keep(data: DataDir, listener: Listener) -> None:
    """Let terminals find the server, although somebody has deleted what leads to it."""
    if data.keep():
        listener.keep()


def _metrics() -> ModuleType:
    """The module, which needs a package that is an extra. Raises ExtraMissing."""
    try:
        return import_module("lanchat.metrics")
    except ModuleNotFoundError as error:
        raise ExtraMissing("--metrics", "prometheus-client") from error


def _trace_file(config: ServeConfig, hub: Hub) -> TraceFile | None:
    """What hosts' connections are written into."""
    if config.trace is None:
        return None
    from lanchat.live.inspection.trace_file import TraceFile  # here: few want one

    return TraceFile(config.trace, hub.is_moderator)


def _hooks(config: ServeConfig, hub: Hub, reading: Reading) -> Hooks:
    """Those who are told what is said."""
    from lanchat.hooks import Hooks, Source  # here: few have any

    source = Source(reading, hub.feeds, hub.epoch)
    return Hooks(config.hooks, config.hook_secret or "", source)


def _class_view(config: ServeConfig) -> ClassView:
    return ClassView(config.grace, shared=config.database is not None)


def _closed(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """What stands in the application's place while the server stops."""
    text = b"The room is closed. It may open again: try later."
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
    start_response("503 Service Unavailable", [*headers, ("Connection", "close")])
    return [text]


def _max_silent(max_per_ip: int) -> int:
    """How many connections of one address may be on their way in; 0 is no limit."""
    return max(MAX_SILENT_SESSIONS, max_per_ip) if max_per_ip else 0
