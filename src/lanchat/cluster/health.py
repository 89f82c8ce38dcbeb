"""How the database that servers share is: facts, for whoever judges them. Nothing is changed."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import OLDEST
from lanchat.cluster.patience import connected
from lanchat.cluster.pooler import keeps_sessions
from lanchat.cluster.presence_listener import LEASE
from lanchat.cluster.schema import MIGRATIONS
from lanchat.cluster.sessions import Server, servers
from lanchat.cluster.unusable import unusable
from lanchat.rows.connection import Reader

_MAJOR = 10_000

_QUESTIONS = 20
"""So often it is asked how long an answer takes."""

_STATE = (
    "SELECT current_user, pg_encoding_to_char(encoding), pg_is_in_recovery(),"
    " current_setting('transaction_read_only') = 'on', current_setting('synchronous_commit'),"
    " current_setting('synchronous_standby_names') <> '', current_setting('fsync') = 'on'"
    " FROM pg_database WHERE datname = current_database()"
)

# Of what one may not see of others, at least that they are there can be counted.
_FREE = (
    "SELECT least("
    "  current_setting('max_connections')::int"
    "    - current_setting('superuser_reserved_connections')::int"
    "    - (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL),"
    "  (SELECT CASE WHEN datconnlimit < 0 THEN 1000000 ELSE datconnlimit END - (SELECT count(*)"
    "    FROM pg_stat_activity WHERE pg_stat_activity.datid = pg_database.oid)"
    "    FROM pg_database WHERE datname = current_database()),"
    "  (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END - (SELECT count(*)"
    "    FROM pg_stat_activity WHERE usename = rolname)"
    "    FROM pg_roles WHERE rolname = current_user))"
)

_OWNER = (
    "SELECT pg_get_userbyid(relowner) FROM pg_class"
    " WHERE oid = to_regclass('message') AND NOT pg_has_role(relowner, 'USAGE')"
)
_STEPS = "SELECT CASE WHEN to_regclass('migration') IS NULL THEN 0 ELSE 1 END"


@dataclass(frozen=True, slots=True)
class Health:
    """What was found.

    ``seconds`` are those of an answer, the median; ``clock`` is how much later it is there than
    here. ``missing_right`` is what PostgreSQL says of a table that was to be made and taken back,
    empty where it could be; ``owner`` whoever has the tables, where that is somebody else.
    ``steps`` of the schema were taken, of those that are ``known`` here. A ``Server`` counts as
    living for ``lease`` seconds after it has said so.
    """

    version: str
    is_too_old: bool
    seconds: float
    clock: float
    user: str
    encoding: str
    is_standby: bool
    is_read_only: bool
    synchronous_commit: str
    has_standbys: bool
    fsync: bool
    free: int
    missing_right: str
    owner: str | None
    keeps_sessions: bool
    steps: int
    known: int
    servers: tuple[Server, ...]
    lease: float = LEASE


def examine(address: str) -> Health:
    """Look at the database there. Raises DatabaseUnusable where it cannot be asked."""
    try:
        with closing(connected(address)) as connection:
            return _examine(address, connection)
    except psycopg.Error as error:
        raise unusable(error) from error


def _examine(address: str, connection: psycopg.Connection[Any]) -> Health:
    rows = PostgresConnection(connection)
    seconds, clock = _times(rows)
    user, encoding, is_standby, is_read_only, commit, standbys, fsync = rows.execute(
        _STATE
    ).fetchone()  # type: ignore[misc]
    return Health(
        version=str(connection.info.parameter_status("server_version")),
        is_too_old=connection.info.server_version < OLDEST * _MAJOR,
        seconds=seconds,
        clock=clock,
        user=user,
        encoding=encoding,
        is_standby=is_standby,
        is_read_only=is_read_only,
        synchronous_commit=commit,
        has_standbys=standbys,
        fsync=fsync,
        free=int(_value(rows, _FREE)),
        missing_right="" if is_standby or is_read_only else _missing_right(connection),
        owner=_value(rows, _OWNER),
        keeps_sessions=keeps_sessions(partial(connected, address)),
        steps=_steps(rows),
        known=len(MIGRATIONS),
        servers=tuple(servers(rows)),
    )


def _times(rows: Reader) -> tuple[float, float]:
    """How long an answer takes, and how far the clocks are apart."""
    asked: list[tuple[float, float]] = []
    for _ in range(_QUESTIONS):
        begun, here = time.perf_counter(), time.time()
        there = float(_value(rows, "SELECT extract(epoch FROM clock_timestamp())::float8"))
        took = time.perf_counter() - begun
        asked.append((took, there - here - took / 2))
    asked.sort()
    return asked[_QUESTIONS // 2][0], asked[0][1]


def _missing_right(connection: psycopg.Connection[Any]) -> str:
    """What keeps the user from making a table, for a moment that nobody sees."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE TABLE lanchat_doctor (seen boolean)")
            connection.execute("SELECT pg_try_advisory_xact_lock(1818324579, 99)")
    except psycopg.Error as error:
        return unusable(error).reason
    return ""


def _steps(rows: Reader) -> int:
    if not _value(rows, _STEPS):
        return 0
    with suppress(psycopg.errors.InsufficientPrivilege):
        return int(_value(rows, "SELECT coalesce(max(coalesce(needs, number)), 0) FROM migration"))
    return 0


def _value(rows: Reader, sql: str) -> Any:
    row = rows.execute(sql).fetchone()
    return None if row is None else row[0]
