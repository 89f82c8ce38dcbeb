"""A connection that knows whether the file on disk is still the one that it has open.

SQLite goes on in files that were deleted or replaced below it, and what is committed then is gone
with the process. So every transaction looks before it begins, and again before anybody is told of
it. A deleted or moved file is known by its inode. Where another file was copied over it, the
inode is the same, but not what stands in it: the epoch that was begun last is missing there, or
in a copy of this very start the last positions are, which never go back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from lanchat.errors import StoreUnavailable

_COMPANIONS = ("", "-wal", "-shm")
"""What is added to the path: all three are one database while it is open."""

_NEWEST = "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
_IN_FILE = "SELECT seq FROM sqlite_sequence, epoch WHERE name = 'message' AND epoch = ?"

Identity = tuple[int, int]


class OpenFile(sqlite3.Connection):
    """A connection that SQLite makes; it knows its file once ``watch`` was called."""

    is_watched = False

    is_hasty = False
    """Whether it may still commit without waiting for the disk, since that could not be ended."""

    _reached = 0
    """The position that was committed last."""

    def watch(self, path: Path) -> None:
        """Remember which files these are: the one at the path, and those beside it."""
        self.is_watched = True
        self._path = path
        # As texts: this is asked twice in a commit, and paths take their time.
        self._names = [f"{path.absolute()}{suffix}" for suffix in _COMPANIONS]
        self._known: dict[str, Identity] = {}
        self._content = (0, 0)
        self._epoch = ""
        self._in_file = -1  # the position that was seen in the file itself, with the epoch
        self._wal_is_ours = True
        self.look()

    def mark(self, epoch: str) -> None:
        """Know the file by this epoch, which was begun and moved into it."""
        self._epoch, self._content = epoch, (0, 0)
        self.look()

    def look(self) -> None:
        """Return where all is as it should be. Raises StoreUnavailable."""
        if self.is_watched:
            with suppress(OSError):  # it cannot be seen: SQLite can go on all the same
                self._look()

    def look_back(self) -> None:
        """Return where all is there that was: the WAL can be overwritten, too.

        Raises StoreUnavailable. Within a transaction this costs next to nothing.
        """
        if not self.is_watched:
            return
        self._wal_is_ours = self._newest() >= self._reached
        if not self._wal_is_ours:
            raise StoreUnavailable(self._what_to_do("overwritten"))

    def commit_position(self) -> None:
        """End the transaction, and know the file by the position that it has reached."""
        reached = self._newest() if self.is_watched else 0
        self.execute("COMMIT")
        self._reached = reached

    def _look(self) -> None:
        for name in self._names:
            status = _status(name)
            if status is None and name not in self._known:
                continue  # not made yet
            found = None if status is None else (status.st_dev, status.st_ino)
            if self._known.setdefault(name, found or (0, 0)) != found:
                raise StoreUnavailable(self._what_to_do("deleted, moved or replaced"))
            if status is not None and name is self._names[0]:
                self._look_into(status)

    def close(self) -> None:
        """SQLite's own way, which moves the WAL into the file; what is not ours is kept from it."""
        if not self.is_watched:
            super().close()
            return
        with ExitStack() as undo:
            file, wal, _ = self._names
            if self._is_foreign(wal):  # it would be deleted
                undo.enter_context(_out_of_the_way(Path(wal)))
            try:
                self.look()
                self.look_back()
            except (StoreUnavailable, sqlite3.Error):
                if not self._is_foreign(file):  # it would be written into
                    undo.enter_context(_as_it_is(Path(file)))
                if not self._wal_is_ours and _status(wal) is not None:
                    undo.enter_context(_as_it_is(Path(wal)))
            super().close()
            self.is_watched = False

    def _look_into(self, status: os.stat_result) -> None:
        content = status.st_mtime_ns, status.st_size
        if content == self._content or not self._epoch:
            return
        position = self._position_in_file()
        if position < self._in_file:
            raise StoreUnavailable(self._what_to_do("overwritten"))
        self._in_file, self._content = position, content

    def _newest(self) -> int:
        (position,) = self.execute(_NEWEST).fetchone()
        return int(position)

    def _position_in_file(self) -> int:
        """The newest that stands in the file itself, without the WAL; -1 without the epoch."""
        # With a connection, since closing the file by hand would let go of SQLite's locks on it.
        address = f"{self._path.absolute().as_uri()}?immutable=1"
        try:
            with closing(sqlite3.connect(address, uri=True)) as other:
                found = other.execute(_IN_FILE, (self._epoch,)).fetchone()
        except sqlite3.Error:
            return -1
        return -1 if found is None else int(found[0])

    def _is_foreign(self, name: str) -> bool:
        status = _status(name)
        return status is not None and self._known.get(name) != (status.st_dev, status.st_ino)

    def _what_to_do(self, happened: str) -> str:
        return (
            f"{self._path} was {happened} while this server had it open, so nothing can be stored; "
            "stop the server, see to it that the right file is there, and start it again"
        )


