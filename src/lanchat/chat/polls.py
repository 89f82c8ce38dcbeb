"""What a poll asks, and how its message says so.

A poll is a message whose text has the question in its first line, and a numbered line for each
option. So it is found, quoted and deleted like any other one, and a client that knows nothing of
polls shows what is asked. How many have chosen what stands beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from lanchat.chat.model import Poll, can_be_seen, is_unicode
from lanchat.errors import PollUnusable

QUESTION_LIMIT = 200
"""Characters (code points) in a question, as in a topic."""

OPTION_LIMIT = 100
"""And in an option."""

OPTIONS = range(2, 11)
"""So many options a poll can have."""


def poll_text(question: str, options: Iterable[str]) -> str:
    r"""What is asked, as a message says it. Raises PollUnusable.

    >>> poll_text(" Lunch? ", ["Pizza", "Rice"])
    'Lunch?\n1. Pizza\n2. Rice'
    """
    question = _line(question, QUESTION_LIMIT)
    chosen = [_line(option, OPTION_LIMIT) for option in options]
    if len(chosen) not in OPTIONS:
        raise PollUnusable("options", least=OPTIONS[0], most=OPTIONS[-1])
    seen = set[str]()
    for option in chosen:
        if (key := unicodedata.normalize("NFKC", option).casefold()) in seen:
            raise PollUnusable("twice", option=option)
        seen.add(key)
    return "\n".join([question, *map(_numbered, enumerate(chosen, start=1))])


def read_poll(text: str, counts: Sequence[int], *, closed: bool) -> Poll:
    """What a message asks that says so."""
    question, *lines = text.split("\n")
    options = tuple(line.partition(". ")[2] for line in lines)
    return Poll(question, options, tuple(counts), closed)


def parts(typed: str) -> tuple[str, list[str]]:
    """The question and the options of what somebody has typed: ``Lunch? | Pizza | Rice``."""
    question, *options = typed.split("|")
    return question, options


def _line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    if not line or not is_unicode(line) or "\0" in line or not any(map(can_be_seen, line)):
        raise PollUnusable("empty")
    if len(line) > limit:
        raise PollUnusable("long", limit=limit)
    return line


def _numbered(option: tuple[int, str]) -> str:
    number, text = option
    return f"{number}. {text}"
