"""Carries commands out: what a host asks for goes in, and everybody concerned is told.

Every command that changes something is saved and stands in the connection log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lanchat.chat import commands, texts
from lanchat.chat.commands import COMMANDS, Call
from lanchat.chat.model import Guest, Notice, Origin
from lanchat.chat.order import Order
from lanchat.chat.people import People
from lanchat.chat.ports import Broadcaster, ConnectionLog, LeaveReason, MessageStore, OrderKeeper
from lanchat.chat.room import Room
from lanchat.chat.sanctions import Actor, Done, Sanctions
from lanchat.errors import CommandUnusable, Forbidden, StoreUnavailable

_log = logging.getLogger(__name__)

TOPIC_LIMIT = 200
"""Characters in a topic."""

TERMINAL = Actor("", "terminal")
"""Whoever may use the server's own computer."""

_LINK = Actor("", "host link")


def load_order(keeper: OrderKeeper) -> Order:
    """The order as it was saved."""
    try:
        return Order(keeper.order())
    except StoreUnavailable as error:
        _log.warning("it is not known any more who is host, banned or muted: %s", error)
        return Order()


class Moderator:
    """Keeps order in one room; ``log_out`` is as in Sanctions."""

    def __init__(
        self,
        room: Room,
        order: Order,
        people: People,
        *,
        store: MessageStore,
        keeper: OrderKeeper,
        broadcaster: Broadcaster,
        log: ConnectionLog,
        log_out: Callable[[str, LeaveReason], None],
        clock: Callable[[], float],
    ) -> None:
        self._order = order
        self._store = store
        self._broadcaster = broadcaster
        self._log = log
        self._people = people
        self._sanctions = Sanctions(
            room,
            order,
            people,
            keeper=keeper,
            broadcaster=broadcaster,
            log=log,
            log_out=log_out,
            clock=clock,
        )
        about = self._sanctions
        self._handlers: dict[str, Callable[[Actor, Call], Done]] = {
            "kick": about.kick,
            "ban": about.ban,
            "unban": about.unban,
            "bans": about.bans,
            "mute": about.mute,
            "unmute": about.unmute,
            "host": about.host,
            "unhost": about.unhost,
            "lock": self._lock,
            "unlock": self._unlock,
            "readonly": self._readonly,
            "slow": self._slow,
            "topic": self._topic,
            "delete": self._delete,
            "clear": self._clear,
            "help": self._help,
        }
        self.expire = self._sanctions.expire

    def carry_out(self, actor: Actor, name: str, text: str, person_id: str | None = None) -> Done:
        """Do what the command says. Waits for the disk.

        Raises Forbidden, CommandUnusable, PayloadInvalid or StoreUnavailable.
        """
        if name in COMMANDS and not self._may(actor, name):
            raise Forbidden
        call = commands.read(name, text, person_id=person_id, is_somebody=self._is_somebody)
        return self._handlers[name](actor, call)

    def welcome_host(self, guest: Guest) -> None:
        """Make a host of who has opened the host link. Waits for the disk."""
        if not self._order.is_host(guest.id):
            self._sanctions.promote(_LINK, guest)

    def forget(self, user_id: str) -> None:
        """The person has logged out, and is no host any more when they come back."""
        if self._order.is_host(user_id):
            self._order.unmake_host(user_id)
            self._sanctions.save()

    def _may(self, actor: Actor, name: str) -> bool:
        return actor.id == "" or self._order.is_host(actor.id) or COMMANDS[name].for_all

    def _is_somebody(self, name: str) -> bool:
        return self._people.named(name) is not None

    def _lock(self, actor: Actor, _call: Call) -> Done:
        self._change(actor, "lock", locked=True)
        return Done("command.lock.done")

    def _unlock(self, actor: Actor, _call: Call) -> Done:
        self._change(actor, "unlock", locked=False)
        return Done("command.unlock.done")

    def _readonly(self, actor: Actor, call: Call) -> Done:
        self._change(actor, "readonly", value="on" if call.on else "off", readonly=call.on)
        return Done("command.readonly.done" if call.on else "command.readonly.off")

    def _slow(self, actor: Actor, call: Call) -> Done:
        slow = int(call.seconds or 0)
        self._change(actor, "slow", value=f"{slow} s" if slow else "off", slow=slow)
        return Done("command.slow.done", {"seconds": slow}) if slow else Done("command.slow.off")

    def _topic(self, actor: Actor, call: Call) -> Done:
        if len(call.text) > TOPIC_LIMIT:
            raise CommandUnusable("long", limit=TOPIC_LIMIT)
        if call.text:
            texts.check(call.text)
        self._change(actor, "topic", value=call.text, topic=call.text)
        return Done("command.topic.done" if call.text else "command.topic.off")

    def _delete(self, actor: Actor, call: Call) -> Done:
        message = self._store.delete(call.number)
        if message is None:
            raise CommandUnusable("no_message", number=call.number)
        author = Guest(message.user_id, message.user)
        self._log.command(
            "delete", actor.name, (author, Origin(message.ip)), value=f"#{message.id}"
        )
        self._broadcaster.message_deleted(message.id)
        if author.id != actor.id:
            self._sanctions.notify(author, Notice("deleted"))
        return Done("command.delete.done", {"name": message.user})

    def _clear(self, actor: Actor, _call: Call) -> Done:
        up_to = self._store.clear()
        self._log.command("clear", actor.name, None, value=f"up to #{up_to}")
        self._broadcaster.history_cleared(up_to)
        return Done("command.clear.done")

    def _help(self, actor: Actor, _call: Call) -> Done:
        usable = [command for name, command in COMMANDS.items() if self._may(actor, name)]
        return Done("command.help.done", {"commands": usable})

    def _change(self, actor: Actor, name: str, *, value: str | None = None, **rules: Any) -> None:
        """Let other rules hold, and say so, unless they hold already."""
        after = replace(self._order.rules, **rules)
        if after == self._order.rules:
            return
        self._order.change(after)
        self._sanctions.save()
        fields = {} if value is None else {"value": value}
        self._log.command(name, actor.name, None, **fields)
        self._broadcaster.room_changed(after)
