"""Who is here, who is writing, and whose hands are up, as a terminal is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lanchat.join.lines import Line

TYPING_SECONDS = 5.0

CROWD = 20
"""Of so many it is not told who comes and goes: nobody could read what is said."""

_NAMED = 5
"""People who are named where many come or go at once."""

_MENTIONED = 20
"""People whom one message can mention."""


class People:
    """``you`` are who sits in front of the terminal."""

    def __init__(self) -> None:
        self.you: dict[str, str] = {"id": "", "name": ""}
        self.here: dict[str, str] = {}  # id → name
        self.hands: dict[str, str] = {}  # the same, first come first
        self._typing: dict[tuple[str, str], tuple[str, float]] = {}

    def join(self, answer: Mapping[str, Any]) -> None:
        """The answer to ``new_host``."""
        self.you = answer["you"]
        self.here = {one["id"]: one["name"] for one in answer["hosts"]}
        self.hands = _by_id(answer.get("hands", ()))

    def names(self) -> list[str]:
        """All who are here, in the order of the alphabet."""
        return sorted(self.here.values(), key=str.casefold)

    def named(self, name: str) -> str | None:
        """The id of who is here by this name."""
        return _named(self.here, name)

    def whose_hand(self, name: str) -> str | None:
        """The id of who has a hand up by this name."""
        return _named(self.hands, name)

    def begun(self, text: str) -> str:
        """The longest name of somebody here with which a text begins, as it stands in the text."""
        key = f"{text} ".casefold()
        found = [name for name in self.here.values() if key.startswith(f"{name} ".casefold())]
        return max(found, key=len, default="")

    def mentioned(self, text: str) -> list[str]:
        """The ids of those whose name stands behind an ``@`` in the text, longer names first."""
        found, rest = [], text.casefold()
        for person, name in sorted(self.here.items(), key=lambda one: -len(one[1])):
            at = f"@{name.casefold()}"
            if at in rest:
                rest = rest.replace(at, "")
                found.append(person)
        return found[:_MENTIONED]

    def typing(self, room: str, now: float) -> list[str]:
        """Who is writing in a room."""
        self._typing = {key: one for key, one in self._typing.items() if one[1] > now}
        return [name for (where, _), (name, _) in self._typing.items() if where == room]

    def types(self, payload: Mapping[str, Any], now: float) -> None:
        """Somebody is writing."""
        key = payload["room"], payload["user_id"]
        self._typing[key] = payload["user"], now + TYPING_SECONDS

    def said(self, room: str, person: str) -> None:
        """Somebody has written it."""
        self._typing.pop((room, person), None)

    def came(self, people: Iterable[Mapping[str, Any]]) -> list[Line]:
        new = [one for one in people if one["id"] not in self.here]
        self.here.update((one["id"], one["user"]) for one in new)
        return self._told(new, "joined")

    def left(self, people: Iterable[Mapping[str, Any]]) -> list[Line]:
        known = [one for one in people if self.here.pop(one["id"], None) is not None]
        return self._told(known, "left")

    def changed(self, person: Mapping[str, Any]) -> list[Line]:
        before = self.here.get(person["id"])
        for known in (self.here, self.hands):
            if person["id"] in known:
                known[person["id"]] = person["user"]
        if person["id"] == self.you["id"]:
            self.you = {"id": person["id"], "name": person["user"]}
        if before is None or before == person["user"]:
            return []
        return [Line("note", f"{before} is now called {person['user']}")]

    def hands_changed(self, payload: Mapping[str, Any]) -> list[Line]:
        """All hands that are up, or of many what has become of them."""
        was_up = self.you["id"] in self.hands
        if "hands" in payload:
            self.hands = _by_id(payload["hands"])
        else:
            for person in (*payload["lowered"], *_by_id(payload["raised"])):
                self.hands.pop(person, None)
            self.hands.update(_by_id(payload["raised"]))
        is_up = self.you["id"] in self.hands
        if is_up == was_up:
            return []
        return [Line("note", "your hand is up" if is_up else "your hand is down")]

    def _told(self, people: list[Mapping[str, Any]], what: str) -> list[Line]:
        if not people or len(self.here) > CROWD:
            return []
        return [Line("note", f"{listed([one['user'] for one in people], _NAMED)} {what}")]


def listed(names: list[str], most: int) -> str:
    """The first of them, and how many there are besides."""
    if len(names) <= most + 1:  # nobody writes "and 1 others"
        return ", ".join(map(str, names))
    return f"{', '.join(map(str, names[:most]))} and {len(names) - most} others"


def _named(people: Mapping[str, str], name: str) -> str | None:
    key = name.casefold()
    return next((each for each, called in people.items() if called.casefold() == key), None)


def _by_id(people: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {one["id"]: one["user"] for one in people}
