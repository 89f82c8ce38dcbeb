"""Listening: one socket for IPv4 and IPv6 where the system can, and room for many connections.

Whether a port is free is less plain than it sounds. With SO_REUSEADDR, which a quick restart
needs, macOS and the BSDs let "every address" and one specific address be bound by different
programs, and the specific one wins: `http://localhost:8765` would open the other program. So
a port counts as taken as soon as anybody listens on it at a wildcard or loopback address.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
from contextlib import suppress
from typing import NamedTuple, TypeAlias

from lanchat.config import DEFAULT_PORT, PORTS_TO_TRY
from lanchat.errors import AddressNotHere, NoFreePort, PortTaken

_log = logging.getLogger(__name__)

SocketAddress: TypeAlias = tuple[str | int, ...] | tuple[int, bytes]
"""What `socket.getaddrinfo` gives and `socket.bind` takes."""

BACKLOG = 1024  # a class opens the page in the same second

SPARE_DESCRIPTORS = 200
"""Descriptors for everything but sockets: files, and what the system opens for itself."""

_MOST_ROOM = 3_000
"""More connections besides those of who is in the chat are never of use."""

_LEAST_ROOM = 150

IPV4_ANY = "0.0.0.0"
IPV6_ANY = "::"
PROBED = (
    (socket.AF_INET, IPV4_ANY),
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1"),
)


def listen(host: str | None, port: int | None, *, shared: bool = False) -> socket.socket:
    """A listening socket on the host (None: every address) and port.

    ``port`` None is 8765, or the next free one up to 20 on; 0 is any free one. A ``shared`` one
    others of the same user can listen on, too, who say the same: then the system gives each a part
    of the connections (Linux), and None is 8765 and nothing else. Raises PortTaken or NoFreePort,
    or AddressNotHere for every other reason.
    """
    if shared:
        return _listen_on(host, DEFAULT_PORT if port is None else port, shared=True)
    if port is not None:
        return _listen_on(host, port)
    last = DEFAULT_PORT + PORTS_TO_TRY
    for candidate in range(DEFAULT_PORT, last + 1):
        with suppress(PortTaken):
            return _listen_on(host, candidate)
    raise NoFreePort(DEFAULT_PORT, last)


def _listen_on(host: str | None, port: int, *, shared: bool = False) -> socket.socket:
    try:
        if host in (None, IPV6_ANY, IPV4_ANY):
            return _listen_everywhere(port, ipv4_only=host == IPV4_ANY, shared=shared)
        return _bind(*_resolve(str(host), port), shared=shared)
    except (OSError, UnicodeError) as error:
        raise _explain(error, host, port, shared=shared) from error


def _listen_everywhere(port: int, *, ipv4_only: bool, shared: bool) -> socket.socket:
    if port:
        for family, address in PROBED:
            _refuse_taken(family, address, port, shared=shared)
    if not ipv4_only and socket.has_dualstack_ipv6():
        try:
            return _bind(socket.AF_INET6, (IPV6_ANY, port), shared=shared)
        except OSError as error:
            # IPv6 is built in but switched off; anything else is for the caller.
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
    return _bind(socket.AF_INET, (IPV4_ANY, port), shared=shared)


def _refuse_taken(family: socket.AddressFamily, address: str, port: int, *, shared: bool) -> None:
    try:
        _bind(family, (address, port), backlog=None, shared=shared).close()
    except OSError as error:
        # Every other error, such as having no IPv6, means that nobody else is there either.
        if _is_taken(error):
            raise


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, SocketAddress]:
    host.encode("idna")  # here, as gevent's resolver would print a traceback, too
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    # A name such as localhost can mean both: IPv4 is what more programs try.
    family, _, _, _, address = min(found, key=lambda info: info[0] != socket.AF_INET)
    return family, address


def _bind(
    family: socket.AddressFamily,
    address: SocketAddress,
    backlog: int | None = BACKLOG,
    *,
    shared: bool = False,
) -> socket.socket:
    """Bind, and listen unless ``backlog`` is None.

    `socket.create_server` is nearly this, but it knows no SO_EXCLUSIVEADDRUSE, without which
    another program on Windows can take over a port that is in use.
    """
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            ipv6_only = address[0] != IPV6_ANY
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, ipv6_only)
        bound.bind(address)
        if backlog is not None:
            bound.listen(backlog)
    except OSError:
        bound.close()
        raise
    return bound


def _is_taken(error: OSError) -> bool:
    # Windows answers EACCES where another program listens exclusively, or the system has
    # reserved the port (Hyper-V does that with whole ranges).
    return error.errno == errno.EADDRINUSE or (
        sys.platform == "win32" and error.errno == errno.EACCES
    )


def _explain(
    error: OSError | UnicodeError, host: str | None, port: int, *, shared: bool
) -> PortTaken | AddressNotHere:
    where = host or "every address"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return AddressNotHere(where, port, "there is no such address or host name")
    if _is_taken(error):
        return PortTaken(port, shared=shared)
    if error.errno == errno.EADDRNOTAVAIL:
        return AddressNotHere(where, port, "this machine does not have that address")
    if error.errno == errno.EACCES:
        return AddressNotHere(
            where,
            port,
            "only an administrator may use it",
            hint=f"choose a port from 1024 up, for example --port {DEFAULT_PORT}",
        )
    return AddressNotHere(where, port, error.strerror or str(error))


class Room(NamedTuple):
    """How many connections may be there besides those of who is in the chat.

    ``waiting`` are those without a request, ``silent`` sessions that have not joined.
    """

    waiting: int
    silent: int


def make_room_for(connections: int) -> Room:
    """Let this process open as many files as the system allows, and share them out.

    ``connections`` are those of who is in the chat, 0 without a limit. A warning says where the
    system allows too few for them.
    """
    most = _raise_limit()
    if connections and most < connections + SPARE_DESCRIPTORS:
        _log.warning(
            "the system allows this program %d open files, too few for %d connections; "
            "allow more (ulimit -n) or ask for fewer with --max-clients",
            most,
            connections,
        )
    left = most - SPARE_DESCRIPTORS - (connections or most // 2)
    left = max(_LEAST_ROOM, min(left, _MOST_ROOM))
    return Room(waiting=left * 2 // 3, silent=left // 3)


if sys.platform == "win32":

    def _raise_limit() -> int:
        """Windows has no such limit."""
        return sys.maxsize

else:
    import resource

    def _raise_limit() -> int:
        """Raise the soft limit of open files as far as it goes; returns what holds then."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        # macOS allows fewer than it says; 10,240 it always allows.
        for limit in (hard, 1 << 16, 10_240):
            if soft == resource.RLIM_INFINITY or resource.RLIM_INFINITY != limit <= soft:
                break
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
                soft = limit
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft
