"""What hosts do with groups, and how they speak to all rooms at once.

These are handlers of commands (``commands.py``): they wait for the disk, and raise CommandUnusable,
PayloadInvalid, MessageTooLong or StoreUnavailable.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from math import ceil

from lanchat.chat.changes import Announce, Draft
from lanchat.chat.grouping import GROUPS_LIMIT
from lanchat.chat.model import LOBBY, User, check_text, timestamp
from lanchat.chat.moderation import Actor, Call, Done, Moderation
from lanchat.errors import CommandUnusable, RoomClosed, UnknownPerson, UnknownRoom

END = "end"
EACH = "each"

PROGRAM = User("lanchat", "lanchat")
"""Who says what is announced from a terminal; nobody else can be called so."""


def groups(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Share the guests out, by number, by size or by name, or let them all be back."""
    text = call.text.lower()
    if text == END:
        return _end(moderation, actor)
    guests = moderation.groups.guests()
    if _is_number(text):
        shared = _dealt(guests, int(text))
    elif _is_number(size := text.removesuffix(f" {EACH}")):
        shared = _dealt(guests, max(1, ceil(len(guests) / _checked(int(size)))))
    else:
        shared = _named(moderation, call.text)
        _add(shared, guests)
    _checked(len(shared))
    moderation.groups.share_out(actor.id, shared)
    moderation.audit.command("groups", actor.name, None, value=str(len(shared)))
    return Done("command.groups.done", {"groups": len(shared), "people": sum(map(len, shared))})


def _end(moderation: Moderation, actor: Actor) -> Done:
    if not moderation.groups.end().closed:
        raise CommandUnusable("no_groups")
    moderation.audit.command("groups", actor.name, None, value=END)
    return Done("command.groups.end")


def group(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Put one person into another group."""
    user, origin = moderation.guest(call)
    if moderation.presence.entry(user.id) is None:
        raise CommandUnusable("nobody", name=user.name)
    there = moderation.groups.there()
    if not there:
        raise CommandUnusable("no_groups")
    if not 1 <= call.number <= len(there):
        raise CommandUnusable("no_group", number=call.number)
    try:
        moderation.groups.move(user, there[call.number - 1].id)
    except UnknownPerson:
        raise CommandUnusable("nobody", name=user.name) from None
    except (UnknownRoom, RoomClosed):
        raise CommandUnusable("no_group", number=call.number) from None
    moderation.audit.command("group", actor.name, (user, origin), value=str(call.number))
    return Done("command.group.done", {"name": user.name, "number": call.number})


def announce(moderation: Moderation, actor: Actor, call: Call) -> Done:
    """Say something to everybody, in whatever room they are, and keep it in sight."""
    check_text(call.text)
    author = User(actor.id, actor.name) if actor.id else PROGRAM
    entry = moderation.presence.entry(author.id)
    draft = Draft(
        *(str(uuid.uuid4()), LOBBY, author.id, author.name, entry.origin.ip if entry else ""),
        *(call.text, timestamp(moderation.clock.wall())),
    )
    message = moderation.log.append(Announce(draft)).result().messages[-1]
    moderation.audit.command("announce", actor.name, None, value=f"#{message.id}")
    return Done("command.announce.done")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _checked(number: int) -> int:
    if not 1 <= number <= GROUPS_LIMIT:
        raise CommandUnusable("too_many_groups", limit=GROUPS_LIMIT)
    return number


def _dealt(people: Sequence[User], number: int) -> list[list[User]]:
    """So many groups by chance, none of which has two people more than another."""
    _checked(number)
    mixed = list(people)
    secrets.SystemRandom().shuffle(mixed)
    return [mixed[first::number] for first in range(number)]


def _named(moderation: Moderation, text: str) -> list[list[User]]:
    """Groups of whoever is named, ``Ana, Bia | Caio, Davi``; all of them are guests, each once."""
    unknown: list[str] = []
    shared: list[list[User]] = []
    for part in filter(str.strip, text.split("|")):
        found = [(name, _known(moderation, name)) for name in _names(moderation, part)]
        unknown += [name for name, user in found if user is None]
        shared.append([user for _, user in found if user is not None])
    named = [user for users in shared for user in users]
    if unknown:
        raise CommandUnusable("nobody", name=", ".join(unknown))
    if hosts := [user.name for user in named if moderation.permissions.is_moderator(user.id)]:
        raise CommandUnusable("in_no_group", names=", ".join(dict.fromkeys(hosts)))
    if twice := [user.name for user in dict.fromkeys(named) if named.count(user) > 1]:
        raise CommandUnusable("named_twice", names=", ".join(twice))
    return shared


def _names(moderation: Moderation, part: str) -> list[str]:
    """The names in a list of them; a name can have a comma itself."""
    whole = part.strip()
    if moderation.is_somebody(whole):
        return [whole]
    return [name for name in map(str.strip, whole.split(",")) if name]


def _known(moderation: Moderation, name: str) -> User | None:
    """Who is here by the name."""
    found = moderation.presence.named(name)
    if found is None or (entry := moderation.presence.entry(found[0].id)) is None:
        return None
    return entry.user


def _add(shared: list[list[User]], guests: Sequence[User]) -> None:
    """Put those who are in no group into the smallest ones."""
    named = {user.id for users in shared for user in users}
    for user in guests:
        if shared and user.id not in named:
            min(shared, key=len).append(user)
