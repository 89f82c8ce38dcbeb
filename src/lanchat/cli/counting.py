"""How many of something, in words."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """``1 message``, ``2,000 messages``."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {'people' if thing == 'person' else thing + 's'}"
