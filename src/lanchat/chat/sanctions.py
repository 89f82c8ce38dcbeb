"""What a host does about people: show them out, silence them, or make them hosts as well.

Whoever is concerned is told by a notice of their own; everybody sees who is host and who is
muted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lanchat.chat.commands import Call
from lanchat.chat.model import Guest, Notice, Origin, Standing, timestamp
from lanchat.chat.order import Ban, Mute, Order, can_be_banned
from lanchat.chat.people import People
from lanchat.chat.ports import Broadcaster, ConnectionLog, LeaveReason, OrderKeeper
from lanchat.chat.room import Room
from lanchat.errors import CommandUnusable, StoreUnavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command; ``id`` is empty where it is not given in the room."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command: the catalogue's key of what to say of it, and its placeholders.

    Among these, ``until`` is in seconds since the epoch, ``bans`` a list of bans and
    ``commands`` one of commands.
    """

    key: str
    params: dict[str, Any] = field(default_factory=dict)


class Sanctions:
    """The commands about people, by their names.

    ``log_out`` takes somebody's seat away for good and says so to all. Every method may wait for
    the disk, and raises CommandUnusable.
    """

    def __init__(
        self,
        room: Room,
        order: Order,
        people: People,
        *,
        keeper: OrderKeeper,
        broadcaster: Broadcaster,
        log: ConnectionLog,
        log_out: Callable[[str, LeaveReason], None],
        clock: Callable[[], float],
    ) -> None:
        self._people = people
        self._room = room
        self._order = order
        self._keeper = keeper
        self._broadcaster = broadcaster
        self._log = log
        self._log_out = log_out
        self._clock = clock

    def kick(self, actor: Actor, call: Call) -> Done:
        guest, origin = self._guest(call)
        if self._room.seat(guest.id) is None:
            raise CommandUnusable("nobody", name=guest.name)
        self._log.command("kick", actor.name, (guest, origin))
        self._show_out(guest, "kicked", Notice("kicked"))
        return Done("command.kick.done", {"name": guest.name})

    def ban(self, actor: Actor, call: Call) -> Done:
        until = self._end(call)
        if call.person and self._people.named(call.person) is None:
            # Who has not been here since the start can be kept out by name.
            guest, origin = Guest("", call.person), Origin("")
        else:
            guest, origin = self._guest(call)
        address = origin.ip if call.by_address and can_be_banned(origin.ip) else ""
        self._order.ban(Ban(guest.name, origin.device, address, until, actor.name))
        self.save()
        fields = {"address": address} if address else {}
        self._log.command("ban", actor.name, (guest, origin), seconds=call.seconds, **fields)
        if guest.id:
            self._show_out(guest, "banned", Notice("banned", _moment(until)))
        return _timed("ban", guest, until)

    def unban(self, actor: Actor, call: Call) -> Done:
        name = call.person or self._people.meant(call)[0].name
        if not self._order.unban(name, self._clock()):
            raise CommandUnusable("not_banned", name=name)
        self.save()
        self._log.command("unban", actor.name, (Guest("", name), Origin("")))
        return Done("command.unban.done", {"name": name})

    def bans(self, _actor: Actor, _call: Call) -> Done:
        bans = self._order.bans(self._clock())
        return Done("command.bans.done" if bans else "command.bans.none", {"bans": bans})

    def mute(self, actor: Actor, call: Call) -> Done:
        until = self._end(call)
        guest, origin = self._guest(call)
        self._order.mute(Mute(guest.id, guest.name, origin.device, until))
        self.save()
        self._log.command("mute", actor.name, (guest, origin), seconds=call.seconds)
        self._tell_standing(guest, muted=True)
        self.notify(guest, Notice("muted", _moment(until)))
        return _timed("mute", guest, until)

    def unmute(self, actor: Actor, call: Call) -> Done:
        guest, origin = self._people.meant(call)
        mute = self._order.mute_of(guest.id, origin, self._clock())
        if mute is None:
            raise CommandUnusable("not_muted", name=guest.name)
        self._order.unmute(mute)
        self.save()
        self._log.command("unmute", actor.name, (guest, origin))
        self._tell_who_may_speak()
        return Done("command.unmute.done", {"name": guest.name})

    def host(self, actor: Actor, call: Call) -> Done:
        guest, _ = self._guest(call)
        self.promote(actor, guest)
        return Done("command.host.done", {"name": guest.name})

    def unhost(self, actor: Actor, call: Call) -> Done:
        guest, origin = self._people.meant(call)
        if not self._order.is_host(guest.id):
            raise CommandUnusable("not_host", name=guest.name)
        self._order.unmake_host(guest.id)
        self.save()
        self._log.command("unhost", actor.name, (guest, origin))
        self._tell_standing(guest, muted=False)
        self.notify(guest, Notice("unhost"))
        return Done("command.unhost.done", {"name": guest.name})

    def promote(self, actor: Actor, guest: Guest) -> None:
        """Make a host of somebody, who may speak from then on."""
        seat = self._room.seat(guest.id)
        origin = seat.origin if seat else Origin("")
        mute = self._order.mute_of(guest.id, origin, self._clock())
        if mute is not None:
            self._order.unmute(mute)
        self._order.make_host(guest.id)
        self.save()
        self._log.command("host", actor.name, (guest, origin))
        self._tell_standing(guest, muted=False)
        self.notify(guest, Notice("host"))

    def expire(self) -> None:
        """Let go of what is over, and tell those who may speak again."""
        if self._order.expire(self._clock()):
            self.save()
            self._tell_who_may_speak()

    def notify(self, guest: Guest, notice: Notice) -> None:
        """Tell somebody what concerns them alone."""
        self._broadcaster.notice(self._room.connections(guest.id), notice)

    def save(self) -> None:
        """Note how order is kept now. A disk that refuses keeps no host from keeping it."""
        try:
            self._keeper.save_order(self._order.state)
        except StoreUnavailable as error:
            _log.warning("a restart may not know who is host, banned or muted: %s", error)

    def _guest(self, call: Call) -> tuple[Guest, Origin]:
        """Whom the command is about, who must be no host."""
        guest, origin = self._people.meant(call)
        if self._order.is_host(guest.id):
            raise CommandUnusable("is_host", name=guest.name)
        return guest, origin

    def _end(self, call: Call) -> float | None:
        return None if call.seconds is None else self._clock() + call.seconds

    def _show_out(self, guest: Guest, reason: LeaveReason, notice: Notice) -> None:
        connections = self._room.connections(guest.id)
        self._log_out(guest.id, reason)
        self._broadcaster.show_out(connections, notice)

    def _tell_who_may_speak(self) -> None:
        """A mute is over: it may have been that of a device which has logged in anew since."""
        for host in [host for host in self._room.hosts() if host.muted]:
            seat = self._room.seat(host.id)
            if seat and self._order.mute_of(host.id, seat.origin, self._clock()) is None:
                self._tell_standing(seat.guest, muted=False)
                self.notify(seat.guest, Notice("unmuted"))

    def _tell_standing(self, guest: Guest, *, muted: bool) -> None:
        role = self._order.role(guest.id)
        self._room.describe(guest.id, role, muted=muted)
        self._broadcaster.person_changed(Standing(guest.id, guest.name, role, muted))


def _moment(until: float | None) -> str | None:
    return None if until is None else timestamp(until)


def _timed(command: str, guest: Guest, until: float | None) -> Done:
    if until is None:
        return Done(f"command.{command}.forever", {"name": guest.name})
    return Done(f"command.{command}.done", {"name": guest.name, "until": until})
