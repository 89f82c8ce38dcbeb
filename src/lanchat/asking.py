"""One request over HTTP whose whole exchange has an end, however slowly an answer drips in.

It goes past every proxy, since in a LAN that of the way to the internet leads nowhere, and to no
other address than the one that is named: redirects are not followed.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from lanchat.errors import SettingRefused

_PEM = b"-----BEGIN CERTIFICATE-----"


class Answer(NamedTuple):
    """What came back; of the body as much as was wanted."""

    status: int
    headers: Message
    body: bytes


def authority(path: Path) -> str:
    """The certificates in a file, as PEM, also where it is one as rooms hand it out.

    Raises SettingRefused.
    """
    try:
        content = path.read_bytes()
        pem = content.decode("ascii") if _PEM in content else ssl.DER_cert_to_PEM_cert(content)
        ssl.create_default_context(cadata=pem)
    except (OSError, ValueError) as error:  # what ssl raises is an OSError
        raise SettingRefused("ca", str(path), "there is no certificate in it") from error
    return pem


def trusting(path: Path) -> ssl.SSLContext:
    """What believes the authority in a file, and no other one. Raises SettingRefused."""
    return ssl.create_default_context(cadata=authority(path))


def ask(  # noqa: PLR0917
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    seconds: float,
    most: int,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Ask, and read ``most`` bytes of the answer. Raises OSError.

    To connect may take ``seconds`` for each address of a name, and everything after that as long.
    """
    try:
        return _ask(method, urlsplit(url), headers, body, seconds, most, context)
    except OSError:
        raise
    except (HTTPException, ValueError) as error:
        raise ConnectionError(f"its answer is none of HTTP: {error}") from error


def _ask(  # noqa: PLR0917
    method: str,
    url: SplitResult,
    headers: Mapping[str, str],
    body: bytes | None,
    seconds: float,
    most: int,
    context: ssl.SSLContext | None,
) -> Answer:
    host, is_encrypted = url.hostname or "", url.scheme == "https"
    kind = HTTPSConnection if is_encrypted else HTTPConnection
    connection = kind(host, url.port, timeout=seconds)
    with ExitStack() as closed:
        sock = closed.enter_context(
            closing(socket.create_connection((host, connection.port), seconds))
        )
        closed.enter_context(_cut_off(sock, seconds))
        if is_encrypted:
            context = context or ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host)
        connection.sock = sock
        closed.enter_context(closing(connection))
        address = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        connection.request(method, address, body, {**headers, "Connection": "close"})
        answer = closed.enter_context(closing(connection.getresponse()))
        return Answer(answer.status, answer.headers, answer.read(most))


@contextmanager
def _cut_off(sock: socket.socket, seconds: float) -> Iterator[None]:
    """End the connection when the time is over: its own timeout begins anew with every byte."""
    is_late = threading.Event()
    # Another descriptor of the same connection: TLS, which takes the first one over, is passed by.
    twin = sock.dup()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        with closing(twin):
            yield
    finally:
        timer.cancel()
        if is_late.is_set():
            raise TimeoutError(f"its answer is not there after {seconds:g} s") from None
