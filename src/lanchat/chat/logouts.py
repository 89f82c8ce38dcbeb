"""Who has logged out: an old copy of their cookie lets nobody in."""

from __future__ import annotations

from collections.abc import Mapping

from lanchat.chat.model import SESSION_LIFETIME

LOGOUTS_KEPT = 100_000
"""So many logouts are remembered at most, the newest ones: about 15 MB."""


class Logouts:
    """The ids that have logged out, for as long as a session can last.

    ``known`` says when the earlier ones did, oldest first. Times are in seconds since the epoch.
    """

    def __init__(self, known: Mapping[str, float] | None = None) -> None:
        self._times = dict(known or {})

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._times

    def add(self, user_id: str, now: float) -> None:
        self._times.pop(user_id, None)
        self._times[user_id] = now
        while self._is_over(oldest := next(iter(self._times)), now):
            del self._times[oldest]

    def _is_over(self, user_id: str, now: float) -> bool:
        return len(self._times) > LOGOUTS_KEPT or self._times[user_id] < now - SESSION_LIFETIME
