"""How much is deleted in one step: a message that somebody says meanwhile waits for it."""

from __future__ import annotations

from lanchat.rows.connection import Reader

DELETED = 100
"""Messages that one step deletes, at most: each lies on another page of the index of retries."""

REACTIONS = 10
"""So many reactions, or votes, take as long to delete as a message."""

_LETTERS = 2_000
"""And so many letters, which are taken out of the index of words."""


def cost(connection: Reader, message_id: int) -> int:
    """How much of DELETED a message takes: one, and more where it is long or moved many people."""
    letters, reactions = connection.execute(
        "SELECT coalesce((SELECT length(message) FROM message WHERE id = ?), 0),"
        " (SELECT count(*) FROM reaction WHERE message_id = ?)"
        " + (SELECT count(*) FROM vote WHERE message_id = ?)",
        (message_id,) * 3,
    ).fetchone()
    return 1 + int(letters) // _LETTERS + int(reactions) // REACTIONS
