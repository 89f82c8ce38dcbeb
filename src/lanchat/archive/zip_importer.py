"""The way in for a room that was exported with its files: all of it, or nothing.

What the archive says is believed nowhere. Nothing is unpacked by a name that it has: parts are
found by the ids that the messages name, have to be as large as these say, and go where their
contents belong. So a path leads nowhere, and a part that unpacks to more is refused before anything
is written. Types are told by what is in the files.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from lanchat.archive.importer import read_items, without_files
from lanchat.archive.places import Place, Way
from lanchat.archive.room_zip import MESSAGES, SUMS, thumb_entry
from lanchat.archive.zip_reading import ZipReader
from lanchat.chat.model import THUMB_LIMIT
from lanchat.errors import ArchiveRefused, DiskFull
from lanchat.rows.attachments import Loaded
from lanchat.rows.bulk_loading import Archived, Item
from lanchat.rows.room_bulk import ArchivedRoom
from lanchat.store.file_import import FileImport, Staged
from lanchat.web.file_types import type_of
from lanchat.web.picture_sides import is_thumb

_FILE = re.compile(r"files/([0-9a-f]{32})/[^/]+")

_SUM = re.compile(rb"([0-9a-f]{64})  (.{1,1000})\n")
_SUM_LINE = 2_000


class Taken(NamedTuple):
    """What came of an import: how many messages were new, of how many, and their files.

    ``missing`` files were named by messages, and not in the archive; ``left_out`` were in it, and
    no folder was named for them.
    """

    fresh: int
    total: int
    files: int
    size: int
    missing: int
    left_out: int


class RoomImport:
    """An archive at ``path``; ``steps`` are the bytes that ``take_in`` will have looked at.

    Raises ArchiveRefused where it is none.
    """

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        self._zip = ZipReader(path, self._refusal)
        with ExitStack() as undo:
            undo.callback(self._zip.close)
            self._parts = self._look()
            undo.pop_all()
        found = map(_FILE.fullmatch, self._parts)
        self._files = {each[1]: self._parts[each[0]] for each in found if each}
        self.steps = sum(part.file_size for part in self._parts.values())
        self._advance: Callable[[int], None] = lambda _: None
        self._total = 0
        self._missing = 0
        self._left_out = 0

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def take_in(self, place: Place, advance: Callable[[int], None]) -> Taken:
        """Store all messages and their files; ``advance`` is told the bytes that it has looked at.

        Raises ArchiveRefused, LineRefused, DataInUse, DatabaseInUse, DataUnusable, DatabaseUnusable
        or StoreUnavailable, and then nothing was stored.
        """
        self._advance = advance
        wanted = self._wanted()
        with place.taking() as way:
            if way.files is None:
                self._left_out = sum(name.startswith("files/") for name in wanted)
                staged, fresh = dict[str, Staged](), way.load(self._with_files({}))
            else:
                staged, fresh = self._take_files(way, way.files, wanted)
        own = [each for name, each in staged.items() if name.startswith("files/")]
        size, missing = sum(each.size for each in own), self._missing - self._left_out
        return Taken(fresh, self._total, len(own), size, missing, self._left_out)

    def _take_files(
        self, way: Way, files: FileImport, wanted: dict[str, zipfile.ZipInfo]
    ) -> tuple[dict[str, Staged], int]:
        """Store the wanted parts, then the messages; returns those, and how many were new."""
        try:
            files.check_space(sum(part.file_size for part in wanted.values()))
            staged = self._stage(files, wanted)
            files.place()
            fresh = way.load(self._with_files(staged))
        except BaseException as error:
            files.undo()
            if isinstance(error, DiskFull):
                raise self._refusal("the disk has no room for its files") from None
            raise
        way.tidy()
        return staged, fresh

    def _look(self) -> dict[str, zipfile.ZipInfo]:
        """The parts that an archive of a room has."""
        parts = self._zip.parts
        for name in (MESSAGES, SUMS):
            if name not in parts:
                raise self._refusal(f"it is no export of a room: it has no {name}")
            self._check(parts[name], is_as_large=True)
        return parts

    def _wanted(self) -> dict[str, zipfile.ZipInfo]:
        """The parts that messages name, after a look at all of these."""
        wanted: dict[str, zipfile.ZipInfo] = {}
        for message in self._items():
            if isinstance(message, ArchivedRoom):
                continue
            for file_id, file in message.described.items():
                if (part := self._files.get(file_id)) is None:
                    continue
                self._check(part, part.file_size == file.length)
                wanted[part.filename] = part
                if (thumb := self._parts.get(thumb_entry(file_id))) is not None:
                    self._check(thumb, thumb.file_size <= THUMB_LIMIT)
                    wanted[thumb.filename] = thumb
        return wanted

    def _check(self, part: zipfile.ZipInfo, is_as_large: bool) -> None:
        self._zip.check(part)
        if not is_as_large:
            raise self._refusal(f"{part.filename!r} is not as large as its message says")

    def _stage(self, files: FileImport, wanted: dict[str, zipfile.ZipInfo]) -> dict[str, Staged]:
        """Write all parts down, and look whether each is what was exported."""
        sums, staged = self._sums(wanted), dict[str, Staged]()
        for name, part in wanted.items():
            with self._zip.explained(), self._zip.archive.open(part) as source:
                staged[name] = files.stage(source.read, self._advance)
            if staged[name].sha256 != sums.get(name):
                raise self._refusal(f"{name!r} is not what {SUMS} says")
            if name.startswith("thumbs/") and not is_thumb(self._zip.archive.read(part)):
                raise self._refusal(f"{name!r} is no small picture")
        return staged

    def _sums(self, wanted: Container[str]) -> dict[str, str]:
        """The hashes of these parts, as far as they have one."""
        sums = dict[str, str]()
        with self._zip.explained(), self._zip.archive.open(self._parts[SUMS]) as source:
            while line := source.readline(_SUM_LINE):
                found = _SUM.fullmatch(line)
                name = found[2].decode(errors="replace") if found else ""
                if found and name in wanted:
                    sums[name] = found[1].decode()
        return sums

    def _items(self) -> Iterator[Archived | ArchivedRoom]:
        """Every room and message, as it stands there. Raises LineRefused."""
        self._total = 0
        with self._zip.explained(), self._zip.archive.open(self._parts[MESSAGES]) as source:
            for item, size in read_items(source, f"{self._name}, {MESSAGES}"):
                yield item
                self._total += isinstance(item, Archived)
                self._advance(size)

    def _with_files(self, staged: dict[str, Staged]) -> Iterator[Item]:
        """The same, messages with those of their files that are there."""
        self._advance = lambda _: None  # they were counted at the first look
        for item in self._items():
            if isinstance(item, ArchivedRoom):
                yield item
                continue
            attached = tuple(self._attached(item, staged))
            self._missing += len(item.described) - len(attached)
            yield replace(item, attached=attached) if attached else without_files(item)

    def _attached(self, message: Archived, staged: dict[str, Staged]) -> Iterator[Loaded]:
        for file_id, file in message.described.items():
            part = self._files.get(file_id)
            content = None if part is None else staged.get(part.filename)
            if content is not None:
                thumb = staged.get(thumb_entry(file_id))
                kind, sides = type_of(content.head), (file.width, file.height)
                yield Loaded(
                    *(file_id, file.name, kind, content.size, *sides, content.sha256),
                    None if thumb is None else (thumb.sha256, thumb.size),
                )

    def _refusal(self, reason: str) -> ArchiveRefused:
        return ArchiveRefused(self._name, reason)
