"""The commands that keep order: a table of records, and how a typed line is read by it.

``/help``, the completion in the page, the commands of ``lanchat host`` and the table in
docs/moderation.md are all made of COMMANDS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from lanchat.errors import CommandUnusable
from lanchat.times import parse_duration

FOREVER = "forever"
BY_ADDRESS = "address"
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
    SWITCH = "switch"
    """``on`` or ``off``; on, where it is left out"""
    INTERVAL = "interval"
    """``10s``, or ``off``"""
    NUMBER = "number"
    """a message's"""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; those of kind PERSON and TEXT may have several words."""

    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its help is the catalogue's text ``command.<name>.help``.

    Hosts may use all of them, everybody else those ``for_all``. A page asks before it sends one
    that is ``grave``.
    """

    name: str
    arguments: tuple[Argument, ...] = ()
    for_all: bool = False
    grave: bool = False

    @property
    def help_key(self) -> str:
        """The catalogue's key of what it does."""
        return f"command.{self.name}.help"


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its arguments; those that were not given are None, empty or False.

    ``person`` is a name, ``person_id`` an id; one of them is given where it is about somebody.
    ``seconds`` None is for ever, where the command takes a time.
    """

    command: Command
    person: str = ""
    person_id: str | None = None
    seconds: float | None = None
    by_address: bool = False
    on: bool = True
    number: int = 0
    text: str = ""


_PERSON = Argument(Kind.PERSON)
_TIME = Argument(Kind.TIME, optional=True)

_TABLE = (
    Command("kick", (_PERSON,)),
    Command("ban", (_PERSON, _TIME, Argument(Kind.ADDRESS, optional=True))),
    Command("unban", (_PERSON,)),
    Command("bans"),
    Command("mute", (_PERSON, _TIME)),
    Command("unmute", (_PERSON,)),
    Command("lock"),
    Command("unlock"),
    Command("readonly", (Argument(Kind.SWITCH, optional=True),)),
    Command("slow", (Argument(Kind.INTERVAL),)),
    Command("topic", (Argument(Kind.TEXT, optional=True),)),
    Command("delete", (Argument(Kind.NUMBER),)),
    Command("clear", grave=True),
    Command("host", (_PERSON,)),
    Command("unhost", (_PERSON,)),
    Command("help", for_all=True),
)

COMMANDS = {command.name: command for command in _TABLE}

_USUAL_TIME = {"ban": 12 * 3_600, "mute": 600}
"""Seconds, where nothing is said: an evening, and long enough to calm down."""


def read(
    name: str,
    text: str,
    *,
    person_id: str | None = None,
    is_somebody: Callable[[str], bool] = lambda _name: False,
) -> Call:
    """The command by that name with the arguments in ``text``.

    Where ``person_id`` says who is meant, the text holds no name. A text that ``is_somebody`` is
    a name as a whole, also where its last word could be a time. Raises CommandUnusable.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise CommandUnusable("unknown", name=name)
    words = text.split()
    whole = " ".join(words)
    kinds = [argument.kind for argument in command.arguments]
    if Kind.TEXT in kinds:
        return Call(command, text=whole)
    values: dict[str, object] = {"person_id": person_id}
    named = Kind.PERSON in kinds and person_id is None
    if named and is_somebody(whole):
        words, values["person"] = [], whole
    if name in _USUAL_TIME:
        values["seconds"] = float(_USUAL_TIME[name])
    for argument in reversed(command.arguments):
        if argument.kind is not Kind.PERSON:
            _take(argument, words, values, command)
    if named and words:
        values["person"], words = " ".join(words), []
    if words or (named and "person" not in values):
        raise unusable(command)
    return Call(command, **values)  # type: ignore[arg-type]  # by the names of its fields


def unusable(command: Command) -> CommandUnusable:
    """The refusal of arguments that the command cannot take."""
    return CommandUnusable("usage", command=command)


def _take(
    argument: Argument, words: list[str], values: dict[str, object], command: Command
) -> None:
    """Take the last word, if it is what the argument wants."""
    found = _value(argument.kind, words[-1].lower()) if words else None
    if found is not None:
        words.pop()
        values.update(found)
    elif not argument.optional:
        raise unusable(command)


def _value(kind: Kind, word: str) -> dict[str, object] | None:
    if kind is Kind.ADDRESS:
        return {"by_address": True} if word == BY_ADDRESS else None
    if kind is Kind.SWITCH:
        return {"on": word == "on"} if word in {"on", "off"} else None
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
