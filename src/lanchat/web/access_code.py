"""The access code: who knows it is let in, and who guesses is stopped soon.

A session remembers a digest of the code that it came in by. So a new code shuts the sessions of
the old one out: their people are asked for the new one, and then have their names again.
"""

from __future__ import annotations

import hmac
import threading
import unicodedata

from lanchat.errors import WrongCode
from lanchat.web.limits import Limits


class AccessCode:
    """The code of one server; with None everybody is let in. ``secret`` keys the digest."""

    def __init__(self, code: str | None, secret: bytes, limits: Limits) -> None:
        self._code = None if code is None else _plain(code)
        self._secret = secret
        self._limits = limits
        self._one_at_a_time = threading.Lock()

    @property
    def needed(self) -> bool:
        """Whether there is a code to ask for."""
        return self._code is not None

    @property
    def digest(self) -> str | None:
        """What a session remembers; its owner, who can read it, cannot guess the code with it."""
        if self._code is None:
            return None
        return hmac.digest(self._secret, b"access code " + self._code, "sha256").hex()[:32]

    def check(self, typed: str, address: str) -> None:
        """Let a right code pass. Raises WrongCode, or TooManyTries for a right one, too."""
        if self._code is None:
            return
        # Counting can let others run: a hundred guesses at once would all still find a try left.
        with self._one_at_a_time:
            self._limits.check_tries(address)
            if not hmac.compare_digest(_plain(typed), self._code):
                self._limits.wrong_try(address)
                raise WrongCode


def _plain(code: str) -> bytes:
    """The code however a keyboard wrote it: fullwidth digits are digits."""
    return unicodedata.normalize("NFKC", code).strip().encode("utf-8", "replace")
