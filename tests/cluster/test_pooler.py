"""A pooler between servers and their database is refused, where it does not keep sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import psycopg
import pytest

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.patience import connected
from lanchat.cluster.pooler import keeps_sessions
from lanchat.errors import DatabaseUnusable
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft
from tests.world.needs import need


@pytest.fixture
def behind(postgres, address) -> Iterator[Callable[..., str]]:
    """The address of the database behind a PgBouncer of this mode."""
    from tests.world.pgbouncer import pgbouncer  # which asks for psycopg

    with ExitStack() as undo:
        program = need("pgbouncer")
        yield lambda mode, **more: undo.enter_context(
            pgbouncer(program, postgres, address, mode, **more)
        )


@pytest.mark.parametrize("round_robin", [False, True])
def test_one_that_pools_transactions_is_refused(behind, round_robin):
    """However many sessions it has, and in whatever order it gives them away."""
    shared = behind("transaction", round_robin=round_robin)
    with ExitStack() as undo:
        for _ in range(3 * round_robin):  # so many sessions at the same time
            undo.enter_context(connected(shared)).execute("BEGIN")
    assert not keeps_sessions(partial(connected, shared))
    with pytest.raises(DatabaseUnusable, match=r"another session; let it pool whole sessions"):
        PostgresDatabase(shared)


def test_one_that_pools_sessions_is_none_that_matters(behind, address, join):
    """Everything is stored and told as without it; it is known who notifies."""
    shared = behind("session")
    process = join(shared)
    assert process.log.append(draft("hello")).result(DEADLINE).message.message == "hello"
    with psycopg.connect(address) as connection:
        running = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
    assert (process.log._answers.pid,) in running
