"""How a message goes out to everybody, with times: traced while its author looks.

While nobody looks the Flusher has its own methods. While somebody does, two are replaced by those
here, which call them.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec

from lanchat.live.writer import Flusher, Group

_SAID = b'42["add_chat_message",'
_HEAD_BYTES = 10  # the longest head of our frames

Commit = tuple[float, int]
"""When it ended, by `perf_counter`, and how many changes were in it."""


@dataclass(slots=True)
class Fan:
    """One message on its way out; times are by the clock of `perf_counter`."""

    message_id: int
    author: str
    committed: float | None
    together: int | None
    """How many changes were in its commit."""
    told: float
    """When it was handed to those that send."""
    connections: int
    taken: float = 0.0
    """When the kernel had it, but for those for whom something waits."""
    joined: int = 0
    """How many frames left with it in one send to each."""
    waiting: int = 0
    """For how many connections something waits."""


class FanTrace:
    """Traces what the ``authors`` say; ``note`` is called each time that the kernel has more."""

    def __init__(
        self,
        flusher: Flusher,
        authors: Container[str],
        commit_of: Callable[[int], Commit | None],
        note: Callable[[Fan], None],
    ) -> None:
        self._flusher = flusher
        self._authors = authors
        self._commit_of = commit_of
        self._note = note
        self._leaving: list[Fan] = []

    def start(self) -> None:
        """Trace from now on."""
        patched: Any = self._flusher
        patched.broadcast, patched.flush = self._broadcast, self._flush

    def stop(self) -> None:
        """Leave the Flusher as it was."""
        for name in ("broadcast", "flush"):
            vars(self._flusher).pop(name, None)

    def _broadcast(self, group: Group, frame: bytes) -> None:
        flusher = self._flusher
        if flusher.gathered and not flusher.gathers_for(group):
            self._flush()  # as it would itself, but before this one is counted
        if (fan := self._fan(group, frame)) is not None:
            self._leaving.append(fan)
        Flusher.broadcast(flusher, group, frame)

    def _flush(self) -> None:
        frames, leaving = self._flusher.gathered, self._leaving
        self._leaving = []
        Flusher.flush(self._flusher)
        now = perf_counter()
        for fan in leaving:
            # Its frame is there at least, though a flush of before this trace may have sent it.
            fan.taken, fan.joined = now, max(frames, 1)
            fan.waiting = len(self._flusher.backlogged)
            self._note(fan)

    def _fan(self, group: Group, frame: bytes) -> Fan | None:
        """The fan of a frame, if it is a message of an author who looks."""
        start = frame.find(_SAID, 0, _HEAD_BYTES + len(_SAID))
        if start < 0:
            return None
        try:
            said = msgspec.json.decode(frame[start + len(_SAID) : -1], type=_Said)
        except msgspec.DecodeError:
            return None
        if said.user_id not in self._authors:
            return None
        committed, together = self._commit_of(said.id) or (None, None)
        copies = len(group.writers)
        return Fan(said.id, said.user_id, committed, together, perf_counter(), copies)


class _Said(msgspec.Struct):
    id: int
    user_id: str
