"""The database's schema, as the ordered steps that lead to it.

Its tables are those of ``store/schema.py``, so that the statements in ``lanchat.rows`` do for both.
Servers that start together take the steps one after another; each finds what is left to do. A step
that has been released is not changed any more; a new one is added.
"""

from __future__ import annotations

from typing import Any

import psycopg

from lanchat.cluster.bot_schema import BOT_SCHEMA
from lanchat.cluster.hands_schema import HANDS_SCHEMA
from lanchat.cluster.poll_schema import POLL_SCHEMA
from lanchat.cluster.presence_schema import PRESENCE_SCHEMA
from lanchat.cluster.report_schema import REPORTS
from lanchat.errors import DatabaseUnusable
from lanchat.rows.connection import NewerSchemaError

CHANNEL = "lanchat"
"""Where processes are notified of the newest position."""

_LOCKS = 1_818_324_579
"""The first of two numbers that name an advisory lock of ours.

2 is that of the positions, 6 that of presence.
"""
_MIGRATION, _ALIVE, _INDEXING, _DELETING, _KEEPING_FILES = 1, 3, 4, 5, 7

ALIVE = (_LOCKS, _ALIVE)
"""The lock that every process shares while it lives."""

INDEXING = (_LOCKS, _INDEXING)
"""The lock of whoever takes messages into the index of words."""

DELETING = (_LOCKS, _DELETING)
"""The lock of whoever deletes."""

KEEPING_FILES = (_LOCKS, _KEEPING_FILES)
"""The lock of whoever deletes files that nobody needs; that of a content is a number of its own."""

# Texts are compared as in SQLite: by their characters' numbers, whatever language a database has.
_TABLES = """
CREATE TABLE message (
    id             bigint PRIMARY KEY,
    client_id      text COLLATE "C" NOT NULL,
    room           text COLLATE "C" NOT NULL,
    user_id        text COLLATE "C" NOT NULL,
    "user"         text COLLATE "C" NOT NULL,
    ip             text NOT NULL,
    message        text NOT NULL,
    time           text COLLATE "C" NOT NULL,
    changed        bigint,
    deleted_at     text,
    edited         text,
    edit_client_id text,
    edit_seq       bigint,
    reply_to       bigint,
    mentions       text,
    reactions      text,
    pinned         bigint,
    files          integer
);
CREATE UNIQUE INDEX message_retry ON message (user_id, client_id);
CREATE INDEX message_room ON message (room, id);
CREATE INDEX message_deleted ON message (room, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX message_changed ON message (room, changed) WHERE changed IS NOT NULL;
CREATE INDEX message_pinned ON message (room, pinned) WHERE pinned IS NOT NULL;
CREATE INDEX message_files ON message (room, id) WHERE files IS NOT NULL;

CREATE TABLE gone (
    id bigint PRIMARY KEY, user_id text COLLATE "C" NOT NULL, client_id text COLLATE "C" NOT NULL,
    room text NOT NULL, time text NOT NULL
);
CREATE UNIQUE INDEX gone_retry ON gone (user_id, client_id);

CREATE TABLE counter (seq bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO counter VALUES (0);
CREATE TABLE epoch (
    rowid bigint GENERATED ALWAYS AS IDENTITY, epoch text PRIMARY KEY, begins bigint NOT NULL
);
CREATE TABLE room (id text PRIMARY KEY, cleared bigint NOT NULL);
CREATE TABLE retired (id bigint NOT NULL, seq bigint NOT NULL);
INSERT INTO retired VALUES (0, 0);
CREATE TABLE clearing (
    user_id text COLLATE "C" PRIMARY KEY, up_to bigint NOT NULL, reaction bigint NOT NULL,
    seq bigint NOT NULL, time text NOT NULL, client_id text COLLATE "C" NOT NULL
);

CREATE TABLE reaction (
    id         bigint PRIMARY KEY,
    message_id bigint NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    emoji      text NOT NULL,
    user_id    text COLLATE "C" NOT NULL,
    "user"     text NOT NULL
);
CREATE INDEX reaction_message ON reaction (message_id, emoji);
CREATE UNIQUE INDEX reaction_user ON reaction (user_id, message_id, emoji);
CREATE TABLE untold (
    message_id bigint PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE, erases boolean NOT NULL
);

CREATE TABLE rules (
    topic text NOT NULL, locked boolean NOT NULL, readonly boolean NOT NULL, slow integer NOT NULL,
    edits boolean NOT NULL, files boolean NOT NULL, seq bigint NOT NULL
);
INSERT INTO rules VALUES ('', false, false, 0, true, true, 0);
CREATE TABLE moderator (user_id text PRIMARY KEY);
CREATE TABLE ban (
    rowid bigint GENERATED ALWAYS AS IDENTITY, "user" text NOT NULL, device text NOT NULL,
    address text NOT NULL, until double precision, by text NOT NULL, seconds double precision
);
CREATE TABLE mute (
    rowid bigint GENERATED ALWAYS AS IDENTITY, user_id text NOT NULL, "user" text NOT NULL,
    device text NOT NULL, until double precision, seconds double precision
);
CREATE TABLE reservation (
    rowid bigint GENERATED ALWAYS AS IDENTITY, user_id text PRIMARY KEY, "user" text NOT NULL,
    device text NOT NULL DEFAULT ''
);
CREATE TABLE logout (
    rowid bigint GENERATED ALWAYS AS IDENTITY, user_id text PRIMARY KEY,
    time double precision NOT NULL
);

CREATE TABLE content (sha256 text PRIMARY KEY, size bigint NOT NULL, uses bigint NOT NULL);
CREATE INDEX content_unused ON content (sha256) WHERE uses = 0;
CREATE TABLE file (
    id           text PRIMARY KEY,
    sha256       text NOT NULL REFERENCES content (sha256),
    thumb_sha256 text REFERENCES content (sha256),
    name         text NOT NULL,
    type         text NOT NULL,
    size         bigint NOT NULL,
    width        integer,
    height       integer,
    user_id      text NOT NULL,
    device       text NOT NULL,
    created      double precision NOT NULL,
    message_id   bigint REFERENCES message (id) ON DELETE CASCADE,
    place        integer
);
CREATE INDEX file_message ON file (message_id, place);
CREATE INDEX file_user ON file (user_id, created);
CREATE INDEX file_device ON file (device, created);
CREATE INDEX file_content ON file (sha256);
CREATE INDEX file_thumb ON file (thumb_sha256);

-- What happened at positions at which nothing was posted (see journal.py): ids, and no words.
CREATE TABLE happened (seq bigint PRIMARY KEY, kind text NOT NULL, content text NOT NULL);
"""

