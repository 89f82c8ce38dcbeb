"""Going back, as clients ask for it: each answer costs its reader what it is worth."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.phrases import Answer
from lanchat.web import answers, outgoing
from lanchat.web.connections import Visitor
from lanchat.web.incoming import AskHistory, AskSearch, parse
from lanchat.web.site import Site


class ReadingHandlers:
    """The handlers of what only reads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def history(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        """A stretch of what was said. Waits for the disk."""
        asked = parse(arguments, AskHistory)
        with self._site.history.turn(visitor.person, visitor.origin.ip) as pay:
            rooms = self._site.hub.rooms_of(connection)
            stretch = self._site.reading.stretch(rooms, asked.room, asked.place, asked.limit)
            pay(stretch.messages)
            answer = answers.stretch(stretch, asked.place)
        own = self._site.hub.reactions.mine(visitor.user, stretch.messages)
        return {**answer, "mine": outgoing.mine(own)}

    def search(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        """What was said with these words. Waits for the disk."""
        asked = parse(arguments, AskSearch)
        rooms = self._site.hub.rooms_of(connection)
        self._site.limits.search(visitor.person, visitor.origin.ip)
        with self._site.history.account(visitor.person, visitor.origin.ip) as pay:
            found = self._site.searching.find(asked.query(rooms), rooms)
            pay(found.messages)
        own = self._site.hub.reactions.mine(visitor.user, found.messages)
        return {**answers.found(found), "mine": outgoing.mine(own)}
