"""Untrusted event payloads in, typed ones out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from lanchat.errors import PayloadInvalid

_Payload = TypeVar("_Payload", bound=msgspec.Struct)

ClientId = Annotated[
    str, msgspec.Meta(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\Z")
]


class NewHost(msgspec.Struct):
    """``new_host``: the newest message that the client already shows, and what it understands."""

    last_id: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    batches: bool = False


class NewMessage(msgspec.Struct):
    """``new_message``: what somebody says; the hub checks the text itself."""

    message: str
    client_id: ClientId


class HostCommand(msgspec.Struct):
    """``host_command``: its name, what was typed after it, and the id of whom it is about."""

    name: Annotated[str, msgspec.Meta(max_length=32)]
    text: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


def parse(arguments: Sequence[object], kind: type[_Payload]) -> _Payload:
    """The event's one argument as ``kind``; none at all is an empty one.

    Raises PayloadInvalid.
    """
    if len(arguments) > 1:
        raise PayloadInvalid
    try:
        return msgspec.convert(arguments[0] if arguments else {}, kind)
    except (msgspec.ValidationError, UnicodeError):
        raise PayloadInvalid from None
