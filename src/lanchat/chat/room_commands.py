"""What moderators do with the room: its lock, its topic, who writes how often, edits, sends files.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable,
PayloadInvalid or StoreUnavailable.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lanchat.chat.model import check_text
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.errors import CommandUnusable

TOPIC_LIMIT = 200
"""Characters in a topic."""


def lock(moderation: Moderation, actor: Actor, _call: Call) -> Done:
    """Let nobody new in."""
    _rule(moderation, actor, "lock", locked=True)
    return Done("command.lock.done")


def unlock(moderation: Moderation, actor: Actor, _call: Call) -> Done:
    """Let people in again."""
    _rule(moderation, actor, "unlock", locked=False)
    return Done("command.unlock.done")


def readonly(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let moderators alone write, or all."""
    _rule(moderation, actor, "readonly", value="on" if call.on else "off", readonly=call.on)
    return Done("command.readonly.done" if call.on else "command.readonly.off")


def slow(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let a guest write once in so many seconds, or as often as they like."""
    slow = int(call.seconds or 0)
    _rule(moderation, actor, "slow", value=f"{slow} s" if slow else "off", slow=slow)
    return Done("command.slow.done", {"seconds": slow}) if slow else Done("command.slow.off")


def topic(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Say what the room is about; nothing, where there is no text."""
    if len(call.text) > TOPIC_LIMIT:
        raise CommandUnusable("long", limit=TOPIC_LIMIT)
    if call.text:
        check_text(call.text)
    _rule(moderation, actor, "topic", value=call.text, topic=call.text)
    return Done("command.topic.done" if call.text else "command.topic.off")


def edits(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let guests change what they have said, or not."""
    _rule(moderation, actor, "edits", value="on" if call.on else "off", edits=call.on)
    return Done("command.edits.done" if call.on else "command.edits.off")


def files(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let guests send files, or not."""
    _rule(moderation, actor, "files", value="on" if call.on else "off", files=call.on)
    return Done("command.files.done" if call.on else "command.files.off")


def _rule(
    moderation: Moderation, actor: Actor, name: str, *, value: str | None = None, **rules: Any
) -> None:
    """Let other rules hold, and log it, unless they hold already."""
    event = moderation.amend(lambda state: replace(state, rules=replace(state.rules, **rules)))
    if event.before.rules != event.after.rules:
        fields = {} if value is None else {"value": value}
        moderation.audit.command(name, actor.name, None, **fields)
