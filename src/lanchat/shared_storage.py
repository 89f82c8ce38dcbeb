"""What several servers keep together: the database that all share, and the workers on it.

It needs an extra (``lanchat[postgres]``), so it is imported with ``--database`` alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import gevent.threadpool

from lanchat.cluster.agreement import differing
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.eventlog import PostgresEventLog
from lanchat.cluster.figures import DatabaseFigures
from lanchat.cluster.file_folder import shared_folder
from lanchat.cluster.file_turns import RENEW_SECONDS, SharedTurns
from lanchat.cluster.keys import SharedKeys
from lanchat.cluster.presence_listener import LEASE
from lanchat.cluster.retention import PostgresRetention
from lanchat.cluster.search import Indexer, PostgresSearch
from lanchat.config import ServeConfig
from lanchat.files.stored import StoredFiles
from lanchat.periodic import Periodic
from lanchat.storage import (
    INDEX_SECONDS,
    RETENTION_SECONDS,
    Deliver,
    People,
    Storage,
    open_files,
)
from lanchat.store.datadir import DataDir

_T = TypeVar("_T")

_FOLDER_SECONDS = 10.0
"""So long the folder of files is waited for when the server starts."""
_log = logging.getLogger(__name__)


def open_database(config: ServeConfig, address: str) -> Storage:
    """Everything in the database; the data directory is this process's own.

    Raises CannotStart where one of them cannot be used.
    """
    with ExitStack() as undo:
        data = DataDir(config.data_dir)
        undo.callback(data.close)
        database = PostgresDatabase(address)
        undo.callback(database.close)
        keys = SharedKeys(database)
        files = None
        if config.files_dir is not None:
            files = _files(config, address, config.files_dir, undo)
        if others := differing(database, config, keys.sessions):
            options = ", ".join(f"--{name}" for name in others)
            _log.warning(
                "a server of this chat that runs already has another %s; give all the same", options
            )
        log = PostgresEventLog(database)
        undo.callback(log.close)
        figures = _Figures(log)
        retention = PostgresRetention(
            *(database, config.retention, config.retention_messages), announce=log.announce
        )
        undo.callback(Periodic(retention.work, RETENTION_SECONDS, name="retention").close)
        undo.callback(retention.stop)
        indexer = Indexer(database)
        undo.callback(Periodic(indexer.work, INDEX_SECONDS, name="index of words").close)
        undo.callback(indexer.stop)
        return Storage(
            data=data,
            secrets=keys,
            session_key=None,
            database=database,
            log=log,
            search=PostgresSearch(database),
            files=files,
            people=partial(_people, config, database, figures),
            stop=undo.pop_all().close,
            figures=figures.told,
        )


def _files(config: ServeConfig, address: str, path: Path, undo: ExitStack) -> StoredFiles | None:
    """The files, with connections of their own: they wait for the disk of the folder."""
    database = PostgresDatabase(address)
    undo.callback(database.close)
    folder = shared_folder(database, path, _in_time)
    turns = SharedTurns(database)
    files = open_files(config, database, folder, undo, turns)
    undo.callback(Periodic(turns.renew, RENEW_SECONDS, name="files on their way").close)
    return files


def _in_time(call: Callable[[], _T]) -> _T:
    """What comes of a call in a thread that nobody waits for any longer after a while."""

    def caught() -> tuple[Any, Exception | None]:
        try:
            return call(), None
        except Exception as error:  # noqa: BLE001  handed over: gevent would print it, too
            return None, error

    asked: Any = gevent.threadpool.ThreadPool(1).spawn(caught)
    try:
        result, error = asked.get(timeout=_FOLDER_SECONDS)
    except gevent.Timeout:
        raise TimeoutError from None
    if error is not None:
        raise error
    value: _T = result
    return value


class _Figures:
    """How this process gets on with the database; ``directory`` is set once it has one."""

    directory: PostgresDirectory

    def __init__(self, log: PostgresEventLog) -> None:
        self._log = log

    def told(self) -> DatabaseFigures:
        age = self.directory.lease_age
        is_reachable = self._log.is_connected and age <= LEASE
        log = self._log
        return DatabaseFigures(is_reachable, log.told, log.heard, age, log.told_seconds)


def _people(
    config: ServeConfig, database: PostgresDatabase, figures: _Figures, deliver: Deliver
) -> People:
    """Who is here on all servers, and how those of this one are told by ``deliver``."""
    directory = figures.directory = PostgresDirectory(database, config.grace, deliver)
    return People(directory, directory.publish, directory.close)
