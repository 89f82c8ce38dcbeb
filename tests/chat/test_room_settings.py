"""What is set in a room: each change makes another state of it."""

from lanchat.chat.model import Origin
from lanchat.chat.room_settings import Ban, Mute, Policies, Rules, State

WALL = 1_000_000.0
BAN = Ban("Ana", "laptop", "", WALL + 100, "Rui", 100)
MUTE = Mute("1", "Ana", "laptop", WALL + 60, 60)
LAPTOP = Origin("192.168.1.33", device="laptop")
PHONE = Origin("192.168.1.34", device="phone")
NOBODY = Origin("")


def test_a_later_ban_of_the_same_name_replaces_the_first():
    """So its time can be changed; other names keep theirs."""
    other = Ban("Bia", "phone", "", None, "Rui")
    state = State(bans=(BAN, other))
    later = Ban("ana", "laptop", "", WALL + 10, "Rui", 10)
    assert state.ban(later).bans == (other, later)


def test_a_ban_is_lifted_by_a_name_that_looks_alike():
    """Other bans stay."""
    other = Ban("Bia", "phone", "", None, "Rui")
    assert State(bans=(BAN, other)).unban("A.N.A").bans == (other,)
    assert State(bans=(BAN,)).unban("Anna").bans == (BAN,)


def test_a_later_mute_replaces_the_first():
    """What is known of the same person or device does not count any more."""
    other = Mute("3", "Carla", "", None)
    state = State(mutes=(MUTE, other))
    by_device = Mute("2", "Bia", "laptop", None)
    assert state.mute(by_device).mutes == (other, by_device)
    by_id = Mute("1", "Ana", "phone", None)
    assert state.mute(by_id).mutes == (other, by_id)


def test_a_mute_is_lifted_by_the_id_or_by_the_device():
    """Mutes of others stay, also where no device is known."""
    state = State(mutes=(MUTE, Mute("3", "Carla", "", None)))
    assert state.unmute("1", PHONE).mutes == state.unmute("2", LAPTOP).mutes == state.mutes[1:]
    assert state.unmute("2", NOBODY).mutes == state.mutes


def test_who_is_promoted_may_write_from_then_on():
    """The mutes of their id and of their device are lifted, others are not."""
    other = Mute("3", "Carla", "phone", None)
    assert State(mutes=(MUTE, other)).promote("1", NOBODY).mutes == (other,)
    after = State(mutes=(MUTE, other), moderators=frozenset({"9"})).promote("2", LAPTOP)
    assert (after.moderators, after.mutes) == (frozenset({"2", "9"}), (other,))


def test_who_is_demoted_is_a_guest():
    """Other moderators stay, and it may be said twice."""
    state = State(moderators=frozenset({"1", "2"}))
    assert state.demote("1").moderators == state.demote("1").demote("1").moderators == {"2"}


def test_moderators_say_between_whom_there_are_rooms_for_two():
    """As long as the server was told that there are any."""
    assert Policies().under(Rules()) == Policies("hosts", "hosts")
    assert Policies("all", "hosts").under(Rules(private="all")) == Policies("all", "all")
    assert Policies(private="all").under(Rules(private="off")).private == "off"
    assert Policies(private="off").under(Rules(private="all")).private == "off"
