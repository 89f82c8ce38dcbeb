"""The commands of moderators: one table, and how a typed line is read by it.

A command is one record. Its name and arguments, who may use it, what it does, its event in the
connection log and its texts in the catalogue (``command.<name>.help``) belong together: ``/help``,
the completion in the page, the commands of ``lanchat host`` and the table in docs/moderation.md
are all made of COMMANDS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from lanchat.chat import group_commands, message_commands, people_commands, room_commands
from lanchat.chat.model import is_unicode
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.errors import CommandUnusable, Forbidden, PayloadInvalid
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
    TEXT = "text"
    GROUPS = "groups"
    """``5``, ``4 each``, ``Ana, Bia | Caio, Davi`` or ``end``"""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; those of kind PERSON, TEXT and GROUPS may have several words."""

    kind: Kind
    optional: bool = False


Handler = Callable[[Moderation, Actor, Call], Done]
Menu = Literal["guest", "writer", "muted", "host"]
"""Any guest, one who may write, one who is muted, or a host."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Moderators may use all of them, everybody else those ``for_all``. What changes something is
    ``logged``, as an event of its name. ``usual_seconds`` hold where no time is given.
    A page offers it beside the name of whoever is as ``menu`` says, and asks before it sends one
    that was chosen by a click where it ``asks``, or in any case where it is ``grave``. It completes
    the names of those who are here, unless the command is about one who is ``absent``.
    """

    name: str
    handler: Handler
    arguments: tuple[Argument, ...] = ()
    for_all: bool = False
    logged: bool = True
    grave: bool = False
    asks: bool = False
    absent: bool = False
    menu: Menu | None = None
    usual_seconds: float | None = None

    @property
    def help_key(self) -> str:
        """The catalogue's key of what it does."""
        return f"command.{self.name}.help"


def _help(moderation: Moderation, actor: Actor, _call: Call) -> Done:
    usable = [command for command in COMMANDS.values() if _may(moderation, actor, command)]
    return Done("command.help.done", {"commands": usable})


_PERSON = Argument(Kind.PERSON)
_TIME = Argument(Kind.TIME, optional=True)
_ADDRESS = Argument(Kind.ADDRESS, optional=True)
_CLEAR = Argument(Kind.CLEAR, optional=True)
_SWITCH = Argument(Kind.SWITCH, optional=True)
_NUMBER = Argument(Kind.NUMBER, optional=True)
_EVENING, _CALM = 12 * 3_600, 600  # seconds: until tomorrow, and long enough to calm down

_TABLE = (
    Command("mute", people_commands.mute, (_PERSON, _TIME), menu="writer", usual_seconds=_CALM),
    Command("unmute", people_commands.unmute, (_PERSON,), menu="muted"),
    Command("kick", people_commands.kick, (_PERSON,), menu="guest", asks=True),
    Command(
        "ban",
        people_commands.ban,
        (_PERSON, _TIME, _ADDRESS, _CLEAR),
        menu="guest",
        asks=True,
        usual_seconds=_EVENING,
    ),
    Command("unban", people_commands.unban, (_PERSON,), absent=True),
    Command("bans", people_commands.bans, logged=False),
    Command("host", people_commands.host, (_PERSON,), menu="guest", asks=True),
    Command("unhost", people_commands.unhost, (_PERSON,), menu="host"),
    Command("lock", room_commands.lock),
    Command("unlock", room_commands.unlock),
    Command("readonly", room_commands.readonly, (_SWITCH,)),
    Command("slow", room_commands.slow, (Argument(Kind.INTERVAL),)),
    Command("edits", room_commands.edits, (_SWITCH,)),
    Command("files", room_commands.files, (_SWITCH,)),
    Command("topic", room_commands.topic, (Argument(Kind.TEXT, optional=True),)),
    Command("pin", message_commands.pin, (_NUMBER,)),
    Command("unpin", message_commands.unpin, (_NUMBER,)),
    Command("delete", message_commands.delete, (Argument(Kind.NUMBER),), asks=True),
    Command("clear", message_commands.clear, (Argument(Kind.PERSON, optional=True),), grave=True),
    Command("announce", group_commands.announce, (Argument(Kind.TEXT),)),
    Command("groups", group_commands.groups, (Argument(Kind.GROUPS),)),
    Command("group", group_commands.group, (_PERSON, Argument(Kind.NUMBER))),
    Command("help", _help, for_all=True, logged=False),
)

COMMANDS = {command.name: command for command in _TABLE}


def run(
    moderation: Moderation, actor: Actor, name: str, text: str, person_id: str | None = None
) -> Done:
    """Do what the command says. Waits for the disk.

    Raises Forbidden, CommandUnusable, PayloadInvalid or StoreUnavailable.
    """
    command = COMMANDS.get(name)
    if not is_unicode(name + text):
        raise PayloadInvalid
    if command is None:
        raise CommandUnusable("unknown", name=name)
    if not _may(moderation, actor, command):
        raise Forbidden
    call = read(command, text, person_id=person_id, is_somebody=moderation.is_somebody)
    return command.handler(moderation, actor, call)


def read(
    command: Command,
    text: str,
    *,
    person_id: str | None = None,
    is_somebody: Callable[[str], bool] = lambda _name: False,
) -> Call:
    """The command's arguments in ``text``.

    Where ``person_id`` says who is meant, the text holds no name. A text that ``is_somebody`` is
    a name as a whole, also where its last word could be a time. Raises CommandUnusable.
    """
    words = text.split()
    whole = " ".join(words)
    kinds = [argument.kind for argument in command.arguments]
    if Kind.TEXT in kinds or Kind.GROUPS in kinds:
        if not whole and not command.arguments[0].optional:
            raise _unusable(command)
        return Call(text=whole)
    values: dict[str, object] = {"person_id": person_id, "seconds": command.usual_seconds}
    named = Kind.PERSON in kinds and person_id is None
    if named and is_somebody(whole):
        words, values["person"] = [], whole
    left = _take(command.arguments, words, values)
    if named and words:
        values["person"], words = " ".join(words), []
    if "person" in values or person_id is not None:
        left = [argument for argument in left if argument.kind is not Kind.PERSON]
    if words or not all(argument.optional for argument in left):
        raise _unusable(command)
    return Call(**values)  # type: ignore[arg-type]  # by the names of its fields


def _may(moderation: Moderation, actor: Actor, command: Command) -> bool:
    return command.for_all or moderation.may_moderate(actor)


def _unusable(command: Command) -> CommandUnusable:
    return CommandUnusable("usage", command=command)


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


_WORDS: dict[Kind, tuple[str, dict[str, object]]] = {
    Kind.ADDRESS: (BY_ADDRESS, {"by_address": True}),
    Kind.CLEAR: (AND_CLEAR, {"clear": True}),
}


def _value(kind: Kind, word: str) -> dict[str, object] | None:
    if kind in _WORDS:
        said, value = _WORDS[kind]
        return value if word == said else None
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