def look(connection: sqlite3.Connection) -> None:
    """Look whether the connection's file is still there. Raises StoreUnavailable."""
    if isinstance(connection, OpenFile):
        connection.look()


def look_back(connection: sqlite3.Connection) -> None:
    """Look whether what was committed is still there. Raises StoreUnavailable."""
    if isinstance(connection, OpenFile):
        connection.look_back()


def mark(connection: sqlite3.Connection, epoch: str) -> None:
    """Know the connection's file, if it has one, by an epoch that stands in it."""
    if isinstance(connection, OpenFile) and connection.is_watched:
        connection.mark(epoch)


def commit(connection: sqlite3.Connection) -> None:
    """End the transaction; what it has taken is to be there from now on."""
    if isinstance(connection, OpenFile):
        connection.commit_position()
    else:
        connection.execute("COMMIT")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What happens within is stored whole or not at all.

    Raises StoreUnavailable where the file is gone: nobody may be told that it is stored.
    """
    look(connection)
    if isinstance(connection, OpenFile) and connection.is_hasty:
        _wait_for_disk(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        look_back(connection)
        yield
        commit(connection)
        look(connection)
    except BaseException:
        # A failed COMMIT (disk full) may have rolled back on its own.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def unhurried(connection: sqlite3.Connection) -> Iterator[None]:
    """The same without waiting for the disk: it is there with the next transaction that does.

    A power cut may take it along, whole, with nothing of what was there before.
    """
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        with transaction(connection):
            yield
    finally:
        # To say so may need a look at the schema, and fail as what was done within has.
        if isinstance(connection, OpenFile):
            connection.is_hasty = True
            with suppress(sqlite3.Error):
                _wait_for_disk(connection)
        else:
            connection.execute("PRAGMA synchronous = FULL")


def _wait_for_disk(connection: OpenFile) -> None:
    """Let every commit from now on be on disk when it returns."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.is_hasty = False


def _status(name: str) -> os.stat_result | None:
    """What is at the path; None where nothing is. Raises OSError where that cannot be told."""
    try:
        return os.stat(name)  # noqa: PTH116 (a text, not a path)
    except (FileNotFoundError, NotADirectoryError):
        return None


@contextmanager
def _out_of_the_way(path: Path) -> Iterator[None]:
    aside = path.with_name(f"{path.name}.aside")
    path.replace(aside)
    try:
        yield
    finally:
        aside.replace(path)


@contextmanager
def _as_it_is(path: Path) -> Iterator[None]:
    aside = path.with_name(f"{path.name}.aside")
    try:
        shutil.copy2(path, aside)
    except OSError:  # no place for it
        aside.unlink(missing_ok=True)
        yield
        return
    try:
        yield
    finally:
        aside.replace(path)
