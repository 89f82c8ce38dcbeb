"""How large a picture is, by its header: nothing of it is opened here.

A small picture is opened by everybody's browser at once. In 24 KiB of PNG there is room for 200
million pixels of one colour, which take 800 MB of memory there.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from lanchat.web.file_types import type_of

MOST_OF_THUMB = 1_024
"""Pixels of a small picture's longer side."""

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}

_WEBP_HEADER = 30
"""Bytes, in which the sides are, however it is made."""

_VP8_BEGINS = b"\x9d\x01\x2a"
_VP8L_BEGINS = 0x2F


class Sides(NamedTuple):
    """Pixels."""

    width: int
    height: int


def is_thumb(picture: bytes) -> bool:
    """Whether it is a picture that may stand for a file: a small JPEG, PNG or WebP."""
    look = _LOOKS.get(type_of(picture))
    try:
        sides = look(picture) if look else None
    except (IndexError, struct.error):  # it ends before its header does
        return False
    return sides is not None and min(sides) > 0 and max(sides) <= MOST_OF_THUMB


def _png(picture: bytes) -> Sides | None:
    if picture[12:16] != b"IHDR":
        return None
    return Sides(*struct.unpack_from(">II", picture, 16))


def _webp(picture: bytes) -> Sides | None:
    chunk = picture[12:16]
    if len(picture) < _WEBP_HEADER:
        return None
    if chunk == b"VP8X":
        wide, high = picture[24:27], picture[27:30]
        return Sides(1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little"))
    if chunk == b"VP8L" and picture[20] == _VP8L_BEGINS:
        (bits,) = struct.unpack_from("<I", picture, 21)
        return Sides(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 " and picture[23:26] == _VP8_BEGINS:
        width, height = struct.unpack_from("<HH", picture, 26)
        return Sides(width & 0x3FFF, height & 0x3FFF)
    return None


def _jpeg(picture: bytes) -> Sides | None:
    """The frame's, which comes before the first scan."""
    at = 2
    while picture[at] == 0xFF:  # noqa: PLR2004 (how each marker begins)
        marker = picture[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 (markers may be filled up with these)
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return Sides(width, height)
        elif marker == _START_OF_SCAN:
            return None
        else:
            (length,) = struct.unpack_from(">H", picture, at + 2)
            at += 2 + length
    return None


_LOOKS = {"image/png": _png, "image/webp": _webp, "image/jpeg": _jpeg}
