"""Slow mode over all servers: whose turn it is, is decided where the message is stored.

Each process refuses what it knows to come too early (``chat/slow_mode.py``). What it does not know
is what the same person has said by another one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lanchat.chat.changes import Change, Draft, Edit, Resent
from lanchat.chat.model import Message
from lanchat.chat.slow_mode import Turn
from lanchat.cluster.connection import PostgresConnection
from lanchat.errors import SlowMode
from lanchat.rows import outcomes
from lanchat.rows.outcomes import Outcome

# A turn of other seconds is of rules that have changed since. Of all at one address the last
# ``neighbours`` turns count: so many people are there.
_WAIT = """
SELECT ceil(extract(epoch FROM max(at) - clock_timestamp()) + max(seconds))::integer FROM (
    SELECT at, seconds FROM turn
    WHERE pause = ? AND seconds = ? AND (user_id = ? OR (device = ? AND device <> ''))
    UNION ALL
    (SELECT at, seconds FROM turn
     WHERE pause = ? AND seconds = ? AND ip = ? AND ip <> '' AND ? > 0
     ORDER BY at DESC OFFSET greatest(? - 1, 0) LIMIT 1)
) AS counting
"""
# Where the database's clock was set back, what is still to come was of before.
_OVER = (
    "DELETE FROM turn WHERE at <= clock_timestamp() - make_interval(secs => seconds)"
    " OR at > clock_timestamp()"
)
_TAKE = "INSERT INTO turn VALUES (?, ?, ?, ?, ?, clock_timestamp())"


def apply(connection: PostgresConnection, change: Change[Any]) -> Outcome:
    """Within a transaction, with the positions locked, store a change, or say why not."""
    if not isinstance(change, Draft | Edit) or (turn := change.turn) is None:
        return outcomes.apply(connection, change)
    connection.execute(_OVER)
    wait = max(_wait(connection, turn, *pause) for pause in turn.pauses)
    if wait > 0:
        return outcomes.apply(connection, _refused(change, SlowMode(wait)))
    outcome = outcomes.apply(connection, change)
    if outcome.fresh and outcome.refusal is None:
        who = (turn.user_id, turn.origin.device, turn.origin.ip)
        connection.executemany(_TAKE, [(*pause, *who) for pause in turn.pauses])
    return outcome


def _wait(connection: PostgresConnection, turn: Turn, pause: str, seconds: int) -> int:
    """After how many seconds it is their turn."""
    origin, near = turn.origin, turn.neighbours
    own = (pause, seconds, turn.user_id, origin.device)
    row = connection.execute(_WAIT, (*own, pause, seconds, origin.ip, near, near)).fetchone()
    return (row and row[0]) or 0


def _refused(change: Draft | Edit, refusal: SlowMode) -> Change[Any]:
    """What was stored before is answered all the same."""
    if isinstance(change, Edit):

        def check(_message: Message) -> None:
            raise refusal

        return replace(change, check=check)
    return Resent(change.user_id, change.client_id, refusal)
