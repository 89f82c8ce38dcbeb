"""Whose name is whose and who is present: names, arrivals, the grace period."""

import pytest

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.model import Origin, User
from lanchat.errors import NameTaken

ANA = User("1", "Ana")
FALSE_ANA = User("2", "ana")
BIA = User("3", "Bia")
HERE = Origin("192.168.1.33")
THEN = "2026-11-23T12:00:00.000Z"
HOLD = 30.0


@pytest.fixture
def directory():
    """A directory with a grace period of ten seconds."""
    return LocalDirectory(grace=10)


def connect(directory, user, connection, now, *, origin=HERE, role="guest", time=THEN):
    """Let a connection of the user be counted in."""
    return directory.connect(user, connection, origin, now, time, role)


def test_the_first_connection_is_the_arrival(directory):
    """A person comes with the first of their connections, and the second one is nothing new."""
    member = connect(directory, ANA, "tab 1", 0)
    assert (member.id, member.name, member.ip, member.since) == ("1", "Ana", HERE.ip, THEN)
    assert connect(directory, ANA, "tab 2", 1) is None


def test_a_reserved_name_is_taken(directory):
    """From the login on nobody else gets the name, and a free one is suggested."""
    directory.claim(ANA, HERE, 0, HOLD)
    with pytest.raises(NameTaken) as taken:
        directory.claim(FALSE_ANA, HERE, 1, HOLD)
    assert (taken.value.name, taken.value.suggestion) == ("ana", "ana 2")
    assert directory.taken(FALSE_ANA) == "ana 2"
    assert directory.taken(ANA) is None


def test_a_name_is_not_reserved_for_ever(directory):
    """The name of somebody who logs in and never connects is free again at the second."""
    directory.claim(ANA, HERE, 5, HOLD)
    assert directory.expire(34.9) == []
    (departure,) = directory.expire(35)
    assert (departure.user, departure.origin, departure.member) == (ANA, HERE, None)
    assert (departure.seconds, departure.reason) == (0, "closed")
    assert directory.taken(FALSE_ANA) is None


def test_a_connection_makes_a_reservation_last(directory):
    """Whoever has connected stays as long as they like."""
    directory.claim(ANA, HERE, 0, HOLD)
    connect(directory, ANA, "tab", 29)
    assert directory.expire(1_000) == []
    assert directory.present == 1


def test_nobody_has_left_within_the_grace_period(directory):
    """A person whose connections are gone is in the list for a while."""
    connect(directory, ANA, "tab", 0)
    directory.disconnect("tab", 5)
    assert directory.expire(14.9) == []
    assert [member.name for member in directory.members()] == ["Ana"]


def test_a_departure_says_how_long_they_were_here(directory):
    """A person has left when the grace period after their last connection is over."""
    connect(directory, ANA, "tab 1", 2)
    connect(directory, ANA, "tab 2", 3)
    directory.disconnect("tab 1", 4)
    assert directory.expire(100) == []
    directory.disconnect("tab 2", 105)
    (departure,) = directory.expire(115)
    assert (departure.user, departure.seconds, departure.reason) == (ANA, 113, "closed")
    assert list(directory.members()) == []


def test_coming_back_in_time_is_no_arrival(directory):
    """A reload is neither a departure nor an arrival."""
    connect(directory, ANA, "tab", 0)
    directory.disconnect("tab", 5)
    assert connect(directory, ANA, "tab again", 6) is None
    assert directory.expire(100) == []


def test_everybody_sees_who_may_do_what(directory):
    """A role is in the list from the arrival on, when it changes, and in the departure."""
    member = connect(directory, ANA, "tab", 0, role="host")
    assert (member.role, member.muted) == ("host", False)
    directory.describe(ANA.id, "guest", muted=True)
    (line,) = directory.members()
    left = directory.release(ANA.id, 1, "closed").member
    assert (line.role, line.muted) == (left.role, left.muted) == ("guest", True)


def test_a_line_is_described_anew_only_where_it_changes(directory):
    """What holds already is no news, and neither is what nobody sees."""
    connect(directory, ANA, "tab", 0)
    directory.claim(BIA, HERE, 0, HOLD)
    assert directory.describe(ANA.id, "guest", muted=False) is None
    assert directory.describe(ANA.id, "guest", muted=True).muted
    assert directory.describe(ANA.id, "host", muted=True).role == "host"
    assert directory.describe(ANA.id, "host", muted=True) is None
    assert directory.describe(BIA.id, "host", muted=False) is None
    assert directory.describe("9", "host", muted=False) is None


def test_an_entry_is_found_by_name_by_id_and_by_connection(directory):
    """A name finds its person however it is written."""
    connect(directory, ANA, "tab", 0)
    entry = directory.entry(ANA.id)
    assert directory.named("A.N.A") is directory.entry_of("tab") is entry
    assert entry.user == ANA
    assert directory.named("Bia") is directory.entry(BIA.id) is directory.entry_of("x") is None


def test_who_is_here_is_counted(directory):
    """Nobody counts who only holds a name, and nobody counts twice."""
    directory.claim(BIA, HERE, 0, HOLD)
    connect(directory, ANA, "tab 1", 0)
    connect(directory, ANA, "tab 2", 0)
    assert directory.present == 1
    directory.release(BIA.id, 1, "logout")
    assert directory.present == 1
    directory.release(ANA.id, 1, "logout")
    assert directory.present == 0


def test_the_list_shows_where_somebody_came_from_last(directory):
    """A second device changes the address in the list, and not since when they are here."""
    connect(directory, ANA, "tab", 0)
    connect(directory, ANA, "phone", 9, origin=Origin("10.0.0.7"), time="later")
    (member,) = directory.members()
    assert (member.ip, member.since) == ("10.0.0.7", THEN)
    assert directory.entry(ANA.id).connections == {"tab": HERE, "phone": Origin("10.0.0.7")}


def test_logging_out_frees_the_name_at_once(directory):
    """There is no grace period for who says goodbye, and none of their connections counts."""
    connect(directory, ANA, "tab", 0)
    departure = directory.release(ANA.id, 1, "logout")
    assert (departure.seconds, departure.reason) == (1, "logout")
    assert directory.taken(FALSE_ANA) is None
    assert directory.entry_of("tab") is None
    directory.disconnect("tab", 2)
    assert directory.release(ANA.id, 3, "logout") is None


def test_an_old_cookie_does_not_oust_who_has_the_name_now(directory):
    """Somebody who was away too long finds their name taken."""
    connect(directory, ANA, "tab", 0)
    directory.release(ANA.id, 1, "closed")
    connect(directory, FALSE_ANA, "other tab", 2)
    with pytest.raises(NameTaken):
        connect(directory, ANA, "tab again", 3)
    assert directory.entry_of("tab again") is None


def test_at_the_end_everybody_leaves(directory):
    """When the server stops each person has a departure, and no name is held any more."""
    connect(directory, ANA, "tab", 0)
    directory.claim(BIA, HERE, 0, HOLD)
    left = [(one.user, one.seconds, one.reason) for one in directory.stop(9)]
    assert left == [(ANA, 9, "stop"), (BIA, 0, "stop")]
    assert (directory.present, directory.entry(ANA.id)) == (0, None)


def test_names_that_look_alike_are_one_name(directory):
    """Who reads or is seen like somebody present is refused, others are not."""
    connect(directory, User("4", "Paulo"), "tab", 0)
    connect(directory, User("5", "Lara"), "tab 2", 0)
    assert directory.taken(User("6", "PauIo"))
    assert directory.taken(User("6", "PAULO"))
    assert directory.taken(User("6", "Iara")) is None
