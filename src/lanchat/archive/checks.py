"""What has to be true of the words and names in an archive, whatever wrote it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Annotated

import msgspec

from lanchat.chat.names import NAME_LIMIT

Word = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]
"""An id that a client or a server has given."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LIMIT)]
"""What somebody is called; ``check_name`` says what it may have in it."""

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""What could turn the text around a name, as Unicode's bidirectional classes have it."""


class Person(msgspec.Struct):
    """Somebody by the name of then."""

    id: Word
    user: Name


def check_name(name: str) -> None:
    """Look whether this can be what somebody is called. Raises ValueError."""
    if not name.strip() or any(map(_is_no_part_of_a_name, name)):
        raise ValueError("user has characters that no name has")


def check_time(text: str) -> None:
    """Times are compared as texts, so there is one way to write them. Raises ValueError."""
    try:
        if _TIME.fullmatch(text) and 1971 <= datetime.fromisoformat(text[:-1]).year <= 9998:  # noqa: PLR2004 (the ends cannot be shown in every time zone)
            return
    except ValueError:
        pass
    raise ValueError("time is not like 2026-11-23T02:08:00.123Z")


def _is_no_part_of_a_name(char: str) -> bool:
    # Not the rules of chat/names.py: what another version let in shall not be lost.
    return unicodedata.category(char) in _CONTROLS or unicodedata.bidirectional(char) in _TURNS
