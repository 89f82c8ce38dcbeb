"""A tab that is the page itself, without a browser: its state in Node takes what the wire tells."""

from __future__ import annotations

from typing import Any

from lanchat.chat.model import User
from lanchat.web import answers
from tests.world.house import Tab, Wire
from tests.world.life import as_sent
from tests.world.page import Pages


class PageTab(Tab):
    """The page of one person; now and then they turn to another room."""

    def __init__(self, pages: Pages, user: User, connection: str) -> None:
        self._page = pages.open(user)
        self._page.do("away")  # nobody reads what it shows: so what is new stays so
        self._turns = 0
        super().__init__(user, connection, takes_rooms=True)

    def disconnect(self) -> None:
        if self.server is not None:
            self._page.lost()
        super().disconnect()

    def hear(self) -> list[tuple[str, Wire]]:
        """Take what came since; returns it, too."""
        if self.server is None:
            return []
        heard = self.server.wires.heard.pop(self.connection, [])
        for name, payload in heard:
            self._page.event(name, payload)
            if name == "member_joined" and payload["id"] == self.user.id:
                self.enter(payload["room"])
        if heard:
            self._look()
        return heard

    def enter(self, room: str) -> None:
        """See what is in a room, as who has just entered it does."""
        entered = self.at.hub.rooms.enter(self.connection, room)
        self._page.do("entered", answer=as_sent({**answers.entered(entered), "mine": {}}))
        self._look()

    def _request(self) -> Wire:
        asked: Wire = self._page.do("request", rooms=True)
        return asked

    def _take(self, answer: Wire) -> None:
        self._page.answer(answer)
        self._look()

    def _look(self) -> None:
        rooms: list[dict[str, Any]] = self._page.do("rooms")
        assert not any(room["gaps"] for room in rooms)
        self.shown = {
            room["id"]: {message["id"]: message for message in room["messages"]} for room in rooms
        }
        # Alone, the main room is read as the browser knows.
        self.unread = {room["id"]: room["unread"] for room in rooms[1:]}
        self._turns += 1
        self._page.do("chosen", room=rooms[self._turns % len(rooms)]["id"])
