"""What rooms are called in files for people."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.chat.rooms import Room
from lanchat.i18n import translate
from lanchat.rows.room_bulk import ArchivedRoom


class Rooms:
    """The rooms of an archive, in one of i18n.LANGUAGES; in most there is the main one alone.

    ``leaves_out`` says that what two people said to each other is not in it.
    """

    def __init__(
        self, there: Sequence[ArchivedRoom] = (), lang: str = "en", *, leaves_out: bool = False
    ) -> None:
        self.there = there
        self._lang = lang
        self._titles = {one.room.id: self._title(one) for one in there}
        self.note = translate(lang, "export.private") if leaves_out else ""

    def title(self, room_id: str) -> str:
        """What to call the room, empty for the main one."""
        return self._titles.get(room_id, "")

    def _title(self, archived: ArchivedRoom) -> str:
        room, members = archived
        if room.kind == "direct":
            return " ↔ ".join(user.name for user in members) or room.id
        return (
            translate(self._lang, "export.group", name=room.name) if _is_number(room) else room.name
        )


def _is_number(room: Room) -> bool:
    """Whether it is a group that nobody has given a name."""
    return room.kind == "group" and room.name.isdecimal()
