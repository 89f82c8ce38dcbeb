"""What clients are answered: how each event of theirs went, and what they have asked for."""

from __future__ import annotations

from typing import Any

from lanchat.chat.catchup import Snapshot
from lanchat.chat.events import MessageChanged, MessagePosted, Reacted
from lanchat.chat.model import timestamp
from lanchat.chat.reading import Place, Stretch
from lanchat.chat.room_settings import Ban
from lanchat.chat.search import Found
from lanchat.web.outgoing import message, mine


def snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """The answer to ``new_host``."""
    page = snapshot.page
    answer = {
        "ok": True,
        "you": snapshot.you,
        "hosts": snapshot.members,
        "messages": [message(each) for each in page.messages],
        "complete": page.complete,
        "deleted": page.deleted,
        "cleared": page.cleared,
        "retired": page.retired,
        "room": snapshot.rules,
        "seq": page.seq,
        "epoch": snapshot.epoch,
        "changed": [message(each) for each in page.changed],
        "pins": [message(each) for each in page.pins],
        "mine": mine(snapshot.mine),
    }
    if page.anew:
        answer["anew"] = True
    if snapshot.bans is not None:
        answer["bans"] = [{"name": ban.name, "until": _until(ban)} for ban in snapshot.bans]
    return answer


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


def posted(event: MessagePosted) -> dict[str, Any]:
    """The answer to ``new_message``."""
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
