"""What stands behind the name of a command, and how it is read as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import get_args

from lanchat.chat.moderation import Call
from lanchat.chat.room_settings import Privacy
from lanchat.times import parse_duration

FOREVER = "forever"
BY_ADDRESS = "address"
AND_CLEAR = "clear"
LONGEST = 10 * 365 * 86_400
"""Seconds; whoever means more than ten years means ``forever``."""

LONGEST_INTERVAL = 3_600
"""Seconds between two messages; beyond that a room is for reading."""


class Kind(Enum):
    """What an argument is; the value is its key in the catalogue (``command.argument.<value>``)."""

    PERSON = "person"
    TIME = "time"
    """``10m``, ``2h``, or ``forever``"""
    ADDRESS = "address"
    """the word itself"""
    CLEAR = "clear"
    """the word itself"""
    SWITCH = "switch"
    """``on`` or ``off``; on, where it is left out"""
    INTERVAL = "interval"
    """``10s``, or ``off``"""
    NUMBER = "number"
    """a message's"""
    PRIVACY = "privacy"
    """``off``, ``hosts`` or ``all``"""
    TEXT = "text"
    GROUPS = "groups"
    """``5``, ``4 each``, ``Ana, Bia | Caio, Davi`` or ``end``"""
    POLL = "poll"
    """``Lunch? | Pizza | Rice``"""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; those of kind PERSON, TEXT and GROUPS may have several words."""

    kind: Kind
    optional: bool = False


def read(
    arguments: Sequence[Argument],
    text: str,
    *,
    person_id: str | None,
    is_somebody: Callable[[str], bool],
    seconds: float | None,
) -> Call | None:
    """The arguments in ``text``; None where they are not there, or more than these.

    Where ``person_id`` says who is meant, the text holds no name. A text that ``is_somebody`` is
    a name as a whole, also where its last word could be a time. ``seconds`` hold where it has none.
    """
    words = text.split()
    whole = " ".join(words)
    kinds = [argument.kind for argument in arguments]
    if not _WHOLE.isdisjoint(kinds):
        if not whole and not arguments[0].optional:
            return None
        return Call(text=whole)
    values: dict[str, object] = {"person_id": person_id, "seconds": seconds}
    named = Kind.PERSON in kinds and person_id is None
    if named and is_somebody(whole):
        words, values["person"] = [], whole
    left = _take(arguments, words, values)
    if named and words:
        values["person"], words = " ".join(words), []
    if "person" in values or person_id is not None:
        left = [argument for argument in left if argument.kind is not Kind.PERSON]
    if words or not all(argument.optional for argument in left):
        return None
    return Call(**values)  # type: ignore[arg-type]  # by the names of its fields


def _take(
    arguments: Sequence[Argument], words: list[str], values: dict[str, object]
) -> list[Argument]:
    """Take the last words that are what arguments want, in any order; returns those left over."""
    left = list(arguments)
    while words:
        word = words[-1].lower()
        takers = (one for one in left if one.kind is not Kind.PERSON)
        wanting = [one for one in takers if _value(one.kind, word) is not None]
        if not wanting:
            break
        values.update(_value(wanting[-1].kind, word) or {})
        left.remove(wanting[-1])
        words.pop()
    return left


_WHOLE = {Kind.TEXT, Kind.GROUPS, Kind.POLL}
"""What takes all that was typed."""

_WORDS: dict[Kind, dict[str, dict[str, object]]] = {
    Kind.ADDRESS: {BY_ADDRESS: {"by_address": True}},
    Kind.CLEAR: {AND_CLEAR: {"clear": True}},
    Kind.SWITCH: {"on": {"on": True}, "off": {"on": False}},
    Kind.PRIVACY: {word: {"text": word} for word in get_args(Privacy)},
}


def _value(kind: Kind, word: str) -> dict[str, object] | None:
    if kind in _WORDS:
        return _WORDS[kind].get(word)
    if kind is Kind.NUMBER:
        number = word.removeprefix("#")
        short = number.isascii() and number.isdecimal() and len(number) <= len(str(2**53))
        return {"number": int(number)} if short else None
    endless = {Kind.TIME: FOREVER, Kind.INTERVAL: "off"}[kind]
    if word == endless:
        return {"seconds": None}
    try:
        seconds = parse_duration(word)
    except ValueError:
        return None
    most = LONGEST if kind is Kind.TIME else LONGEST_INTERVAL
    return {"seconds": float(seconds)} if 0 < seconds <= most else None
