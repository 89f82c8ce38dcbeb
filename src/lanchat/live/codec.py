"""JSON as the Socket.IO stack asks for it: ``dumps`` and ``loads``.

Outgoing values may hold the chat's dataclasses: msgspec writes them as the objects of
docs/protocol.md. Incoming text is untrusted: whatever is wrong with it is a ValueError.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec


def dumps(value: object, **_options: object) -> str:
    """Compact JSON; the stack's own formatting options do not apply."""
    return msgspec.json.encode(value).decode()


def loads(text: str, **_options: object) -> Any:
    """Parse JSON. Raises ValueError, also for what is nested too deeply to be parsed."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
