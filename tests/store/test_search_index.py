"""The index of words follows the messages, and holds no word of what is gone."""

from functools import partial

import pytest

from lanchat.chat.changes import Clear, ClearUser, Delete, Edit
from lanchat.chat.model import LOBBY
from lanchat.chat.search import Query
from lanchat.chat.words import phrases
from lanchat.rows import messages
from lanchat.rows.retention import Keep, Place
from lanchat.store import search
from lanchat.store import search_index as module
from lanchat.store.bulk import load
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.retention import Retention, step
from lanchat.store.search_index import PART_BITS, Tidying
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say, texts
from tests.world.drafts import edit as edit_to
from tests.world.files import put_file

SECRET = b"xylophon"
LONG = 2_000


@pytest.fixture
def indexer(database, log):
    return Indexer(database, lambda: log.statistics.messages)


def find(database, text):
    """What the messages say that are found."""
    look = partial(search.find, query=Query(phrases(text), [LOBBY]), limit=50)
    return texts(database.call(look)[0])


def found(path):
    """In which files the secret lies, as a word or as the rest of one that is stored by prefix."""
    return [
        file.name
        for file in path.parent.iterdir()
        if SECRET in file.read_bytes() or SECRET[3:] in file.read_bytes()
    ]


def parts(database):
    """Which parts there are, up to where they go, and whether they are to be merged."""
    query = "SELECT part, up_to, unmerged FROM search_part ORDER BY part"
    return database.call(lambda connection: connection.execute(query).fetchall())


def sweep(database, count):
    """Let so many messages stay."""
    place = Place()
    while not place.done:
        place = database.call(partial(step, keep=Keep(None, count), place=place))


def delete(database, log, message):
    log.append(Delete(message.id, NOON)).result(DEADLINE)


def clear(database, log, message):
    log.append(Clear(message.room)).result(DEADLINE)


def clear_user(database, log, message):
    log.append(ClearUser(message.user_id, message.user, NOON)).result(DEADLINE)


def retire(database, log, message):
    sweep(database, 10)


def edit(database, log, message):
    change = Edit(message.id, message.user_id, "e", "better", NOON, lambda _message: None)
    log.append(change).result(DEADLINE)


