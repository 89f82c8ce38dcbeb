"""The commands of moderators, in one table; what stands behind their names reads ``arguments.py``.

A command is one record. Its name and arguments, who may use it, what it does, its event in the
connection log and its texts in the catalogue (``command.<name>.help``) belong together: ``/help``,
the completion in the page, the commands of ``lanchat host`` and the table in docs/moderation.md
are all made of COMMANDS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from lanchat.chat import (
    arguments,
    group_commands,
    message_commands,
    people_commands,
    poll_commands,
    room_commands,
    rule_commands,
)
from lanchat.chat.arguments import Argument, Kind
from lanchat.chat.model import LOBBY, is_unicode
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import Act
from lanchat.errors import CommandUnusable, Forbidden, PayloadInvalid

Handler = Callable[[Moderation, Actor, Call], Done]
Menu = Literal["guest", "writer", "muted", "host"]
"""Any guest, one who may write, one who is muted, or a host."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Moderators may use all of them, everybody else those ``for_all``. What changes something is
    ``logged``, as an event of its name or of the one that is ``told``. ``usual_seconds`` hold where
    no time is given. One with an ``act`` is about the room in which it is given, where whoever has
    opened that may use it, too; others are about all, wherever they are given. ``of_rooms`` are
    those that are worth nothing as long as there is one room alone, and of these the ones with an
    ``act`` in the main one.
    A page offers it beside the name of whoever is as ``menu`` says, and asks before it sends one
    that was chosen by a click where it ``asks``, or in any case where it is ``grave``. It completes
    the names of those who are here, unless the command is about one who is ``absent``.
    """

    name: str
    handler: Handler
    arguments: tuple[Argument, ...] = ()
    act: Act | None = None
    for_all: bool = False
    of_rooms: bool = False
    logged: bool = True
    told: str = ""
    grave: bool = False
    asks: bool = False
    absent: bool = False
    menu: Menu | None = None
    usual_seconds: float | None = None

    @property
    def help_key(self) -> str:
        """The catalogue's key of what it does."""
        return f"command.{self.name}.help"

    @property
    def event(self) -> str:
        """Its event in the connection log, empty where it has none."""
        return (self.told or self.name) if self.logged else ""


def _help(moderation: Moderation, actor: Actor, call: Call) -> Done:
    usable = [
        command
        for command in COMMANDS.values()
        if _may(moderation, actor, command, call.room)
        and (not command.of_rooms or _is_of_use(moderation, actor, command, call.room))
    ]
    return Done("command.help.done", {"commands": usable})


_PERSON = Argument(Kind.PERSON)
_TIME = Argument(Kind.TIME, optional=True)
_ADDRESS = Argument(Kind.ADDRESS, optional=True)
_CLEAR = Argument(Kind.CLEAR, optional=True)
_SWITCH = Argument(Kind.SWITCH, optional=True)
_NUMBER = Argument(Kind.NUMBER, optional=True)
_TEXT = Argument(Kind.TEXT)
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
    Command("lock", rule_commands.lock, act=Act.CHANGE),
    Command("unlock", rule_commands.unlock, act=Act.CHANGE),
    Command("readonly", rule_commands.readonly, (_SWITCH,), Act.CHANGE),
    Command("slow", rule_commands.slow, (Argument(Kind.INTERVAL),), Act.CHANGE),
    Command("edits", rule_commands.edits, (_SWITCH,)),
    Command("files", rule_commands.files, (_SWITCH,)),
    Command("hands", rule_commands.hands, (_SWITCH,)),
    Command("private", rule_commands.private, (Argument(Kind.PRIVACY, optional=True),)),
    Command("topic", rule_commands.topic, (Argument(Kind.TEXT, optional=True),), Act.CHANGE),
    Command("pin", message_commands.pin, (_NUMBER,), Act.PIN),
    Command("unpin", message_commands.unpin, (_NUMBER,), Act.PIN),
    Command("poll", poll_commands.poll, (Argument(Kind.POLL),), Act.PIN, logged=False),
    Command("delete", message_commands.delete, (Argument(Kind.NUMBER),), asks=True),
    Command(
        "clear",
        message_commands.clear,
        (Argument(Kind.PERSON, optional=True),),
        Act.CLEAR,
        grave=True,
    ),
    Command("announce", group_commands.announce, (_TEXT,)),
    Command("groups", group_commands.groups, (Argument(Kind.GROUPS),)),
    Command("group", group_commands.group, (_PERSON, Argument(Kind.NUMBER))),
    Command(
        "room",
        room_commands.room,
        (_TEXT,),
        for_all=True,
        of_rooms=True,
        told="room_opened",
    ),
    Command("rooms", room_commands.rooms, for_all=True, of_rooms=True, logged=False),
    Command(
        "rename",
        room_commands.rename,
        (_TEXT,),
        Act.CHANGE,
        of_rooms=True,
        told="room_renamed",
    ),
    Command(
        "close",
        room_commands.close,
        act=Act.CLOSE,
        of_rooms=True,
        told="room_closed",
        grave=True,
    ),
    Command(
        "erase",
        room_commands.erase,
        act=Act.CLOSE,
        of_rooms=True,
        told="room_deleted",
        grave=True,
    ),
    Command(
        "report",
        message_commands.report,
        (Argument(Kind.NUMBER),),
        for_all=True,
        of_rooms=True,
        logged=False,
    ),
    Command("help", _help, for_all=True, logged=False),
)

COMMANDS = {command.name: command for command in _TABLE}


def run(  # noqa: PLR0917
    moderation: Moderation,
    actor: Actor,
    name: str,
    text: str,
    person_id: str | None = None,
    room: str = LOBBY,
) -> Done:
    """Do what the command says, in the room where it is about that one. Waits for the disk.

    Raises Forbidden, CommandUnusable, PayloadInvalid or StoreUnavailable; of another room than the
    main one UnknownRoom or RoomClosed, too, and of its name RoomNameUnusable.
    """
    command = COMMANDS.get(name)
    if not is_unicode(name + text):
        raise PayloadInvalid
    if command is None:
        raise CommandUnusable("unknown", name=name)
    if not _may(moderation, actor, command, room):
        raise Forbidden
    call = read(command, text, person_id=person_id, is_somebody=moderation.is_somebody)
    return command.handler(moderation, actor, replace(call, room=room))


def read(
    command: Command,
    text: str,
    *,
    person_id: str | None = None,
    is_somebody: Callable[[str], bool] = lambda _name: False,
) -> Call:
    """The command's arguments in ``text``, as ``arguments.read``. Raises CommandUnusable."""
    call = arguments.read(
        command.arguments,
        text,
        person_id=person_id,
        is_somebody=is_somebody,
        seconds=command.usual_seconds,
    )
    if call is None:
        raise CommandUnusable("usage", command=command)
    return call


def _may(moderation: Moderation, actor: Actor, command: Command, room: str) -> bool:
    if command.for_all or moderation.may_moderate(actor):
        return True
    if command.act is None or room == LOBBY:
        return False
    return moderation.rooms.may(actor.id, command.act, room)


def _is_of_use(moderation: Moderation, actor: Actor, command: Command, room: str) -> bool:
    """Whether there is a room for which somebody could use a command that is about rooms."""
    if command.name == "report":
        return moderation.rooms.is_private(room) and moderation.rooms.has_private()
    if command.act is not None:
        return room != LOBBY
    may_open = command.name == "room" and moderation.rooms.may_open(actor.id)
    return may_open or bool(moderation.rooms.known(actor.id))
