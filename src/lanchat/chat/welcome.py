"""What a connection gets when it joins, and how much of the history is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lanchat.chat.model import Guest, History, Host
from lanchat.chat.order import Ban, Rules

CATCH_UP_LIMIT = 1_000
"""Messages that somebody who was away gets at once."""

CATCH_UP_BYTES = 600_000
"""UTF-8 bytes of messages in one answer: well under what may wait for one client."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The person themselves, who is here, what they have missed, and what holds.

    ``bans`` are for hosts; None for others.
    """

    you: Guest
    hosts: list[Host]
    history: History
    rules: Rules
    bans: list[Ban] | None


def bounded(history: History) -> History:
    """The newest messages that fit into one answer."""
    budget = CATCH_UP_BYTES
    for index in range(len(history.messages) - 1, -1, -1):
        budget -= len(history.messages[index].message.encode())
        if budget < 0:
            return replace(history, messages=history.messages[index + 1 :], complete=False)
    return history
