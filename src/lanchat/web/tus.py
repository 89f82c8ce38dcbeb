"""What stands in the headers of tus 1.0.0: read strictly, as anybody may send them."""

from __future__ import annotations

import base64
import binascii
import re

from lanchat.chat.model import Checksum
from lanchat.errors import PayloadInvalid

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
PIECE_TYPE = "application/offset+octet-stream"

_DIGESTS = {"sha1": 20, "crc32": 4}
"""How many bytes the checksums have."""

CHECKSUMS = ",".join(_DIGESTS)

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_MOST_PIXELS = 100_000
_KEYS = 20


def number(text: str | None) -> int:
    """A length or an offset. Raises PayloadInvalid."""
    if text is None or not _NUMBER.fullmatch(text):
        raise PayloadInvalid
    return int(text)


def metadata(text: str) -> dict[str, bytes]:
    """What ``Upload-Metadata`` tells: keys, each with a value in Base64. Raises PayloadInvalid."""
    told: dict[str, bytes] = {}
    for pair in text.split(",", _KEYS) if text.strip() else ():
        key, _, value = pair.strip().partition(" ")
        if not key:
            raise PayloadInvalid
        told[key] = _decoded(value.strip())
    return told


def dimension(told: bytes | None) -> int | None:
    """A width or height in pixels, where it is one that a picture can have."""
    text = (told or b"").decode("ascii", "replace")
    pixels = int(text) if _NUMBER.fullmatch(text) else 0
    return pixels if 0 < pixels <= _MOST_PIXELS else None


def checksum(text: str | None) -> Checksum | None:
    """What ``Upload-Checksum`` tells. Raises PayloadInvalid for one that nobody can count."""
    if text is None:
        return None
    algorithm, _, value = text.strip().partition(" ")
    digest = _decoded(value.strip())
    if _DIGESTS.get(algorithm) != len(digest):
        raise PayloadInvalid
    return Checksum(algorithm, digest)


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise PayloadInvalid from None
