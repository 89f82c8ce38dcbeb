"""Connections to PostgreSQL on which nothing waits for ever, and that say when they are broken.

A database may hang as a whole, be cut off without a word, or wait for somebody who holds a lock and
does not go on. For each of these there is a limit: the database's own ones end a statement, and a
transaction in which nothing happens, which would hold up all servers; ours ends the connection
where the database says nothing at all, sooner where nobody else can reach it, either
(``reach.py``).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from lanchat.cluster.reach import DOUBT, Reach
from lanchat.cluster.sessions import NAME

_T = TypeVar("_T")

SILENCE = 12.0
"""Seconds that the database may say nothing to what it was asked; its own limits are shorter."""

_AWAY_SECONDS = 1.0
"""The same while it counts as away: a connection that still works answers within them."""

_CONNECT_SECONDS = 5

_LIMITS = b"""
SET statement_timeout = '10s';
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '10s';
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
"""
"""The last three let go, in the end, of what a server held that was cut off."""

_NO_LIMITS = b"""
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
"""

# A machine that is gone, or cut off, does not say so; all in seconds but the last.
_KEEPALIVE: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Silent(psycopg.OperationalError):
    """Nothing came in time."""


class Impatient(psycopg.Connection[Any]):
    """A connection that ends where the database says nothing for ``silence`` seconds.

    Those of a server have one ``reach``.
    """

    silence: float | None = SILENCE
    reach: Reach | None = None

    def wait(self, gen: Generator[Any, Any, _T], *limits: Any, **named: Any) -> _T:
        """Everything that waits for the database does it here."""
        if self.silence is not None or self.reach is not None:
            gen = _in_time(gen, self.silence, self.reach)
        try:
            return super().wait(gen, *limits, **named)
        except Silent:
            self.pgconn.finish()
            raise


def connected(address: str, name: str = NAME) -> Impatient:
    """A connection to the database there, which commits each statement. Raises psycopg.Error.

    Of several hosts it is the one that takes changes, unless the address says otherwise.
    """
    options: dict[str, Any] = dict(_KEEPALIVE)
    if "," in str(conninfo_to_dict(address).get("host", "")):
        options["target_session_attrs"] = "read-write"
    wanted = {**options, **conninfo_to_dict(address)}
    connection = Impatient.connect(
        autocommit=True, connect_timeout=_CONNECT_SECONDS, application_name=name, **wanted
    )
    try:
        connection.execute(_LIMITS)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def unhurried(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """For what may take long, or waits for others who take long."""
    connection.execute(_NO_LIMITS)
    silence = getattr(connection, "silence", None)
    if isinstance(connection, Impatient):
        connection.silence = None
    try:
        yield
    finally:
        if isinstance(connection, Impatient):
            connection.silence = silence
        if connection.info.transaction_status == TransactionStatus.IDLE:
            connection.execute(_LIMITS)
        else:  # it is broken, or left in the midst of something
            connection.close()


def is_broken(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database has ended an idle connection, as it does when it is started again.

    Who asks before they send anything knows that nothing of it has happened.
    """
    try:
        for _ in range(2):  # what it has said last, and that it has ended
            if connection.closed:
                return True
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return bool(connection.closed)


def _in_time(
    gen: Generator[Any, Any, _T], silence: float | None, reach: Reach | None
) -> Generator[Any, Any, _T]:
    """The same; raises Silent where it is told, after this time, that nothing has come."""
    begun = time.monotonic()
    doubts = begun + DOUBT
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready:
                now = time.monotonic()
                if silence is not None and now - begun > silence:
                    raise Silent("the database does not answer")
                if reach is not None and now > doubts:
                    reach.doubt()
                    doubts = now + DOUBT
                if reach is not None and reach.is_away and now - begun > _AWAY_SECONDS:
                    raise Silent("the database does not answer")
            wanted = gen.send(ready)
    except StopIteration as done:
        result: _T = done.value
        return result
