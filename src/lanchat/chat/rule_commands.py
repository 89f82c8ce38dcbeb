"""What is set for all, or for one room: a lock, a topic, who writes how often, who sends files.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable,
PayloadInvalid or StoreUnavailable. What can be set for one room is set for the one in which it is
said, and raises UnknownRoom, Forbidden or RoomClosed there; in the main one it is set for all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lanchat.chat.model import LOBBY, check_text
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import Act
from lanchat.errors import CommandUnusable

TOPIC_LIMIT = 200
"""Characters in a topic."""


def lock(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let nobody new in."""
    _set(moderation, actor, call, "lock", locked=True)
    return Done("command.lock.done")


def unlock(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let people in again."""
    _set(moderation, actor, call, "unlock", locked=False)
    return Done("command.unlock.done")


def readonly(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let moderators alone write, or all."""
    _set(moderation, actor, call, "readonly", value="on" if call.on else "off", readonly=call.on)
    return Done("command.readonly.done" if call.on else "command.readonly.off")


def slow(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let a guest write once in so many seconds, or as often as they like."""
    slow = int(call.seconds or 0)
    _set(moderation, actor, call, "slow", value=f"{slow} s" if slow else "off", slow=slow)
    return Done("command.slow.done", {"seconds": slow}) if slow else Done("command.slow.off")


def topic(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Say what the room is about; nothing, where there is no text."""
    if len(call.text) > TOPIC_LIMIT:
        raise CommandUnusable("long", limit=TOPIC_LIMIT)
    if call.text:
        check_text(call.text)
    _set(moderation, actor, call, "topic", value=call.text, topic=call.text)
    return Done("command.topic.done" if call.text else "command.topic.off")


def edits(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let guests change what they have said, or not."""
    _rule(moderation, actor, "edits", value="on" if call.on else "off", edits=call.on)
    return Done("command.edits.done" if call.on else "command.edits.off")


def files(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let guests send files, or not."""
    _rule(moderation, actor, "files", value="on" if call.on else "off", files=call.on)
    return Done("command.files.done" if call.on else "command.files.off")


def hands(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Show everybody a large button for their hand, or put it out of sight."""
    _rule(moderation, actor, "hands", value="on" if call.on else "off", hands=call.on)
    return Done("command.hands.done" if call.on else "command.hands.off")


def private(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Say between whom there are rooms for two; without a word, as the server was told."""
    told = moderation.permissions.told.private
    if told == "off" and call.text not in {"", "off"}:
        raise CommandUnusable("no_private")
    _rule(moderation, actor, "private", value=call.text or told, private=call.text)
    return Done(f"command.private.{call.text or told}")


def _set(
    moderation: Moderation,
    actor: Actor,
    call: Call,
    name: str,
    *,
    value: str | None = None,
    **what: Any,
) -> None:
    """Let something else hold for all or in the one room, and log it, unless it does already."""
    if call.room == LOBBY:
        _rule(moderation, actor, name, value=value, **what)
        return
    before, after = moderation.rooms.change(
        actor.id, call.room, Act.CHANGE, lambda room: replace(room, **what)
    )
    if before != after:
        fields = {} if value is None else {"value": value}
        moderation.audit.command(name, actor.name, None, **fields, room=after.logged)


def _rule(
    moderation: Moderation, actor: Actor, name: str, *, value: str | None = None, **rules: Any
) -> None:
    """Let other rules hold, and log it, unless they hold already."""
    event = moderation.amend(lambda state: replace(state, rules=replace(state.rules, **rules)))
    if event.before.rules != event.after.rules:
        fields = {} if value is None else {"value": value}
        moderation.audit.command(name, actor.name, None, **fields)
