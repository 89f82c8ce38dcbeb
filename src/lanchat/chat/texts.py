"""Which texts may be said."""

from __future__ import annotations

import unicodedata

from lanchat.chat.model import MESSAGE_LIMIT
from lanchat.errors import MessageTooLong, PayloadInvalid

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing: Hangul fillers, a Braille cell without dots."""


def check(text: str) -> None:
    """Raises MessageTooLong, or PayloadInvalid where there is nothing to see or to store."""
    if len(text) > MESSAGE_LIMIT:
        raise MessageTooLong(limit=MESSAGE_LIMIT)
    if not any(_can_be_seen(char) for char in text):
        raise PayloadInvalid
    if "\0" in text:
        raise PayloadInvalid
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        raise PayloadInvalid from None


def _can_be_seen(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) != "Cf" and char not in _BLANK
