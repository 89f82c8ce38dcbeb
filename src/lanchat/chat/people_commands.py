"""What moderators do with people: keep them out, let them write or not, make hosts of them.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable
or StoreUnavailable.
"""

from __future__ import annotations

from contextlib import suppress

from lanchat.chat import names
from lanchat.chat.enforcement import until_text
from lanchat.chat.events import ConnectionsClosed, Notice
from lanchat.chat.message_commands import clear_user
from lanchat.chat.model import Origin, User
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.chat.permissions import can_be_banned
from lanchat.chat.ports import LeaveReason
from lanchat.chat.room_settings import Ban, Mute
from lanchat.errors import CommandUnusable


def kick(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Log somebody out, who may come back at once."""
    user, origin = moderation.visitor(call)
    if moderation.presence.entry(user.id) is None:
        raise CommandUnusable("nobody", name=user.name)
    moderation.audit.command("kick", actor.name, (user, origin))
    _remove(moderation, user, "kicked", Notice(user.id, "kicked"))
    return Done("command.kick.done", {"name": user.name})


def ban(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Keep somebody out, by their name and device, and put out who is there by these."""
    until = _end(moderation, call)
    if call.person and not moderation.is_somebody(call.person):
        # Who has not been here since the start can be kept out by name, if it can be one.
        user, origin = User("", names.clean(call.person)), Origin("")
    else:
        user, origin = moderation.visitor(call)
    address = origin.ip if call.by_address and can_be_banned(origin.ip) else ""
    ban = Ban(user.name, origin.device, address, until, actor.name, call.seconds)
    moderation.amend(lambda state: state.ban(ban))
    fields = {"address": address} if address else {}
    moderation.audit.command("ban", actor.name, (user, origin), seconds=call.seconds, **fields)
    out = [user] if user.id else []
    # Also who has come in by the same device or name while the ban was being stored.
    here = (User(member.id, member.name) for member in moderation.presence.members())
    out += [other for other in here if other != user and _is_banned(moderation, other)]
    for each in out:
        _remove(moderation, each, "banned", Notice(each.id, "banned", until_text(until)))
    if call.clear:
        with suppress(CommandUnusable):  # there may be nothing
            clear_user(moderation, actor, user)
    return _timed("ban", user, until)


def unban(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let in again whoever has the name."""
    name = call.person or moderation.meant(call)[0].name
    after = moderation.amend(lambda state: state.unban(name))
    if after.before.bans == after.after.bans:
        raise CommandUnusable("not_banned", name=name)
    moderation.audit.command("unban", actor.name, (User("", name), Origin("")))
    return Done("command.unban.done", {"name": name})


def bans(moderation: Moderation, _actor: Actor, _call: Call) -> Done:
    """Tell who is kept out."""
    bans = moderation.permissions.bans(moderation.clock.monotonic())
    return Done("command.bans.done" if bans else "command.bans.none", {"bans": bans})


def mute(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let somebody read and not write."""
    until = _end(moderation, call)
    user, origin = moderation.guest(call)
    mute = Mute(user.id, user.name, origin.device, until, call.seconds)
    moderation.amend(lambda state: state.mute(mute))
    moderation.audit.command("mute", actor.name, (user, origin), seconds=call.seconds)
    return _timed("mute", user, until)


def unmute(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Let somebody write again."""
    user, origin = moderation.meant(call)
    if moderation.permissions.mute_of(user.id, origin, moderation.clock.monotonic()) is None:
        raise CommandUnusable("not_muted", name=user.name)
    moderation.amend(lambda state: state.unmute(user.id, origin))
    moderation.audit.command("unmute", actor.name, (user, origin))
    return Done("command.unmute.done", {"name": user.name})


def host(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Make a moderator of a guest."""
    user, _ = moderation.visitor(call)
    promote(moderation, actor, user)
    return Done("command.host.done", {"name": user.name})


def unhost(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Make a guest of a moderator."""
    user, origin = moderation.meant(call)
    if not moderation.permissions.is_moderator(user.id):
        raise CommandUnusable("not_host", name=user.name)
    moderation.amend(lambda state: state.demote(user.id))
    moderation.audit.command("unhost", actor.name, (user, origin))
    return Done("command.unhost.done", {"name": user.name})


def promote(moderation: Moderation, actor: Actor, user: User) -> None:
    """Make a moderator of somebody who is none, and who may write from then on."""
    if moderation.permissions.is_moderator(user.id):
        return
    _, origin = moderation.presence.identified(user.id) or (user, Origin(""))
    moderation.amend(lambda state: state.promote(user.id, origin))
    moderation.audit.command("host", actor.name, (user, origin))


def _is_banned(moderation: Moderation, user: User) -> bool:
    entry = moderation.presence.entry(user.id)
    now = moderation.clock.monotonic()
    return entry is not None and moderation.permissions.banned(user, entry.origin, now) is not None


def _end(moderation: Moderation, call: Call) -> float | None:
    return None if call.seconds is None else moderation.clock.wall() + call.seconds


def _remove(moderation: Moderation, user: User, reason: LeaveReason, notice: Notice) -> None:
    """Log somebody out, and tell them why on their connections before these end.

    Other processes, too, hear of it in this order: they close by themselves who is gone.
    """
    moderation.publish(notice)
    moderation.presence.log_out(user.id, reason)
    moderation.publish(ConnectionsClosed(user.id))


def _timed(command: str, user: User, until: float | None) -> Done:
    if until is None:
        return Done(f"command.{command}.forever", {"name": user.name})
    return Done(f"command.{command}.done", {"name": user.name, "until": until})