@pytest.mark.parametrize("way", [delete, clear, clear_user, retire, edit])
@pytest.mark.parametrize("others", [20, LONG])
def test_nothing_is_left_of_what_is_gone(path, log, database, way, others):
    """Not a byte of the word, in whatever file and in however many segments it was."""
    retention, indexer = Retention(database), Indexer(database, lambda: log.statistics.messages)
    say(log, range(others // 2))
    message, *_ = say(log, [draft(f"a {SECRET.decode()} plays", "a", user_id="2")])
    indexer.work()
    say(log, range(others // 2, others))
    indexer.work()
    assert find(database, SECRET.decode()) == [message.message]
    assert found(path) != []
    way(database, log, message)
    assert find(database, SECRET.decode()) == []
    retention.erase()
    retention.work()
    assert found(path) == []
    assert all(unmerged == 0 for _, _, unmerged in parts(database))
    assert find(database, "better") == (["better"] if way is edit else [])


@pytest.mark.parametrize("way", [delete, clear, clear_user, retire, None])
def test_files_are_found_by_their_names(database, log, indexer, path, way):
    """As long as their message is there, whatever it says; then nothing of them is left."""
    put_file(database, "a", name="xylophon solo.ogg")
    put_file(database, "b", name="notes.txt")
    (message,) = say(log, [draft("", "a", files=("a", "b"))])
    indexer.work()
    log.append(edit_to(message.id, "caption")).result(DEADLINE)
    for asked in ("xylo", "notes.txt", "caption solo", "xylophon solo ogg notes txt"):
        assert find(database, asked) == ["caption"]
    assert find(database, "xylophon.notes") == []
    if way is None:
        return
    say(log, range(20))
    way(database, log, message)
    Retention(database).work()
    assert find(database, "xylophon") == []
    assert found(path) == []


def test_what_was_imported_is_found_and_can_go(path):
    """It is taken in by the next start, and leaves nothing either."""
    load(path, [draft(f"a {SECRET.decode()} plays", "a"), *map(draft, range(300))])
    database = Database(path)
    retention = Retention(database)
    log = SqliteEventLog(database, on_erase=retention.erase)
    indexer = Indexer(database, lambda: 0)
    before = indexer.is_behind
    indexer.work()
    assert (before, indexer.is_behind) == (True, False)
    assert find(database, SECRET.decode()) == [f"a {SECRET.decode()} plays"]
    log.append(Delete(1, NOON)).result(DEADLINE)
    retention.work()
    assert found(path) == []
    log.close()
    database.close()


def test_what_was_deleted_before_it_was_taken_in_never_comes_in(database, log, indexer, path):
    """Nothing of it is to be taken out."""
    one, two, three = say(log, ["hello a", "hello b", "hello c"])
    delete(database, log, two)
    indexer.work()
    delete(database, log, three)
    assert find(database, "hello") == ["hello a"]
    assert parts(database) == [(0, 3, 1)]
    assert one.id == 1


def test_a_kill_in_the_middle_costs_nothing(path, monkeypatch):
    """The next life goes on where the last one was, with old messages and with new ones."""
    monkeypatch.setattr(module, "PART_BITS", 4)
    monkeypatch.setattr(search, "PART_BITS", 4)
    monkeypatch.setattr(module, "TAKEN", 3)
    load(path, [draft(f"hello {number}") for number in range(50)])
    database = Database(path)
    for part in (3, 2, 2, 1):
        database.call(partial(module.take_in, part=part))
    copy = path.parent.with_name("copy") / path.name
    copy.parent.mkdir()
    for file in path.parent.iterdir():
        copy.with_name(file.name).write_bytes(file.read_bytes())
    second = Database(copy)
    assert parts(second) == [(1, 18, 0), (2, 37, 0), (3, 50, 0)]
    log = SqliteEventLog(second)
    say(log, ["hello 50"])
    Indexer(second, lambda: 0).work()
    assert find(second, "hello") == [f"hello {number}" for number in range(50, 0, -1)]
    assert [up_to for _, up_to, _ in parts(second)] == [15, 31, 47, 51]
    for opened in (log, second, database):
        opened.close()


def test_what_is_said_is_taken_in_while_old_messages_are(path, monkeypatch):
    """It does not wait for them; a part that is full is followed by the next one."""
    monkeypatch.setattr(module, "PART_BITS", 4)
    monkeypatch.setattr(search, "PART_BITS", 4)
    load(path, [draft(f"old {number}") for number in range(100)])
    database = Database(path)
    log = SqliteEventLog(database)
    seen = []
    take_in = module.take_in

    def spying(connection, part):
        seen.append(part)
        if len(seen) == 3:
            for number in range(20):
                messages.insert(connection, draft(f"new {number}"))
            log.statistics.messages += 20
        return take_in(connection, part)

    monkeypatch.setattr("lanchat.store.indexer.take_in", spying)
    Indexer(database, lambda: log.statistics.messages).work()
    assert seen[:6] == [6, 6, 5, 6, 7, 4]
    assert len(find(database, "new")) == 20
    log.close()
    database.close()


def test_a_part_goes_with_its_last_message(database, log, monkeypatch):
    """And what is said afterwards is found all the same."""
    monkeypatch.setattr(module, "PART_BITS", 4)
    monkeypatch.setattr(search, "PART_BITS", 4)
    say(log, [f"hello {number}" for number in range(40)])
    indexer = Indexer(database, lambda: log.statistics.messages)
    indexer.work()
    assert [part for part, *_ in parts(database)] == [0, 1, 2]
    sweep(database, 5)
    tidying = Tidying()
    while database.call(tidying.step):
        pass
    assert [part for part, *_ in parts(database)] == [2]
    assert find(database, "hello 3") == [f"hello {number}" for number in range(39, 34, -1)]
    clear(database, log, say(log, ["hello"])[0])
    retention = Retention(database)
    retention.work()
    assert parts(database) == []
    say(log, ["hello again"])
    indexer.work()
    assert find(database, "hello") == ["hello again"]


def test_what_is_deleted_during_a_merge_goes_too(database, log, indexer, path):
    """The merge that is under way may have passed its place."""
    said = say(log, [draft(f"{SECRET.decode()} x{number}", str(number)) for number in range(200)])
    say(log, ["another one"])
    indexer.work()
    tidying = Tidying()
    for message in said[::2]:
        database.call(partial(messages.delete, change=Delete(message.id, NOON)))
    database.call(tidying.step)
    for message in said[1::2]:
        database.call(partial(messages.delete, change=Delete(message.id, NOON)))
    while database.call(tidying.step):
        pass
    assert parts(database)[0][2] == 0
    Retention(database).work()
    assert found(path) == []


def test_without_a_file_it_is_the_same(monkeypatch):
    """Ids in memory begin far up."""
    database = Database(None)
    log = SqliteEventLog(database)
    indexer = Indexer(database, lambda: log.statistics.messages)
    indexer.work()
    (message,) = say(log, ["hello"])
    assert message.id >> PART_BITS > 1_000_000
    indexer.work()
    assert find(database, "hel") == ["hello"]
    log.close()
    database.close()


def test_a_step_is_short(path):
    """However many messages there are, one step takes in so many and lets messages pass."""
    load(path, map(draft, range(3 * module.TAKEN)))
    database = Database(path)
    assert not database.call(partial(module.take_in, part=0))
    assert parts(database) == [(0, module.TAKEN, 0)]
    database.close()


@pytest.fixture
def damaged(path):
    """Let a database with 300 messages, all in the index, be damaged by this; returns its path."""

    def damage(harm):
        load(path, [draft(f"hello {number}") for number in range(300)])
        database = Database(path)
        Indexer(database, lambda: 0).work()
        if isinstance(harm, str):
            database.call(lambda connection: connection.execute(harm))
        root = database.call(
            lambda connection: connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'search_0_data'"
            ).fetchone()[0]
        )
        database.close()
        if harm is None:
            content = path.read_bytes()
            at = (root - 1) * 4096
            path.write_bytes(content[:at] + b"\xff" * 4096 + content[at + 4096 :])
        return path

    return damage


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE search_0_data SET block = zeroblob(length(block)) WHERE id > 1000",
        "DELETE FROM search_0_data WHERE id > 1000",
        None,
    ],
)
def test_a_damaged_index_is_made_anew(damaged, harm, caplog):
    """By the next start, which says so; the messages are there all the while."""
    database = Database(damaged(harm))
    log = SqliteEventLog(database)
    assert len(log.newest(LOBBY, 1_000).messages) == 300
    say(log, ["hello again"])
    Indexer(database, lambda: log.statistics.messages).work()
    assert ["index of words was damaged" in line for line in caplog.messages] == [True]
    assert len(find(database, "hello")) == 50
    log.append(Delete(1, NOON)).result(DEADLINE)
    Retention(database).work()
    log.close()
    database.close()
    caplog.clear()
    again = Database(database._path)
    Indexer(again, lambda: 0).work()
    assert (caplog.messages, find(again, "hello 299")) == ([], ["hello 299"])
    again.close()
