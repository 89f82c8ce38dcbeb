"""What is done with other rooms than the main one: opened, entered, renamed, closed, deleted.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable,
StoreUnavailable, UnknownRoom, Forbidden or RoomClosed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from lanchat.chat import poll_commands
from lanchat.chat.model import LOBBY, User
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import Act
from lanchat.chat.rooms import Room, clean_room_name
from lanchat.errors import CommandUnusable


def room(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Open a room, or enter the one of this name.

    Raises RoomLocked, RoomNameUnusable or TooManyRooms, too.
    """
    user = User(actor.id, actor.name)
    there, is_new = moderation.rooms.open(user, call.text)
    if actor.id:
        moderation.rooms.entered(user, there.id)
    key = "command.room.done" if is_new else "command.room.entered"
    return Done(key, {"room": there}, there.id)


def rooms(moderation: Moderation, actor: Actor, _call: Call) -> Done:
    """Tell which other rooms one may know of, but for those for two."""
    found = moderation.rooms.known(actor.id)
    return Done("command.rooms.done" if found else "command.rooms.none", {"rooms": found})


def rename(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Call the room otherwise. Raises RoomNameUnusable, too."""
    _check_other(call)
    name = clean_room_name(call.text)
    before, after = moderation.rooms.change(
        actor.id, call.room, Act.CHANGE, lambda room: replace(room, name=name)
    )
    if before != after:
        moderation.audit.command("room_renamed", actor.name, None, value=name, room=before.logged)
    return Done("command.rename.done", {"name": name})


def close(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let nothing more be said in the room; what was said can be read.

    The main room has no end: there it is a poll that is closed.
    """
    if call.room == LOBBY:
        with suppress(CommandUnusable):
            return poll_commands.close(moderation, LOBBY)
        raise CommandUnusable("main_room")
    before, after = moderation.rooms.change(actor.id, call.room, Act.CLOSE, _as_it_is)
    if before != after:
        moderation.audit.command("room_closed", actor.name, None, room=after.logged)
    return Done("command.close.done", {"room": after})


def erase(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let nothing be left of the room."""
    _check_other(call)
    room = moderation.rooms.delete(actor.id, call.room)
    moderation.audit.command("room_deleted", actor.name, None, room=room.logged)
    return Done("command.erase.done", {"room": room})


def _check_other(call: Call) -> None:
    if call.room == LOBBY:
        raise CommandUnusable("main_room")


def _as_it_is(room: Room) -> Room:
    return room
