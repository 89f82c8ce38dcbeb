"""What is found out about a database before it is written into, and how it is asked then."""

import sqlite3
import threading
from contextlib import closing

import pytest

from lanchat.errors import DataUnusable, StoreUnavailable
from lanchat.store import database as module
from lanchat.store.bulk import load
from lanchat.store.database import Database, inspect, open_database
from lanchat.store.open_file import transaction
from lanchat.store.schema import MIGRATIONS
from tests.world.drafts import draft


@pytest.fixture
def path(path):
    """A database of lanchat's with 500 messages, which nobody has open."""
    load(path, [draft("hello " * 100, str(number)) for number in range(500)])
    return path


def test_a_good_database_and_none_at_all(path):
    """Nothing is said, and nothing is left beside it."""
    folder = path.parent
    (folder / "empty.db").touch()
    for name in ("messages.db", "none.db", "empty.db"):
        inspect(folder / name)
    assert {file.name for file in folder.iterdir()} == {"messages.db", "empty.db"}


@pytest.mark.parametrize("size", [1, 50, 4096, 100_000, -4096, -1])
def test_a_database_that_was_cut_short(path, size):
    """Wherever it ends, it is refused and stays as it is."""
    rest = path.read_bytes()[:size]
    path.write_bytes(rest)
    with pytest.raises(DataUnusable, match=r"messages\.db: is not a message database that can be"):
        inspect(path)
    assert path.read_bytes() == rest


@pytest.mark.parametrize("size", [-1, -100])
def test_a_database_whose_end_is_missing(path, size):
    """It is said, and what helps."""
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataUnusable, match=r"\(its end is missing\); put a copy in its place"):
        inspect(path)


def test_a_database_with_large_pages(path):
    """Somebody has given it those; its end is looked for where it is then."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 65536", "VACUUM"):
            connection.execute(statement)
    inspect(path)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(DataUnusable, match="its end is missing"):
        inspect(path)


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 4\0" + bytes(4080)]
)
def test_a_file_that_is_no_database(tmp_path, content):
    """Garbage is refused, with a way out."""
    path = tmp_path / "messages.db"
    path.write_bytes(content)
    with pytest.raises(DataUnusable, match=r"\(it is no SQLite file\).* move it away to begin"):
        inspect(path)
    assert path.read_bytes() == content


def test_a_file_that_sqlite_does_not_understand(tmp_path):
    """Its beginning is right, and nothing else."""
    path = tmp_path / "messages.db"
    path.write_bytes(b"SQLite format 3\0" + b"x" * 500)
    with pytest.raises(DataUnusable, match="move it away to begin a new one"):
        inspect(path)


def damage(path, number):
    """Let the page of the message with this number be garbage; returns the file's size."""
    content = path.read_bytes()
    page = content.index(f"message {number} ".encode()) // 4096 * 4096
    path.write_bytes(content[:page] + b"\xff" * 4096 + content[page + 4096 :])
    return len(content)


@pytest.fixture
def large(path):
    """A database with 1,100 messages of one page each."""
    path.unlink()
    load(path, [draft(f"message {number} " + "x" * 3_000, str(number)) for number in range(1_100)])
    return path


@pytest.mark.parametrize("spare", [0, 1])
def test_a_damaged_page(large, monkeypatch, spare):
    """What SQLite would only meet when somebody asks for an old message."""
    monkeypatch.setattr(module, "CHECKED_WHOLE", damage(large, 50) + spare)
    with pytest.raises(DataUnusable, match=r"that can be read \((Tree \d+ )?[Pp]age \d+"):
        inspect(large)


def test_a_damaged_page_of_a_large_database(large, monkeypatch):
    """Not every page is looked at, but those that a newcomer is shown are."""
    assert module.CHECKED_WHOLE == 64 << 20
    monkeypatch.setattr(module, "CHECKED_WHOLE", damage(large, 50) - 1)
    inspect(large)
    damage(large, 1_050)
    with pytest.raises(DataUnusable, match="malformed"):
        inspect(large)


def test_looking_leaves_no_traces(path):
    """After a kill the newest messages lie in the WAL: they are found there, and stay there."""
    killed = path.parent.with_name("killed")
    database = Database(path)
    database.call(lambda connection: connection.execute("UPDATE rules SET topic = 'x'"))
    killed.mkdir()
    for suffix in ("", "-wal"):
        name = path.name + suffix
        (killed / name).write_bytes(path.with_name(name).read_bytes())
    database.close()
    before = {file.name: file.read_bytes() for file in killed.iterdir()}
    inspect(killed / path.name)
    after = {file.name: file.read_bytes() for file in killed.iterdir()}
    assert {name: after[name] for name in before} == before


def test_a_newer_database_after_a_kill(path):
    """What was not moved into the file yet counts, too, and is not moved by looking."""
    version = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {version}")
        files = [path, path.with_name("messages.db-wal")]
        before = [file.read_bytes() for file in files]
        with pytest.raises(DataUnusable, match=rf"newer lanchat \(schema {version}\)"):
            inspect(path)
        assert [file.read_bytes() for file in files] == before


