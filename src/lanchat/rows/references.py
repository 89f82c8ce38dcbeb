"""What messages refer to: the one that they answer, and people.

Of both the ids alone are stored, so that what was deleted lives on in no answer: its words are
looked up when somebody reads the answer. A page without answers costs no question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lanchat.chat.model import QUOTE_LIMIT, Message, Quoted
from lanchat.rows import attachments
from lanchat.rows.connection import Reader
from lanchat.rows.visibility import VISIBLE

_QUOTED = (
    'SELECT id, user_id, "user",'  # noqa: S608 (constants)
    " CASE WHEN gone THEN '' ELSE substr(message, 1, ?) END, gone,"
    f" CASE WHEN gone THEN NULL ELSE files END FROM (SELECT *, NOT ({VISIBLE}) AS gone"
    " FROM message WHERE id IN (SELECT value FROM json_each(?))) AS message"
)

_KNOWN = (
    "SELECT EXISTS (SELECT 1 FROM reservation WHERE user_id = ?)"
    " OR EXISTS (SELECT 1 FROM message WHERE user_id = ?)"
    " OR EXISTS (SELECT 1 FROM logout WHERE user_id = ?)"
)


def quoted(connection: Reader, ids: Iterable[int | None]) -> dict[int, Quoted]:
    """The messages with these ids as answers quote them; without those whose rows are gone."""
    rows = connection.execute(_QUOTED, (QUOTE_LIMIT, json.dumps(list(ids))))
    found = attachments.with_files(connection, list(map(Quoted._make, rows)))
    return {each.id: each for each in found}


def with_mentions(message: Message) -> Message:
    """The message with the ids of users that stand in its row."""
    return message._replace(mentions=tuple(str(message.mentions).split()))


def with_quotes(
    connection: Reader, messages: Sequence[Message], ids: Iterable[int | None]
) -> list[Message]:
    """The messages with what they answer, the ``ids``, as it is now."""
    found = quoted(connection, ids)
    return [
        message
        if message.reply_to is None
        else message._replace(quoted=found.get(message.reply_to, _gone(message.reply_to)))
        for message in messages
    ]


def users(connection: Reader, ids: Iterable[str]) -> tuple[str, ...] | None:
    """Those of the ids that are or were people's, each once; None for nobody.

    People are known while they have a name, and afterwards if they have said something or have
    logged out.
    """
    known = [each for each in dict.fromkeys(ids) if _is_user(connection, each)]
    return tuple(known) or None


def _is_user(connection: Reader, user_id: str) -> bool:
    (known,) = connection.execute(_KNOWN, (user_id,) * 3).fetchone()
    return bool(known)


def _gone(message_id: int) -> Quoted:
    """What is left of a message that was deleted for its age."""
    return Quoted(message_id, "", "", "", deleted=True)
