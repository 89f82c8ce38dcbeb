"""Who has a name, as the next start finds it."""

from __future__ import annotations

from lanchat.chat.model import User
from lanchat.chat.ports import Reservations


def users_of(reservations: Reservations) -> list[User]:
    """Them alone, without their devices."""
    return [user for user, _ in reservations.reserved()]
