"""Moderators keep order: what a command says is stored, logged, and told to whom it concerns.

The handlers change nothing themselves: a change goes to the log, and what comes back from it
(``enforcement.py``), here as in every other process, is what holds from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from lanchat.chat import names
from lanchat.chat.changes import Clear, ClearUser, Delete, Pin, Unpin
from lanchat.chat.enforcement import Enforcement, until_text
from lanchat.chat.events import ConnectionsClosed, Event, Notice, PinsChanged, UserCleared
from lanchat.chat.model import LOBBY, PINS, Clock, Message, Origin, User, check_text, timestamp
from lanchat.chat.permissions import can_be_banned
from lanchat.chat.ports import Audit, EventLog, LeaveReason
from lanchat.chat.presence import Presence
from lanchat.chat.room_settings import Ban, Mute
from lanchat.errors import CommandUnusable, UnknownMessage

TOPIC_LIMIT = 200
"""Characters in a topic."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command; ``id`` is empty where it is not given in the room."""

    id: str
    name: str


TERMINAL = Actor("", "terminal")
"""Whoever may use the server's own computer."""

HOST_LINK = Actor("", "host link")
"""Whoever has opened the host link."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command's arguments; those that were not given are None, empty or False.

    ``person`` is a name, ``person_id`` an id; one of them is given where it is about somebody.
    ``seconds`` None is for ever, where the command takes a time.
    """

    person: str = ""
    person_id: str | None = None
    seconds: float | None = None
    by_address: bool = False
    clear: bool = False
    on: bool = True
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command: the catalogue's key of what to say of it, and its placeholders.

    Among these, ``until`` is in seconds since the epoch, ``bans`` a list of bans and
    ``commands`` one of commands.
    """

    key: str
    params: dict[str, Any] = field(default_factory=dict)


class Moderation:
    """The handlers of the commands, by their names.

    They wait for the disk, and raise CommandUnusable, PayloadInvalid or StoreUnavailable.
    ``publish`` tells an event to all processes.
    """

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        enforcement: Enforcement,
        audit: Audit,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = enforcement.permissions
        self._amend = enforcement.amend
        self._audit = audit
        self._publish = publish
        self._clock = clock

    def may_moderate(self, actor: Actor) -> bool:
        return actor.id == "" or self._permissions.is_moderator(actor.id)

    def is_somebody(self, name: str) -> bool:
        """Whether the name means a person who is here or has just left."""
        return self._presence.named(name) is not None

    # About people.

    def kick(self, actor: Actor, call: Call) -> Done:
        user, origin = self._guest(call)
        if self._presence.entry(user.id) is None:
            raise CommandUnusable("nobody", name=user.name)
        self._audit.command("kick", actor.name, (user, origin))
        self._remove(user, "kicked", Notice(user.id, "kicked"))
        return Done("command.kick.done", {"name": user.name})

    def ban(self, actor: Actor, call: Call) -> Done:
        until = self._end(call)
        if call.person and not self.is_somebody(call.person):
            # Who has not been here since the start can be kept out by name, if it can be one.
            user, origin = User("", names.clean(call.person)), Origin("")
        else:
            user, origin = self._guest(call)
        address = origin.ip if call.by_address and can_be_banned(origin.ip) else ""
        ban = Ban(user.name, origin.device, address, until, actor.name, call.seconds)
        self._amend(lambda state: state.ban(ban))
        fields = {"address": address} if address else {}
        self._audit.command("ban", actor.name, (user, origin), seconds=call.seconds, **fields)
        out = [user] if user.id else []
        # Also who has come in by the same device or name while the ban was being stored.
        here = (User(member.id, member.name) for member in self._presence.members())
        out += [other for other in here if other != user and self._is_banned(other)]
        for each in out:
            self._remove(each, "banned", Notice(each.id, "banned", until_text(until)))
        if call.clear:
            with suppress(CommandUnusable):  # there may be nothing
                self._clear_user(actor, user)
        return _timed("ban", user, until)

    def unban(self, actor: Actor, call: Call) -> Done:
        name = call.person or self._meant(call)[0].name
        after = self._amend(lambda state: state.unban(name))
        if after.before.bans == after.after.bans:
            raise CommandUnusable("not_banned", name=name)
        self._audit.command("unban", actor.name, (User("", name), Origin("")))
        return Done("command.unban.done", {"name": name})

    def bans(self, _actor: Actor, _call: Call) -> Done:
        bans = self._permissions.bans(self._clock.monotonic())
        return Done("command.bans.done" if bans else "command.bans.none", {"bans": bans})

    def mute(self, actor: Actor, call: Call) -> Done:
        until = self._end(call)
        user, origin = self._guest(call)
        mute = Mute(user.id, user.name, origin.device, until, call.seconds)
        self._amend(lambda state: state.mute(mute))
        self._audit.command("mute", actor.name, (user, origin), seconds=call.seconds)
        return _timed("mute", user, until)

    def unmute(self, actor: Actor, call: Call) -> Done:
        user, origin = self._meant(call)
        if self._permissions.mute_of(user.id, origin, self._clock.monotonic()) is None:
            raise CommandUnusable("not_muted", name=user.name)
        self._amend(lambda state: state.unmute(user.id, origin))
        self._audit.command("unmute", actor.name, (user, origin))
        return Done("command.unmute.done", {"name": user.name})

    def host(self, actor: Actor, call: Call) -> Done:
        user, _ = self._guest(call)
        self.promote(actor, user)
        return Done("command.host.done", {"name": user.name})

    def unhost(self, actor: Actor, call: Call) -> Done:
        user, origin = self._meant(call)
        if not self._permissions.is_moderator(user.id):
            raise CommandUnusable("not_host", name=user.name)
        self._amend(lambda state: state.demote(user.id))
        self._audit.command("unhost", actor.name, (user, origin))
        return Done("command.unhost.done", {"name": user.name})

    def promote(self, actor: Actor, user: User) -> None:
        """Make a moderator of somebody who is none, and who may write from then on."""
        if self._permissions.is_moderator(user.id):
            return
        _, origin = self._presence.identified(user.id) or (user, Origin(""))
        self._amend(lambda state: state.promote(user.id, origin))
        self._audit.command("host", actor.name, (user, origin))

    # About the room.

    def lock(self, actor: Actor, _call: Call) -> Done:
        self._rule(actor, "lock", locked=True)
        return Done("command.lock.done")

    def unlock(self, actor: Actor, _call: Call) -> Done:
        self._rule(actor, "unlock", locked=False)
        return Done("command.unlock.done")

    def readonly(self, actor: Actor, call: Call) -> Done:
        self._rule(actor, "readonly", value="on" if call.on else "off", readonly=call.on)
        return Done("command.readonly.done" if call.on else "command.readonly.off")

    def slow(self, actor: Actor, call: Call) -> Done:
        slow = int(call.seconds or 0)
        self._rule(actor, "slow", value=f"{slow} s" if slow else "off", slow=slow)
        return Done("command.slow.done", {"seconds": slow}) if slow else Done("command.slow.off")

    def topic(self, actor: Actor, call: Call) -> Done:
        if len(call.text) > TOPIC_LIMIT:
            raise CommandUnusable("long", limit=TOPIC_LIMIT)
        if call.text:
            check_text(call.text)
        self._rule(actor, "topic", value=call.text, topic=call.text)
        return Done("command.topic.done" if call.text else "command.topic.off")

    def edits(self, actor: Actor, call: Call) -> Done:
        self._rule(actor, "edits", value="on" if call.on else "off", edits=call.on)
        return Done("command.edits.done" if call.on else "command.edits.off")

    def pin(self, actor: Actor, call: Call) -> Done:
        event = self._pin(actor, "pin", Pin(LOBBY, call.number or None), "nothing_to_pin")
        *others, message = event.messages
        if others:
            numbers = {"number": message.id, "other": others[0].id}
            return Done("command.pin.instead", {**numbers, "limit": PINS})
        return Done("command.pin.done", {"number": message.id})

    def unpin(self, actor: Actor, call: Call) -> Done:
        event = self._pin(actor, "unpin", Unpin(LOBBY, call.number or None), "not_pinned")
        return Done("command.unpin.done", {"number": event.messages[-1].id})

    def _pin(self, actor: Actor, name: str, change: Pin | Unpin, refusal: str) -> PinsChanged:
        try:
            event = self._log.append(change).result()
        except UnknownMessage:
            if name == "pin" and change.message_id is not None:
                raise CommandUnusable("no_message", number=change.message_id) from None
            raise CommandUnusable(refusal) from None
        self._audit.command(name, actor.name, None, value=f"#{event.messages[-1].id}")
        return event

    def delete(self, actor: Actor, call: Call) -> Done:
        change = Delete(call.number, timestamp(self._clock.wall()))
        try:
            message = self._log.append(change).result().message
        except UnknownMessage:
            raise CommandUnusable("no_message", number=call.number) from None
        self.deleted(actor, message)
        return Done("command.delete.done", {"name": message.user})

    def deleted(self, actor: Actor, message: Message) -> None:
        """Log that a moderator has deleted a message, and tell who wrote it."""
        author = User(message.user_id, message.user)
        value = f"#{message.id}"
        self._audit.command("delete", actor.name, (author, Origin(message.ip)), value=value)
        if author.id != actor.id:
            self._publish(Notice(author.id, "deleted"))

    def clear(self, actor: Actor, call: Call) -> Done:
        if call.person or call.person_id:
            return self._clear_of(actor, call)
        cleared = self._log.append(Clear(LOBBY)).result()
        self._audit.command("clear", actor.name, None, value=f"up to #{cleared.up_to}")
        return Done("command.clear.done")

    def _clear_of(self, actor: Actor, call: Call) -> Done:
        """Delete what one person has said, who may be gone for long, or was before the start."""
        try:
            user, _ = self._meant(call)
        except CommandUnusable:
            user = User(call.person_id or "", call.person)
        cleared = self._clear_user(actor, user if call.person_id is None else User(user.id, ""))
        return Done("command.clear.user", {"name": cleared.user.name})

    def _clear_user(self, actor: Actor, user: User) -> UserCleared:
        change = ClearUser(user.id, user.name, timestamp(self._clock.wall()))
        try:
            cleared = self._log.append(change).result()
        except UnknownMessage:
            raise CommandUnusable("nothing_said", name=user.name) from None
        value = f"{len(cleared.ids)} messages up to #{cleared.up_to}"
        self._audit.command("clear", actor.name, (cleared.user, Origin("")), value=value)
        return cleared

    def _rule(self, actor: Actor, name: str, *, value: str | None = None, **rules: Any) -> None:
        """Let other rules hold, and log it, unless they hold already."""
        event = self._amend(lambda state: replace(state, rules=replace(state.rules, **rules)))
        if event.before.rules != event.after.rules:
            fields = {} if value is None else {"value": value}
            self._audit.command(name, actor.name, None, **fields)

    def _meant(self, call: Call) -> tuple[User, Origin]:
        """Whom the command is about. Raises CommandUnusable where nobody is known by that."""
        who = self._presence
        found = who.identified(call.person_id) if call.person_id else who.named(call.person)
        if found is None:
            raise CommandUnusable("nobody", name=call.person)
        return found

    def _guest(self, call: Call) -> tuple[User, Origin]:
        """The same, who must be no moderator."""
        user, origin = self._meant(call)
        if self._permissions.is_moderator(user.id):
            raise CommandUnusable("is_host", name=user.name)
        return user, origin

    def _is_banned(self, user: User) -> bool:
        entry = self._presence.entry(user.id)
        now = self._clock.monotonic()
        return entry is not None and self._permissions.banned(user, entry.origin, now) is not None

    def _end(self, call: Call) -> float | None:
        return None if call.seconds is None else self._clock.wall() + call.seconds

    def _remove(self, user: User, reason: LeaveReason, notice: Notice) -> None:
        """Log somebody out, and tell them why on their connections before these end."""
        self._presence.log_out(user.id, reason)
        self._publish(notice)
        self._publish(ConnectionsClosed(user.id))


def _timed(command: str, user: User, until: float | None) -> Done:
    if until is None:
        return Done(f"command.{command}.forever", {"name": user.name})
    return Done(f"command.{command}.done", {"name": user.name, "until": until})
