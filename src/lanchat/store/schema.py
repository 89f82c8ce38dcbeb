"""The database's schema, as the ordered steps that lead to it.

A database carries the number of steps it has taken as its ``user_version``, committed together
with the step itself: a server killed in the middle of one finds the database before or after
it, never between. A step that has been released is not changed any more; a new one is added.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable

from lanchat.rows.connection import NewerSchemaError
from lanchat.store.bot_schema import add_bots
from lanchat.store.poll_schema import add_polls
from lanchat.store.report_schema import add_reports

_log = logging.getLogger(__name__)


def _messages(connection: sqlite3.Connection) -> None:
    # AUTOINCREMENT: an id is never given twice, even where old messages were deleted.
    connection.execute(
        """
        CREATE TABLE message (
            id        INTEGER PRIMARY KEY AUTOINCREMENT,
            client_id TEXT NOT NULL,
            room      TEXT NOT NULL,
            user_id   TEXT NOT NULL,
            user      TEXT NOT NULL,
            ip        TEXT NOT NULL,
            message   TEXT NOT NULL,
            time      TEXT NOT NULL
        )
        """
    )
    # What makes a retried message the same message.
    connection.execute("CREATE UNIQUE INDEX message_retry ON message (user_id, client_id)")


def _seats(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE seat (user_id TEXT PRIMARY KEY, user TEXT NOT NULL)")
    # ``time`` is in seconds since the epoch.
    connection.execute("CREATE TABLE logout (user_id TEXT PRIMARY KEY, time REAL NOT NULL)")


def _deletions(connection: sqlite3.Connection) -> None:
    # One row: the newest message that was ever deleted, 0 for none.
    connection.execute("CREATE TABLE deleted (up_to INTEGER NOT NULL)")
    connection.execute("INSERT INTO deleted (up_to) VALUES (0)")


def _order(connection: sqlite3.Connection) -> None:
    # One row. ``slow`` is in seconds.
    connection.execute(
        "CREATE TABLE rules (topic TEXT NOT NULL, locked INTEGER NOT NULL,"
        " readonly INTEGER NOT NULL, slow INTEGER NOT NULL)"
    )
    connection.execute("INSERT INTO rules VALUES ('', 0, 0, 0)")
    connection.execute("CREATE TABLE host (user_id TEXT PRIMARY KEY)")
    # ``until`` is in seconds since the epoch; NULL is for ever.
    connection.execute(
        "CREATE TABLE ban (user TEXT NOT NULL, device TEXT NOT NULL, address TEXT NOT NULL,"
        " until REAL, by TEXT NOT NULL)"
    )
    connection.execute(
        "CREATE TABLE mute (user_id TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL,"
        " until REAL)"
    )
    # The newest message when the history was cleared last, 0 for never.
    connection.execute("ALTER TABLE deleted ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0")
    # Messages without text are those that a host has deleted.
    connection.execute("CREATE INDEX message_deleted ON message (id) WHERE message = ''")


def _positions(connection: sqlite3.Connection) -> None:
    # The counter of ids becomes that of all positions (see messages.py).
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'message', 0"
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'message')"
    )
    # NULL while a message is as it was posted: no row is written anew for this.
    connection.execute("ALTER TABLE message ADD COLUMN changed INTEGER")
    connection.execute("ALTER TABLE message ADD COLUMN deleted_at TEXT")
    connection.execute("DROP INDEX message_deleted")
    # Nobody noted when. Whoever knew such a message knows ids alone, and is told by them.
    connection.execute("UPDATE message SET deleted_at = time WHERE message = ''")
    connection.execute(
        "CREATE INDEX message_deleted ON message (room, id) WHERE deleted_at IS NOT NULL"
    )
    connection.execute(
        "CREATE INDEX message_changed ON message (room, changed) WHERE changed IS NOT NULL"
    )
    # A quiet room is found beside a busy one.
    connection.execute("CREATE INDEX message_room ON message (room, id)")
    connection.execute("CREATE TABLE room (id TEXT PRIMARY KEY, cleared INTEGER NOT NULL)")
    connection.execute("INSERT INTO room SELECT 'lobby', cleared FROM deleted")
    # One row: the greatest id, and the greatest position of the last change, of a message that
    # was deleted for its age; 0 for none.
    connection.execute("CREATE TABLE retired (id INTEGER NOT NULL, seq INTEGER NOT NULL)")
    connection.execute("INSERT INTO retired SELECT up_to, up_to FROM deleted")
    connection.execute("DROP TABLE deleted")
    # A row for each start of the server: the position from which on it counts.
    connection.execute("CREATE TABLE epoch (epoch TEXT PRIMARY KEY, begins INTEGER NOT NULL)")
    # ``seq`` is the position at which rules, moderators, bans or mutes changed last.
    connection.execute("ALTER TABLE rules ADD COLUMN seq INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE host RENAME TO moderator")
    connection.execute("ALTER TABLE seat RENAME TO reservation")
    # How long it was to last, in seconds; NULL is for ever, or not known.
    connection.execute("ALTER TABLE ban ADD COLUMN seconds REAL")
    connection.execute("ALTER TABLE mute ADD COLUMN seconds REAL")


def _retries(connection: sqlite3.Connection) -> None:
    # Of messages whose rows are gone, what answers whoever sends them again; ``id`` is theirs.
    connection.execute(
        "CREATE TABLE gone (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL,"
        " client_id TEXT NOT NULL, room TEXT NOT NULL, time TEXT NOT NULL)"
    )
    connection.execute("CREATE UNIQUE INDEX gone_retry ON gone (user_id, client_id)")


def _devices(connection: sqlite3.Connection) -> None:
    # Who is banned or muted before they have come back after a restart is known by it.
    connection.execute("ALTER TABLE reservation ADD COLUMN device TEXT NOT NULL DEFAULT ''")


def _edits(connection: sqlite3.Connection) -> None:
    # When a message got its text, by which client_id and at which position; NULL for as posted.
    connection.execute("ALTER TABLE message ADD COLUMN edited TEXT")
    connection.execute("ALTER TABLE message ADD COLUMN edit_client_id TEXT")
    connection.execute("ALTER TABLE message ADD COLUMN edit_seq INTEGER")
    connection.execute("ALTER TABLE rules ADD COLUMN edits INTEGER NOT NULL DEFAULT 1")


def _replies(connection: sqlite3.Connection) -> None:
    # The id of the message that is answered, and ids of users, with spaces between; NULL for none.
    connection.execute("ALTER TABLE message ADD COLUMN reply_to INTEGER")
    connection.execute("ALTER TABLE message ADD COLUMN mentions TEXT")


def _reactions(connection: sqlite3.Connection) -> None:
    # ``id`` tells who was first. What is told of them stands in the message's row, as JSON.
    connection.execute(
        """
        CREATE TABLE reaction (
            id         INTEGER PRIMARY KEY,
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            emoji      TEXT NOT NULL,
            user_id    TEXT NOT NULL,
            user       TEXT NOT NULL
        )
        """
    )
    connection.execute("CREATE INDEX reaction_message ON reaction (message_id, emoji)")
    connection.execute("CREATE UNIQUE INDEX reaction_user ON reaction (user_id, message_id, emoji)")
    # Messages whose reactions have changed and have not been told since; ``erases`` where some of
    # those that were told are gone.
    connection.execute(
        "CREATE TABLE untold (message_id INTEGER PRIMARY KEY"
        " REFERENCES message (id) ON DELETE CASCADE, erases INTEGER NOT NULL)"
    )
    connection.execute("ALTER TABLE message ADD COLUMN reactions TEXT")
    # The position at which it was pinned.
    connection.execute("ALTER TABLE message ADD COLUMN pinned INTEGER")
    connection.execute(
        "CREATE INDEX message_pinned ON message (room, pinned) WHERE pinned IS NOT NULL"
    )
    # However a message is deleted, nothing of this stays.
    connection.execute(
        """
        CREATE TRIGGER message_deletion AFTER UPDATE OF deleted_at ON message
        WHEN new.deleted_at IS NOT NULL
        BEGIN
            DELETE FROM reaction WHERE message_id = new.id;
            DELETE FROM untold WHERE message_id = new.id;
            UPDATE message SET reactions = NULL, pinned = NULL WHERE id = new.id;
        END
        """
    )


def _search(connection: sqlite3.Connection) -> None:
    # Parts of the index of words (see search_index.py): up to which id their messages are in it,
    # between which times they were said, and how many were taken out since it was last merged.
    connection.execute(
        "CREATE TABLE search_part (part INTEGER PRIMARY KEY, up_to INTEGER NOT NULL,"
        " since TEXT NOT NULL, until TEXT NOT NULL, unmerged INTEGER NOT NULL)"
    )


def _files(connection: sqlite3.Connection) -> None:
    # What is in files, once however often it was sent; ``uses`` counts the files that have it.
    connection.execute(
        "CREATE TABLE content (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL,"
        " uses INTEGER NOT NULL) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX content_unused ON content (sha256) WHERE uses = 0")
    # Files on their way. ``created`` is in seconds since the epoch; ``sha256`` is known, and noted,
    # once all of it is there.
    connection.execute(
        """
        CREATE TABLE upload (
            id      TEXT PRIMARY KEY,
            user_id TEXT NOT NULL,
            device  TEXT NOT NULL,
            length  INTEGER NOT NULL,
            offset  INTEGER NOT NULL,
            name    TEXT NOT NULL,
            width   INTEGER,
            height  INTEGER,
            created REAL NOT NULL,
            sha256  TEXT
        )
        """
    )
    connection.execute("CREATE INDEX upload_user ON upload (user_id, created)")
    connection.execute("CREATE INDEX upload_device ON upload (device, created)")
    # Files that are whole. ``message_id`` is NULL until a message names it, as its file number
    # ``place``.
    connection.execute(
        """
        CREATE TABLE file (
            id           TEXT PRIMARY KEY,
            sha256       TEXT NOT NULL REFERENCES content (sha256),
            thumb_sha256 TEXT REFERENCES content (sha256),
            name         TEXT NOT NULL,
            type         TEXT NOT NULL,
            size         INTEGER NOT NULL,
            width        INTEGER,
            height       INTEGER,
            user_id      TEXT NOT NULL,
            device       TEXT NOT NULL,
            created      REAL NOT NULL,
            message_id   INTEGER REFERENCES message (id) ON DELETE CASCADE,
            place        INTEGER
        )
        """
    )
    connection.execute("CREATE INDEX file_message ON file (message_id, place)")
    connection.execute("CREATE INDEX file_user ON file (user_id, created)")
    connection.execute("CREATE INDEX file_device ON file (device, created)")
    connection.execute("CREATE INDEX file_content ON file (sha256)")
    connection.execute("CREATE INDEX file_thumb ON file (thumb_sha256)")
    # How many files a message has, NULL for none: most have none, and cost no question.
    connection.execute("ALTER TABLE message ADD COLUMN files INTEGER")
    connection.execute("CREATE INDEX message_files ON message (room, id) WHERE files IS NOT NULL")
    connection.execute("ALTER TABLE rules ADD COLUMN files INTEGER NOT NULL DEFAULT 1")
    # One row: the bytes of all contents and of all uploads as they will be.
    connection.execute("CREATE TABLE file_space (size INTEGER NOT NULL)")
    connection.execute("INSERT INTO file_space VALUES (0)")
    connection.execute(
        "CREATE TRIGGER content_insertion AFTER INSERT ON content"
        " BEGIN UPDATE file_space SET size = size + max(new.size, 4096); END"
    )
    connection.execute(
        "CREATE TRIGGER content_deletion AFTER DELETE ON content"
        " BEGIN UPDATE file_space SET size = size - max(old.size, 4096); END"
    )
    connection.execute(
        "CREATE TRIGGER upload_insertion AFTER INSERT ON upload"
        " BEGIN UPDATE file_space SET size = size + max(new.length, 4096); END"
    )
    connection.execute(
        "CREATE TRIGGER upload_deletion AFTER DELETE ON upload"
        " BEGIN UPDATE file_space SET size = size - max(old.length, 4096); END"
    )
    # However a file comes or goes, what is in it is counted.
    connection.execute(
        """
        CREATE TRIGGER file_insertion AFTER INSERT ON file
        BEGIN
            UPDATE content SET uses = uses + 1 WHERE sha256 = new.sha256;
        END
        """
    )
    connection.execute(
        """
        CREATE TRIGGER file_thumb_change AFTER UPDATE OF thumb_sha256 ON file
        BEGIN
            UPDATE content SET uses = uses + 1 WHERE sha256 = new.thumb_sha256;
            UPDATE content SET uses = uses - 1 WHERE sha256 = old.thumb_sha256;
        END
        """
    )
    connection.execute(
        """
        CREATE TRIGGER file_deletion AFTER DELETE ON file
        BEGIN
            UPDATE content SET uses = uses - 1 WHERE sha256 = old.sha256;
            UPDATE content SET uses = uses - 1 WHERE sha256 = old.thumb_sha256;
        END
        """
    )
    # A message's row that goes takes its files along (see the table); so does its text.
    connection.execute(
        """
        CREATE TRIGGER message_files_deletion AFTER UPDATE OF deleted_at ON message
        WHEN new.deleted_at IS NOT NULL AND old.files IS NOT NULL
        BEGIN
            DELETE FROM file WHERE message_id = new.id;
            UPDATE message SET files = NULL WHERE id = new.id;
        END
        """
    )


def _clearing(connection: sqlite3.Connection) -> None:
    # People all of whose messages and reactions, up to these ids, go (see clearing.py).
    connection.execute(
        "CREATE TABLE clearing (user_id TEXT PRIMARY KEY, up_to INTEGER NOT NULL,"
        " reaction INTEGER NOT NULL, seq INTEGER NOT NULL, time TEXT NOT NULL,"
        " client_id TEXT NOT NULL)"
    )


def _rooms(connection: sqlite3.Connection) -> None:
    # What a room is called, and what holds in it; the positions at which it was opened and closed,
    # 0 for none, and ``seq``, that of its last change.
    for column in (
        "kind TEXT NOT NULL DEFAULT 'main'",
        "name TEXT NOT NULL DEFAULT ''",
        "opener TEXT NOT NULL DEFAULT ''",
        "topic TEXT NOT NULL DEFAULT ''",
        "locked INTEGER NOT NULL DEFAULT 0",
        "readonly INTEGER NOT NULL DEFAULT 0",
        "slow INTEGER NOT NULL DEFAULT 0",
        "opened INTEGER NOT NULL DEFAULT 0",
        "closed INTEGER NOT NULL DEFAULT 0",
        "seq INTEGER NOT NULL DEFAULT 0",
    ):
        connection.execute(f"ALTER TABLE room ADD COLUMN {column}")
    connection.execute("CREATE INDEX room_opener ON room (opener, kind) WHERE opener != ''")
    # Who is in it, since which position, and up to which id they have read; ``user`` is their name
    # of then. In the room that everybody is in, a row says how far somebody has read, and no more.
    connection.execute(
        "CREATE TABLE member (room TEXT NOT NULL, user_id TEXT NOT NULL, user TEXT NOT NULL,"
        " since INTEGER NOT NULL, read INTEGER NOT NULL, PRIMARY KEY (room, user_id)) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX member_user ON member (user_id)")


def _privacy(connection: sqlite3.Connection) -> None:
    # Between whom there are rooms for two; empty while it is as the server is told.
    connection.execute("ALTER TABLE rules ADD COLUMN private TEXT NOT NULL DEFAULT ''")


def _coming(connection: sqlite3.Connection) -> None:
    # When somebody has last read something there, in days since the epoch; NULL is not known yet.
    connection.execute("ALTER TABLE member ADD COLUMN seen INTEGER")


def _hands(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE rules ADD COLUMN hands INTEGER NOT NULL DEFAULT 0")


def _announcements(connection: sqlite3.Connection) -> None:
    # Messages that were said by ``/announce``: as pins they look otherwise.
    connection.execute(
        "CREATE TABLE announcement"
        " (message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE)"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _messages,
    _seats,
    _deletions,
    _order,
    _positions,
    _retries,
    _devices,
    _edits,
    _replies,
    _reactions,
    _search,
    _files,
    _clearing,
    _rooms,
    _privacy,
    _coming,
    add_reports,
    _hands,
    add_polls,
    add_bots,
    _announcements,
)


WITH_REACTIONS = MIGRATIONS.index(_reactions) + 1
"""The step from which on there are reactions and pins."""

WITH_FILES = MIGRATIONS.index(_files) + 1
"""The one from which on messages have files."""

WITH_CLEARING = MIGRATIONS.index(_clearing) + 1
"""The one from which on a mark may hide what a person has said."""

WITH_ROOMS = MIGRATIONS.index(_rooms) + 1
"""The one from which on there are rooms of several kinds."""

WITH_POLLS = MIGRATIONS.index(add_polls) + 1
"""The one from which on messages can be polls."""


def is_of_index(name: str) -> bool:
    """Whether a table is of the index of words, which is made of the messages."""
    return re.fullmatch(r"search_\d+(_\w+)?", name) is not None


def steps_taken(connection: sqlite3.Connection) -> int:
    """How many of the steps the database has behind it. Raises NewerSchemaError."""
    (steps,) = connection.execute("PRAGMA user_version").fetchone()
    if steps > len(MIGRATIONS):
        raise NewerSchemaError(steps)
    return int(steps)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the steps that the database has not taken yet. Raises NewerSchemaError."""
    taken = steps_taken(connection)
    if 0 < taken < len(MIGRATIONS):
        _log.warning(
            "bringing the messages up to date for this lanchat (schema %d to %d); "
            "an older one cannot read them from then on",
            taken,
            len(MIGRATIONS),
        )
    for number, step in enumerate(MIGRATIONS[taken:], start=taken + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            step(connection)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have rolled back by itself
                connection.execute("ROLLBACK")
            raise
