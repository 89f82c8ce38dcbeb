"""What is in a file, told by its first bytes, whatever its name or its sender says."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"

_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _SIGNATURES.items() if head.startswith(start)), UNKNOWN)
