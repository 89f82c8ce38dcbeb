"""What becomes of files that nobody needs: given up, deleted with messages, left by a kill.

Rows go first, in the transaction that lets go of them; then what is in no file any more leaves the
disk. What a kill leaves between the two is found at the next start. A disk on the network may take
so long for it that a database that others share has given up, and the same is sent again meanwhile.
So a content is set aside, deleted once it is stored that nobody has it, and else put back.

An upload that does not go on is given up after an hour, and so is a file that no message names. The
hour is measured by the monotonic clock of whoever looks, from when they have seen it as it is: a
clock that is set deletes nothing, and a start gives another hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from lanchat.chat.model import Clock
from lanchat.errors import BeingWritten, LanchatError, UnknownFile
from lanchat.files.disk import Disk
from lanchat.files.folder import FileFolder, content_of
from lanchat.files.turns import Turn, Turns
from lanchat.rows import files as rows
from lanchat.rows.connection import Database
from lanchat.rows.files import UploadRow

WAITING_SECONDS = 3_600.0
"""How long an upload waits for its next piece, and a file for its message."""

_LOOK_SECONDS = 60.0
"""Between two looks how far uploads are."""

_AT_ONCE = 20
"""Contents that leave the disk in one step."""

_PAUSE = 0.02
"""Seconds between two steps, in which others are served."""


class FileKeeping:
    """Lets files go. ``work`` is to be called again and again; it may raise StoreUnavailable.

    ``finish`` makes files of uploads that are whole.
    """

    def __init__(  # noqa: PLR0917
        self,
        database: Database,
        disk: Disk,
        folder: FileFolder,
        turns: Turns,
        clock: Clock,
        finish: Callable[[UploadRow, Turn], object],
    ) -> None:
        self._database = database
        self._disk = disk
        self._folder = folder
        self._turns = turns
        self._clock = clock
        self._finish = finish
        # How far what waits was when it was seen last, None for a file, and since when it is.
        self._seen: dict[str, tuple[int | None, float]] = {}
        self._next_look = clock.monotonic()
        self._has_looked_around = False
        self._stopped = threading.Event()

    def give_up(self, ids: Collection[str]) -> None:
        """Let uploads go, and files that no message names."""
        self._disk.call(self._folder.look)
        self._database.change(partial(rows.give_up, ids=ids))
        self._disk.call(partial(self._drop_uploads, ids))

    def lose(self, upload_id: str) -> None:
        """Let an upload go of which the disk has lost something."""
        self._database.change(partial(rows.lose, ids=[upload_id]))
        self._disk.call(partial(self._drop_uploads, [upload_id]))

    def settle(self, aside: Iterable[str]) -> None:
        """Delete contents that were set aside, or put them back where they are of a file."""
        for name in aside:
            sha256 = content_of(name)

            def settle(database: Database, name: str = name, sha256: str = sha256) -> None:
                if database.call(partial(rows.unknown, hashes=[sha256])):
                    self._disk.call(partial(self._folder.drop_aside, [name]))
                else:
                    self._disk.call(partial(self._folder.put_back, name))

            with self._looks_again():
                self._turns.move([sha256], settle)

    def work(self) -> None:
        """Do what is due now, and return when it is done or ``stop`` was called."""
        self._turns.keep(self._work)

    def stop(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._stopped.set()

    def _work(self) -> None:
        if not self._has_looked_around:
            self._look_around()
        if self._clock.monotonic() >= self._next_look:
            self._look()
        while not self._stopped.is_set() and self._drop_unused():
            self._stopped.wait(_PAUSE)

    def _look(self) -> None:
        """Finish what is whole, and give up what has been as it is for too long."""
        now = self._clock.monotonic()
        uploads = self._database.call(rows.unfinished)
        marks: dict[str, int | None] = dict.fromkeys(self._database.call(rows.waiting))
        marks |= {upload.id: upload.offset for upload in uploads}
        before, self._seen = self._seen, {each: (mark, now) for each, mark in marks.items()}
        for each, seen in before.items():
            if each in marks and marks[each] == seen[0]:
                self._seen[each] = seen
        for upload in uploads:
            if upload.sha256 is not None and not self._stopped.is_set():
                self._try_to_finish(upload)
        for each, (mark, since) in self._seen.items():
            if now - since >= WAITING_SECONDS and not self._stopped.wait(_PAUSE):
                self._give_up_idle(each, mark)
        self._next_look = now + _LOOK_SECONDS

    def _give_up_idle(self, upload_id: str, mark: int | None) -> None:
        """Give an upload up, or a file that waits, unless it went on a moment ago."""
        with suppress(BeingWritten), self._turns.write(upload_id):
            upload = self._database.call(partial(rows.upload, upload_id=upload_id))
            if mark == (upload and upload.offset):
                self.give_up([upload_id])

    def _drop_unused(self) -> bool:
        """Delete some of what no file has any more; tells whether there was any."""
        unused = self._database.call(partial(rows.unused, most=_AT_ONCE))

        def let_go(database: Database) -> list[str]:
            return self._set_aside(database.change(partial(rows.forget, hashes=unused)))

        if unused:
            self._drop(unused, let_go)
        return bool(unused)

    def _drop(self, hashes: Sequence[str], let_go: Callable[[Database], list[str]]) -> None:
        """Delete what is set aside by a step during which nobody else moves these contents."""
        with self._looks_again():  # nobody knows whether it is stored that they are nobody's
            aside = self._turns.move(hashes, let_go)
            self._disk.call(partial(self._folder.drop_aside, aside))

    @contextmanager
    def _looks_again(self) -> Iterator[None]:
        """What is left aside where something fails within is found by the next look around."""
        try:
            yield
        except LanchatError:
            self._has_looked_around = False
            raise

    def _set_aside(self, hashes: Collection[str]) -> list[str]:
        return self._disk.call(partial(self._folder.set_aside, hashes))

    def _drop_uploads(self, ids: Collection[str]) -> None:
        for upload_id in ids:
            self._folder.drop_upload(upload_id)

    def _look_around(self) -> None:
        """Delete what an earlier life has left on the disk, and belongs nowhere."""
        self._disk.call(self._folder.prepare)
        there = self._disk.call(self._folder.uploads)
        # Afterwards: rows come before their files.
        known = {each.id for each in self._database.call(rows.unfinished)}
        known |= set(self._database.call(rows.waiting))
        strays = [name for name in there if name.partition(".")[0] not in known]
        self._disk.call(
            partial(self._drop_uploads, [name for name in strays if not content_of(name)])
        )
        self.settle([name for name in strays if content_of(name)])

        def let_go(database: Database) -> list[str]:
            return self._set_aside(database.call(partial(rows.unknown, hashes=hashes)))

        for some in self._disk.call(lambda: list(self._folder.contents())):
            if self._stopped.is_set():
                return
            if hashes := self._database.call(partial(rows.unknown, hashes=some)):
                self._drop(hashes, let_go)
        self._has_looked_around = True

    def _try_to_finish(self, upload: UploadRow) -> None:
        try:
            with self._turns.write(upload.id) as turn:
                self._finish(upload, turn)
        except UnknownFile:  # it was given up, or the disk has lost it
            self.lose(upload.id)
        except LanchatError:  # whoever asks for it tries again
            pass
