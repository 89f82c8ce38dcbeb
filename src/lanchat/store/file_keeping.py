"""What becomes of files that nobody needs: given up, deleted with messages, left by a kill.

Rows go first, in the transaction that lets go of them; then what is in no file any more leaves the
disk. What a kill leaves between the two is found at the next start. An upload that does not go on
is given up after an hour, and so is a file that no message names; the hour is measured by the
monotonic clock and begins anew with a start, so that a clock that is set deletes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial

from lanchat.chat.model import Clock
from lanchat.errors import LanchatError, UnknownFile
from lanchat.store import file_rows as rows
from lanchat.store.database import Database
from lanchat.store.file_disk import Disk, FileFolder
from lanchat.store.file_rows import UploadRow

WAITING_SECONDS = 3_600.0
"""How long an upload waits for its next piece, and a file for its message."""

_AT_ONCE = 20
"""Uploads, or contents, that leave the disk in one step."""

_PAUSE = 0.02
"""Seconds between two steps, in which others are served."""


class FileKeeping:
    """Lets files go. ``work`` is to be called again and again; it may raise StoreUnavailable.

    ``written`` are the uploads that somebody is writing, ``finish`` makes files of those that are
    whole. Who moves a content to its place holds ``moving``.
    """

    def __init__(  # noqa: PLR0917
        self,
        database: Database,
        disk: Disk,
        folder: FileFolder,
        clock: Clock,
        written: Collection[str],
        finish: Callable[[UploadRow], object],
    ) -> None:
        self.moving = threading.Lock()
        self._database = database
        self._disk = disk
        self._folder = folder
        self._clock = clock
        self._written = written
        self._finish = finish
        self._until: dict[str, float] = {}
        self._has_looked_around = False
        self._stopped = threading.Event()

    def wait_for(self, upload_id: str) -> None:
        """Let an upload, or a file that waits for its message, have an hour from now on."""
        self._until[upload_id] = self._clock.monotonic() + WAITING_SECONDS

    def give_up(self, ids: Collection[str]) -> None:
        """Let uploads go, and files that no message names."""
        with self.moving:  # else one that is whole by now would come to its place afterwards
            self._database.call(partial(rows.give_up, ids=ids))
            self._disk.call(partial(self._drop_uploads, ids))
        for upload_id in ids:
            self._until.pop(upload_id, None)

    def work(self) -> None:
        """Do what is due now, and return when it is done or ``stop`` was called."""
        if not self._has_looked_around:
            self._look_around()
        while not self._stopped.is_set() and (due := self._due()[:_AT_ONCE]):
            self.give_up(due)
        while not self._stopped.is_set() and self._drop_unused():
            self._stopped.wait(_PAUSE)

    def stop(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._stopped.set()

    def _due(self) -> list[str]:
        now, until = self._clock.monotonic(), self._until
        return [each for each, end in until.items() if end <= now and each not in self._written]

    def _drop_unused(self) -> bool:
        """Delete some of what no file has any more; tells whether there was any."""
        unused = self._database.call(partial(rows.unused, most=_AT_ONCE))
        if unused:
            with self.moving:
                gone = self._database.call(partial(rows.forget, hashes=unused))
                self._disk.call(partial(self._drop_contents, gone))
        return bool(unused)

    def _drop_uploads(self, ids: Collection[str]) -> None:
        for upload_id in ids:
            self._folder.drop_upload(upload_id)

    def _drop_contents(self, hashes: Collection[str]) -> None:
        for sha256 in hashes:
            self._folder.drop_content(sha256)

    def _look_around(self) -> None:
        """See what an earlier life has left: finish what is whole, delete what belongs nowhere."""
        self._disk.call(self._folder.prepare)
        there = self._disk.call(self._folder.uploads)
        uploads = self._database.call(rows.unfinished)
        for upload_id in [*(each.id for each in uploads), *self._database.call(rows.waiting)]:
            self._until.setdefault(upload_id, self._clock.monotonic() + WAITING_SECONDS)
        for upload in uploads:
            if upload.sha256 is not None and upload.id not in self._written:
                self._try_to_finish(upload)
        known = {each.id for each in uploads} | set(self._written)
        for name in there:
            if name.partition(".")[0] not in known and name not in self._until:
                self._disk.call(partial(self._folder.drop_upload, name))
        for hashes in self._disk.call(lambda: list(self._folder.contents())):
            if self._stopped.is_set():
                return
            with self.moving:
                unknown = self._database.call(partial(rows.unknown, hashes=hashes))
                self._disk.call(partial(self._drop_contents, unknown))
        self._has_looked_around = True

    def _try_to_finish(self, upload: UploadRow) -> None:
        try:
            self._finish(upload)
        except UnknownFile:  # it was given up, or the disk has lost it
            self.give_up([upload.id])
        except LanchatError:  # whoever asks for it tries again
            pass
