"""Reading a file from its end, block by block, so that its size does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lanchat.connlog.record import LINE_LIMIT

BLOCK = 64 * 1024


def end_of_whole_lines(file: BinaryIO, size: int) -> int:
    """Where the last line break of the file's first ``size`` bytes ends.

    What follows is half a line, still being written. It is 0 where there is no line break, and
    ``size`` where there is none within a line's limit.
    """
    start = max(0, size - LINE_LIMIT)
    file.seek(start)
    found = file.read(size - start).rfind(b"\n")
    if found >= 0:
        return start + found + 1
    return size if start else 0


def lines_backwards(file: BinaryIO, end: int) -> Iterator[bytes]:
    """The lines before the offset ``end``, the last one first, without their line breaks.

    Of a line past the limit only so much is kept that it still is past it.
    """
    rest = b""
    while end > 0:
        start = max(0, end - BLOCK)
        file.seek(start)
        first, *others = (file.read(end - start) + rest).split(b"\n")
        yield from reversed(others)
        rest = first[-LINE_LIMIT - 1 :]
        end = start
    yield rest
