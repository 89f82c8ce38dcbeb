"""Which program a request comes from: its token tells, in ``Authorization: Bearer``.

No cookie counts beside it. A token is nowhere else in a request, but in the address of a hook
(``programs.py``): addresses end up in logs and histories.
"""

from __future__ import annotations

import flask

from lanchat.chat.hub import Hub
from lanchat.chat.ports import Audit
from lanchat.chat.room_settings import Bot
from lanchat.errors import PayloadInvalid, Unauthorized
from lanchat.web import session
from lanchat.web.tries import Tries

_IN_ADDRESSES = {"token", "access_token", "api_key"}


class Tokens:
    """Looks tokens up; wrong ones are counted, so that nobody tries many."""

    def __init__(self, hub: Hub, audit: Audit) -> None:
        self._hub = hub
        self._audit = audit
        self._tries = Tries()

    def of_request(self) -> Bot | None:
        """The program that the request names, None where it names none.

        Raises Unauthorized for a token that is not known, or TooManyTries.
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
        """Whose token it is. Raises Unauthorized or TooManyTries."""
        bot = self._hub.bots.known(token)
        if bot is None:
            # Nobody finds one by chance; so the right one counts, whatever others have tried.
            origin = session.origin(flask.request.environ)
            self._tries.check(origin.ip)
            self._tries.wrong(origin.ip)
            self._audit.refused(origin, Unauthorized.code)
            raise Unauthorized("token")
        return bot
