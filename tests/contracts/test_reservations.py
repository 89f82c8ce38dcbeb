"""The contract of Reservations: whose name is whose outlives the server."""

import pytest

from lanchat.chat.changes import LoggedOut, Released, Reserved
from lanchat.chat.model import User
from lanchat.chat.ports import Reservations
from lanchat.errors import StoreUnavailable
from tests.world.reserved import users_of

ANA, BIA = User("1", "Ana"), User("2", "Bia 🦊")


@pytest.fixture
def reservations(ports) -> Reservations:
    return ports.reservations


def test_nobody_has_a_name_at_first(reservations):
    """A new server knows nobody."""
    assert users_of(reservations) == []
    assert reservations.logged_out(10) == []


def test_who_holds_a_name_is_kept_in_order(reservations):
    """However often it is said."""
    for user in (BIA, ANA, BIA):
        reservations.note([Reserved(user)])
    assert users_of(reservations) == [BIA, ANA]


def test_the_name_that_was_noted_last_counts(reservations):
    """Somebody has changed it; their place in the order stays."""
    renamed = User("1", "Anita")
    for user in (ANA, BIA, renamed):
        reservations.note([Reserved(user)])
    assert users_of(reservations) == [renamed, BIA]


def test_a_device_is_kept_beside_the_name(reservations):
    """The one of the last note counts; where none is known it is empty."""
    reservations.note([Reserved(ANA, "phone"), Reserved(BIA)])
    assert reservations.reserved() == [(ANA, "phone"), (BIA, "")]
    reservations.note([Reserved(ANA, "laptop")])
    assert reservations.reserved() == [(ANA, "laptop"), (BIA, "")]


def test_who_leaves_is_struck_out(reservations):
    """Alone, with others, or without having been there."""
    reservations.note([Reserved(ANA), Reserved(BIA)])
    reservations.note([Released("1"), Released("3")])
    assert users_of(reservations) == [BIA]


def test_who_logs_out_is_remembered(reservations):
    """Their name is free, and their id is one of those that do not come back."""
    reservations.note([Reserved(ANA)])
    reservations.note([LoggedOut("1", 5.5)])
    assert users_of(reservations) == []
    assert reservations.logged_out(10) == ["1"]


def test_logouts_come_oldest_first(reservations):
    """One that happened twice counts from the second time."""
    for user_id, now in (("1", 1.0), ("2", 2.0), ("1", 3.0)):
        reservations.note([LoggedOut(user_id, now)])
    assert reservations.logged_out(10) == ["2", "1"]


def test_old_logouts_are_forgotten(reservations):
    """By their number, whatever the clock says."""
    for number in range(6):
        reservations.note([LoggedOut(str(number), float(number))])
    assert reservations.logged_out(3) == ["3", "4", "5"]
    assert reservations.logged_out(100) == ["3", "4", "5"]


def test_notes_are_written_in_their_order(reservations):
    """A name that was left and taken again is reserved."""
    reservations.note([Reserved(ANA), Released("1"), Reserved(ANA)])
    assert users_of(reservations) == [ANA]


def test_notes_are_written_all_or_none(reservations):
    """One that cannot be written leaves nothing of the others."""
    with pytest.raises(StoreUnavailable):
        reservations.note([Reserved(ANA), Reserved(User("2", "\ud83e"))])
    assert users_of(reservations) == []


def test_after_the_end_it_is_unavailable(ports):
    """As with any disk that fails."""
    ports.close()
    with pytest.raises(StoreUnavailable):
        ports.reservations.note([Reserved(ANA)])


def test_reservations_survive_a_restart(start_durable):
    """Those of the last life, in the order of their arrival."""
    first = start_durable()
    first.reservations.note([Reserved(BIA), Reserved(ANA)])
    first.reservations.note([LoggedOut("2", 7.0)])
    first.close()
    second = start_durable().reservations
    assert (users_of(second), second.logged_out(10)) == ([ANA], ["2"])
