"""The steps from a database of an earlier lanchat to one of today's."""

import logging
import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.events import LogEvent
from lanchat.chat.model import User
from lanchat.chat.room_settings import Ban, Mute, Rules, State
from lanchat.errors import DataUnusable
from lanchat.rows.bulk_reading import MessageReader
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store import schema
from lanchat.store.bulk import MessageFile
from lanchat.store.database import Database, open_database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.retention import Retention
from lanchat.store.schema import MIGRATIONS, migrate
from tests.world.drafts import draft, say, texts
from tests.world.reserved import users_of

OF_0_1_0 = """
CREATE TABLE message (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL,
    room      TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    user      TEXT NOT NULL,
    ip        TEXT NOT NULL,
    message   TEXT NOT NULL,
    time      TEXT NOT NULL
);
CREATE UNIQUE INDEX message_retry ON message (user_id, client_id);
CREATE TABLE seat (user_id TEXT PRIMARY KEY, user TEXT NOT NULL);
CREATE TABLE logout (user_id TEXT PRIMARY KEY, time REAL NOT NULL);
CREATE TABLE deleted (up_to INTEGER NOT NULL, cleared INTEGER NOT NULL DEFAULT 0);
INSERT INTO deleted (up_to) VALUES (0);
CREATE TABLE rules (topic TEXT NOT NULL, locked INTEGER NOT NULL, readonly INTEGER NOT NULL,
    slow INTEGER NOT NULL);
INSERT INTO rules VALUES ('', 0, 0, 0);
CREATE TABLE host (user_id TEXT PRIMARY KEY);
CREATE TABLE ban (user TEXT NOT NULL, device TEXT NOT NULL, address TEXT NOT NULL, until REAL,
    by TEXT NOT NULL);
CREATE TABLE mute (user_id TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, until REAL);
CREATE INDEX message_deleted ON message (id) WHERE message = '';
"""
"""What 0.1.0 makes: its four steps must lead here for ever."""

LEFT_BY_0_1_0 = """
INSERT INTO message VALUES
    (3, 'cleared', 'lobby', '1', 'Ana', '192.0.2.1', 'cleared', '2026-11-23T12:00:00.000Z'),
    (5, 'a', 'lobby', '1', 'Ana', '192.0.2.1', 'a', '2026-11-23T12:00:00.000Z'),
    (6, 'gone', 'lobby', '1', 'Ana', '192.0.2.1', '', '2026-11-23T12:00:00.000Z'),
    (8, 'b', 'lobby', '2', 'Bia 🦊', '192.0.2.2', 'b 🦊', '2026-11-23T12:00:00.000Z');
UPDATE sqlite_sequence SET seq = 40;
INSERT INTO seat VALUES ('2', 'Bia 🦊'), ('1', 'Ana');
INSERT INTO logout VALUES ('9', 5.5), ('7', 4.5);
UPDATE deleted SET up_to = 2, cleared = 4;
UPDATE rules SET topic = 'Fractions', locked = 1, readonly = 1, slow = 10;
INSERT INTO host VALUES ('1'), ('2');
INSERT INTO ban VALUES ('Troll', 'phone', '192.0.2.7', 100.5, 'Ana'), ('Davi', '', '', NULL, 'x');
INSERT INTO mute VALUES ('3', 'Carla', 'laptop', NULL), ('4', 'Eva', '', 200.5);
"""


@pytest.fixture
def old(path):
    """A database of 0.1.0's with something of everything."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; {OF_0_1_0} {LEFT_BY_0_1_0}")
        connection.execute("PRAGMA user_version = 4")
    return path


@pytest.fixture
def database(old):
    """The same, opened by today's lanchat."""
    database = Database(old)
    yield database
    database.close()


def objects(connection):
    """Every table and index, as it is defined, without regard to white space."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    return [(name, " ".join(sql.split())) for name, sql in connection.execute(query)]


def columns(connection):
    """Every column of every table, however its definition is spelled."""
    query = (
        "SELECT tables.name, info.name, info.type, info.[notnull], info.dflt_value, info.pk"
        " FROM sqlite_master tables, pragma_table_info(tables.name) info ORDER BY 1, info.cid"
    )
    return connection.execute(query).fetchall()


def test_the_steps_of_0_1_0_have_not_changed():
    """What has been released is in people's files."""
    with closing(sqlite3.connect(":memory:")) as steps, closing(sqlite3.connect(":memory:")) as old:
        for step in MIGRATIONS[:4]:
            step(steps)
        old.executescript(OF_0_1_0)
        assert columns(steps) == columns(old)
        indexes = [one for one in objects(old) if one[0].startswith("message_")]
        assert [one for one in objects(steps) if one[0].startswith("message_")] == indexes
        for query in ("SELECT * FROM deleted", "SELECT * FROM rules"):
            assert steps.execute(query).fetchall() == old.execute(query).fetchall()


