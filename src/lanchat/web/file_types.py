"""What a file is, by its first bytes: what its sender or its name says is not believed.

A type that is in INLINE is shown by browsers, and can run nothing. Whatever could (HTML, SVG, XML)
is bytes like any other: such a file is offered to be saved.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

UNKNOWN = "application/octet-stream"

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})

INLINE = PICTURES | {
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/flac",
    "text/plain",
}
"""What a browser may show by itself."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"PK\3\4", "application/zip"),
    (b"PK\5\6", "application/zip"),  # with nothing in it
)

_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}

_EBML = b"\x1a\x45\xdf\xa3"
_WEBM = b"\x42\x82\x84webm"
"""The element DocType with its length; Matroska's other files browsers do not play."""

_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
"""Of the files that are built as MP4 is; those of other brands are videos."""

_SHORTEST_FTYP = 16
"""A box's length and name, the major brand, and its version."""

_ANY_BRAND = (b"mif1", b"msf1")
"""These brands say only that there are pictures in it; those behind them say which."""

_SYNC_WORD, _LAYER_3, _MPEG_1 = 0x7FF, 1, 3
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second, by the version of MPEG and the number in a frame's header."""

_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBITS_LATER = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
"""Kilobits a second in layer III, of MPEG 1 and of later versions; 0 is none of these."""

_BINARY = re.compile(r"[\0-\10\13\16-\32\34-\37]")
"""Control characters that no text has (those of the WHATWG's MIME Sniffing Standard)."""

_MARKUP = re.compile(r"\ufeff?\s*<[a-z!?/%]", re.IGNORECASE)
"""How HTML, SVG and XML begin. A text may: `<3`."""


def type_of(head: bytes) -> str:
    """The type of the file that begins with these bytes; some 4,096 are enough."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return next(filter(None, (look(head) for look in _LOOKS)), UNKNOWN)


def _riff(head: bytes) -> str | None:
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _mp4(head: bytes) -> str | None:
    """By the brands in the box `ftyp`: the major one, and those that it is compatible with."""
    if head[4:8] != b"ftyp" or len(head) < _SHORTEST_FTYP:
        return None
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[start : start + 4] for start in range(16, min(size, 256), 4))]
    wanted = brands if brands[0] in _ANY_BRAND else brands[:1]
    found = next((_BRANDS[brand] for brand in wanted if brand in _BRANDS), None)
    return found or (UNKNOWN if brands[0] in _ANY_BRAND else "video/mp4")


def _webm(head: bytes) -> str | None:
    if not head.startswith(_EBML):
        return None
    return "video/webm" if _WEBM in head[:64] else "video/x-matroska"


def _ogg(head: bytes) -> str | None:
    if not head.startswith(b"OggS"):
        return None
    return "video/ogg" if b"\x80theora" in head[:512] else "audio/ogg"


def _mp3(head: bytes) -> str | None:
    """Without tags before them there are only frames; one frame alone may be chance."""
    first = _frame_length(head)
    return "audio/mpeg" if first and _frame_length(head[first:]) else None


def _frame_length(head: bytes) -> int:
    """Bytes of the frame of MPEG audio, layer III, that begins here; 0 where there is none."""
    header = int.from_bytes(head[:4].ljust(4, b"\0"), "big")
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate, rate, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    rates = _RATES.get(version, ())
    if header >> 21 != _SYNC_WORD or layer != _LAYER_3 or rate >= len(rates):
        return 0
    kbits, words = (_KBITS, 144_000) if version == _MPEG_1 else (_KBITS_LATER, 72_000)
    return words * kbits[bitrate] // rates[rate] + padding if kbits[bitrate] else 0


def _text(head: bytes) -> str | None:
    """UTF-8, the last character of which may be cut, and no markup."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return None if not text or _BINARY.search(text) or _MARKUP.match(text) else "text/plain"


_LOOKS: tuple[Callable[[bytes], str | None], ...] = (_riff, _mp4, _webm, _ogg, _mp3, _text)
