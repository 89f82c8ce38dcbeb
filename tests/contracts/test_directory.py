"""The contract of Directory: whose name is whose, and who is present."""

import pytest

from lanchat.chat.model import Member, Origin, User
from lanchat.chat.ports import Departure, Directory
from lanchat.errors import NameTaken
from tests.contracts.conftest import GRACE
from tests.world.drafts import NOON

ANA, BIA = User("1", "Ana"), User("2", "Bia")
FALSE_ANA = User("3", "ANΑ")
"""Her name in capitals, the last of them a Greek letter."""

PHONE, LAPTOP = Origin("192.0.2.1", "Firefox", "phone"), Origin("192.0.2.2", "Chrome", "laptop")
RESERVED = 60.0


@pytest.fixture
def directory(ports) -> Directory:
    return ports.directory


def connect(directory, user, connection, now=0.0, origin=PHONE):
    """A guest's connection; returns their line where they have come by it."""
    return directory.connect(user, connection, origin, now, NOON, "guest")


def test_a_name_is_one_persons(directory):
    """Whoever is second is told a name that is free."""
    directory.claim(ANA, PHONE, 0, RESERVED)
    with pytest.raises(NameTaken) as refusal:
        directory.claim(User("9", "Ana"), LAPTOP, 0, RESERVED)
    assert refusal.value.name == "Ana"
    directory.claim(User("9", refusal.value.suggestion), LAPTOP, 0, RESERVED)
    directory.claim(BIA, LAPTOP, 0, RESERVED)


def test_a_claim_takes_all_that_looks_like_it_or_nothing(directory):
    """A name that was refused has taken nothing from anybody."""
    directory.claim(ANA, PHONE, 0, RESERVED)
    with pytest.raises(NameTaken):
        directory.claim(FALSE_ANA, LAPTOP, 0, RESERVED)
    with pytest.raises(NameTaken):
        connect(directory, FALSE_ANA, "c3")
    assert directory.release("3", 0, "logout") is None
    assert directory.release("1", 0, "logout") is not None
    directory.claim(FALSE_ANA, LAPTOP, 0, RESERVED)
    with pytest.raises(NameTaken):
        directory.claim(ANA, PHONE, 0, RESERVED)


def test_a_person_may_claim_what_is_theirs(directory):
    """Twice, and by connecting."""
    for _ in range(2):
        directory.claim(ANA, PHONE, 0, RESERVED)
    assert connect(directory, ANA, "c1") is not None


def test_a_person_has_another_name(directory):
    """Their line has it, and the one that they had is free; who connects later has it, too."""
    connect(directory, ANA, "c1")
    renamed = User("1", "Bela")
    line = directory.rename(renamed, PHONE, 0, RESERVED)
    assert (line.id, line.name) == ("1", "Bela")
    assert list(directory.members()) == [line]
    assert directory.named("Ana") is None
    assert directory.named("BELA").user == renamed
    assert connect(directory, ANA, "c2") is None
    assert directory.entry("1").user == renamed
    directory.claim(FALSE_ANA, LAPTOP, 0, RESERVED)
    assert directory.taken(ANA) is None
    assert directory.release("1", 0, "logout").user == renamed
    directory.claim(User("9", "Bela"), LAPTOP, 0, RESERVED)


def test_a_name_that_is_taken_changes_nothing(directory):
    """One's own in other letters is not taken."""
    connect(directory, ANA, "c1")
    connect(directory, BIA, "c2")
    with pytest.raises(NameTaken):
        directory.rename(User("1", "BIA"), PHONE, 0, RESERVED)
    assert directory.entry("1").user == ANA
    assert directory.named("Ana").user == ANA
    assert directory.rename(User("1", "ANA"), PHONE, 0, RESERVED).name == "ANA"


def test_who_is_away_has_a_new_name_reserved(directory):
    """They have a cookie, and no entry any more; who reserved one is no arrival yet."""
    assert directory.rename(ANA, PHONE, 0, RESERVED) is None
    assert directory.rename(User("1", "Bela"), PHONE, 0, RESERVED) is None
    assert connect(directory, ANA, "c1").name == "Bela"
    assert directory.expire(RESERVED) == []


def test_who_comes_back_learns_whether_their_name_is_taken(directory):
    """And which one like it is free."""
    assert directory.taken(ANA) is None
    directory.claim(ANA, PHONE, 0, RESERVED)
    assert directory.taken(ANA) is None
    free = directory.taken(FALSE_ANA)
    assert free is not None
    assert directory.taken(User("3", free)) is None


def test_a_reservation_ends(directory):
    """Who has logged in and not come gives the name back, and nobody has seen them leave."""
    directory.claim(ANA, PHONE, 100, RESERVED)
    assert directory.expire(100 + RESERVED - 0.01) == []
    with pytest.raises(NameTaken):
        directory.claim(FALSE_ANA, LAPTOP, 100, RESERVED)
    assert directory.expire(100 + RESERVED) == [Departure(ANA, PHONE, "closed", 0.0, None)]
    directory.claim(FALSE_ANA, LAPTOP, 200, RESERVED)


def test_the_first_connection_is_an_arrival(directory):
    """Further ones of the same person are none."""
    came = directory.connect(ANA, "c1", PHONE, 0.0, NOON, "host")
    assert came == Member("1", "Ana", "192.0.2.1", NOON, "host")
    assert connect(directory, ANA, "c2", origin=LAPTOP) is None
    assert connect(directory, BIA, "c3") is not None


