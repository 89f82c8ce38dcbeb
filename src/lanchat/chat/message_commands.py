"""What moderators do with messages: keep them in sight, or delete them, or all of somebody's.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable
or StoreUnavailable, and in another room than the main one UnknownRoom, Forbidden or RoomClosed.
"""

from __future__ import annotations

from functools import partial

from lanchat.chat.changes import Clear, ClearUser, Delete, Pin, Unpin
from lanchat.chat.events import COUNTED, Notice, PinsChanged, UserCleared
from lanchat.chat.model import LOBBY, PINS, Message, Origin, User, timestamp
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import Act
from lanchat.errors import CommandUnusable, Forbidden, UnknownMessage


def pin(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Keep a message in sight, or the newest one; the oldest of too many goes."""
    event = _pin(moderation, actor, "pin", Pin(call.room, call.number or None), "nothing_to_pin")
    *others, message = event.messages
    if others:
        numbers = {"number": message.id, "other": others[0].id}
        return Done("command.pin.instead", {**numbers, "limit": PINS})
    return Done("command.pin.done", {"number": message.id})


def unpin(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let a message out of sight, or the one that was pinned last."""
    event = _pin(moderation, actor, "unpin", Unpin(call.room, call.number or None), "not_pinned")
    return Done("command.unpin.done", {"number": event.messages[-1].id})


def _pin(
    moderation: Moderation, actor: Actor, name: str, change: Pin | Unpin, refusal: str
) -> PinsChanged:
    where = _where(moderation, actor, Act.PIN, change.room)
    try:
        event = moderation.log.append(change).result()
    except UnknownMessage:
        if name == "pin" and change.message_id is not None:
            raise CommandUnusable("no_message", number=change.message_id) from None
        raise CommandUnusable(refusal) from None
    value = f"#{event.messages[-1].id}"
    moderation.audit.command(name, actor.name, None, value=value, **where)
    return event


def delete(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Delete one message, whoever wrote it; somebody's command, in rooms that they are in."""

    def check(message: Message) -> None:
        moderation.rooms.check_act(actor.id, Act.DELETE, message.room)

    change = Delete(
        *(call.number, timestamp(moderation.clock.wall()), actor.id or None, check),
        check_reported=partial(moderation.rooms.check_judging, actor.id),
    )
    try:
        message = moderation.log.append(change).result().message
    except UnknownMessage:
        raise CommandUnusable("no_message", number=call.number) from None
    deleted(moderation, actor, message)
    return Done("command.delete.done", {"name": message.user})


def deleted(moderation: Moderation, actor: Actor, message: Message) -> None:
    """Log that a moderator has deleted a message, and tell who wrote it.

    Of one that was reported nothing is logged, as of nothing that was said in private.
    """
    author = User(message.user_id, message.user)
    if moderation.rooms.is_private(message.room):
        moderation.reports.tell_hosts()
    else:
        where = moderation.rooms.where(message.room)
        about = (author, Origin(message.ip))
        moderation.audit.command("delete", actor.name, about, value=f"#{message.id}", **where)
    if author.id != actor.id:
        moderation.publish(Notice(author.id, "deleted"))


def report(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Show the hosts a message that was said to somebody in private."""
    try:
        moderation.reports.file(User(actor.id, actor.name), call.number)
    except UnknownMessage:
        raise CommandUnusable("no_message", number=call.number) from None
    return Done("command.report.done", {"number": call.number})


def clear(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Delete all that was said in the room, or all that one person has said in any."""
    if call.person or call.person_id:
        if not moderation.may_moderate(actor):
            raise Forbidden
        return _clear_of(moderation, actor, call)
    where = _where(moderation, actor, Act.CLEAR, call.room)
    cleared = moderation.log.append(Clear(call.room)).result()
    moderation.audit.command("clear", actor.name, None, value=f"up to #{cleared.up_to}", **where)
    return Done("command.clear.done")


def _where(moderation: Moderation, actor: Actor, act: Act, room: str) -> dict[str, str]:
    """Where it is done, for the log, by somebody who may. Raises UnknownRoom or Forbidden."""
    if room != LOBBY:
        moderation.rooms.check_act(actor.id, act, room)
    return moderation.rooms.where(room)


def _clear_of(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Delete what one person has said, who may be gone for long, or was before the start."""
    try:
        user, _ = moderation.meant(call)
    except CommandUnusable:
        user = User(call.person_id or "", call.person)
    cleared = clear_user(moderation, actor, user if call.person_id is None else User(user.id, ""))
    return Done("command.clear.user", {"name": cleared.user.name})


def clear_user(moderation: Moderation, actor: Actor, user: User) -> UserCleared:
    """Delete what the user has said, by their id, or by their name where that is unknown."""
    change = ClearUser(user.id, user.name, timestamp(moderation.clock.wall()), actor.id or None)
    try:
        cleared = moderation.log.append(change).result()
    except UnknownMessage:
        raise CommandUnusable("nothing_said", name=user.name) from None
    many = f"more than {COUNTED}" if cleared.count > COUNTED else f"{cleared.count}"
    value = f"{many} messages up to #{cleared.up_to}"
    moderation.audit.command("clear", actor.name, (cleared.user, Origin("")), value=value)
    return cleared