@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TABLE contact (name TEXT)",
        "CREATE TABLE message (name TEXT)",
        "CREATE TABLE contact (name TEXT); PRAGMA user_version = 2",
        "CREATE TABLE x (y); DROP TABLE x; PRAGMA user_version = 2",
    ],
)
def test_a_database_of_another_program(tmp_path, statements):
    """Our tables are not added to those of somebody else."""
    path = tmp_path / "messages.db"
    with closing(sqlite3.connect(path)) as other:
        other.executescript(statements)
    with pytest.raises(DataUnusable, match=r"\(it belongs to another program\)"):
        inspect(path)


def test_a_migration_that_was_interrupted(path):
    """The journal that it left is SQLite's to roll back: lanchat starts."""
    path.write_bytes(path.read_bytes()[:-1])
    path.with_name("messages.db-journal").write_bytes(b"left from a killed server")
    inspect(path)
    path.with_name("messages.db-journal").write_bytes(b"")
    with pytest.raises(DataUnusable, match="its end is missing"):
        inspect(path)


def test_what_was_said_is_its_owners(path):
    """Other users of the machine cannot read the files, whatever the folder's mode."""
    database = Database(path)
    database.call(lambda connection: connection.execute("UPDATE rules SET topic = 'x'"))
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    database.close()
    assert set(modes) == {"messages.db", "messages.db-wal", "messages.db-shm"}
    assert set(modes.values()) == {0o600}


def test_what_is_committed_is_on_disk(path):
    """Each commit is flushed, a reader holds up nobody, and what is deleted is overwritten.

    Another program that has the database for a moment is waited for.
    """
    with closing(open_database(path)) as connection:
        names = ("journal_mode", "synchronous", "secure_delete", "busy_timeout")
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert settings == ["wal", 2, 1, 5_000]


def test_what_is_unhurried_is_so_alone(path):
    """Whatever comes of it, the next commit is flushed."""

    def level(connection):
        return connection.execute("PRAGMA synchronous").fetchone()[0]

    with closing(Database(path)) as database:
        assert database.unhurried(level) == 1
        assert database.call(level) == 2
        with pytest.raises(StoreUnavailable):
            database.unhurried(lambda connection: connection.execute("DROP TABLE nothing"))
        assert database.call(level) == 2


def test_the_next_commit_is_flushed_where_that_could_not_be_said(path):
    """What has failed within may keep SQLite from saying so, too: as where it has to read first."""

    def no_more(action, name, value, *_):
        refused = action == sqlite3.SQLITE_PRAGMA and (name, value) == ("synchronous", "FULL")
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    def level(connection):
        return connection.execute("PRAGMA synchronous").fetchone()[0]

    with closing(Database(path)) as database:
        database.call(lambda connection: connection.set_authorizer(no_more))
        assert database.unhurried(level) == 1
        with pytest.raises(StoreUnavailable):
            database.change(level)
        database.call(lambda connection: connection.set_authorizer(lambda *_: sqlite3.SQLITE_OK))
        assert database.change(level) == 2


def test_a_folder_that_cannot_be_written(path):
    """It is said before anybody comes."""
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "messages.db")
    with pytest.raises(DataUnusable, match=r"cannot be used as message .*; see to it that"):
        Database(path)


@pytest.mark.parametrize(
    "query", ["SELECT * FROM nothing", "INSERT INTO rules VALUES ('', NULL, 0, 0, 0)"]
)
def test_what_sqlite_refuses_may_pass(path, query):
    """Whoever asks is told that it is unavailable, and the next call works."""
    database = Database(path)
    with pytest.raises(StoreUnavailable, match="the message database refuses"):
        database.call(lambda connection: connection.execute(query))
    assert database.call(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)
    database.close()


@pytest.mark.parametrize("value", [2**63, "\ud83e"])
def test_what_sqlite_cannot_hold_is_refused_alike(path, value):
    """A number or a text beyond it is no defect."""
    database = Database(path)
    with pytest.raises(StoreUnavailable):
        database.call(lambda connection: connection.execute("SELECT ?", (value,)))
    database.close()


def test_whatever_else_a_call_raises_is_raised(path):
    """A defect is not taken for a disk that refuses."""
    database = Database(path)
    with pytest.raises(ZeroDivisionError):
        database.call(lambda _connection: 1 / 0)
    database.close()


def test_only_one_call_at_a_time(path):
    """Threads wait for each other: none sees what another has not committed."""
    database = Database(path)
    seen = []

    def work(number):
        for _ in range(20):
            database.call(lambda connection: change(connection, number))

    def change(connection, number):
        with transaction(connection):
            connection.execute("UPDATE rules SET slow = ?", (number,))
            seen.append(connection.execute("SELECT slow FROM rules").fetchone()[0] == number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert seen == [True] * 80


def fail(connection, *statements):
    """A transaction that goes wrong after these statements."""
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)
        raise ZeroDivisionError


def test_a_transaction_is_stored_whole_or_not_at_all(path):
    """Whatever goes wrong in it, also where SQLite has rolled back by itself."""
    with closing(open_database(path)) as connection:
        for more in ([], ["ROLLBACK"]):
            with pytest.raises(ZeroDivisionError):
                fail(connection, "UPDATE rules SET slow = 1", *more)
        with transaction(connection):
            connection.execute("UPDATE rules SET readonly = 1")
        assert connection.execute("SELECT slow, readonly FROM rules").fetchone() == (0, 1)


def test_a_transaction_is_nobody_elses(path):
    """From its begin on another program cannot write: what was read in it holds at its end."""
    with closing(open_database(path)) as connection, closing(open_database(path)) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with transaction(connection), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE rules SET slow = 1")
