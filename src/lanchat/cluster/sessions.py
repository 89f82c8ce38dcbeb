"""Which servers have the database: what their connections are called, and who lives.

PostgreSQL knows of each connection where it comes from, and who holds which lock. So nothing is
written for it but a name.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from lanchat.cluster.schema import ALIVE
from lanchat.rows.connection import Reader

NAME = f"lanchat {os.getpid()} {socket.gethostname()}"
"""What connections of this process are called: PostgreSQL shows 63 bytes of it to operators."""

_NAME = re.compile(r"lanchat (?:#(?P<number>\d+) )?(?P<pid>\d+) (?P<host>.+)", re.DOTALL)

_CONNECTIONS = (
    "SELECT application_name, host(client_addr), backend_start, EXISTS (SELECT 1 FROM pg_locks"
    " WHERE locktype = 'advisory' AND database = pg_stat_activity.datid AND classid = ?"
    " AND objid = ? AND objsubid = 2 AND granted AND pg_locks.pid = pg_stat_activity.pid)"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# A standby has no such table: it is not logged.
_HAS_LEASES = (
    "SELECT NOT pg_is_in_recovery()"
    " AND coalesce(has_table_privilege(to_regclass('lease'), 'SELECT'), false)"
)
_LEASES = (
    "SELECT process, extract(epoch FROM clock_timestamp() - renewed)::float8, unbroken_since"
    " FROM lease WHERE renewed > '-infinity' ORDER BY process"
)


class Server(NamedTuple):
    """One that has the database, ``since`` it came, or came back; ``name`` is for people.

    ``number`` is that of its lease, which it renewed ``age`` seconds ago; None where it has none.
    ``listens`` says whether it is connected, and hears what happens.
    """

    name: str
    since: datetime | None
    number: int | None
    age: float | None
    listens: bool

    def lives(self, lease: float) -> bool:
        """Whether it may store something; a lease is so many seconds long."""
        return self.listens or (self.age is not None and self.age <= lease)


def named(number: int) -> str:
    """The name of the connection that renews the lease of this number."""
    return f"lanchat #{number} {NAME.partition(' ')[2]}"


def servers(connection: Reader) -> list[Server]:
    """All that are here, or have been killed and nobody has taken over their people yet."""
    return list(_servers(connection))


def _servers(connection: Reader) -> Iterator[Server]:
    numbered: dict[int, str] = {}
    listening: dict[str, datetime | None] = {}
    for called, address, since, lives in connection.execute(_CONNECTIONS, ALIVE):
        found = _NAME.fullmatch(called or "")
        name = _shown(found, address)
        if found and found["number"]:
            numbered[int(found["number"])] = name
        if lives:
            listening[name] = since
    for number, age, unbroken_since in _leases(connection):
        name = numbered.get(number, f"server {number}")
        listens, since = name in listening, listening.pop(name, None)
        yield Server(name, since or unbroken_since, number, age, listens)
    for name, since in listening.items():
        yield Server(name, since, None, None, listens=True)


def _shown(found: re.Match[str] | None, address: str | None) -> str:
    where = "" if address is None else f" ({address})"
    if found is None:
        return f"a connection{where}"
    return f"process {found['pid']} on {found['host']}{where}"


def _leases(connection: Reader) -> list[Any]:
    if not connection.execute(_HAS_LEASES).fetchone()[0]:
        return []
    return connection.execute(_LEASES).fetchall()
