"""The Files: uploads that become files, and files to be read.

An upload's row says how much of it is on disk, and is written after that alone. When all is there
the row says so first, with the hash: from then on whoever comes by finishes what is left to do,
which is to move the content to its place and to make a file of the row. So the last answer of an
upload means a file that is there for good, and a kill at any moment costs one piece at most.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lanchat.chat.file_port import OpenedFile
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
from lanchat.config import spared
from lanchat.errors import (
    DiskFull,
    LanchatError,
    PayloadInvalid,
    TooLarge,
    UnknownFile,
    WrongOffset,
)
from lanchat.files.disk import Disk
from lanchat.files.folder import FileFolder
from lanchat.files.keeping import WAITING_SECONDS, FileKeeping
from lanchat.files.slices import Hash, ShortFileError, Slice, hash_of, pour, verify
from lanchat.files.turns import LocalTurns, Turn, Turns
from lanchat.rows import files as rows
from lanchat.rows.connection import Connection, Database
from lanchat.rows.files import FoundFile, Quotas, UploadRow

HEAD = 4_096
"""The first bytes of a file, by which its type is told."""

THUMB_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})

_HASHES = 1_000
"""Uploads whose hash is remembered; that of another one is counted from the disk at its end."""


class StoredFiles:
    """Files in ``folder``, and what is known of them in the database.

    What is written and hashed keeps ``disk`` busy, so ``reading`` has other threads. ``kind_of``
    tells the type by the first HEAD bytes. ``turns`` None is for one server alone. ``keeping`` is
    to be worked.
    """

    def __init__(
        self,
        database: Database,
        folder: FileFolder,
        disk: Disk,
        reading: Disk,
        *,
        max_size: int,
        quotas: Quotas,
        kind_of: Callable[[bytes], str],
        turns: Turns | None = None,
        spare: Callable[[int], int] = spared,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.max_size = max_size
        self._database = database
        self._folder = folder
        self._disk = disk
        self._reading = reading
        self._quotas = quotas
        self._kind_of = kind_of
        self._turns = turns or LocalTurns(database)
        self._spare = spare
        self._clock = clock
        self._hashes = OrderedDict[str, tuple[int, Hash]]()
        self.keeping = FileKeeping(database, disk, folder, self._turns, clock, self._finish)

    def begin(self, user: User, origin: Origin, draft: FileDraft) -> Upload:
        if draft.length > self.max_size:
            raise TooLarge(self.max_size)
        self._check_space(draft.length)
        upload_id, created = secrets.token_hex(16), self._clock.wall()
        row = UploadRow(
            *(upload_id, user.id, origin.device, draft.length, 0, draft.name),
            *(draft.width, draft.height, created),
        )
        self._database.change(partial(rows.begin, upload=row, quotas=self._quotas))
        try:
            self._disk.call(partial(self._folder.create, upload_id))
        except LanchatError:
            self._database.change(partial(rows.give_up, ids=[upload_id]))
            raise
        if row.length:
            return _told(row)
        with self._turns.write(upload_id) as turn:
            return self._end(row, turn, hashlib.sha256())

    def offset(self, user: User, upload_id: str) -> Upload:
        upload = self._upload(user, upload_id)
        if upload is None:
            return self._whole(user, upload_id)
        if upload.sha256 is None:
            return _told(upload)
        # Nobody is told that it is whole before it is a file, which a message can name.
        with self._turns.write(upload_id) as turn:
            return self._finish(upload, turn)

    def write(
        self,
        user: User,
        upload_id: str,
        offset: int,
        read: Callable[[int], bytes],
        checksum: Checksum | None = None,
    ) -> Upload:
        with self._turns.write(upload_id) as turn:
            upload = self._upload(user, upload_id)
            if upload is None:
                whole = self._whole(user, upload_id)
                if offset != whole.offset:
                    raise WrongOffset(whole.offset)
                return whole
            if offset != upload.offset:
                raise WrongOffset(upload.offset)
            if upload.sha256 is not None:
                return self._finish(upload, turn)
            return self._extend(upload, turn, read, checksum)

    def put_thumb(self, user: User, file_id: str, picture: bytes) -> None:
        if len(picture) > THUMB_LIMIT:
            raise TooLarge(THUMB_LIMIT, "thumb")
        if self._kind_of(picture[:HEAD]) not in THUMB_TYPES:
            raise PayloadInvalid
        _, waits = self._database.call(partial(rows.own, user=user, file_id=file_id))
        if not waits:
            raise UnknownFile
        size = len(picture)
        self._database.call(partial(rows.check_total, cost=size, quotas=self._quotas))
        self._check_space(size)
        name = self._disk.call(partial(self._folder.put, file_id, picture))
        sha256 = hashlib.sha256(picture).hexdigest()
        self._place(
            name, sha256, partial(rows.put_thumb, file_id=file_id, sha256=sha256, size=size)
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
        content = self._reading.call(partial(self._folder.open, sha256))
        return OpenedFile(found.attachment, sha256, size, found.user_id, found.room, content)

    def _upload(self, user: User, upload_id: str) -> UploadRow | None:
        """The person's upload, or None where it may be a file by now."""
        found = self._database.call(partial(rows.upload, upload_id=upload_id))
        if found is not None and found.user_id != user.id:
            raise UnknownFile
        return found

    def _whole(self, user: User, file_id: str) -> Upload:
        size, waits = self._database.call(partial(rows.own, user=user, file_id=file_id))
        return Upload(file_id, size, size, WAITING_SECONDS if waits else None)

    def _check_space(self, size: int) -> None:
        """Look whether so much more leaves enough of the disk for messages. Raises DiskFull."""
        total, free = self._disk.call(self._folder.space)
        expected = self._database.call(rows.outstanding)
        if free - expected - size < self._spare(total):
            raise DiskFull

    def _extend(
        self,
        upload: UploadRow,
        turn: Turn,
        read: Callable[[int], bytes],
        checksum: Checksum | None,
    ) -> Upload:
        """Put what can be read behind what is there of an upload."""
        piece = self._slice(upload, turn, checksum)
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
            return self._end(come, turn, piece.sha256)
        if piece.size:
            self._database.unhurried(partial(_note, turn=turn, upload=come))
            self._remember(come, piece.sha256)
        if failure is not None:
            raise failure
        return _told(come)

    def _slice(self, upload: UploadRow, turn: Turn, checksum: Checksum | None) -> Slice:
        """Where the next piece goes. Raises UnknownFile where the disk has lost the others."""
        offset, known = self._hashes.get(upload.id, (-1, None))
        sha256 = known if offset == upload.offset else None
        if not upload.offset:
            sha256 = hashlib.sha256()

        def begin() -> Slice:
            self._folder.look()
            return Slice(self._folder.upload(turn.name), upload.offset, sha256, checksum)

        try:
            if turn.is_torn:
                torn, copy = turn.name, self._folder.copy
                turn.go_on(self._disk.call(partial(copy, upload.id, torn, upload.offset)))
                self._disk.call(partial(self._folder.drop, torn))
            return self._disk.call(begin)
        except (ShortFileError, UnknownFile):
            self.keeping.lose(upload.id)
            raise UnknownFile from None

    def _remember(self, upload: UploadRow, sha256: Hash | None) -> None:
        if sha256 is None:
            return
        self._hashes[upload.id] = (upload.offset, sha256)
        self._hashes.move_to_end(upload.id)
        if len(self._hashes) > _HASHES:
            self._hashes.popitem(last=False)

    def _end(self, upload: UploadRow, turn: Turn, sha256: Hash | None) -> Upload:
        """Note that all of an upload is on disk, and make a file of it."""
        self._hashes.pop(upload.id, None)
        if sha256 is None:
            path = self._folder.upload(turn.name)
            sha256 = self._disk.call(partial(hash_of, path, upload.length))
        upload = upload._replace(sha256=sha256.hexdigest(), offset=upload.length)
        self._database.change(partial(_note, turn=turn, upload=upload))
        return self._finish(upload, turn)

    def _finish(self, upload: UploadRow, turn: Turn) -> Upload:
        """Make a file of an upload that is noted as whole; it may have been begun before."""
        sha256 = str(upload.sha256)
        head = self._disk.call(partial(self._folder.head, turn.name, sha256, HEAD))
        finish = partial(rows.finish, upload=upload, kind=self._kind_of(head))
        self._place(turn.name, sha256, finish)
        return _told(upload)

    def _place(self, name: str, sha256: str, note: Callable[[Connection], None]) -> None:
        """Move what is in a file to its place, and note whose it is from then on."""
        aside = list[str]()

        def move(database: Database) -> None:
            known = database.call(partial(rows.is_known, sha256=sha256))
            self._disk.call(partial(self._folder.keep, name, sha256, known=known))
            try:
                database.change(note)
            except UnknownFile:  # it was given up meanwhile
                unknown = database.call(partial(rows.unknown, hashes=[sha256]))
                aside.extend(self._disk.call(partial(self._folder.set_aside, unknown)))
                raise

        try:
            self._turns.move([sha256], move)
        finally:
            self.keeping.settle(aside)


def _note(connection: Connection, turn: Turn, upload: UploadRow) -> None:
    """Note how far an upload has come, as long as it is one's turn to write it."""
    rows.note(connection, upload)
    turn.check(connection)  # behind it, as whoever deletes an upload locks these rows in this order


def _told(upload: UploadRow) -> Upload:
    return Upload(upload.id, upload.length, upload.offset, WAITING_SECONDS)
