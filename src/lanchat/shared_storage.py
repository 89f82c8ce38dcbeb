"""What several servers keep together: the database that all share, and the workers on it.

It needs an extra (``lanchat[postgres]``), so it is imported with ``--database`` alone.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.eventlog import PostgresEventLog
from lanchat.cluster.keys import SharedKeys
from lanchat.cluster.retention import PostgresRetention
from lanchat.cluster.search import Indexer, PostgresSearch
from lanchat.config import ServeConfig
from lanchat.periodic import Periodic
from lanchat.storage import INDEX_SECONDS, RETENTION_SECONDS, Deliver, People, Storage
from lanchat.store.datadir import DataDir


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
        log = PostgresEventLog(database)
        undo.callback(log.close)
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
            files=None,
            people=partial(_people, config, database),
            stop=undo.pop_all().close,
        )


def _people(config: ServeConfig, database: PostgresDatabase, deliver: Deliver) -> People:
    """Who is here on all servers, and how those of this one are told by ``deliver``."""
    directory = PostgresDirectory(database, config.grace, deliver)
    return People(directory, directory.publish, directory.close)
