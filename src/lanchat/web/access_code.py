"""Secrets that people or programs send: who knows one is let in, and who guesses is stopped soon.

They are the access code, the host link's secret and the token for figures. A session remembers a
digest of the code that it came in by. So a new code shuts the sessions of the old one out: their
people are asked for the new one, and then have their names again.
"""

from __future__ import annotations

import hmac
import threading
import unicodedata

from lanchat.errors import WrongCode
from lanchat.web.tries import Tries


class AccessCode:
    """A code of one server; with None everybody is let in. ``secret`` keys the digest."""

    def __init__(self, code: str | None, secret: bytes, tries: Tries | None = None) -> None:
        self._code = None if code is None else _plain(code)
        self._secret = secret
        self._tries = tries or Tries()
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

    def check(self, typed: str, address: str, known: str | None = None) -> None:
        """Let a right code pass. Raises WrongCode, or TooManyTries for a right one, too.

        ``known`` is the id of a browser in which somebody has been in. Nothing is no guess.
        """
        if self._code is None:
            return
        guess = _plain(typed)
        # A hundred guesses at once shall not all find a try left.
        with self._one_at_a_time:
            self._tries.check(address, known)
            if not hmac.compare_digest(guess, self._code):
                if guess:
                    self._tries.wrong(address, known)
                raise WrongCode


def _plain(code: str) -> bytes:
    """The code however a keyboard wrote it: fullwidth digits are digits."""
    return unicodedata.normalize("NFKC", code).strip().encode("utf-8", "replace")
