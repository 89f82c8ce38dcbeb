"""The secrets that all servers of one database share: what one of them signs, the others believe.

Whoever can read the database, or a copy of it, can let themselves in with them.
"""

from __future__ import annotations

import secrets

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase

_SESSION_BYTES = 32

_HOST_LINK_BYTES = 16
"""Nobody guesses it, and the link can still be typed off a screen."""


class SharedKeys:
    """``sessions`` signs the cookies, ``host_link`` makes whoever has it a host.

    Whichever server comes first makes them. Raises DatabaseUnusable.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self.sessions = database.prepare(lambda c: _kept(c, "sessions", _SESSION_BYTES)).encode()
        self.host_link = database.prepare(lambda c: _kept(c, "host_link", _HOST_LINK_BYTES))


def _kept(connection: PostgresConnection, name: str, size: int) -> str:
    """The secret of this name; of several servers that make one, the first one's holds."""
    connection.execute(
        "INSERT INTO secret VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (name, secrets.token_hex(size)),
    )
    (value,) = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()  # type: ignore[misc]
    return str(value)
