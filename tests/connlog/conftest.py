"""Lines of a connection log, and somebody to write about."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.chat.model import Origin, User
from lanchat.connlog.log_record import encode


@pytest.fixture
def ana() -> User:
    """Somebody to write about."""
    return User("a1", "Ana")


@pytest.fixture
def phone() -> Origin:
    """Where she comes from."""
    return Origin("192.168.1.33", "Mozilla/5.0")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log that is not there yet."""
    return tmp_path / "connections.log"


@pytest.fixture
def joined() -> Callable[..., bytes]:
    """The lines, with their line breaks, of people who join one a second."""

    def lines(*users: str, start: int = 0, **fields: object) -> bytes:
        text = ""
        for second, user in enumerate(users, start):
            time = f"2026-11-23T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
            text += encode(time, "join", {"user": user, "ip": "192.168.1.33", **fields}) + "\n"
        return text.encode("ascii")

    return lines
