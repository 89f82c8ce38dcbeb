"""Programs that read and write: each has a name, a room, and a token by which it is known.

A token is shown once, to whoever has made it; what is stored is its digest. It is long and made by
chance, so a plain digest is enough. A bot is none of those who are here: it has no line in the list
of people. What it says goes the same way as what they say, and by the same rules.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from lanchat.chat import names
from lanchat.chat.changes import Draft
from lanchat.chat.confusables import skeletons
from lanchat.chat.events import MessagePosted
from lanchat.chat.futures import Future
from lanchat.chat.group_commands import PROGRAM
from lanchat.chat.model import BOT, LOBBY, Origin, User, check_text, timestamp
from lanchat.chat.moderation import TERMINAL, Moderation
from lanchat.chat.posting import Posting
from lanchat.chat.room_changes import EnterRoom, LeaveAll
from lanchat.chat.room_settings import Bot, State
from lanchat.chat.rooms import Room
from lanchat.errors import (
    CommandUnusable,
    Forbidden,
    NameTaken,
    RoomClosed,
    Unauthorized,
    UnknownRoom,
)

BOTS = 100
"""So many there are at most."""

_PREFIX = "lanchat-"
"""Tokens begin so: whoever finds one knows what it is, and so do scanners for secrets."""

_BYTES = 32


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


class Bots:
    """Lets programs in and out; what they and the terminal say goes to ``posting`` or the log."""

    def __init__(self, moderation: Moderation, posting: Posting) -> None:
        self._moderation = moderation
        self._permissions = moderation.permissions
        self._posting = posting

    def all(self) -> tuple[Bot, ...]:
        """Those that there are, oldest first."""
        return self._permissions.state.bots

    def known(self, token: str) -> Bot | None:
        """Whose token it is; how long that takes tells nothing of any."""
        wanted, found = digest(token), None
        for bot in self.all():
            if hmac.compare_digest(bot.digest, wanted):
                found = bot
        return found

    def check_reading(self, bot: Bot) -> None:
        """Look whether a program may still read in its room.

        Raises Unauthorized where its token was revoked, Forbidden or UnknownRoom.
        """
        if bot not in self.all():
            raise Unauthorized("token")
        if not bot.reads:
            raise Forbidden("token")
        if not self._moderation.rooms.may_read(bot.id, bot.room):
            raise UnknownRoom

    def named(self, name: str) -> Bot:
        """The bot of this name, or one that looks like it. Raises CommandUnusable."""
        keys = skeletons(name)
        for bot in self.all():
            if not keys.isdisjoint(skeletons(bot.name)):
                return bot
        raise CommandUnusable("no_bot", name=name)

    # From the server's own computer: waits for the disk, and may raise StoreUnavailable.

    def admit(self, name: str, room: str, *, reads: bool, writes: bool) -> tuple[Bot, str]:
        """Let in a program of this name, and make its token; an empty ``room`` is the main one.

        Raises NameUnusable, NameTaken, CommandUnusable (no such room, too many bots), RoomClosed
        or UnknownRoom.
        """
        moderation, rooms = self._moderation, self._moderation.rooms
        room_id = rooms.named(room) if room else LOBBY
        token = _PREFIX + secrets.token_urlsafe(_BYTES)
        user = User(BOT + secrets.token_hex(10), names.clean(name))
        bot = Bot(
            *(user.id, user.name, digest(token), room_id),
            reads=reads,
            writes=writes,
            made=moderation.clock.wall(),
        )
        # Nobody else has the name from here on: held at first, and then one that is stored.
        moderation.presence.claim(user, Origin(""))
        try:
            if room_id != LOBBY:
                moderation.log.append(EnterRoom(room_id, user, _check_entering)).result()
            moderation.amend(lambda state: _with(state, bot))
        except BaseException:
            rooms.forget(user.id)
            raise
        finally:
            moderation.presence.let_go(user)
        self._note(bot, "new")
        return bot, token

    def revoke(self, name: str) -> Bot:
        """Let a program in no more, from now on. Raises CommandUnusable."""
        bot = self.named(name)
        self._moderation.amend(lambda state: state.put_out(bot.id))
        if bot.room != LOBBY:
            self._moderation.log.append(LeaveAll(bot.id)).result()
        self._note(bot, "revoked")
        return bot

    def post_from_terminal(
        self, text: str, client_id: str, files: Sequence[str] = ()
    ) -> Future[MessagePosted]:
        """Let whoever is at the server's computer say something to everybody.

        Raises PayloadInvalid or MessageTooLong; the future fails with UnknownFile.
        """
        if text or not files:
            check_text(text)
        time = timestamp(self._moderation.clock.wall())
        who = PROGRAM.id, PROGRAM.name, ""
        draft = Draft(client_id, LOBBY, *who, text, time, files=tuple(files))
        return self._moderation.log.append(draft)

    # What programs do.

    def post(  # noqa: PLR0917
        self,
        bot: Bot,
        origin: Origin,
        text: str,
        client_id: str,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
        files: Sequence[str] = (),
    ) -> Future[MessagePosted]:
        """Let a program say something in its room, as ``Posting.post``.

        Raises Forbidden, too, where its token is for reading alone.
        """
        if not bot.writes:
            raise Forbidden("token")
        return self._posting.post_by(
            *(User(bot.id, bot.name), origin, text, client_id),
            *(reply_to, mentions, files, bot.room),
        )

    def _note(self, bot: Bot, value: str) -> None:
        user = User(bot.id, bot.name), Origin("")
        where = self._moderation.rooms.where(bot.room)
        self._moderation.audit.command("token", TERMINAL.name, user, value=value, **where)


def _with(state: State, bot: Bot) -> State:
    if len(state.bots) >= BOTS:
        raise CommandUnusable("too_many_bots", limit=BOTS)
    keys = skeletons(bot.name)
    if any(not keys.isdisjoint(skeletons(other.name)) for other in state.bots):
        raise NameTaken(bot.name, names.suggest(bot.name, lambda _name: True))
    return state.take_in(bot)


def _check_entering(room: Room) -> None:
    if room.kind == "direct":
        raise UnknownRoom
    if room.closed:
        raise RoomClosed
