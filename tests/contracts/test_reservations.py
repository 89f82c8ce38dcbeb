"""The contract of every seat keeper, for the file and for memory alike."""

import pytest

from lanchat.chat.model import Freed, Guest, Held, LoggedOut
from lanchat.errors import StoreUnavailable
from lanchat.store.sqlite import SqliteStore

ANA, BIA = Guest("1", "Ana"), Guest("2", "Bia 🦊")


@pytest.fixture(params=["file", "memory"])
def keeper(request, tmp_path):
    """A seat keeper of each kind."""
    store = SqliteStore(tmp_path / "messages.db" if request.param == "file" else None)
    yield store
    store.close()


def test_nobody_has_a_name_at_first(keeper):
    """A new keeper knows nobody."""
    assert keeper.held() == []
    assert keeper.logged_out(0, 10) == {}


def test_who_holds_a_name_is_kept_in_order(keeper):
    """However often it is said."""
    for guest in (BIA, ANA, BIA):
        keeper.note([Held(guest)])
    assert keeper.held() == [BIA, ANA]


def test_who_leaves_is_struck_out(keeper):
    """Alone, with others, or without having been there."""
    keeper.note([Held(ANA), Held(BIA)])
    keeper.note([Freed("1"), Freed("3")])
    assert keeper.held() == [BIA]


def test_who_logs_out_is_remembered(keeper):
    """Their name is free, and their id is one of those that do not come back."""
    keeper.note([Held(ANA)])
    keeper.note([LoggedOut("1", 5.5)])
    assert keeper.held() == []
    assert keeper.logged_out(0, 10) == {"1": 5.5}


def test_logouts_come_oldest_first(keeper):
    """One that happened twice counts from the second time."""
    for user_id, now in (("1", 1.0), ("2", 2.0), ("1", 3.0)):
        keeper.note([LoggedOut(user_id, now)])
    assert list(keeper.logged_out(0, 10).items()) == [("2", 2.0), ("1", 3.0)]


def test_old_logouts_are_forgotten(keeper):
    """By their age and by their number."""
    for number in range(6):
        keeper.note([LoggedOut(str(number), float(number))])
    assert list(keeper.logged_out(2.0, 3)) == ["3", "4", "5"]
    assert list(keeper.logged_out(4.0, 100)) == ["4", "5"]
    assert list(keeper.logged_out(0, 100)) == ["4", "5"]


def test_a_closed_keeper_says_that_it_cannot(keeper):
    """As any failing disk does."""
    keeper.close()
    with pytest.raises(StoreUnavailable):
        keeper.note([Held(ANA)])


def test_seats_survive_a_restart(tmp_path):
    """The file has them, whoever opens it next."""
    first = SqliteStore(tmp_path / "messages.db")
    first.note([Held(ANA)])
    first.note([LoggedOut("2", 7.0)])
    first.close()
    second = SqliteStore(tmp_path / "messages.db")
    assert (second.held(), second.logged_out(0, 10)) == ([ANA], {"2": 7.0})
    second.close()
