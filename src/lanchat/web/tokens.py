"""Which program a request comes from: its token tells, in ``Authorization: Bearer``.

No cookie counts beside it. A token is nowhere else in a request, but in the address of a hook
(``programs.py``): addresses end up in logs and histories.
"""

from __future__ import annotations

import time
from math import ceil

import flask

from lanchat.chat.hub import Hub
from lanchat.chat.ports import Audit
from lanchat.chat.room_settings import Bot
from lanchat.errors import PayloadInvalid, TooFast, Unauthorized
from lanchat.web import session
from lanchat.web.limits import Window

WRONG = 60
"""So many wrong tokens of an address are looked at within a minute; nobody guesses one anyway."""

_IN_ADDRESSES = {"token", "access_token", "api_key"}


class Tokens:
    """Looks tokens up; wrong ones are counted, so that nobody tries many."""

    def __init__(self, hub: Hub, audit: Audit) -> None:
        self._hub = hub
        self._audit = audit
        self._wrong = Window(WRONG, 60)

    def of_request(self) -> Bot | None:
        """The program that the request names, None where it names none.

        Raises Unauthorized for a token that is not known, or TooFast.
        """
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        return self.bot(token.strip()) if scheme.lower() == "bearer" else None

    def required(self) -> Bot:
        """The same, which has to be there; PayloadInvalid where the token is in the address."""
        if not _IN_ADDRESSES.isdisjoint(flask.request.args):
            raise PayloadInvalid("query")
        bot = self.of_request()
        if bot is None:
            raise Unauthorized("token")
        return bot

    def bot(self, token: str) -> Bot:
        """Whose token it is. Raises Unauthorized or TooFast."""
        bot = self._hub.bots.known(token)
        if bot is None:
            # The right one counts, whatever others behind the same address have tried.
            origin, now = session.origin(flask.request.environ), time.monotonic()
            if wait := self._wrong.wait(origin.ip, now):
                raise TooFast(ceil(wait))
            self._wrong.add(origin.ip, now)
            self._audit.refused(origin, Unauthorized.code)
            raise Unauthorized("token")
        return bot
