"""A network between one server and the database, which can be cut without anybody being told."""

from __future__ import annotations

import contextlib
import socket
import threading

from psycopg.conninfo import conninfo_to_dict


class Forwarder:
    """Lets everything through, on loopback, to the database at ``origin``, as long as it is whole.

    While it is cut, connections stay as they are, and new ones come to nobody. What was on its way
    arrives when it is whole again, as packets do that are sent again and again, also from those
    who have hung up meanwhile.
    """

    def __init__(self, origin: str) -> None:
        where = conninfo_to_dict(origin)
        self._target = f"{where['host']}/.s.PGSQL.{where.get('port', 5432)}"
        self._whole = threading.Event()
        self._whole.set()
        self._open: set[socket.socket] = set()
        self._entrance = socket.create_server(("127.0.0.1", 0))
        port = self._entrance.getsockname()[1]
        self.address = f"postgresql://{where['user']}@127.0.0.1:{port}/{where['dbname']}"
        """Where the same database is found through it."""
        threading.Thread(target=self._accept, name="forwarder", daemon=True).start()

    def close(self) -> None:
        """Let go of all connections."""
        for each in (self._entrance, *self._open):
            _hang_up(each)
        self.mend()

    def cut(self) -> None:
        """Let nothing through any more, nor a word of it."""
        self._whole.clear()

    def mend(self) -> None:
        """Let all go on."""
        self._whole.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the end
            while True:
                here, _ = self._entrance.accept()
                self._whole.wait()
                there = socket.socket(socket.AF_UNIX)
                self._open |= {here, there}
                try:
                    there.connect(self._target)
                except OSError:
                    self._end(here, there)
                    continue
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._whole.wait()
                sink.sendall(data)
        self._whole.wait()
        self._end(source, sink)

    def _end(self, *ends: socket.socket) -> None:
        for each in ends:
            self._open.discard(each)
            _hang_up(each)


def _hang_up(end: socket.socket) -> None:
    """Also wakes whoever waits for it."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
