"""What tests of certificates share."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

Handshake = Callable[[ssl.SSLContext, Path, str], None]


@pytest.fixture
def shake_hands() -> Handshake:
    """A handshake of a server's context with a client that trusts a file, in memory.

    Raises ssl.SSLCertVerificationError where the client does not believe.
    """

    def run(server_context: ssl.SSLContext, trusted: Path, host: str) -> None:
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=str(trusted))
        server = server_context.wrap_bio(to_server, to_client, server_side=True)
        client = context.wrap_bio(to_client, to_server, server_hostname=host)
        for end in (client, server, client, server):
            with suppress(ssl.SSLWantReadError):  # it is the other one's turn
                end.do_handshake()
        assert client.getpeercert()

    return run
