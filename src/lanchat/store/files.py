"""The Files: uploads that become files, and files to be read.

An upload's row says how much of it is on disk, and is written after that alone. When all is there
the row says so first, with the hash: from then on a start finishes what is left to do, which is to
move the content to its place and to make a file of the row. So the last answer of an upload means
a file that is there for good, and a kill at any moment costs one piece at most.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from lanchat.chat.model import (
    SLICE_LIMIT,
    SYSTEM_CLOCK,
    THUMB_LIMIT,
    Checksum,
    Clock,
    FileDraft,
    Origin,
    Upload,
    User,
)
from lanchat.chat.ports import OpenedFile
from lanchat.config import spared
from lanchat.errors import (
    BeingWritten,
    DiskFull,
    LanchatError,
    PayloadInvalid,
    TooLarge,
    UnknownFile,
    WrongOffset,
)
from lanchat.store import file_rows as rows
from lanchat.store.database import Database
from lanchat.store.file_disk import Disk, FileFolder
from lanchat.store.file_keeping import WAITING_SECONDS, FileKeeping
from lanchat.store.file_rows import FoundFile, Quotas, UploadRow
from lanchat.store.slices import Hash, ShortFileError, Slice, pour, verify

HEAD = 4_096
"""The first bytes of a file, by which its type is told."""

THUMB_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})

_HASHES = 1_000
"""Uploads whose hash is remembered; that of another one is counted again from the disk."""


class SqliteFiles:
    """Files in ``folder``, and what is known of them in the database.

    What is written and hashed keeps ``threads`` busy, so ``readers`` are others. ``kind_of`` tells
    the type by the first HEAD bytes. ``keeping`` is to be worked.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        threads: Executor,
        readers: Executor,
        *,
        max_size: int,
        quotas: Quotas,
        kind_of: Callable[[bytes], str],
        spare: Callable[[int], int] = spared,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.max_size = max_size
        self._database = database
        self._folder = FileFolder(folder)
        self._disk = Disk(threads)
        self._reading = Disk(readers)
        self._quotas = quotas
        self._kind_of = kind_of
        self._spare = spare
        self._clock = clock
        self._written = set[str]()
        self._hashes = OrderedDict[str, tuple[int, Hash]]()
        self.keeping = FileKeeping(
            database, self._disk, self._folder, clock, self._written, self._finish
        )

    def begin(self, user: User, origin: Origin, draft: FileDraft) -> Upload:
        if draft.length > self.max_size:
            raise TooLarge(self.max_size)
        self._check_space(draft.length)
        upload_id, created = secrets.token_hex(16), self._clock.wall()
        row = UploadRow(
            *(upload_id, user.id, origin.device, draft.length, 0, draft.name),
            *(draft.width, draft.height, created),
        )
        self._database.call(partial(rows.begin, upload=row, quotas=self._quotas))
        try:
            self._disk.call(partial(self._folder.create, upload_id))
        except LanchatError:
            self._database.call(partial(rows.give_up, ids=[upload_id]))
            raise
        self.keeping.wait_for(upload_id)
        return _told(row) if row.length else self._end(row, hashlib.sha256())

    def offset(self, user: User, upload_id: str) -> Upload:
        upload = self._upload(user, upload_id)
        if upload is None:
            return self._whole(user, upload_id)
        if upload.sha256 is not None and upload_id not in self._written:
            with self._alone(upload_id):
                return self._finish(upload)
        return _told(upload)

    def write(
        self,
        user: User,
        upload_id: str,
        offset: int,
        read: Callable[[int], bytes],
        checksum: Checksum | None = None,
    ) -> Upload:
        with self._alone(upload_id):
            upload = self._upload(user, upload_id)
            if upload is None:
                whole = self._whole(user, upload_id)
                if offset != whole.offset:
                    raise WrongOffset(whole.offset)
                return whole
            if offset != upload.offset:
                raise WrongOffset(upload.offset)
            return self._finish(upload) if upload.sha256 else self._extend(upload, read, checksum)

    def put_thumb(self, user: User, file_id: str, picture: bytes) -> None:
        if len(picture) > THUMB_LIMIT:
            raise TooLarge(THUMB_LIMIT, "thumb")
        if self._kind_of(picture[:HEAD]) not in THUMB_TYPES:
            raise PayloadInvalid
        with self._alone(file_id):
            _, waits = self._database.call(partial(rows.own, user=user, file_id=file_id))
            if not waits:
                raise UnknownFile
            size = len(picture)
            self._database.call(partial(rows.check_total, cost=size, quotas=self._quotas))
            self._check_space(size)
            draft = self._disk.call(partial(self._folder.put, file_id, picture))
            sha256 = hashlib.sha256(picture).hexdigest()
            with self.keeping.moving:
                self._place(draft, sha256)
                self._database.call(
                    partial(rows.put_thumb, file_id=file_id, sha256=sha256, size=size)
                )

    def remove(self, user: User, upload_id: str) -> None:
        if self._upload(user, upload_id) is None:
            _, waits = self._database.call(partial(rows.own, user=user, file_id=upload_id))
            if not waits:
                raise UnknownFile
        self._hashes.pop(upload_id, None)
        self.keeping.give_up([upload_id])

    def open(self, file_id: str) -> OpenedFile:
        found = self._database.call(partial(rows.find, file_id=file_id))
        return self._open(found, found.sha256, found.attachment.size)

    def open_thumb(self, file_id: str) -> OpenedFile:
        found = self._database.call(partial(rows.find, file_id=file_id))
        if found.thumb_sha256 is None:
            raise UnknownFile
        return self._open(found, found.thumb_sha256, found.thumb_size)

    def _open(self, found: FoundFile, sha256: str, size: int) -> OpenedFile:
        def opened() -> OpenedFile:
            try:
                content = self._folder.open(sha256)
            except FileNotFoundError:  # somebody has deleted it
                raise UnknownFile from None
            return OpenedFile(found.attachment, sha256, size, found.user_id, found.room, content)

        return self._reading.call(opened)

    def _upload(self, user: User, upload_id: str) -> UploadRow | None:
        """The person's upload, or None where it may be a file by now."""
        found = self._database.call(partial(rows.upload, upload_id=upload_id))
        if found is not None and found.user_id != user.id:
            raise UnknownFile
        return found

    def _whole(self, user: User, file_id: str) -> Upload:
        size, waits = self._database.call(partial(rows.own, user=user, file_id=file_id))
        return Upload(file_id, size, size, WAITING_SECONDS if waits else None)

    @contextmanager
    def _alone(self, upload_id: str) -> Iterator[None]:
        """While nobody else writes to the same upload. Raises BeingWritten."""
        if upload_id in self._written:
            raise BeingWritten
        self._written.add(upload_id)
        try:
            yield
        finally:
            self._written.discard(upload_id)

    def _check_space(self, size: int) -> None:
        """Look whether so much more leaves enough of the disk for messages. Raises DiskFull."""
        total, free = self._disk.call(self._folder.space)
        expected = self._database.call(rows.outstanding)
        if free - expected - size < self._spare(total):
            raise DiskFull

    def _extend(
        self, upload: UploadRow, read: Callable[[int], bytes], checksum: Checksum | None
    ) -> Upload:
        """Put what can be read behind what is there of an upload."""
        piece = self._slice(upload, checksum)
        is_kept = False
        try:
            most = min(SLICE_LIMIT, upload.length - upload.offset)
            failure = pour(self._disk, piece, read, most)
            if failure is not None and checksum is not None:
                raise failure
            verify(piece)
            self._disk.call(piece.keep)
            is_kept = True
        finally:
            if not is_kept:
                with suppress(LanchatError):
                    self._disk.call(piece.discard)
        come = upload._replace(offset=upload.offset + piece.size)
        if come.offset == come.length:
            return self._end(come, piece.sha256)
        if piece.size:
            self._database.call(partial(rows.note, upload=come))
            self.keeping.wait_for(upload.id)
        self._remember(come, piece.sha256)
        if failure is not None:
            raise failure
        return _told(come)

    def _slice(self, upload: UploadRow, checksum: Checksum | None) -> Slice:
        """Where the next piece goes. Raises UnknownFile where the disk has lost the others."""
        offset, known = self._hashes.pop(upload.id, (-1, None))
        sha256 = known if offset == upload.offset else None
        path = self._folder.upload(upload.id)
        try:
            piece = self._disk.call(partial(Slice, path, upload.offset, sha256, checksum))
        except (ShortFileError, UnknownFile):
            self.keeping.give_up([upload.id])
            raise UnknownFile from None
        # Also for a piece of which nothing will be kept: else each such one would cost as much as
        # all that is there.
        self._remember(upload, piece.sha256.copy())
        return piece

    def _remember(self, upload: UploadRow, sha256: Hash) -> None:
        self._hashes[upload.id] = (upload.offset, sha256)
        if len(self._hashes) > _HASHES:
            self._hashes.popitem(last=False)

    def _end(self, upload: UploadRow, sha256: Hash) -> Upload:
        """Note that all of an upload is on disk, and make a file of it."""
        self._hashes.pop(upload.id, None)
        upload = upload._replace(sha256=sha256.hexdigest(), offset=upload.length)
        self._database.call(partial(rows.note, upload=upload))
        return self._finish(upload)

    def _finish(self, upload: UploadRow) -> Upload:
        """Make a file of an upload that is noted as whole; it may have been begun before."""
        sha256 = str(upload.sha256)
        head = self._disk.call(partial(self._folder.head, upload.id, sha256, HEAD))
        with self.keeping.moving:
            self._place(upload.id, sha256)
            kind = self._kind_of(head)
            self._database.call(partial(rows.finish, upload=upload, kind=kind))
        self.keeping.wait_for(upload.id)
        return _told(upload)

    def _place(self, name: str, sha256: str) -> None:
        """Move what is in a file to its place, while nobody else moves or deletes."""
        known = self._database.call(partial(rows.is_known, sha256=sha256))
        self._disk.call(partial(self._folder.keep, name, sha256, known=known))


def _told(upload: UploadRow) -> Upload:
    return Upload(upload.id, upload.length, upload.offset, WAITING_SECONDS)
