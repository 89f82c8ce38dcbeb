"""What is kept: the data directory and its database, and the workers on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import gevent.threadpool

from lanchat.config import ServeConfig
from lanchat.periodic import Periodic
from lanchat.store.database import Database
from lanchat.store.datadir import DataDir
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.file_rows import Quotas
from lanchat.store.files import SqliteFiles
from lanchat.store.indexer import Indexer
from lanchat.store.retention import Retention
from lanchat.store.search import SqliteSearch
from lanchat.web.file_types import type_of

_FILE_SECONDS = 2.0
"""Between two looks whether the database's file is still there, which others may delete."""

_FILE_THREADS = 4
"""In which files are written and hashed: so many disks and cores are busy at the same time."""

_READING_THREADS = 2
"""In which files are opened, while the others may wait for the disk."""

_RETENTION_SECONDS = 1.0
"""Between two looks for what is to be deleted or erased."""

_INDEX_SECONDS = 0.5
"""Between two looks for what is to be found by its words."""


class Storage:
    """The data directory, its database, and the worker that deletes.

    Raises CannotStart where the data directory or something in it cannot be used.
    """

    def __init__(self, config: ServeConfig) -> None:
        with ExitStack() as undo:
            self.data = DataDir(config.data_dir)
            undo.callback(self.data.close)
            # One thread: SQLite blocks, and one call at a time is what the database asks for.
            disk = gevent.threadpool.ThreadPool(1)
            undo.callback(disk.kill)
            path = self.data.database if config.keep_history else None
            self.database = Database(path, offload=partial(_offload, disk))
            undo.callback(self.database.close)
            retention = Retention(
                *(self.database, config.retention, config.retention_messages),
                announce=lambda event: self.log.announce(event),  # noqa: PLW0108  made below
            )
            self.log = SqliteEventLog(self.database, on_erase=retention.erase)
            undo.callback(self.log.close)
            worker = Periodic(retention.work, _RETENTION_SECONDS, name="retention")
            undo.callback(worker.close)
            undo.callback(retention.stop)
            indexer = Indexer(self.database, lambda: self.log.statistics.messages)
            undo.callback(Periodic(indexer.work, _INDEX_SECONDS, name="index of words").close)
            undo.callback(indexer.stop)
            readers = gevent.threadpool.ThreadPool(1)
            undo.callback(readers.kill)
            self.search = SqliteSearch(
                self.database, path, partial(_offload, readers), lambda: indexer.is_behind
            )
            looks = Periodic(self.log.look, _FILE_SECONDS, name="database file")
            undo.callback(looks.close)
            self.files = self._files(config, undo) if config.keep_history else None
            self.stop = undo.pop_all().close

    def _files(self, config: ServeConfig, undo: ExitStack) -> SqliteFiles | None:
        """The files, if any are taken; what is deleted leaves the disk in any case."""
        threads = gevent.threadpool.ThreadPoolExecutor(_FILE_THREADS)
        undo.callback(threads.shutdown)
        readers = gevent.threadpool.ThreadPoolExecutor(_READING_THREADS)
        undo.callback(readers.shutdown)
        files = SqliteFiles(
            *(self.database, self.data.files, threads, readers),
            max_size=config.max_file_size,
            quotas=Quotas(config.file_quota, config.file_quota_person),
            kind_of=type_of,
        )
        undo.callback(Periodic(files.keeping.work, _RETENTION_SECONDS, name="files").close)
        undo.callback(files.keeping.stop)
        return files if config.takes_files else None


def _offload(pool: gevent.threadpool.ThreadPool, call: Callable[[], Any]) -> Any:
    """Call in the pool's thread; others go on meanwhile."""

    def caught() -> tuple[Any, BaseException | None]:
        try:
            return call(), None
        except BaseException as error:  # noqa: BLE001  handed over: gevent would print it, too
            return None, error

    result, error = pool.apply(caught)
    if error is not None:
        raise error
    return result
