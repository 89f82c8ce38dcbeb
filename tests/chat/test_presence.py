"""People come and go: what is told and when, what is logged, who is remembered."""

import pytest

from lanchat.chat.changes import Reserved
from lanchat.chat.crowd import CROWD
from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import MemberJoined, MemberLeft, MembersChanged
from lanchat.chat.model import Origin, User
from lanchat.chat.presence import HOLD_AFTER_RESTART, LOGIN_HOLD, Presence
from lanchat.chat.sessions import Sessions
from lanchat.errors import NameTaken, Unauthorized
from lanchat.rows.state import StoredReservations
from tests.world.reserved import users_of

ANA, BIA, CARLA = User("1", "Ana"), User("2", "Bia"), User("3", "Carla")
FALSE_ANA = User("4", "ana")
HERE, THERE = Origin("192.168.1.33"), Origin("192.168.1.34")
GRACE = 10


@pytest.fixture
def disk(database):
    """Where names are noted."""
    return StoredReservations(database)


@pytest.fixture
def told():
    """What everybody is told, in order."""
    return []


@pytest.fixture
def begin(disk, audit, told, times):
    """Begin a life of the server."""

    def presence():
        sessions = Sessions(disk)
        return Presence(LocalDirectory(GRACE), sessions, audit, told.append, times.clock)

    return presence


@pytest.fixture
def presence(begin):
    """The presence of a server whose grace period is ten seconds."""
    return begin()


@pytest.fixture
def enter(presence):
    """Let somebody come by a connection that is called like them."""

    def come(user, connection=None, origin=HERE, role="guest", *, muted=False):
        member = presence.enter(user, connection or user.name, origin, role, muted=muted)
        if member is not None:
            presence.announce(member, origin)
        return member

    return come


@pytest.fixture
def crowd(enter, presence, told):
    """Let so many people be here that the next one makes a crowd; all that is told already."""
    for number in range(CROWD):
        enter(User(f"g{number}", f"Guest {number}"))
    presence.expire(0)
    told.clear()


def names(told):
    """Who has come (+) and gone (-), those together in a list; for whom alone is marked by ~."""

    def one(event):
        sign = "+" if isinstance(event, MemberJoined) else "-"
        return ("~" if event.crowd else "") + sign + event.user.name

    def spelled(event):
        if isinstance(event, MembersChanged):
            return [one(each).removeprefix("~") for each in [*event.left, *event.joined]]
        return one(event)

    return [spelled(event) for event in told]


def test_who_comes_is_told_and_logged(enter, told, audit, presence):
    """A line says who has come, from where and since when, and what they may do."""
    member = enter(ANA, role="host")
    assert told == [MemberJoined(ANA, HERE.ip, "2026-11-23T12:00:00.000Z", "host")]
    assert audit.lines == [("join", ANA, HERE)]
    assert presence.members() == [member]
    assert presence.count == 1


def test_who_is_muted_is_seen_to_be_from_the_arrival_on(enter, told, presence):
    """A mute that waits for somebody is told with them."""
    enter(ANA, muted=True)
    assert [joined.muted for joined in told] == [True]
    assert presence.members()[0].muted


def test_a_second_tab_is_told_nobody(enter, told, audit):
    """Only the first connection is an arrival."""
    enter(ANA)
    enter(ANA, "second tab")
    assert (len(told), len(audit.lines)) == (1, 1)


def test_who_leaves_is_told_and_logged(enter, presence, told, audit, times):
    """After the grace period all are told what was their line, and how long they were here."""
    enter(ANA, origin=THERE, role="host", muted=True)
    told.clear()
    times.go_on(20)
    presence.disconnect("Ana")
    presence.expire(times.monotonic + GRACE - 0.1)
    assert told == []
    presence.expire(times.monotonic + GRACE)
    assert told == [MemberLeft(ANA, THERE.ip, "2026-11-23T12:00:20.000Z", "host", muted=True)]
    assert audit.lines[-1] == ("leave", ANA, THERE, 30, "closed")


