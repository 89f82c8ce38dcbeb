"""Settings that should be the same at all servers of one chat: whose are others is said at start.

A person meets one server now and another one later: with an access code at one of them alone their
page would go in circles, so that is refused; and the shortest retention deletes what others would
keep. Beside the secrets stands what the server that started last was told.
"""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import Any

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.presence_listener import LEASE
from lanchat.config import ServeConfig
from lanchat.errors import AnotherCode

_NAME, _CODE = "settings", "access-code"

_SHARED = (
    *("name", "lang", "sticky", "history", "grace", "edit_time", "rate"),
    *("retention", "retention_messages"),
    *("max_file_size", "file_quota", "file_quota_person"),
    *("rooms", "private"),
)

_LIVES = "SELECT EXISTS (SELECT 1 FROM lease WHERE renewed > clock_timestamp() - ?::interval)"


def differing(database: PostgresDatabase, config: ServeConfig, key: bytes) -> list[str]:
    """The options in which this server differs from one that was started before, and lives.

    ``key`` makes of the access code what tells nobody the code. From now on others are measured by
    this server's. Raises AnotherCode, or DatabaseUnusable.
    """
    ours = {name.replace("_", "-"): getattr(config, name) for name in _SHARED}
    ours["no-files"] = not config.files
    ours["files-dir"] = config.files_dir is not None  # a folder's path may be each server's own
    ours[_CODE] = _digest(config.access_code, key)
    return database.prepare(lambda connection: _exchanged(connection, ours))


def _exchanged(connection: PostgresConnection, ours: dict[str, Any]) -> list[str]:
    """In what they differ from what was told last, whose place they take."""
    before = connection.execute("SELECT value FROM secret WHERE name = ?", (_NAME,)).fetchone()
    lives = connection.execute(_LIVES, (timedelta(seconds=LEASE),)).fetchone()
    theirs = json.loads(before[0]) if before and lives == (True,) else {}
    # One of another version has others, too.
    others = sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name])
    if _CODE in others:
        raise AnotherCode
    connection.execute(
        "INSERT INTO secret VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_NAME, json.dumps(ours)),
    )
    return others


def _digest(code: str | None, key: bytes) -> str | None:
    return code and hmac.digest(key, b"agreed " + code.encode(), "sha256").hex()[:16]
