"""From what a program prints to messages: what comes together is one, and none is too long."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Iterator
from io import BufferedReader, BytesIO

LIMIT = 4_000
"""Characters of a message."""

TOGETHER = 0.2
"""Seconds without anything, after which what came before is a message."""

LONGEST = 2.0
"""Seconds that something waits at the most for what comes after it."""

_AT_ONCE = 64 << 10
_AHEAD = 4
_FENCE = "```"

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])"
)
"""What tells a terminal colours and places."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def messages(text: str, *, code: bool) -> Iterator[str]:
    """The text as messages, cut between lines where that is possible; as code between fences."""
    text, limit = text.strip("\n"), LIMIT
    if code:
        # A fence within it would end it: a character that nobody sees keeps it from being one.
        text = text.replace(_FENCE, "``\u2060`")
        limit -= len(f"{_FENCE}\n\n{_FENCE}")
    while text.strip():
        end = len(text)
        if end > limit:
            end = text.rfind("\n", 1, limit + 1)
            end = limit if end < 1 else end
        piece, text = text[:end].strip("\n"), text[end:].strip("\n")
        if piece.strip():
            yield f"{_FENCE}\n{piece}\n{_FENCE}" if code else piece


def readable(output: bytes) -> str:
    """What somebody would see of it on a terminal."""
    text = output.decode(errors="replace").replace("\r\n", "\n")
    lines = _ESCAPES.sub("", text).split("\n")
    return _CONTROLS.sub("", "\n".join(map(_last_drawn, lines)))


def _last_drawn(line: str) -> str:
    """What a bar of progress shows in the end."""
    return line.rstrip("\r").rpartition("\r")[2]


def batches(source: BufferedReader | BytesIO) -> Iterator[bytes]:
    """What comes within TOGETHER, whole lines where there are any."""
    # What prints faster than it can be said waits, as before any program that reads slowly.
    pieces: queue.Queue[bytes] = queue.Queue(_AHEAD)
    # Not the buffered one, whose lock a thread that reads at the end of the program would hold.
    raw = getattr(source, "raw", source)

    def read() -> None:
        while piece := raw.read(_AT_ONCE):
            pieces.put(piece)
        pieces.put(b"")

    threading.Thread(target=read, daemon=True).start()
    rest, is_over = b"", False
    while not is_over:
        gathered, is_over = _gather(pieces)
        gathered = rest + gathered
        end = len(gathered) if is_over else gathered.rfind(b"\n") + 1
        # A line that nobody ends is said, too, once it is long.
        end = end or (len(gathered) if len(gathered) > LIMIT else 0)
        batch, rest = gathered[:end], gathered[end:]
        if batch:
            yield batch


def _gather(pieces: queue.Queue[bytes]) -> tuple[bytes, bool]:
    """What comes together, and whether that was all."""
    piece = pieces.get()
    gathered, end = piece, time.monotonic() + LONGEST
    while piece and len(gathered) < _AT_ONCE:
        try:
            piece = pieces.get(timeout=max(0.0, min(TOGETHER, end - time.monotonic())))
        except queue.Empty:
            return gathered, False
        gathered += piece
    return gathered, not piece