# However a message or a file goes, what belongs to it goes along.
_TRIGGERS = """
CREATE FUNCTION message_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reaction WHERE message_id = new.id;
    DELETE FROM untold WHERE message_id = new.id;
    IF new.files IS NOT NULL THEN
        DELETE FROM file WHERE message_id = new.id;
    END IF;
    new.reactions := NULL;
    new.pinned := NULL;
    new.files := NULL;
    RETURN new;
END $$;
CREATE TRIGGER message_deletion BEFORE UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (new.deleted_at IS NOT NULL) EXECUTE FUNCTION message_deletion();

CREATE FUNCTION file_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        UPDATE content SET uses = uses + 1
            WHERE sha256 = new.thumb_sha256 OR (TG_OP = 'INSERT' AND sha256 = new.sha256);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE content SET uses = uses - 1
            WHERE sha256 = old.thumb_sha256 OR (TG_OP = 'DELETE' AND sha256 = old.sha256);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER file_use AFTER INSERT OR DELETE OR UPDATE OF thumb_sha256 ON file
    FOR EACH ROW EXECUTE FUNCTION file_use();
"""

# One call stores all messages that wait in a process, by one statement. A later statement of a
# function sees what others have committed before it got the lock. What is returned is the position
# before them and the ids of those that are new: one that was sent before leaves its position empty.
# The notification says that nothing but messages is between the two positions. A plan that was made
# while the table ``gone`` had few rows, and reads it whole, would be kept when it has many. Whether
# each of them may write in its room is looked up one by one: for one message that takes 40 µs, and
# one statement that joins the two tables 150 µs; it would be the quicker one from some 40 on.
_FUNCTIONS = """
CREATE FUNCTION lock_positions() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1818324579, 2);
    RETURN (SELECT seq FROM counter);
END $$;

CREATE FUNCTION post(
    client_ids text[], rooms text[], user_ids text[], users text[], ips text[], messages text[],
    times text[]
) RETURNS bigint[] LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
DECLARE
    begun bigint := lock_positions();
    newest bigint := begun + cardinality(client_ids);
    ids bigint[];
    may boolean[];
BEGIN
    IF 'lobby' <> ANY (rooms) THEN
        FOR i IN 1 .. cardinality(rooms) LOOP
            may[i] := rooms[i] = 'lobby' OR (
                EXISTS (SELECT FROM member WHERE room = rooms[i] AND user_id = user_ids[i])
                AND (SELECT closed FROM room WHERE id = rooms[i]) = 0);
        END LOOP;
    END IF;
    WITH posted AS (
        INSERT INTO message (id, client_id, room, user_id, "user", ip, message, time)
            SELECT begun + place, said.client_id, room, said.user_id, "user", ip, message, time
            FROM unnest(client_ids, rooms, user_ids, users, ips, messages, times)
                WITH ORDINALITY
                AS said (client_id, room, user_id, "user", ip, message, time, place)
            WHERE (
                SELECT g.id FROM gone g
                WHERE g.user_id = said.user_id AND g.client_id = said.client_id) IS NULL
            AND (may IS NULL OR may[place])
            ON CONFLICT (user_id, client_id) DO NOTHING
            RETURNING id)
    SELECT array_agg(id) INTO ids FROM posted;
    IF ids IS NOT NULL THEN
        UPDATE counter SET seq = newest;
        PERFORM pg_notify('lanchat', begun || ' ' || newest);
    END IF;
    RETURN begun || ids;
END $$;
"""

