"""A client that does what docs/protocol.md says, and nothing else: "Catching up" and beyond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Wire = dict[str, Any]
"""What stands on the wire."""

_QUOTED = 200


@dataclass
class Follower:
    """It shows ``shown``; what lies at or before ``gap`` may be missing."""

    user_id: str
    shown: dict[int, Wire] = field(default_factory=dict)
    mine: Wire = field(default_factory=dict)
    pins: dict[int, Wire] = field(default_factory=dict)
    gap: int = 0
    _seq: int = 0
    _epoch: str = ""
    _joined: bool = False
    _early: list[tuple[str, Wire]] = field(default_factory=list)
    """What has come live before the answer."""

    def lost(self) -> None:
        """The connection is gone, with all that was on its way."""
        self._joined = False
        self._early.clear()

    def request(self) -> Wire:
        """Ask for what was missed."""
        return {"last_seq": self._seq, "epoch": self._epoch}

    def answer(self, answer: Wire) -> None:
        """What was missed."""
        if answer.get("anew"):
            self.shown, self.mine, self.gap = {}, {}, 0
        if not answer["complete"]:
            self.gap = min([answer["seq"], *(one["id"] - 1 for one in answer["messages"])])
        for one in (*answer["changed"], *answer["messages"]):
            if one["id"] in self.shown or one["id"] > self.gap:
                self._show(one)
            self._quote(one)
            self.mine.pop(str(one["id"]), None)
        self._clear(answer["cleared"])
        self._drop([[0, answer["retired"]]])
        self.mine.update(answer["mine"])
        self.pins = {one["id"]: one for one in answer["pins"]}
        self._seq, self._epoch, self._joined = answer["seq"], answer["epoch"], True
        for name, payload in self._early:
            if payload.get("seq", answer["seq"] + 1) > answer["seq"]:
                self.event(name, payload)
        self._early.clear()

    def event(self, name: str, payload: Wire) -> None:
        """Something is told live."""
        if not self._joined:
            self._early.append((name, payload))
            return
        if name == "mine":
            for number, own in payload.items():
                self.mine[number] = {**self.mine.get(number, {}), **own}
        elif name == "history_cleared":
            self._clear(payload["up_to"])
        elif name == "messages_retired":
            self._drop(payload["ranges"])
        elif name == "user_cleared":
            self._clear(payload["up_to"], payload["user_id"])
            if payload["user_id"] == self.user_id:
                self.mine.clear()
        elif name == "reactions_changed" and payload["id"] in self.shown:
            self._count(self.shown, payload)
        elif name in {"add_chat_message", "message_changed"}:
            if name == "add_chat_message" or payload["id"] in self.shown:
                self._show(payload)
            self._quote(payload)
            self._pin(payload)
        self._seq = max(self._seq, payload.get("seq", 0))

    def _count(self, messages: dict[int, Wire], told: Wire) -> None:
        """A message has these reactions from now on, and a poll these counts."""
        one = {**messages[told["id"]], **told}
        if "counts" in told:
            one["poll"] = {**one["poll"], "counts": one.pop("counts")}
        messages[told["id"]] = one

    def _show(self, version: Wire) -> None:
        self.shown.pop(version["id"], None)
        if not version.get("deleted"):
            self.shown[version["id"]] = version

    def _quote(self, version: Wire) -> None:
        """Let answers to a message quote what it is now."""
        said = {name: version[name] for name in ("id", "user_id", "user")}
        said["message"] = version["message"][:_QUOTED]
        if version.get("deleted"):
            said["deleted"] = True
        if "files" in version:
            said["files"] = version["files"]
        for number, one in self.shown.items():
            if one.get("reply_to") == version["id"]:
                self.shown[number] = {**one, "quoted": said}

    def _pin(self, version: Wire) -> None:
        if version.get("pinned"):
            self.pins[version["id"]] = version  # where it stood, or at the end
        else:
            self.pins.pop(version["id"], None)

    def _clear(self, up_to: int, user_id: str | None = None) -> None:
        """All of everybody's or of one user's is gone."""
        self._forget(lambda one: one["id"] <= up_to and user_id in {None, one["user_id"]})

    def _drop(self, ranges: list[list[int]]) -> None:
        """What is too old is gone."""
        self._forget(lambda one: any(first <= one["id"] <= last for first, last in ranges))

    def _forget(self, gone: Callable[[Wire], bool]) -> None:
        """Some messages are gone, also where they are quoted."""
        self.shown = {number: one for number, one in self.shown.items() if not gone(one)}
        self.pins = {number: one for number, one in self.pins.items() if not gone(one)}
        for number, one in self.shown.items():
            if "quoted" in one and gone(one["quoted"]):
                self.shown[number] = {**one, "quoted": {**one["quoted"], "deleted": True}}
