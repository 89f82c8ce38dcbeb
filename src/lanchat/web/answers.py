"""What clients are answered: how each event of theirs went, and what they have asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec

from lanchat.chat.catchup import Snapshot
from lanchat.chat.entering import Entered
from lanchat.chat.events import MessageChanged, MessagePosted, PinsChanged, Reacted, Voted
from lanchat.chat.model import Page, timestamp
from lanchat.chat.reading import Place, Stretch
from lanchat.chat.report_changes import Report, Said
from lanchat.chat.room_events import MarkedRead
from lanchat.chat.room_settings import Ban
from lanchat.chat.rooms import Overview, RoomPage
from lanchat.chat.search import Found
from lanchat.web import outgoing
from lanchat.web.outgoing import message, mine


def snapshot(snapshot: Snapshot, messages: msgspec.Raw | None = None) -> dict[str, Any]:
    """The answer to ``new_host``; ``messages`` are those of it, where they are encoded already."""
    page = snapshot.page
    answer = {
        "ok": True,
        "you": snapshot.you,
        "hosts": snapshot.members,
        "messages": messages,
        "complete": page.complete,
        "deleted": page.deleted,
        "cleared": page.cleared,
        "retired": page.retired,
        "room": outgoing.rules(snapshot.rules, snapshot.policies),
        "seq": page.seq,
        "epoch": snapshot.epoch,
        "changed": [message(each) for each in page.changed],
        "pins": _pins(page),
        "mine": mine(snapshot.mine),
        "hands": list(map(outgoing.hand, snapshot.hands)),
    }
    if page.anew:
        answer["anew"] = True
    if snapshot.rooms is not None:
        answer |= _rooms(snapshot, snapshot.rooms)
    if messages is None:
        pages = [page] if snapshot.rooms is None else [each.page for each in snapshot.rooms.pages]
        said = sorted(chain.from_iterable(each.messages for each in pages))
        answer["messages"] = list(map(message, said))
    if snapshot.bans is not None:
        answer["bans"] = [{"name": ban.name, "until": _until(ban)} for ban in snapshot.bans]
    return answer


def _rooms(snapshot: Snapshot, rooms: Overview) -> dict[str, Any]:
    """What the answer has besides, and otherwise, for a client that takes rooms."""
    pages = [each.page for each in rooms.pages]
    rules = snapshot.rules
    main = replace(rooms.main, members=len(snapshot.members))
    stricter = {name: getattr(rules, name) for name in ("topic", "locked", "readonly", "slow")}
    return {
        "rooms": [_room(main) | stricter, *map(_room, rooms.rooms)],
        "open": [outgoing.room(*each) for each in rooms.others],
        "changed": [message(one) for one in sorted(chain.from_iterable(p.changed for p in pages))],
        "pins": list(chain.from_iterable(map(_pins, pages))),
    }


def _pins(page: Page) -> list[dict[str, Any]]:
    announced = {"announced": True}
    return [message(one) | (announced if one.id in page.announced else {}) for one in page.pins]


def _room(found: RoomPage) -> dict[str, Any]:
    page = found.page
    wire = {
        **outgoing.room(found.room, found.members, found.person),
        "unread": found.unread,
        "mentions": found.mentions,
        "last_id": found.last_id,
        "complete": page.complete,
        "cleared": page.cleared,
        "retired": page.retired,
    }
    if page.anew:
        wire["anew"] = True
    return wire


def entered(entered: Entered) -> dict[str, Any]:
    """The answer to ``open_room``, ``enter_room`` and ``open_direct``."""
    page, members = entered.page, entered.members
    return {
        "ok": True,
        "room": outgoing.room(entered.room, len(members), entered.person),
        "seq": page.seq,
        "members": [outgoing.named(each) for each in members],
        "messages": [message(each) for each in page.messages],
        "complete": page.complete,
        "pins": _pins(page),
    }


def marked(event: MarkedRead) -> dict[str, Any]:
    """The answer to ``mark_read``."""
    return {"ok": True, **outgoing.read(event)}


def reports(found: Sequence[Report], count: int) -> dict[str, Any]:
    """The answer to ``reports``; ``count`` is how many there are in all."""
    return {"ok": True, "reports": list(map(_report, found)), "count": count}


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "room": report.room,
        "by": outgoing.named(report.by),
        "time": report.time,
        "people": list(map(outgoing.named, report.people)),
        "messages": list(map(_said, report.said)),
    }


def _said(said: Said) -> dict[str, Any]:
    user = {"user_id": said.user.id, "user": said.user.name}
    wire = {"id": said.id, **user, "message": said.message, "time": said.time}
    return {**wire, "files": said.files} if said.files else wire


def stretch(stretch: Stretch, place: Place) -> dict[str, Any]:
    """The answer to ``history``."""
    answer = {
        "ok": True,
        "messages": [message(each) for each in stretch.messages],
        "complete": not (stretch.earlier or stretch.later),
    }
    if place.side == "around":
        answer["complete_before"] = not stretch.earlier
        answer["complete_after"] = not stretch.later
    return answer


def posted(event: MessagePosted | PinsChanged) -> dict[str, Any]:
    """The answer to ``new_message``; a poll is pinned besides."""
    return {"ok": True, "id": event.message.id, "time": event.message.time}


def edited(event: MessageChanged) -> dict[str, Any]:
    """The answer to ``edit_message``."""
    return {"ok": True, "seq": event.seq, "time": event.message.edited}


def deleted(event: MessageChanged) -> dict[str, Any]:
    """The answer to ``delete_message``."""
    return {"ok": True, "seq": event.seq}


def reacted(_event: Reacted) -> dict[str, Any]:
    """The answer to ``react``."""
    return {"ok": True}


def voted(_event: Voted) -> dict[str, Any]:
    """The answer to ``vote``."""
    return {"ok": True}


def closed(event: MessageChanged) -> dict[str, Any]:
    """The answer to ``close_poll``."""
    return {"ok": True, "seq": event.seq}


def found(found: Found) -> dict[str, Any]:
    """The answer to ``search``."""
    answer = {
        "ok": True,
        "messages": [message(each) for each in found.messages],
        "complete": found.before is None,
    }
    if found.before is not None:
        answer["before"] = found.before
    if found.indexing:
        answer["indexing"] = True
    return answer


def _until(ban: Ban) -> str | None:
    return None if ban.until is None else timestamp(ban.until)
