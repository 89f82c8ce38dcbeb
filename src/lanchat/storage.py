"""What is kept on one machine: the data directory and its database, and the workers on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import gevent.threadpool

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import Event
from lanchat.chat.file_port import Files
from lanchat.chat.ports import Directory, EventLog
from lanchat.chat.search import Search
from lanchat.cluster.figures import DatabaseFigures
from lanchat.config import ServeConfig
from lanchat.files.disk import Disk
from lanchat.files.folder import FileFolder
from lanchat.files.stored import StoredFiles
from lanchat.files.turns import Turns
from lanchat.periodic import Periodic
from lanchat.rows import connection as rows
from lanchat.rows.files import Quotas
from lanchat.store.database import Database
from lanchat.store.datadir import DataDir, SessionKey
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.retention import Retention
from lanchat.store.search import SqliteSearch
from lanchat.store.thread import DatabaseThread, turn_of_loop
from lanchat.web.app import Secrets
from lanchat.web.file_types import type_of

_FILE_SECONDS = 2.0
"""Between two looks whether the database's file is still there, which others may delete."""

_FILE_THREADS = 4
"""In which files are written and hashed: so many disks and cores are busy at the same time."""

_READING_THREADS = 2
"""In which files are opened, while the others may wait for the disk."""

_GOODBYE_SECONDS = 5.0
"""So long a server that stops waits for the disk of files, which may not answer any more."""

RETENTION_SECONDS = 1.0
"""Between two looks for what is to be deleted or erased."""

INDEX_SECONDS = 0.5
"""Between two looks for what is to be found by its words."""


Deliver = Callable[[str, Event], None]
"""Tells an event on a channel."""


class People(NamedTuple):
    """Who is here: the ``directory``, and how all of them are told what has no position."""

    directory: Directory
    publish: Deliver
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class Storage:
    """What a server keeps, wherever that is, with the workers on it; it ends with ``stop``.

    ``session_key`` is None where a logout that cannot be stored withdraws none. ``people`` is given
    what tells an event to those of this process. ``figures`` tell of a database that is shared.
    """

    data: DataDir
    secrets: Secrets
    session_key: SessionKey | None
    database: rows.Database
    log: EventLog
    search: Search
    files: Files | None
    people: Callable[[Deliver], People]
    stop: Callable[[], None]
    figures: Callable[[], DatabaseFigures] | None = None


def open_folder(config: ServeConfig) -> Storage:
    """Everything in the data directory.

    Raises CannotStart where the data directory or something in it cannot be used.
    """
    with ExitStack() as undo:
        data = DataDir(config.data_dir)
        undo.callback(data.close)
        keys = data.keys()
        thread = DatabaseThread()
        undo.callback(thread.kill)
        path = data.database if config.keep_history else None
        database = Database(path, offload=thread)
        undo.callback(database.close)
        log = _log(config, database, undo)
        search = _search(path, database, log, undo)
        undo.callback(Periodic(log.look, _FILE_SECONDS, name="database file").close)
        files = None
        if config.keep_history:
            files = open_files(config, database, FileFolder(data.files), undo)
        return Storage(
            data=data,
            secrets=keys,
            session_key=keys.session_key,
            database=database,
            log=log,
            search=search,
            files=files,
            people=lambda deliver: People(LocalDirectory(config.grace), deliver),
            stop=undo.pop_all().close,
        )


def _log(config: ServeConfig, database: Database, undo: ExitStack) -> SqliteEventLog:
    """The log, and the worker that deletes."""
    retention = Retention(
        *(database, config.retention, config.retention_messages),
        announce=lambda event: log.announce(event),  # noqa: PLW0108  made below
    )
    log = SqliteEventLog(database, on_erase=retention.erase, turn=turn_of_loop)
    undo.callback(log.close)
    undo.callback(Periodic(retention.work, RETENTION_SECONDS, name="retention").close)
    undo.callback(retention.stop)
    return log


def _search(
    path: Path | None, database: Database, log: SqliteEventLog, undo: ExitStack
) -> SqliteSearch:
    """The search, and the worker that takes in what is to be found."""
    indexer = Indexer(database, lambda: log.statistics.messages)
    undo.callback(Periodic(indexer.work, INDEX_SECONDS, name="index of words").close)
    undo.callback(indexer.stop)
    readers = DatabaseThread()
    undo.callback(readers.kill)
    return SqliteSearch(database, path, readers, lambda: indexer.is_behind)


def open_files(
    config: ServeConfig,
    database: rows.Database,
    folder: FileFolder,
    undo: ExitStack,
    turns: Turns | None = None,
) -> StoredFiles | None:
    """The files, if any are taken; what is deleted leaves the disk in any case."""
    end = ExitStack()
    undo.callback(lambda: gevent.spawn(end.close).join(_GOODBYE_SECONDS))
    threads = gevent.threadpool.ThreadPoolExecutor(_FILE_THREADS)
    end.callback(threads.shutdown)
    readers = gevent.threadpool.ThreadPoolExecutor(_READING_THREADS)
    end.callback(readers.shutdown)
    files = StoredFiles(
        *(database, folder, Disk(threads, _FILE_THREADS), Disk(readers, _READING_THREADS)),
        max_size=config.max_file_size,
        quotas=Quotas(config.file_quota, config.file_quota_person),
        kind_of=type_of,
        turns=turns,
    )
    end.callback(Periodic(files.keeping.work, RETENTION_SECONDS, name="files").close)
    end.callback(files.keeping.stop)
    return files if config.takes_files else None