def test_who_is_logged_out_is_told_of_and_remembered(enter, presence, told, audit, times):
    """The log says why they left, and commands still find them."""
    enter(ANA)
    times.go_on(5)
    presence.log_out(ANA.id, "kicked")
    assert names(told) == ["+Ana", "-Ana"]
    assert audit.lines[-1] == ("leave", ANA, HERE, 5, "kicked")
    assert presence.named("Ana") == (ANA, HERE)


def test_whoever_logged_out_does_not_come_back_as_the_same(enter, presence):
    """Neither a tab that has not noticed nor an old copy of the cookie lets them in."""
    enter(ANA)
    presence.log_out(ANA.id, "logout")
    assert not presence.may_enter(ANA)
    with pytest.raises(Unauthorized):
        presence.enter(ANA, "other tab", HERE, "guest", muted=False)
    assert presence.may_enter(FALSE_ANA)


def test_a_name_is_held_from_the_login_on(presence, disk, times):
    """Nobody else gets it for thirty seconds; then it is free on disk, too."""
    presence.claim(ANA, HERE)
    presence.reserve(ANA, HERE)
    assert users_of(disk) == [ANA]
    taken = presence.taken(FALSE_ANA)
    assert (taken.name, taken.suggestion) == ("ana", "ana 2")
    assert not presence.may_enter(FALSE_ANA)
    presence.expire(times.monotonic + LOGIN_HOLD - 0.1)
    with pytest.raises(NameTaken):
        presence.claim(FALSE_ANA, HERE)
    presence.expire(times.monotonic + LOGIN_HOLD)
    assert presence.taken(FALSE_ANA) is None
    assert users_of(disk) == []


def test_who_only_held_a_name_is_not_told_of(presence, told, audit):
    """Nobody has seen them come, and yet commands find them."""
    presence.claim(ANA, HERE)
    presence.log_out(ANA.id, "logout")
    assert (told, audit.lines) == ([], [])
    assert presence.identified(ANA.id) == (ANA, HERE)


def test_a_stop_is_written_down_and_told_nobody(enter, presence, told, audit, disk):
    """The names stay noted, and who only held one has not left."""
    enter(ANA)
    presence.claim(BIA, HERE)
    presence.reserve(BIA, HERE)
    presence.stop()
    assert names(told) == ["+Ana"]
    assert audit.named("leave") == [(ANA, HERE, 0, "stop")]
    assert users_of(disk) == [ANA, BIA]


def test_after_a_restart_a_name_waits_for_who_had_it(begin, disk, told):
    """They are not here yet, and a stranger is offered another name."""
    disk.note([Reserved(ANA)])
    presence = begin()
    assert presence.may_enter(ANA)
    assert presence.members() == []
    with pytest.raises(NameTaken) as taken:
        presence.claim(FALSE_ANA, HERE)
    assert taken.value.suggestion == "ana 2"
    assert told == []


def test_coming_back_after_a_restart_is_an_arrival(begin, disk, times):
    """To the server's new life they are new, and they stay as long as they like."""
    disk.note([Reserved(ANA)])
    presence = begin()
    assert presence.enter(ANA, "tab", HERE, "guest", muted=False).ip == HERE.ip
    presence.expire(times.monotonic + HOLD_AFTER_RESTART)
    assert presence.count == 1


def test_a_name_does_not_wait_for_ever_after_a_restart(begin, disk, told, audit, times):
    """Whoever does not come back within a minute gives it free, and has not left."""
    disk.note([Reserved(ANA)])
    presence = begin()
    presence.expire(times.monotonic + HOLD_AFTER_RESTART - 0.1)
    assert not presence.may_enter(FALSE_ANA)
    presence.expire(times.monotonic + HOLD_AFTER_RESTART)
    assert presence.may_enter(FALSE_ANA)
    assert (told, audit.lines, users_of(disk)) == ([], [], [])


def test_who_is_here_is_found_by_name_and_by_id(enter, presence):
    """A name is found however it is written, with where its person comes from."""
    enter(ANA)
    assert presence.named("ANA") == presence.identified(ANA.id) == (ANA, HERE)
    assert presence.named("Bia") is presence.identified(BIA.id) is presence.named("") is None
    assert presence.entry(ANA.id) is presence.entry_of("Ana")


