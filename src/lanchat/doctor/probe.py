"""Asking a room for its health: whether a lanchat answers there, and if not, what does."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Literal

SECONDS = 4.0

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


def probe(host: str, port: int, seconds: float = SECONDS) -> Health:
    """Ask for /healthz, in the clear first, past every proxy that this computer may use."""
    health = _ask(http.client.HTTPConnection(host, port, timeout=seconds))
    if health.kind != "other":
        return health
    # Whether a certificate is believed is another question than whether somebody is there.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    encrypted = _ask(connection)
    return replace(encrypted, encrypted=True) if encrypted.kind == "lanchat" else health


def _ask(connection: http.client.HTTPConnection) -> Health:
    with closing(connection):
        try:
            connection.connect()
        except OSError as error:
            return failure(error)
        try:
            connection.request("GET", "/healthz", headers={"Connection": "close"})
            response = connection.getresponse()
            body = response.read(1_000)
        except (OSError, http.client.HTTPException) as error:
            return Health("other", reason=f"no answer to a request for a page ({error})")
    return judge(response.status, dict(response.getheaders()), body, time.time())


def failure(error: OSError) -> Health:
    """What it means that a connection could not be made."""
    if isinstance(error, ConnectionRefusedError):
        return Health("refused", reason="connection refused")
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return Health("silent", reason="no answer")
    if isinstance(error, socket.gaierror):
        return Health("unreachable", reason="no such name")
    return Health("unreachable", reason=error.strerror or str(error))


def judge(status: int, headers: Mapping[str, str], body: bytes, now: float) -> Health:
    """Read an answer: /healthz of a lanchat is an object with ``status`` and ``version``."""
    ahead = None
    with suppress(ValueError):
        ahead = parsedate_to_datetime(headers.get("Date") or "").timestamp() - now
    try:
        health = json.loads(body)
        if health["status"] == "ok":
            return Health("lanchat", version=str(health["version"]), ahead=ahead)
    except (ValueError, KeyError, TypeError):
        pass
    if status == http.client.FORBIDDEN and b"lanchat" in body:
        return Health("foreign name", reason="it does not answer to this name", ahead=ahead)
    return Health("other", reason=f"it answers as something else (status {status})", ahead=ahead)
