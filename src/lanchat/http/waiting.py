"""Connections that wait: they hold a descriptor while nobody works for them.

Such are silent ones, those that shake hands, half a request, a browser that keeps a connection for
later, and whoever does not take an answer. How many may wait is bounded for each address and in
all; one too many costs the address that has the most of them its oldest one. So who comes with a
request finds a place whatever others do: theirs is the youngest, and answered before it is old.
"""

from __future__ import annotations

import contextlib
import select
import socket
from typing import Any

from gevent import monkey

_poll: Any = monkey.get_original("select", "poll") if hasattr(select, "POLLRDHUP") else None
"""Linux's, which tells that the other end has closed, whatever there is to be read before."""


class Waiting:
    """The connections that wait, by address: ``most`` in all, ``most_per_address`` from one."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._sockets: dict[str, dict[socket.socket, None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, sock: socket.socket, address: str) -> None:
        """The connection waits from now on, if it does not already; the oldest may have to go."""
        waiting = self._sockets.setdefault(address, {})
        if sock in waiting:
            return
        waiting[sock] = None
        self._count += 1
        if len(waiting) > self._most_per_address:
            self._drop(address)
        elif self._count > self._most:
            self.drop_one()

    def has(self, sock: socket.socket, address: str) -> bool:
        """Whether it waits still, and has not had to go."""
        return sock in self._sockets.get(address, {})

    def remove(self, sock: socket.socket, address: str) -> None:
        """It waits no more, if it did."""
        waiting = self._sockets.get(address, {})
        if sock not in waiting:
            return
        del waiting[sock]
        self._count -= 1
        if not waiting:
            del self._sockets[address]

    def drop_one(self) -> bool:
        """Close the oldest connection of the address with the most; whether there was one."""
        if not self._sockets:
            return False
        self._drop(max(self._sockets, key=lambda address: len(self._sockets[address])))
        return True

    def _drop(self, address: str) -> None:
        sock = next(iter(self._sockets[address]))
        self.remove(sock, address)
        # Its own greenlet wakes up and closes it. Called past a TLS socket's method of that name,
        # which would first take from that greenlet what it reads with.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def has_gone(sock: Any) -> bool:
    """Whether the other end is known to have closed; elsewhere than on Linux not through TLS."""
    inner = getattr(sock, "_sock", sock)  # gevent's own would wait, and TLS takes what it reads
    try:
        if _poll is None:
            return not inner.recv(1, socket.MSG_PEEK)
        poll = _poll()
        poll.register(inner.fileno(), select.POLLRDHUP)
        return bool(poll.poll(0))
    except BlockingIOError:
        return False
    except (OSError, ValueError):  # closed here
        return True
