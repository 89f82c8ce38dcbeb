"""Which rows of ``message`` may be shown, as conditions for all that reads them.

Rows go later than what they say may be shown: they go in small steps (``retention.py``).
"""

from __future__ import annotations

CLEARED = "coalesce((SELECT cleared FROM room WHERE room.id = message.room), 0)"
"""Up to which id nothing of a message's room is shown."""

OF_CLEARED_USER = (
    "EXISTS (SELECT 1 FROM clearing WHERE clearing.user_id = message.user_id"
    " AND message.id <= clearing.up_to)"
)
"""Whether all that its author has said is being deleted (see ``clearing.py``)."""

SAID = f"message.deleted_at IS NULL AND NOT {OF_CLEARED_USER}"
"""Whether its words may be shown, where its room's history was not cleared."""

VISIBLE = f"{SAID} AND message.id > {CLEARED}"
"""The same in any room."""
