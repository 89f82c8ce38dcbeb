"""Channels: on each of them some people are told what happens, wherever they are connected.

``room:<id>`` is everybody in the room, ``user:<id>`` one person on all their connections.
"""

from __future__ import annotations

from lanchat.chat.model import LOBBY


def room_channel(room: str) -> str:
    """The channel of everybody in the room with this id."""
    return f"room:{room}"


def user_channel(user_id: str) -> str:
    """The channel of one person."""
    return f"user:{user_id}"


class InRoom:
    """Concerns everybody in a room."""

    __slots__ = ()
    room: str

    @property
    def channel(self) -> str:
        return room_channel(self.room)


class InLobby:
    """Concerns everybody."""

    __slots__ = ()

    @property
    def channel(self) -> str:
        return room_channel(LOBBY)


class ToUser:
    """Concerns one person."""

    __slots__ = ()
    user_id: str

    @property
    def channel(self) -> str:
        return user_channel(self.user_id)