# The words of messages (see search_index.py), and up to which id they were taken in. An entry goes
# with its message's row, and with its text.
_SEARCH = """
CREATE TABLE search (
    message_id bigint PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE, words tsvector NOT NULL
);
CREATE INDEX search_words ON search USING gin (words);
CREATE TABLE search_progress (up_to bigint NOT NULL);
INSERT INTO search_progress VALUES (0);

CREATE FUNCTION search_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search WHERE message_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_deletion AFTER UPDATE OF deleted_at ON message
    FOR EACH ROW WHEN (new.deleted_at IS NOT NULL) EXECUTE FUNCTION search_deletion();
"""

# What one server signs, the others believe (see keys.py).
_SECRETS = """
CREATE TABLE secret (name text PRIMARY KEY, value text NOT NULL);
"""

# Which log an epoch was begun in (see epochs.py); nothing where that is not to be known.
_HISTORY = """
CREATE FUNCTION history() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())
        || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
EXCEPTION WHEN others THEN
    RETURN '';
END $$;
ALTER TABLE epoch ADD COLUMN history text NOT NULL DEFAULT history();
"""

# Files on their way, and the bytes of all contents and of all uploads as they will be;
# who is writing an upload (see file_turns.py), and which folder all servers share.
_FILES = """
CREATE TABLE upload (
    id       text PRIMARY KEY,
    user_id  text NOT NULL,
    device   text NOT NULL,
    length   bigint NOT NULL,
    "offset" bigint NOT NULL,
    name     text NOT NULL,
    width    integer,
    height   integer,
    created  double precision NOT NULL,
    sha256   text
);
CREATE INDEX upload_user ON upload (user_id, created);
CREATE INDEX upload_device ON upload (device, created);

CREATE TABLE file_space (size bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO file_space SELECT coalesce(sum(greatest(size, 4096)), 0) FROM content;

-- The trigger names the column that says how many bytes a row stands for.
CREATE FUNCTION count_space() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bytes bigint := greatest((to_jsonb(coalesce(new, old))->>TG_ARGV[0])::bigint, 4096);
BEGIN
    UPDATE file_space SET size = size + CASE TG_OP WHEN 'INSERT' THEN bytes ELSE -bytes END;
    RETURN NULL;
END $$;
CREATE TRIGGER content_space AFTER INSERT OR DELETE ON content
    FOR EACH ROW EXECUTE FUNCTION count_space('size');
CREATE TRIGGER upload_space AFTER INSERT OR DELETE ON upload
    FOR EACH ROW EXECUTE FUNCTION count_space('length');

CREATE TABLE file_turn (
    upload_id text PRIMARY KEY REFERENCES upload (id) ON DELETE CASCADE,
    writer    text,
    until     timestamptz NOT NULL,
    name      text NOT NULL,
    is_torn   boolean NOT NULL DEFAULT false
);
CREATE TABLE file_folder (id text NOT NULL);
"""

