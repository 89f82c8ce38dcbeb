"""What moderators do with polls by a command: ask, and close.

These are handlers of commands (``commands.py``): they wait for the disk, and raise PollUnusable,
CommandUnusable or StoreUnavailable, and in another room than the main one UnknownRoom or Forbidden.
Pages ask and close by events of their own (``polling.py``).
"""

from __future__ import annotations

from uuid import uuid4

from lanchat.chat.changes import Ask, ClosePoll, Draft
from lanchat.chat.group_commands import END, PROGRAM
from lanchat.chat.model import LOBBY, User, timestamp
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import Act
from lanchat.chat.polls import parts, poll_text
from lanchat.errors import CommandUnusable, UnknownMessage


def poll(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Ask something in the room, and pin it; or close the newest poll that is open there."""
    if call.room != LOBBY:
        moderation.rooms.check_act(actor.id, Act.PIN, call.room)
    if call.text.lower() == END:
        return close(moderation, call.room)
    author = User(actor.id, actor.name) if actor.id else PROGRAM
    entry = moderation.presence.entry(author.id)
    question, options = parts(call.text)
    text, time = poll_text(question, options), timestamp(moderation.clock.wall())
    draft = Draft(
        *(str(uuid4()), call.room, author.id, author.name, entry.origin.ip if entry else ""),
        *(text, time),
        options=len(options),
    )
    number = moderation.log.append(Ask(draft)).result().message.id
    return Done("command.poll.done", {"number": number})


def close(moderation: Moderation, room: str) -> Done:
    """Let nobody vote any more in the newest poll of the room."""
    try:
        message = moderation.log.append(ClosePoll(None, room)).result().message
    except UnknownMessage:
        raise CommandUnusable("no_poll") from None
    return Done("command.poll.closed", {"number": message.id})
