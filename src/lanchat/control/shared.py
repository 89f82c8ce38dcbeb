"""The terminal's end where servers share a database, and none of them runs with this data folder.

For a moment it is one of them, to which nobody has connected: what it changes goes into the log,
and what it says to all goes the same way, so that every server learns of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from lanchat.chat.hub import Hub
from lanchat.cluster.bulk import SharedMessages
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.eventlog import PostgresEventLog
from lanchat.cluster.keys import SharedKeys
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.control.listener import Answer, Desk, Nobody
from lanchat.rows.state import StoredReservations, StoredSettings

_GRACE = 3_600.0
"""Seconds, of which it lives no more than a few: people of a server that dies are not its own."""


def answer(address: str, log_file: Path, request: Mapping[str, Any]) -> Answer:
    """What the room says. Raises NoTables where no server ever was, and DatabaseUnusable."""
    SharedMessages(address).close()  # which would be made
    with ExitStack() as undo:
        database = PostgresDatabase(address)
        undo.callback(database.close)
        if request.get("do") == "link":
            return {"ok": True, "link": None, "end": f"/host#{SharedKeys(database).host_link}"}
        audit = ConnectionLogFile(log_file)
        undo.callback(audit.close)
        directory = PostgresDirectory(database, _GRACE)
        undo.callback(directory.close)
        hub = Hub(
            log=PostgresEventLog(database),
            settings=StoredSettings(database),
            reservations=StoredReservations(database),
            directory=directory,
            delivery=Nobody(),
            audit=audit,
            history=0,
            edit_seconds=0,
            publish=directory.publish,
        )
        undo.callback(hub.close)
        answered = Desk(hub, lambda: None).answer(request)
        hub.tick(time.monotonic())  # where many are here, what is told of people waits for it
        return answered