def test_a_new_file_is_as_one_that_was_taken_further(database, tmp_path):
    """Wherever it comes from, today's lanchat finds the same."""
    with closing(open_database(tmp_path / "new.db")) as new:
        assert database.call(columns) == columns(new)
        assert database.call(objects) == objects(new)
        assert new.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_every_message_is_there(database, log):
    """What was deleted or cleared stays so, and nobody has missed anything by the update."""
    page = log.newest("lobby", 10)
    assert [(message.id, message.message) for message in page.messages] == [(5, "a"), (8, "b 🦊")]
    assert [message.seq for message in page.messages] == [5, 8]
    assert (page.complete, page.cleared) == (True, 4)
    assert page.messages[1].user == "Bia 🦊"
    shown = log.after("lobby", 6, 10)
    assert (texts(shown.messages), shown.complete, shown.deleted) == (["b 🦊"], True, [6])
    assert log.after("lobby", 1, 10).complete


def test_the_counter_goes_on_where_it_was(log):
    """Not at the greatest id that is left: what was deleted has had the ones between."""
    assert log.newest("lobby", 1).seq == 40
    assert [message.id for message in say(log, "x")] == [41]


def test_what_is_sent_again_has_its_old_id(log):
    """Also what was deleted, of which nobody hears again."""
    told: list[LogEvent] = []
    log.listen(told.append)
    again = [draft("a"), draft("whatever", "gone"), draft("b", user_id="2")]
    messages = say(log, again)
    assert [message.id for message in messages] == [5, 6, 8]
    assert (messages[1].deleted, messages[1].message) == (True, "")
    assert told == []


def test_order_is_kept_as_it_was(database):
    """Rules, moderators, bans and mutes; how long these were to last is not known."""
    assert StoredSettings(database).load() == State(
        rules=Rules("Fractions", locked=True, readonly=True, slow=10),
        moderators=frozenset("12"),
        bans=(Ban("Troll", "phone", "192.0.2.7", 100.5, "Ana"), Ban("Davi", "", "", None, "x")),
        mutes=(Mute("3", "Carla", "laptop", None), Mute("4", "Eva", "", 200.5)),
    )


def test_names_and_logouts_are_known(database):
    """In their order."""
    reservations = StoredReservations(database)
    assert users_of(reservations) == [User("2", "Bia 🦊"), User("1", "Ana")]
    assert reservations.logged_out(10) == ["9", "7"]


def test_a_clear_that_was_under_way_goes_on(database):
    """What 0.1.0 had not deleted yet is deleted now."""
    Retention(database).work()
    ids = database.call(lambda one: one.execute("SELECT id FROM message ORDER BY id").fetchall())
    assert ids == [(5,), (6,), (8,)]


@pytest.mark.parametrize("up_to", [4, 5, 7, 30])
def test_what_retention_had_deleted_is_remembered(old, up_to):
    """Whoever was away until then is told that something is missing."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE deleted SET up_to = ?", [up_to])
        connection.commit()
    database = Database(old)
    log = SqliteEventLog(database)
    assert log.newest("lobby", 10).complete is (up_to <= 4)
    complete = [after for after in range(41) if log.after("lobby", after, 10).complete]
    assert complete == list(range(up_to if up_to > 4 else 0, 41))
    log.close()
    database.close()


def test_a_database_without_messages(path):
    """Whose counter has no row yet."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{OF_0_1_0} PRAGMA user_version = 4")
    database = Database(path)
    log = SqliteEventLog(database)
    assert [message.id for message in say(log, "ab")] == [1, 2]
    log.close()
    database.close()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_database_of_before_0_1_0(path, steps):
    """Its messages stay, and it learns what it did not know."""
    with closing(sqlite3.connect(path)) as connection:
        for step in MIGRATIONS[:steps]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {steps}")
        connection.execute(
            "INSERT INTO message VALUES (7, 'a', 'lobby', '1', 'Ana', '', 'from before', '')"
        )
        connection.commit()
    database = Database(path)
    log = SqliteEventLog(database)
    (message,) = log.newest("lobby", 10).messages
    assert (message.id, message.message) == (7, "from before")
    assert users_of(StoredReservations(database)) == []
    log.close()
    database.close()


def test_it_is_said_once_and_only_then(old, path, caplog):
    """A large history takes its time, and an older lanchat cannot read it from then on."""
    caplog.set_level(logging.WARNING)
    open_database(old).close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"schema 4 to {len(MIGRATIONS)}" in caplog.text
    caplog.clear()
    open_database(old).close()
    open_database(path.with_name("new.db")).close()
    assert caplog.records == []


@pytest.mark.parametrize("last", ["SELECT 1", "ROLLBACK"], ids=["fails", "is rolled back"])
def test_a_step_that_fails_leaves_what_was_there(old, monkeypatch, last):
    """Whatever is missing (space, for one): it is said, and the next start finds the same file."""

    def fail(connection):
        MIGRATIONS[4](connection)
        connection.execute(last)
        connection.execute("SELECT no_such_function()")

    before = sorted(_dump(old))
    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", (*MIGRATIONS[:4], fail))
        with pytest.raises(DataUnusable, match="no_such_function"):
            open_database(old)
    assert sorted(_dump(old)) == before
    open_database(old).close()
    reader = MessageReader(MessageFile(old))
    assert reader.count() == 2
    reader.close()


def test_a_step_on_a_full_disk_says_so(old):
    """SQLite rolls back by itself there."""
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            migrate(connection)
        assert not connection.in_transaction
        assert connection.execute("PRAGMA user_version").fetchone() == (4,)


def _dump(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
