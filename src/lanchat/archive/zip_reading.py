"""Archives that somebody brings: whatever is in them is read with care, or refused in words."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_MOST_LISTED = 128 << 20
"""Bytes of the list of parts, which is read whole: of more than a million."""

_WAYS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 1

Refusal = Callable[[str], Exception]
"""What is raised, by its reason."""


class _Source(io.BufferedReader):
    """A file of which nothing is read that would not go into the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MOST_LISTED:
            raise zipfile.BadZipFile("it lists too many parts")
        return super().read(size)


class ZipReader:
    """The archive at ``path``; everything that is wrong with it becomes a ``refusal``."""

    def __init__(self, path: Path, refusal: Refusal) -> None:
        self._refusal = refusal
        with ExitStack() as undo:
            source = undo.enter_context(_Source(path.open("rb", buffering=0)))
            try:
                with self.explained():
                    archive = undo.enter_context(zipfile.ZipFile(source))
            except (ValueError, OverflowError, struct.error) as error:
                raise refusal(f"it is no ZIP file, or damaged ({error})") from None
            self.archive = archive
            self.parts = self._listed()
            self.close = undo.pop_all().close

    def check(self, part: zipfile.ZipInfo) -> None:
        """Look whether a part is packed in a way that can be read."""
        if part.compress_type not in _WAYS or part.flag_bits & _ENCRYPTED:
            raise self._refusal(f"{part.filename!r} is packed in a way that is not read")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """While something of it is read."""
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._refusal(f"it is no ZIP file, or damaged ({error})") from None
        except (NotImplementedError, RuntimeError) as error:
            raise self._refusal(f"it is packed in a way that is not read ({error})") from None

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        """Its parts by their names, each once."""
        parts: dict[str, zipfile.ZipInfo] = {}
        for part in self.archive.infolist():
            if part.filename in parts:
                raise self._refusal(f"it has {part.filename!r} twice")
            parts[part.filename] = part
        return parts