# Who has said something of late in slow mode (see turns.py); a crash of the database costs a turn.
_TURNS = """
CREATE UNLOGGED TABLE turn (
    pause text NOT NULL, seconds integer NOT NULL, user_id text NOT NULL, device text NOT NULL,
    ip text NOT NULL, at timestamptz NOT NULL
);
"""

# Rooms, and who is in them (see store/schema.py).
_ROOMS = """
ALTER TABLE room
    ADD COLUMN kind     text NOT NULL DEFAULT 'main',
    ADD COLUMN name     text NOT NULL DEFAULT '',
    ADD COLUMN opener   text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN topic    text NOT NULL DEFAULT '',
    ADD COLUMN locked   boolean NOT NULL DEFAULT false,
    ADD COLUMN readonly boolean NOT NULL DEFAULT false,
    ADD COLUMN slow     integer NOT NULL DEFAULT 0,
    ADD COLUMN opened   bigint NOT NULL DEFAULT 0,
    ADD COLUMN closed   bigint NOT NULL DEFAULT 0,
    ADD COLUMN seq      bigint NOT NULL DEFAULT 0;
CREATE INDEX room_opener ON room (opener, kind) WHERE opener <> '';
CREATE TABLE member (
    room text COLLATE "C" NOT NULL, user_id text COLLATE "C" NOT NULL, "user" text NOT NULL,
    since bigint NOT NULL, read bigint NOT NULL, PRIMARY KEY (room, user_id)
);
CREATE INDEX member_user ON member (user_id);
"""

# Between whom there are rooms for two; empty while it is as the servers are told.
_PRIVACY = "ALTER TABLE rules ADD COLUMN private text NOT NULL DEFAULT '';"

# When somebody has last read something there, in days since the epoch; NULL is not known yet.
_COMING = "ALTER TABLE member ADD COLUMN seen integer;"

# Messages that were said by ``/announce`` (see store/schema.py).
_ANNOUNCEMENTS = """
CREATE TABLE announcement (
    message_id bigint PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
);
"""

MIGRATIONS: tuple[str, ...] = (
    *(_TABLES + _TRIGGERS + _FUNCTIONS, _SEARCH),
    *(PRESENCE_SCHEMA, _SECRETS, _HISTORY, _FILES, _TURNS, _ROOMS, _PRIVACY, _COMING, REPORTS),
    *(HANDS_SCHEMA, POLL_SCHEMA, BOT_SCHEMA, _ANNOUNCEMENTS),
)


SIDE_BY_SIDE: frozenset[int] = frozenset()
"""The numbers of those steps beside which servers go on that do not know them, and start.

What such a step may do stands in docs/architecture.md. For any other one all servers have to be
stopped.
"""


def migrate(connection: psycopg.Connection[Any]) -> None:
    """Take the steps that nobody has taken yet, all or none.

    Raises NewerSchemaError, or DatabaseUnusable where servers run that cannot go on beside a step.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _MIGRATION))
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, needs integer)"
        )
        cursor.execute("SELECT number, needs FROM migration ORDER BY number")
        taken = [(number, needs or number) for number, needs in cursor.fetchall()]
        if taken and taken[-1][1] > len(MIGRATIONS):
            raise NewerSchemaError(taken[-1][0])
        left = range((taken[-1][0] if taken else 0) + 1, len(MIGRATIONS) + 1)
        if taken and not SIDE_BY_SIDE.issuperset(left):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", ALIVE)
            if cursor.fetchone() != (True,):
                raise DatabaseUnusable(
                    "servers of an older lanchat have it, which cannot go on beside this one",
                    "stop all of them, then start this one",
                )
        needs = taken[-1][1] if taken else 0
        for number in left:
            needs = needs if number in SIDE_BY_SIDE else number
            cursor.execute(MIGRATIONS[number - 1].encode())
            cursor.execute("INSERT INTO migration VALUES (%s, %s)", (number, needs))
