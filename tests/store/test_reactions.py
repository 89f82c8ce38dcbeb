"""Reactions in the file: what goes takes them along, and nothing of them stays."""

import pytest

from lanchat.chat.changes import Clear, Delete, React, Tell
from lanchat.rows import reactions
from lanchat.rows import retention as every_store
from lanchat.rows.retention import Keep, Place
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.open_file import transaction
from lanchat.store.retention import Retention, delete_cleared, step
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, say

SECRET = "Dulcinea del Toboso"
"""The name of who reacted; what has it in its bytes has something of a reaction."""


@pytest.fixture
def database(path):
    """A database in a file."""
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def worker(database):
    """What erases."""
    return Retention(database, None, 50, rest=0.0)


@pytest.fixture
def log(database, worker):
    """The log, which tells it what to erase."""
    log = SqliteEventLog(database, on_erase=worker.erase)
    yield log
    log.close()


def react(log, message, *, on=True, user_id="1", emoji="👍", tell=True):
    """Let somebody react, and all learn of it."""
    log.append(React(message.id, user_id, SECRET, emoji, on)).result(DEADLINE)
    if tell:
        log.append(Tell(message.id)).result(DEADLINE)


@pytest.fixture
def stays(path, database):
    """The files that hold the name, and how many rows there are of reactions and of marks."""
    query = "SELECT (SELECT count(*) FROM reaction), (SELECT count(*) FROM untold)"

    def stays():
        files = path.parent.glob(f"{path.name}*")
        found = [file.name for file in files if SECRET.encode() in file.read_bytes()]
        return found, database.call(lambda connection: connection.execute(query).fetchone())

    return stays


@pytest.mark.parametrize("going", ["deleted", "cleared", "too many", "taken back"])
@pytest.mark.parametrize("told", [True, False])
def test_what_is_gone_is_in_no_file(log, worker, stays, going, told):
    """However it goes, and whether it was told or not."""
    message, *_ = say(log, range(40))
    react(log, message, tell=told)
    react(log, message, emoji="🎉", tell=told)
    assert stays()[0] != []
    if going == "deleted":
        log.append(Delete(message.id, NOON)).result(DEADLINE)
    elif going == "cleared":
        log.append(Clear("lobby")).result(DEADLINE)
    elif going == "too many":
        say(log, range(100, 150))
    else:
        react(log, message, on=False)
        react(log, message, on=False, emoji="🎉")
    worker.work()
    worker.work()
    assert stays() == ([], (0, 0))


def test_one_persons_are_taken_back_together(log, database, worker, stays):
    """Those of others stay; which messages are to be told of is said."""
    first, second, third = say(log, "abc")
    react(log, first)
    react(log, second)
    react(log, second, emoji="🎉", tell=False)
    for message in (second, third):
        log.append(React(message.id, "2", "Bia", "👍")).result(DEADLINE)
        log.append(Tell(message.id)).result(DEADLINE)

    def remove(connection):
        with transaction(connection):
            return reactions.remove(connection, "1", 10, 10)

    ids = database.call(remove)
    assert ids == [first.id, second.id, second.id]
    for message_id in dict.fromkeys(ids):
        log.append(Tell(message_id)).result(DEADLINE)
    worker.work()
    said = log.newest("lobby", 3).messages
    assert [one.reactions and one.reactions[0].users for one in said] == [
        None,
        (("2", "Bia"),),
        (("2", "Bia"),),
    ]
    assert stays() == ([], (2, 0))


@pytest.mark.parametrize("going", ["cleared", "too many"])
def test_a_step_deletes_no_more_because_of_reactions(log, database, stays, monkeypatch, going):
    """A message that many have reacted to takes the place of others."""
    monkeypatch.setattr(every_store, "DELETED", 3)
    messages = say(log, range(6))
    for message in messages[1:4]:
        for number in range(20):
            react(log, message, user_id=str(number), tell=False)
        log.append(Tell(message.id)).result(DEADLINE)
    if going == "cleared":
        log.append(Clear("lobby")).result(DEADLINE)
    left, place = [], Place()
    for _ in range(5):
        if going == "cleared":
            database.call(delete_cleared)
        else:
            place = database.call(lambda connection, p=place: step(connection, Keep(None, 0), p))
        left.append(
            database.call(lambda c: c.execute("SELECT count(*) FROM message").fetchone()[0])
        )
    assert left == ([4, 3, 2, 0, 0] if going == "cleared" else [3, 2, 1, 0, 0])
    assert stays()[1] == (0, 0)
