"""Asking what is at an address: a name resolved, a connection made, /healthz read, all in time."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Literal, TypeVar

SECONDS = 4.0
"""How long one step may take as a whole, however slowly something drips in."""

_Result = TypeVar("_Result")

Kind = Literal["lanchat", "other", "foreign name", "refused", "silent", "unreachable"]


@dataclass(frozen=True, slots=True)
class Health:
    """What came back; ``version`` is that of a lanchat, ``reason`` why there is none.

    ``ahead`` is by how many seconds the other clock is ahead of ours; ``encrypted`` is whether it
    was https that it answered to.
    """

    kind: Kind
    version: str = ""
    reason: str = ""
    ahead: float | None = None
    encrypted: bool = False


def resolve(name: str) -> set[str]:
    """The addresses that this computer's own resolver knows; empty where it knows none in time."""

    def ask() -> set[str]:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return set()
        return {str(ip_address(str(info[4][0]).partition("%")[0])) for info in found}

    return within(SECONDS, ask) or set()


def probe(host: str, port: int, seconds: float = SECONDS, path: str = "") -> Health:
    """Ask for /healthz, in the clear first, past every proxy that this computer may use.

    Both tries together take no longer than ``seconds``, whatever the other end does.
    """
    end = time.monotonic() + seconds
    health = _ask(http.client.HTTPConnection(host, port, timeout=seconds), path, seconds)
    left = end - time.monotonic()
    if health.kind != "other" or left <= 0:
        return health
    # Whether a certificate is believed is another question than whether somebody is there.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, timeout=left, context=context)
    encrypted = _ask(connection, path, left)
    return replace(encrypted, encrypted=True) if encrypted.kind == "lanchat" else health


def within(seconds: float, work: Callable[[], _Result]) -> _Result | None:
    """The result of what may wait for others, or None where it takes longer than that.

    What is given up goes on in a thread that holds up no end of the program.
    """
    done: list[_Result] = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return done[0] if done else None


def explain_failure(error: OSError) -> Health:
    """What it means that a connection could not be made."""
    if isinstance(error, ConnectionRefusedError):
        return Health("refused", reason="connection refused")
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return Health("silent", reason="no answer")
    if isinstance(error, socket.gaierror):
        return Health("unreachable", reason="no such name")
    return Health("unreachable", reason=error.strerror or str(error))


def read_answer(status: int, headers: Mapping[str, str], body: bytes, now: float) -> Health:
    """Read an answer: /healthz of a lanchat is an object with ``status`` and ``version``."""
    ahead = None
    with suppress(ValueError):
        ahead = parsedate_to_datetime(headers.get("Date") or "").timestamp() - now
    try:
        health = json.loads(body)
        if health["status"] == "ok":
            return Health("lanchat", version=str(health["version"]), ahead=ahead)
    except (ValueError, RecursionError, KeyError, TypeError):
        pass
    if status == http.client.FORBIDDEN and b"lanchat" in body:
        return Health("foreign name", reason="it does not answer to this name", ahead=ahead)
    return Health("other", reason=f"it answers as something else (status {status})", ahead=ahead)


def _ask(connection: http.client.HTTPConnection, path: str, seconds: float) -> Health:
    health = within(seconds, lambda: _talk(connection, path))
    if health is not None:
        return health
    # Its own timeout begins anew with every byte, and for every address of a name.
    met = connection.sock
    if met is None:
        return Health("silent", reason="no answer")
    with suppress(OSError):
        met.shutdown(socket.SHUT_RDWR)  # so that the thread ends, too
    return Health("other", reason=f"its answer is not there after {seconds:.0f} s")


def _talk(connection: http.client.HTTPConnection, path: str) -> Health:
    with closing(connection):
        try:
            connection.connect()
        except OSError as error:
            return explain_failure(error)
        try:
            connection.request("GET", f"{path}/healthz", headers={"Connection": "close"})
            response = connection.getresponse()
            body = response.read(1_000)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Health("other", reason=f"no answer to a request for a page ({error})")
    return read_answer(response.status, dict(response.getheaders()), body, time.time())
