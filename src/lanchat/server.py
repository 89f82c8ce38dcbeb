"""`lanchat serve`: a listening socket, gevent's WSGI server and signals around the backend."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack

import gevent
import gevent.event

from lanchat.backend import Backend
from lanchat.config import ServeConfig
from lanchat.http.listen import listen
from lanchat.http.pace import Pace
from lanchat.http.waiting import Waiting
from lanchat.http.wsgi_server import make_server
from lanchat.net.network import Network
from lanchat.web.site import host_link
from lanchat.web.transfers import streams

_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")
_INTERRUPTED = 130

_FEWEST = 10
"""However few connections an address may have, as many people may look at the pages."""

_MANY = 500
"""However many connections all may have, as many people may look at the pages at least."""

_SHARE = 4
"""One address may have a fourth of the places for connections without a request."""


class Server:
    """`lanchat serve`: listens from construction on, serves in ``run``. Raises CannotStart."""

    def __init__(self, config: ServeConfig) -> None:
        self.config = config
        self._socket = listen(config.host, config.port, shared=config.reuse_port)
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
        self._asked: set[int] = set()
        for name in _STOP_SIGNALS:
            number = getattr(signal, name, None)
            # Whoever ignores it started us so: nohup does, and a terminal that closes is no end.
            if number and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                gevent.signal_handler(number, self._stop_or_quit, number)

    @property
    def authority(self) -> bytes | None:
        """What guests may install, as DER, where the certificate is one of our own."""
        encryption = self._backend.encryption
        return encryption.authority if encryption else None

    def run(self) -> None:
        """Serve until a signal asks to stop, then say goodbye in order."""
        encryption = self._backend.encryption
        context = encryption.context if encryption else None
        http = make_server(
            self._socket,
            self._backend.app,
            context,
            self._waiting(),
            _pace(self.config),
            streams=streams,
        )
        http.start()
        self._stop.wait()
        http.close()
        self._backend.close()
        http.stop(timeout=0)

    def _waiting(self) -> Waiting:
        """The places of connections without a request; one address has no more than its share."""
        most = self._backend.room.waiting
        behind_one = self.config.trust_proxy or not self.config.max_per_ip
        return Waiting(most, most if behind_one else most // _SHARE)

    def _stop_or_quit(self, number: int) -> None:
        # A terminal that closes says so more than once, and service managers after SIGTERM.
        if number in self._asked and number != getattr(signal, "SIGHUP", None):
            os._exit(_INTERRUPTED)  # asked twice: somebody is in a hurry
        self._asked.add(number)
        self._stop.set()


def _pace(config: ServeConfig) -> Pace:
    """How fast somebody may ask. Where everybody has one address, all together have a pace."""
    most = config.max_per_ip
    return Pace(
        most and max(most, _FEWEST),
        max(config.max_clients // 2, _MANY),
        forwarded=config.trust_proxy,
    )
