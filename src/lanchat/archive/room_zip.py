"""A room as one ZIP file: a page to read, its files, and lines that `lanchat import` takes back.

    room.html              where it was unpacked, it shows the files beside it
    messages.jsonl         every message, exactly
    files/<id>/<name>      what was sent
    thumbs/<id>            small pictures that stand for large ones
    SHA256SUMS             of all these files, as `sha256sum --check` reads them

Nothing is held whole: each part is written as it is read.
"""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import partial
from typing import BinaryIO

from lanchat.archive.exporter import ALL, Asked, Format
from lanchat.archive.html_page import Page
from lanchat.archive.message_formats import JsonLines
from lanchat.archive.places import Place
from lanchat.chat.model import Attachment
from lanchat.files.folder import FileFolder
from lanchat.files.slices import PIECE

PAGE, MESSAGES, SUMS = "room.html", "messages.jsonl", "SHA256SUMS"

_MANY = 100_000
"""Messages that may take more than a part of a ZIP file could have before it had 64 bits."""

_OWNERS_ALONE = 0o600 << 16


def file_entry(file_id: str, name: str) -> str:
    """Where a file is in the archive."""
    return f"files/{file_id}/{name}"


def thumb_entry(file_id: str) -> str:
    """Where the small picture of a file is."""
    return f"thumbs/{file_id}"


class RoomZip:
    """The messages of a place, and their files, as of ``Export``.

    ``steps`` are how often ``write`` says that it has come further; ``lost`` are files that could
    not be read, or are not what was sent any more, ``left_out`` counts those of a place whose
    folder of files is not known. Raises as ``Export`` does.
    """

    def __init__(self, place: Place, asked: Asked = ALL) -> None:
        self._folder = place.files
        self._reader = place.reader(asked.wanted)
        self._asked = asked
        self._rooms = asked.rooms(self._reader)
        self.leaves_out = self._reader.leaves_out
        self.count = self._reader.count()
        self.steps = 3 * self.count
        self.files = 0
        self.left_out = 0
        self.lost: list[str] = []

    def write(self, target: BinaryIO, advance: Callable[[int], None]) -> None:
        """Write all of it. Raises OSError where the target refuses."""
        zone, has_files = self._asked.zone, self._folder is not None
        now = datetime.now(timezone.utc).astimezone(zone)
        page = Page(
            *(zone, self._asked.lang, self.count, now), rooms=self._rooms, with_files=has_files
        )
        with zipfile.ZipFile(target, "w") as archive:
            self._put_text(archive, PAGE, page, advance)
            self._put_text(archive, MESSAGES, JsonLines(self._rooms), advance)
            sums = [f"{sha256}  {name}\n" for name, sha256 in self._put_files(archive, advance)]
            with archive.open(_entry(SUMS), "w") as entry:
                entry.write("".join(sums).encode())

    def close(self) -> None:
        """Let go of the database."""
        self._reader.close()

    def _put_text(
        self, archive: zipfile.ZipFile, name: str, form: Format, advance: Callable[[int], None]
    ) -> None:
        with archive.open(_entry(name), "w", force_zip64=self.count > _MANY) as entry:
            entry.write(form.head().encode())
            for page in self._reader.pages():
                entry.write(form.body(page).encode())
                advance(len(page))
            entry.write(form.foot().encode())

    def _put_files(
        self, archive: zipfile.ZipFile, advance: Callable[[int], None]
    ) -> Iterator[tuple[str, str]]:
        """Put all files there; gives the name and the hash of each part."""
        for page in self._reader.pages():
            hashes = self._reader.hashes([m.id for m in page if m.files])
            for message in page:
                for file in message.files or ():
                    if self._folder is None:
                        self.left_out += 1
                    elif file.id in hashes:
                        copy = partial(self._copy, archive, self._folder)
                        yield from self._put_file(copy, file, *hashes[file.id])
                advance(1)

    def _put_file(
        self, copy: Callable[[str, str], str], file: Attachment, sha256: str, thumb: str | None
    ) -> Iterator[tuple[str, str]]:
        parts = [(file_entry(file.id, file.name), sha256)]
        if thumb is not None:
            parts.append((thumb_entry(file.id), thumb))
        for name, expected in parts:
            try:
                found = copy(name, expected)
            except FileNotFoundError:  # deleted meanwhile, or by another hand
                found = ""
            if found != expected:
                self.lost.append(file.name)
            if found:
                yield name, found
                self.files += name.startswith("files/")

    @staticmethod
    def _copy(archive: zipfile.ZipFile, folder: FileFolder, name: str, sha256: str) -> str:
        """Put a content there; returns its hash, as it was read.

        Raises FileNotFoundError where it is not there, or not to its end.
        """
        counted = hashlib.sha256()
        with folder.open(sha256) as source:
            info = _entry(name, zipfile.ZIP_STORED)  # pictures and films are small already
            size = info.file_size = source.seek(0, 2)
            source.seek(0)
            with archive.open(info, "w") as entry:
                while piece := source.read(PIECE):
                    counted.update(piece)
                    entry.write(piece)
        if info.file_size < size:  # deleted while it was read: what there is of it is no part
            archive.infolist().remove(info)
            raise FileNotFoundError(name)
        return counted.hexdigest()


def _entry(name: str, way: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = way
    info.external_attr = _OWNERS_ALONE
    return info
