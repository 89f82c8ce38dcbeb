"""Whether a message is what somebody looks for, beyond what an index is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.chat.model import Message
from lanchat.chat.words import is_whole, words


def text_of(message: Message) -> str:
    """What is looked for in a message: its words, and what its files are called."""
    if message.files is None:
        return message.message
    return "\n".join([message.message, *(file.name for file in message.files)])


def as_text(phrase: Sequence[str]) -> str:
    """The whole phrase as it stands between the spaces of a message's words."""
    return f" {' '.join(phrase)}{' ' if is_whole(phrase[-1]) else ''}"


def has(message: Message, phrases: Sequence[str]) -> bool:
    """Whether these phrases, as texts, stand in the message."""
    if not phrases:
        return True
    said = f" {' '.join(words(text_of(message)))} "
    return all(phrase in said for phrase in phrases)