def test_who_is_here_does_not_expire(directory):
    """However long."""
    directory.claim(ANA, PHONE, 0, RESERVED)
    connect(directory, ANA, "c1", now=1)
    assert directory.expire(1_000_000) == []


def test_a_departure_comes_after_the_grace_period(directory):
    """Once, with their line and how long they were here; then the name is free."""
    came = connect(directory, ANA, "c1", now=100)
    directory.disconnect("c1", 105)
    assert directory.expire(105 + GRACE - 0.01) == []
    with pytest.raises(NameTaken):
        directory.claim(FALSE_ANA, LAPTOP, 105, RESERVED)
    now = 105 + GRACE
    assert directory.expire(now) == [Departure(ANA, PHONE, "closed", now - 100, came)]
    assert directory.expire(now + 1_000) == []
    directory.claim(FALSE_ANA, LAPTOP, now, RESERVED)


def test_who_is_back_in_time_has_neither_left_nor_come(directory):
    """A reload, or a phone that slept."""
    connect(directory, ANA, "c1", now=100)
    directory.disconnect("c1", 105)
    assert connect(directory, ANA, "c2", now=105 + GRACE - 0.01) is None
    assert directory.expire(1_000) == []
    directory.disconnect("c2", 1_000)
    (left,) = directory.expire(1_000 + GRACE)
    assert left.seconds == 900 + GRACE


def test_grace_begins_with_the_last_connection(directory):
    """Another tab keeps its person here."""
    connect(directory, ANA, "c1")
    connect(directory, ANA, "c2")
    directory.disconnect("c1", 5)
    assert directory.expire(1_000) == []
    directory.disconnect("c2", 1_000)
    assert directory.expire(1_000 + GRACE - 0.01) == []
    assert len(directory.expire(1_000 + GRACE)) == 1


def test_a_line_has_the_newest_address(directory):
    """Somebody who goes from the Wi-Fi to another network stays the same."""
    came = connect(directory, ANA, "c1", now=0)
    connect(directory, ANA, "c2", now=1, origin=LAPTOP)
    left = directory.release("1", 3, "kicked")
    assert came is not None
    assert left == Departure(ANA, LAPTOP, "kicked", 3.0, Member("1", "Ana", "192.0.2.2", NOON))


def test_a_released_name_is_free_at_once(directory):
    """Their connections end by themselves, and count for nobody."""
    connect(directory, ANA, "c1")
    left = directory.release("1", 5, "logout")
    assert left is not None
    assert (left.user, left.reason, left.seconds) == (ANA, "logout", 5.0)
    connect(directory, FALSE_ANA, "c2", now=5)
    directory.disconnect("c1", 6)
    assert directory.release("1", 7, "logout") is None
    assert directory.expire(1_000) == []


def test_an_unknown_connection_that_ends_is_nobodys(directory):
    """It had not joined, or has been counted out already."""
    connect(directory, ANA, "c1")
    directory.disconnect("c9", 0)
    directory.disconnect("c1", 0)
    directory.disconnect("c1", 5)
    assert len(directory.expire(GRACE)) == 1


def test_everybody_who_has_left_is_told(directory):
    """Those whose time is over, and nobody else."""
    for number in range(5):
        connect(directory, User(str(number), f"Guest {number}"), f"c{number}")
        directory.disconnect(f"c{number}", number)
    left = directory.expire(2 + GRACE)
    assert [departure.user.id for departure in left] == ["0", "1", "2"]


def up(directory):
    """Whose hands are up, first come first."""
    return [hand.user.name for hand in directory.hands()]


def test_hands_are_up_in_the_order_in_which_they_were_raised(directory):
    """Twice is once; who lowers theirs and raises it again comes last."""
    for user, connection in ((ANA, "c1"), (BIA, "c2"), (User("4", "Caio"), "c3")):
        connect(directory, user, connection)
    for user_id in ("2", "1", "4", "2"):
        directory.raise_hand(user_id, NOON)
    assert up(directory) == ["Bia", "Ana", "Caio"]
    moments = [hand.since for hand in directory.hands()]
    assert moments == sorted(moments)
    directory.lower_hands(["2"])
    directory.raise_hand("2", "2000-01-01T00:00:00.000Z")  # a clock was set back
    assert up(directory) == ["Ana", "Caio", "Bia"]
    directory.lower_hands(["1", "2", "4", "nobody"])
    assert up(directory) == []


def test_who_is_not_here_raises_no_hand(directory):
    """Nor who has only reserved a name."""
    directory.claim(ANA, PHONE, 0, RESERVED)
    for user_id in ("1", "nobody"):
        directory.raise_hand(user_id, NOON)
    connect(directory, ANA, "c1")
    assert up(directory) == []


def test_a_hand_is_a_persons_until_they_leave(directory):
    """A reload and another name change nothing; who comes anew has no hand up."""
    connect(directory, ANA, "c1", now=100)
    connect(directory, BIA, "c2", now=100)
    directory.raise_hand("1", NOON)
    directory.raise_hand("2", NOON)
    directory.disconnect("c1", 105)
    assert up(directory) == ["Ana", "Bia"]
    connect(directory, ANA, "c3", now=106)
    directory.rename(User("1", "Bela"), PHONE, 106, RESERVED)
    assert up(directory) == ["Bela", "Bia"]
    directory.disconnect("c3", 110)
    directory.expire(110 + GRACE)
    directory.release("2", 200, "logout")
    assert up(directory) == []
    connect(directory, ANA, "c4", now=300)
    assert up(directory) == []
