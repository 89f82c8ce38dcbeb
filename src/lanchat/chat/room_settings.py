"""What is set in a room: its rules, who moderates, who is kept out, who may not write, and bots.

Whoever is no moderator is known by three things, of which each may fail to tell them: the id of
their session, which a new login changes; their name, which they choose; and the id of their device,
which their browser keeps over logins until its cookies are deleted. A ban or a mute holds for
whoever has the device; a ban also for the name and whatever looks like it. An address stands for
everybody behind one router, so a ban is by address only where somebody asks for it, and then keeps
out who is new there.

``until`` is wall time, in seconds since the epoch, for people and for a restart; None is for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from lanchat.chat.confusables import skeletons
from lanchat.chat.model import Origin

Openers = Literal["hosts", "all"]
Privacy = Literal["off", "hosts", "all"]
"""Between whom there are rooms for two: a host and anybody, or all."""


def is_same(known: str, seen: str) -> bool:
    """Whether what is known of somebody, if anything, is what is seen."""
    return known != "" and known == seen


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all; ``slow`` is the seconds between two messages of a guest, 0 for none.

    ``edits`` is whether guests may change what they have said, ``files`` whether they may send any.
    ``private`` is empty as long as it is as the server was told. With ``hands`` everybody sees a
    large button for theirs.
    """

    topic: str = ""
    locked: bool = False
    readonly: bool = False
    slow: int = 0
    edits: bool = True
    files: bool = True
    private: Privacy | Literal[""] = ""
    hands: bool = False


class Policies(NamedTuple):
    """Who opens rooms, and between whom there are some for two, as a server is told at its start.

    Where that is nobody it stays so; else moderators may say otherwise.
    """

    rooms: Openers = "hosts"
    private: Privacy = "hosts"

    def under(self, rules: Rules) -> Policies:
        """What holds, whatever moderators have said."""
        if self.private == "off" or not rules.private:
            return self
        return self._replace(private=rules.private)


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody who is kept out; what is not known of them, or not to count, is empty.

    ``seconds`` is how long it was to last, None for ever or where that is not known any more.
    """

    name: str
    device: str
    address: str
    until: float | None
    by: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody who may read and not write; ``seconds`` as of a ban."""

    user_id: str
    name: str
    device: str
    until: float | None
    seconds: float | None = None

    def is_of(self, user_id: str, device: str) -> bool:
        """Whether it holds for who has the id, or the device."""
        return self.user_id == user_id or is_same(self.device, device)


@dataclass(frozen=True, slots=True)
class Bot:
    """A program that may read or write in one room, or both; ``made`` is wall time.

    Of its token nothing is kept but what ``bots.digest`` makes of it.
    """

    id: str
    name: str
    digest: str
    room: str
    reads: bool
    writes: bool
    made: float


@dataclass(frozen=True, slots=True)
class State:
    """All that a restart has to know, as it was at the position ``seq``; methods make another."""

    rules: Rules = Rules()
    moderators: frozenset[str] = frozenset()
    bans: tuple[Ban, ...] = ()
    mutes: tuple[Mute, ...] = ()
    seq: int = 0
    bots: tuple[Bot, ...] = ()

    def promote(self, user_id: str, origin: Origin) -> State:
        """Make a moderator of somebody, who may write from then on."""
        moderators = self.moderators | {user_id}
        return replace(self.unmute(user_id, origin), moderators=moderators)

    def demote(self, user_id: str) -> State:
        return replace(self, moderators=self.moderators - {user_id})

    def ban(self, ban: Ban) -> State:
        """Keep somebody out; what was said of the name before does not count any more."""
        unbanned = self.unban(ban.name)
        return replace(unbanned, bans=(*unbanned.bans, ban))

    def unban(self, name: str) -> State:
        """Let in whoever has the name, or one that looks like it."""
        keys = skeletons(name)
        bans = tuple(ban for ban in self.bans if keys.isdisjoint(skeletons(ban.name)))
        return replace(self, bans=bans)

    def mute(self, mute: Mute) -> State:
        """Let somebody write no more; what was said of them before does not count any more."""
        unmuted = self.unmute(mute.user_id, Origin("", device=mute.device))
        return replace(unmuted, mutes=(*unmuted.mutes, mute))

    def unmute(self, user_id: str, origin: Origin) -> State:
        """Let somebody write, by whatever of them the mutes know."""
        mutes = tuple(one for one in self.mutes if not one.is_of(user_id, origin.device))
        return replace(self, mutes=mutes)

    def take_in(self, bot: Bot) -> State:
        """Let a program in."""
        return replace(self, bots=(*self.bots, bot))

    def put_out(self, bot_id: str) -> State:
        """Let a program, which nobody need know of, in no more; nor is it muted."""
        bots = tuple(bot for bot in self.bots if bot.id != bot_id)
        return replace(self.unmute(bot_id, Origin("")), bots=bots)

    def without(self, over: frozenset[Ban | Mute]) -> State:
        """Forget these bans and mutes."""
        bans = tuple(ban for ban in self.bans if ban not in over)
        mutes = tuple(mute for mute in self.mutes if mute not in over)
        return replace(self, bans=bans, mutes=mutes)
