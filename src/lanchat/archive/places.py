"""Where messages are: in the data folder of one server, or in the database that several share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

from lanchat.database_url import without_password
from lanchat.errors import ExtraMissing
from lanchat.files.folder import FileFolder
from lanchat.rows.bulk_loading import Item
from lanchat.rows.bulk_reading import MessageReader, Wanted
from lanchat.store import bulk
from lanchat.store.datadir import DATABASE, FILES, DataDir
from lanchat.store.file_import import FileImport

Load = Callable[[Iterable[Item]], int]
"""Stores all items, or none; returns how many messages were new."""


class Way(NamedTuple):
    """The way in: messages by ``load``, their ``files`` first, unless there is no place for any.

    ``tidy`` lets go of those that no message needed.
    """

    load: Load
    files: FileImport | None
    tidy: Callable[[], object]


class Place(Protocol):
    """Where messages come from or go to; ``str`` of it is for people."""

    @property
    def files(self) -> FileFolder | None:
        """The folder with their files; None where it is not named. Raises DataUnusable."""

    def reader(self, wanted: Wanted) -> MessageReader:
        """The messages that are wanted. Raises LanchatError where there can be none."""

    def taking(self) -> AbstractContextManager[Way]:
        """A context in which nobody else has the place. Raises CannotStart."""


class Folder:
    """The data folder at ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    @property
    def files(self) -> FileFolder:
        return FileFolder(self._path / FILES)

    def reader(self, wanted: Wanted) -> MessageReader:
        return MessageReader(bulk.MessageFile(self._path / DATABASE), wanted)

    @contextmanager
    def taking(self) -> Iterator[Way]:
        with closing(DataDir(self._path)) as data:
            files = FileImport(FileFolder(data.files))
            tidy = partial(bulk.look_at, data.database, files.tidy)
            yield Way(partial(bulk.load, data.database), files, tidy)


class Shared:
    """The database at ``address``, with the folder of files at ``files_dir``, if that is named.

    Raises ExtraMissing.
    """

    def __init__(self, address: str, files_dir: Path | None = None) -> None:
        self._address = address
        self._files_dir = files_dir
        self._bulk = _module()

    def __str__(self) -> str:
        return without_password(self._address)

    def reader(self, wanted: Wanted) -> MessageReader:
        return MessageReader(self._bulk.SharedMessages(self._address), wanted)

    @property
    def files(self) -> FileFolder | None:
        if self._files_dir is None:
            return None
        folder: FileFolder = self._bulk.folder(self._address, self._files_dir)
        return folder

    @contextmanager
    def taking(self) -> Iterator[Way]:
        with closing(self._bulk.Loading(self._address, self._files_dir)) as loading:
            files = None if loading.files is None else FileImport(loading.files)
            yield Way(loading.load, files, lambda: files and loading.look(files.tidy))


def place(data_dir: Path, database: str | None, files_dir: Path | None) -> Folder | Shared:
    """The database where one is named, else the folder. Raises ExtraMissing."""
    return Folder(data_dir) if database is None else Shared(database, files_dir)


def _module() -> ModuleType:
    """What reads and writes it, which needs an extra."""
    try:
        return import_module("lanchat.cluster.bulk")
    except ImportError as error:
        raise ExtraMissing("--database", "psycopg[binary]") from error
