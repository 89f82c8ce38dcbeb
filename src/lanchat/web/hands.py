"""Raised hands, as clients send and are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from lanchat.phrases import Answer
from lanchat.web.connections import Visitor
from lanchat.web.incoming import parse
from lanchat.web.site import Site


class RaiseHand(msgspec.Struct):
    """``hand``: one's own, up or down; or another person's, or ``all``, down."""

    up: bool
    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    all: bool = False

    def __post_init__(self) -> None:
        """Look whether one thing is asked for, and one that there is."""
        if sum((self.up, self.person is not None, self.all)) > 1:
            raise ValueError


class HandHandlers:
    """The handler of what is about hands, which waits for the database where there are several."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def hand(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, RaiseHand)
        hands = self._site.hub.hands
        if asked.all:
            hands.lower_all(connection)
        elif asked.person is not None:
            hands.lower_hand(connection, asked.person)
        else:
            self._site.limits.hand(visitor.person)
            if asked.up:
                hands.raise_hand(connection)
            else:
                hands.lower_hand(connection)
        return {"ok": True}
