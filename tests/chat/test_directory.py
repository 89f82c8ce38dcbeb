"""One room's rules: seats, arrivals, the grace period."""

import pytest

from lanchat.chat.logouts import Logouts
from lanchat.chat.model import Guest, Origin
from lanchat.chat.room import HOLD_AFTER_RESTART, LOGIN_HOLD, Room
from lanchat.errors import NameTaken, Unauthorized

ANA = Guest("1", "Ana")
FALSE_ANA = Guest("2", "ana")
BIA = Guest("3", "Bia")
HERE = Origin("192.168.1.33")


@pytest.fixture
def room():
    """A room with a grace period of ten seconds."""
    return Room(grace=10, logouts=Logouts())


def test_the_first_connection_is_the_arrival(room):
    """Only the first of a person's connections is announced."""
    arrival = room.enter(ANA, "tab 1", HERE, now=0)
    assert (arrival.user, arrival.ip, arrival.time) == (
        "Ana",
        "192.168.1.33",
        "1970-01-01T00:00:00.000Z",
    )
    assert room.enter(ANA, "tab 2", HERE, now=1) is None


def test_a_reserved_name_is_taken(room):
    """From login on nobody else gets the name."""
    room.reserve(ANA, HERE, now=0)
    with pytest.raises(NameTaken) as taken:
        room.reserve(FALSE_ANA, HERE, now=1)
    assert taken.value.suggestion == "ana 2"
    assert not room.may_enter(FALSE_ANA)


def test_a_name_is_not_reserved_for_ever(room):
    """Whoever logs in and never connects does not block the name."""
    room.reserve(ANA, HERE, now=0)
    assert room.expire(now=LOGIN_HOLD - 0.1) == []
    (departure,) = room.expire(now=LOGIN_HOLD)
    assert (departure.guest, departure.seconds) == (ANA, None)
    assert room.may_enter(FALSE_ANA)


def test_nobody_has_left_within_the_grace_period(room):
    """The seat of a person whose connections are gone is kept for a while."""
    room.enter(ANA, "tab", HERE, now=0)
    room.disconnect("tab", now=5)
    assert room.expire(now=14.9) == []
    assert [host.name for host in room.hosts()] == ["Ana"]


def test_everybody_sees_who_may_do_what(room):
    """From the arrival on, in the list, when it changes, and in the departure."""
    arrival = room.enter(ANA, "tab", HERE, now=0, role="host")
    assert (arrival.role, arrival.muted) == ("host", False)
    room.describe(ANA.id, "guest", muted=True)
    (line,) = room.hosts()
    left = room.leave(ANA.id, 1, "closed").announcement
    assert (line.role, line.muted) == (left.role, left.muted) == ("guest", True)


def test_a_seat_is_found_by_name_and_by_id(room):
    """However the name is written."""
    room.enter(ANA, "tab", HERE, now=0)
    assert room.named("A.N.A") is room.seat(ANA.id)
    assert room.named("Bia") is None
    assert room.seat(BIA.id) is None


def test_who_is_here_is_counted(room):
    """Not who holds a name alone, and nobody twice."""
    room.reserve(BIA, HERE, now=0)
    room.enter(ANA, "tab 1", HERE, now=0)
    room.enter(ANA, "tab 2", HERE, now=0)
    assert room.present == 1
    room.log_out(BIA.id, now=1)
    room.log_out(ANA.id, now=1)
    assert room.present == 0


def test_the_list_shows_where_somebody_came_from_last(room):
    """And still since when."""
    room.enter(ANA, "tab", HERE, now=0)
    room.enter(ANA, "phone", Origin("10.0.0.7"), now=9)
    (host,) = room.hosts()
    assert (host.ip, host.since) == ("10.0.0.7", "1970-01-01T00:00:00.000Z")


def test_a_departure_says_how_long_they_were_here(room):
    """After the grace period the person has left."""
    room.enter(ANA, "tab", HERE, now=0)
    room.disconnect("tab", now=5)
    (departure,) = room.expire(now=15)
    assert (departure.guest, departure.seconds, departure.reason) == (ANA, 15, "closed")
    assert list(room.hosts()) == []


def test_coming_back_in_time_is_no_arrival(room):
    """A reload is neither a leave nor a join."""
    room.enter(ANA, "tab", HERE, now=0)
    room.disconnect("tab", now=5)
    assert room.enter(ANA, "tab again", HERE, now=6) is None
    assert room.expire(now=100) == []


def test_logging_out_frees_the_name_at_once(room):
    """There is no grace period for who says goodbye."""
    room.enter(ANA, "tab", HERE, now=0)
    departure = room.log_out(ANA.id, now=1)
    assert (departure.seconds, departure.reason) == (1, "logout")
    assert room.may_enter(FALSE_ANA)
    assert room.seat_of("tab") is None


def test_an_old_cookie_does_not_oust_who_has_the_name_now(room):
    """Somebody who was away too long finds their name taken."""
    room.enter(ANA, "tab", HERE, now=0)
    room.leave(ANA.id, now=1, reason="closed")
    room.enter(FALSE_ANA, "other tab", HERE, now=2)
    with pytest.raises(NameTaken):
        room.enter(ANA, "tab again", HERE, now=3)


def test_at_the_end_everybody_leaves(room):
    """When the server stops each person present has a departure."""
    room.enter(ANA, "tab", HERE, now=0)
    room.reserve(BIA, HERE, now=0)
    left = [(d.guest, d.seconds, d.reason) for d in room.clear(now=9)]
    assert left == [(ANA, 9, "stop"), (BIA, None, "stop")]


def test_after_a_restart_a_name_waits_for_who_had_it(room):
    """Held as at a login: they are not here yet, and a stranger is offered another name."""
    room.restore(ANA, now=0)
    assert room.may_enter(ANA)
    assert list(room.hosts()) == []
    with pytest.raises(NameTaken) as taken:
        room.reserve(FALSE_ANA, HERE, now=1)
    assert taken.value.suggestion == "ana 2"


def test_coming_back_after_a_restart_is_an_arrival(room):
    """To the server's new life they are new, and they stay as long as they like."""
    room.restore(ANA, now=0)
    assert room.enter(ANA, "tab", HERE, now=5).ip == HERE.ip
    assert room.expire(now=HOLD_AFTER_RESTART) == []


def test_a_name_does_not_wait_for_ever(room):
    """Whoever does not come back gives it free, and has not left: they were not here."""
    room.restore(ANA, now=0)
    assert room.expire(now=HOLD_AFTER_RESTART - 0.1) == []
    (departure,) = room.expire(now=HOLD_AFTER_RESTART)
    assert departure.seconds is None
    assert room.may_enter(FALSE_ANA)


def test_whoever_logged_out_does_not_come_back_as_the_same(room):
    """Not by a tab that has not noticed, nor by an old copy of the cookie."""
    room.enter(ANA, "tab", HERE, now=0)
    room.log_out(ANA.id, now=1)
    assert not room.may_enter(ANA)
    with pytest.raises(Unauthorized):
        room.enter(ANA, "other tab", HERE, now=2)
    assert room.may_enter(FALSE_ANA)


def test_names_that_look_alike_are_one_name(room):
    """Who reads or is seen like somebody present is refused, others are not."""
    room.enter(Guest("4", "Paulo"), "tab", HERE, now=0)
    room.enter(Guest("5", "Lara"), "tab 2", HERE, now=0)
    assert not room.may_enter(Guest("6", "PauIo"))
    assert not room.may_enter(Guest("6", "PAULO"))
    assert room.may_enter(Guest("6", "Iara"))
