"""Messages to make files of."""

from collections.abc import Callable

import pytest

from lanchat.chat.model import Message


@pytest.fixture
def said() -> Callable[..., Message]:
    """A message of Ana's with this text."""

    def say(text: str, user: str = "Ana", time: str = "2026-11-23T02:08:00.123Z") -> Message:
        return Message(7, "c1", "lobby", "u1", user, "192.0.2.1", text, time, 7)

    return say
