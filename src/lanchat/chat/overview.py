"""Catching up in all rooms that somebody is in: one look at the log, in one answer.

Together they have no more than one room alone may have (``catchup.py``). Where there is more it is
shared out, so that a loud room hides no quiet one: each gets what it needs, as far as that is no
more than what the others get that need more (max-min fairness). In a room whose changes do not fit
the client begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lanchat.chat.catchup import (
    CATCH_UP_BYTES,
    CATCH_UP_LIMIT,
    attached_bytes,
    counted,
    fits_from,
    reaction_bytes,
)
from lanchat.chat.model import Cursor, Message, Page, User
from lanchat.chat.ports import EventLog
from lanchat.chat.rooms import Overview


def missed_everywhere(
    log: EventLog, user: User, cursor: Cursor, history: int, main: Page | None = None
) -> Overview:
    """What happened after the cursor in the person's rooms, or the ``history`` newest messages.

    ``main`` is what a newcomer gets where everybody is, as far as it is known.
    Raises StoreUnavailable.
    """
    limit = max(history, CATCH_UP_LIMIT)
    return _bounded(log.overview(user.id, cursor, history, limit, main), limit)


def shares(wanted: Sequence[int], most: int) -> list[int]:
    """How much of ``most`` each gets of what it wants: nobody less than who gets more and wants it.

    >>> shares([1, 9, 4], 10)
    [1, 5, 4]
    """
    given = [0] * len(wanted)
    left = most
    in_order = sorted(range(len(wanted)), key=wanted.__getitem__)
    for place, index in enumerate(in_order):
        given[index] = min(wanted[index], left // (len(wanted) - place))
        left -= given[index]
    return given


def _bounded(overview: Overview, limit: int) -> Overview:
    """The newest messages that fit into one answer, beside the changes that do."""
    pages = [each.page for each in overview.pages]
    if overview.main.page.shared and not any(page.messages or page.changed for page in pages[1:]):
        return overview  # it is bounded already
    all_of_it = [one for page in pages for one in (*page.messages, *page.changed)]
    if len(all_of_it) <= limit and fits_from(all_of_it) == 0:
        return overview
    pages = _with_changes(pages)
    pages = _with_messages(pages, limit)
    main, *rooms = (
        replace(each, page=page) for each, page in zip(overview.pages, pages, strict=True)
    )
    return replace(overview, main=main, rooms=rooms)


def _with_changes(pages: Sequence[Page]) -> list[Page]:
    """The pages with their changes where these fit, and else to be shown anew."""
    counts = [len(page.changed) for page in pages]
    sizes = [sum(map(_size, page.changed)) for page in pages]
    fits = zip(
        *(shares(counts, CATCH_UP_LIMIT), counts, shares(sizes, CATCH_UP_BYTES), sizes),
        strict=True,
    )
    return [
        page
        if number >= count and most >= size
        else replace(page, changed=[], anew=True, complete=False)
        for page, (number, count, most, size) in zip(pages, fits, strict=True)
    ]


def _with_messages(pages: Sequence[Page], limit: int) -> list[Page]:
    """The pages with as many of their newest messages as fit beside all changes."""
    changed = [one for page in pages for one in page.changed]
    numbers = shares([len(page.messages) for page in pages], limit - len(changed))
    cut = [_newest(page, number) for page, number in zip(pages, numbers, strict=True)]
    sizes = [sum(map(_size, page.messages)) for page in cut]
    given = shares(sizes, CATCH_UP_BYTES - sum(map(_size, changed)))
    return [
        page if size <= most else _newest(page, _fitting(page.messages, most))
        for page, size, most in zip(cut, sizes, given, strict=True)
    ]


def _newest(page: Page, number: int) -> Page:
    if number >= len(page.messages):
        return page
    newest = page.messages[len(page.messages) - number :]
    return replace(page, messages=newest, complete=False)


def _fitting(messages: Sequence[Message], most: int) -> int:
    """How many of the newest messages have no more than so many bytes."""
    for number, message in enumerate(reversed(messages)):
        most -= _size(message)
        if most < 0:
            return number
    return len(messages)


def _size(message: Message) -> int:
    """Its bytes as encoded, or a little more."""
    return counted(message) + reaction_bytes(message) + attached_bytes(message)