def test_of_those_who_have_left_the_last_one_is_meant(enter, presence):
    """Who is here is meant rather than any of them; a name that looks alike will do."""
    for user, origin in ((User("7", "Paulo"), HERE), (User("8", "PauIo"), THERE)):
        enter(user, origin=origin)
        presence.log_out(user.id, "closed")
    assert presence.named("PAULO") == (User("7", "Paulo"), HERE)
    assert presence.named("Paulo") == (User("8", "PauIo"), THERE)
    enter(User("9", "paulo"))
    assert presence.named("Paulo") == (User("9", "paulo"), HERE)


def test_not_everybody_is_remembered(presence):
    """Of more than two hundred who have left the oldest are forgotten first."""
    for number in range(201):
        user = User(str(number), f"Guest {number}")
        presence.claim(user, HERE)
        presence.log_out(user.id, "closed")
    assert presence.named("Guest 0") is None
    assert presence.named("Guest 1") is not None
    assert presence.identified("0") is None


def test_who_leaves_again_is_remembered_from_then_on(enter, presence, times):
    """Somebody who has left for the second time has left last."""
    for user in (User("7", "Paulo"), User("8", "PauIo"), User("7", "Paulo")):
        enter(user)
        presence.disconnect(user.name)
        presence.expire(times.monotonic + GRACE)
    assert presence.named("Paulo") == (User("7", "Paulo"), HERE)


def test_a_small_room_is_told_at_once(enter, presence, told):
    """Up to fifty people each arrival is told by itself and the same to everybody."""
    for number in range(CROWD):
        enter(User(f"g{number}", f"Guest {number}"))
    presence.log_out("g0", "logout")
    presence.expire(0)
    assert names(told) == [f"+Guest {number}" for number in range(CROWD)] + ["-Guest 0"]


@pytest.mark.usefixtures("crowd")
def test_a_crowd_is_told_when_the_moment_is_over(enter, presence, told):
    """It is told in one piece, once; whoever takes no pieces hears of each at once."""
    enter(ANA)
    presence.expire(0)
    told.clear()
    enter(BIA)
    presence.log_out(ANA.id, "logout")
    enter(CARLA)
    assert names(told) == ["~+Bia", "~-Ana", "~+Carla"]
    told.clear()
    presence.expire(0)
    presence.expire(0)
    assert names(told) == [["-Ana", "+Bia", "+Carla"]]


@pytest.mark.usefixtures("crowd")
def test_who_comes_and_goes_within_a_moment_is_told_in_that_order(enter, presence, told):
    """A piece reads as first left, then come: so there are two."""
    enter(CARLA)
    enter(ANA)
    enter(BIA)
    told.clear()
    presence.log_out(ANA.id, "logout")
    presence.expire(0)
    assert names(told) == [["+Carla", "+Ana", "+Bia"], "~-Ana", ["-Ana"]]


@pytest.mark.usefixtures("crowd")
def test_who_goes_and_comes_back_within_a_moment_is_here(enter, presence, told):
    """One piece says both, in the order in which it is read."""
    enter(CARLA)
    enter(ANA)
    presence.expire(0)
    presence.log_out(ANA.id, "logout")
    enter(User("5", "Ana"))
    told.clear()
    presence.expire(0)
    assert names(told) == [["-Ana", "+Ana"]]


@pytest.mark.usefixtures("crowd")
def test_a_change_comes_after_the_arrival(enter, presence, told):
    """Whoever takes pieces would not know yet whom it is about."""
    enter(ANA)
    told.clear()
    assert presence.describe(ANA.id, "guest", muted=False) is None
    assert told == []
    presence.describe(ANA.id, "host", muted=False)
    assert names(told) == [["+Ana"]]


@pytest.mark.usefixtures("crowd")
def test_a_room_that_becomes_small_is_told_in_order(enter, presence, told):
    """What was to be told together does not come after what is told at once."""
    enter(ANA)
    told.clear()
    presence.log_out("g0", "logout")
    assert names(told) == [["+Ana"], "-Guest 0"]
