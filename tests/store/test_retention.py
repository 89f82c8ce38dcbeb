"""What deleting old messages leaves, for the file and for memory alike."""

import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.model import Draft
from lanchat.store.deletion import DELETED, LOOKED_AT, Keep, Place
from lanchat.store.sqlite import SqliteStore


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    """A store of each kind."""
    store = SqliteStore(tmp_path / "messages.db" if request.param == "file" else None)
    yield store
    store.close()


def draft(number, text="", day=1):
    """The message with this number, said on that day of November."""
    time = f"2026-11-{day:02}T08:00:00.000Z"
    return Draft(f"id {number}", "lobby", "1", "Ana", "192.0.2.1", text or str(number), time)


def sweep(store, since=None, count=None):
    """A whole sweep; returns how many steps it took."""
    place, steps = Place(), 0
    while not place.done:
        place, steps = store.delete_old(Keep(since, count), place), steps + 1
    return steps


def texts(store, after=None):
    """What is left after the id, oldest first."""
    return [message.message for message in store.history("lobby", after, 10_000).messages]


def test_the_old_go_by_their_time(store):
    """Also where ids and times disagree, as after an import or with a clock set right."""
    store.append([draft(n, day=day) for n, day in enumerate([1, 9, 2, 8, 3])])
    sweep(store, since="2026-11-08T00:00:00.000Z")
    assert texts(store) == ["1", "3"]


def test_the_newest_stay_by_their_number(store):
    """Exactly so many, over all steps."""
    store.append([draft(n) for n in range(LOOKED_AT + 300)])
    sweep(store, count=LOOKED_AT + 20)
    assert texts(store) == [str(n) for n in range(280, LOOKED_AT + 300)]


def test_both_limits_hold(store):
    """What is too old goes, even if there is room for it."""
    store.append([draft(n, day=n) for n in range(1, 10)])
    sweep(store, since="2026-11-04T00:00:00.000Z", count=20)
    sweep(store, since="2026-11-01T00:00:00.000Z", count=5)
    assert texts(store) == ["5", "6", "7", "8", "9"]


@pytest.mark.parametrize(("count", "steps"), [(1, 31), (3 * DELETED, 28), (9_999, 4)])
def test_a_step_has_a_bound(count, steps, store):
    """However many there are to look at or to delete; the last step finds nothing more."""
    assert (DELETED, LOOKED_AT) == (100, 1_000)
    store.append([draft(n) for n in range(3_000)])
    assert sweep(store, count=count) == steps


def test_ids_are_never_given_again(store):
    """Not even when everything is gone."""
    (before,) = store.append([draft(1)])
    sweep(store, since="2027")
    (after,) = store.append([draft(2)])
    assert after.message.id > before.message.id


def test_who_was_away_too_long_is_told(store):
    """The history is complete where nothing after the id was deleted, and only there."""
    ids = [stored.message.id for stored in store.append([draft(n) for n in range(6)])]
    sweep(store, count=3)
    complete = {after: store.history("lobby", after, 100).complete for after in [None, *ids]}
    assert complete == {
        None: False,
        **dict.fromkeys(ids[:2], False),
        **dict.fromkeys(ids[2:], True),
    }


def test_who_was_away_until_all_was_gone(store):
    """An empty answer says whether there was something."""
    ids = [stored.message.id for stored in store.append([draft(1), draft(2)])]
    sweep(store, since="2027")
    answers = [store.history("lobby", after, 100) for after in ids]
    assert [(answer.messages, answer.complete) for answer in answers] == [([], False), ([], True)]


def test_what_was_deleted_is_remembered(tmp_path):
    """A restart makes no history complete."""
    first = SqliteStore(tmp_path / "messages.db")
    first.append([draft(n) for n in range(6)])
    sweep(first, count=3)
    first.close()
    second = SqliteStore(tmp_path / "messages.db")
    assert second.history("lobby", 1, 100).complete is False
    second.close()


def test_what_was_deleted_cannot_be_found_in_the_file(tmp_path):
    """Its bytes are overwritten, not only forgotten."""
    store = SqliteStore(tmp_path / "messages.db")
    store.append([draft(n, text=f"a secret {'x' * n}") for n in range(2_000)])
    sweep(store, count=1)
    store.append([draft(9_999, text="the end")])
    store.close()
    content = (tmp_path / "messages.db").read_bytes()
    assert (content.count(b"a secret"), content.count(b"the end")) == (1, 1)


def test_the_next_start_gives_the_space_back(tmp_path):
    """Where most of the file was the place of deleted messages."""
    path = tmp_path / "messages.db"
    store = SqliteStore(path)
    store.append([draft(n, text="x" * 4_000) for n in range(1_000)])
    sweep(store, count=10)
    store.close()
    before = path.stat().st_size
    SqliteStore(path).close()
    assert (before > 4_000_000, path.stat().st_size < 200_000) == (True, True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (10,)


def test_later_messages_take_the_place(tmp_path):
    """The file of a room that deletes as much as is said does not grow."""
    path = tmp_path / "messages.db"
    store = SqliteStore(path)
    sizes = []
    for term in range(4):
        store.append([draft(term * 1_000 + n, text="x" * 2_000) for n in range(1_000)])
        sweep(store, count=10)
        store._connection.execute("PRAGMA wal_checkpoint")
        sizes.append(path.stat().st_size)
    store.close()
    assert sizes[3] <= sizes[0] * 1.1
