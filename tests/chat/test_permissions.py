"""Who may come in and who may write: the rules alone."""

import pytest

from lanchat.chat.model import Origin, User
from lanchat.chat.permissions import Permissions, can_be_banned
from lanchat.chat.room_settings import Ban, Mute, Rules, State
from lanchat.errors import Banned, Muted, ReadOnly, RoomLocked, SlowMode

ANA, BIA = User("1", "Ana"), User("2", "Bia")
LAPTOP = Origin("192.168.1.33", device="laptop")
PHONE = Origin("192.168.1.34", device="phone")
NOBODY = Origin("")
WALL = 1_000_000.0
BAN = Ban("Ana", "laptop", "", WALL + 100, "Rui", 100)
MUTE = Mute("1", "Ana", "laptop", WALL + 60, 60)


@pytest.fixture
def permissions():
    """Those of a new room."""
    return Permissions()


def take(permissions, *, now=0.0, wall=WALL, **state):
    """Let a state hold."""
    permissions.take(State(**state), now, wall)


def banned(permissions, name, origin, *, now=0.0, new=True):
    """Why somebody may not come in, or None."""
    try:
        permissions.check_entry(name, origin, now, new=new)
    except Banned as refusal:
        return refusal.reason
    return None


def alone(_address):
    """How many people are here from an address."""
    return 1


def muted(permissions, user=ANA, origin=LAPTOP, *, now):
    """In how many seconds somebody may write; 0 where they may now."""
    try:
        permissions.take_turn(user, origin, now, alone)
    except Muted as refusal:
        return refusal.retry_after
    return 0


# Bans.


def test_a_ban_holds_for_the_device_by_any_name(permissions):
    """Whoever logs in anew by another name is still the same person."""
    take(permissions, bans=(BAN,))
    assert banned(permissions, "Bia", LAPTOP) == "person"
    assert banned(permissions, "Bia", PHONE) is None


def test_a_ban_holds_for_the_name_and_its_likes(permissions):
    """It does from another device, too; that this is the same person is not said."""
    take(permissions, bans=(BAN,))
    assert banned(permissions, "ANA", PHONE) == "name"
    assert banned(permissions, "Ana", NOBODY) == "name"


def test_a_ban_of_a_name_alone_keeps_out_no_other(permissions):
    """Two browsers without a device are not the same."""
    take(permissions, bans=(Ban("Troll", "", "", None, "Rui"),))
    assert banned(permissions, "Bia", NOBODY) is None
    assert banned(permissions, "tro11", NOBODY) == "name_forever"


def test_a_ban_ends_when_its_time_is_over(permissions):
    """Until then it is listed with its end."""
    take(permissions, bans=(BAN,))
    with pytest.raises(Banned) as refusal:
        permissions.check_entry("Bia", LAPTOP, 99.9, new=False)
    assert refusal.value.until == WALL + 100
    assert permissions.bans(99.9) == [BAN]
    assert banned(permissions, "Ana", LAPTOP, now=100) is None
    assert permissions.bans(100) == []


def test_a_ban_for_ever_does_not_end(permissions):
    """It does not do so in a thousand years, and is never over."""
    take(permissions, bans=(Ban("Ana", "laptop", "", None, "Rui"),))
    assert banned(permissions, "Ana", PHONE, now=3e10) == "name_forever"
    assert banned(permissions, "Bia", LAPTOP, now=3e10) == "person_forever"
    assert permissions.over(3e10) == frozenset()


def test_a_ban_by_address_keeps_out_who_is_new_there(permissions):
    """Others behind the same router who are in already may stay."""
    take(permissions, bans=(Ban("Ana", "laptop", "192.168.1.33", None, "Rui"),))
    neighbour = Origin("192.168.1.33", device="another")
    assert banned(permissions, "Bia", neighbour) == "person_forever"
    assert banned(permissions, "Bia", neighbour, new=False) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "", "unix"])
def test_the_servers_own_computer_cannot_be_banned(address):
    """By its address it cannot be; behind a Unix socket nobody has one."""
    assert not can_be_banned(address)
    assert can_be_banned("192.168.1.33")
    assert can_be_banned("fe80::1")


def test_a_locked_room_lets_nobody_new_in(permissions):
    """Who is in comes back."""
    take(permissions, rules=Rules(locked=True))
    permissions.check_entry("Ana", LAPTOP, 0, new=False)
    with pytest.raises(RoomLocked):
        permissions.check_entry("Ana", LAPTOP, 0, new=True)


def test_who_is_banned_hears_that_first(permissions):
    """A locked room does not hide a ban."""
    take(permissions, rules=Rules(locked=True), bans=(BAN,))
    assert banned(permissions, "Ana", LAPTOP) == "person"


# Mutes.


def test_a_mute_holds_for_a_time(permissions):
    """It says how long, in whole seconds that are never too few."""
    take(permissions, mutes=(MUTE,))
    assert [muted(permissions, now=now) for now in (0, 0.5, 59.5, 60)] == [60, 60, 1, 0]


def test_a_mute_follows_the_device_to_a_new_login(permissions):
    """It holds for the id without the device, too, and for nobody else."""
    take(permissions, mutes=(MUTE,))
    assert muted(permissions, BIA, LAPTOP, now=0) == 60
    assert muted(permissions, ANA, PHONE, now=0) == 60
    assert muted(permissions, BIA, PHONE, now=0) == 0
    take(permissions, mutes=(Mute("1", "Ana", "", None),))
    assert muted(permissions, BIA, NOBODY, now=0) == 0


def test_a_mute_for_ever_says_so(permissions):
    """There is no time after which it is worth trying again."""
    take(permissions, mutes=(Mute("1", "Ana", "laptop", None),))
    assert muted(permissions, now=3e10) is None


def test_the_first_mute_that_holds_counts(permissions):
    """One that is over hides no other."""
    later = Mute("1", "Ana", "phone", WALL + 90, 90)
    take(permissions, mutes=(MUTE, later))
    assert permissions.mute_of("1", LAPTOP, 59) == MUTE
    assert permissions.mute_of("1", LAPTOP, 60) == later
    assert permissions.mute_of("1", LAPTOP, 90) is None


def test_what_is_over_is_forgotten(permissions):
    """Each end counts for itself; what goes on stays."""
    lasting = Mute("3", "Carla", "", None)
    state = State(bans=(BAN,), mutes=(MUTE, lasting))
    permissions.take(state, 0, WALL)
    assert permissions.over(59.9) == frozenset()
    assert permissions.over(60) == {MUTE}
    assert permissions.over(100) == {MUTE, BAN}
    assert state.without(permissions.over(100)) == State(mutes=(lasting,))
    assert state.without(permissions.over(60)).bans == (BAN,)


# Clocks.


@pytest.mark.parametrize("leap", [-86_400, 86_400])
def test_a_clock_that_is_set_changes_no_end(permissions, leap):
    """How long a mute still lasts is measured from when it was learned of."""
    take(permissions, now=0, wall=WALL, mutes=(MUTE,), bans=(BAN,))
    topic = Rules(topic="Another state, in another time")
    take(permissions, now=10, wall=WALL + leap, mutes=(MUTE,), bans=(BAN,), rules=topic)
    assert muted(permissions, now=10) == 50
    assert permissions.over(59.9) == frozenset()
    assert permissions.over(60) == {MUTE}
    assert permissions.over(100) == {MUTE, BAN}


def test_a_restart_lets_the_rest_of_the_time_pass(permissions):
    """What it takes from the disk ends when people were told."""
    take(permissions, now=7, wall=WALL + 20, mutes=(MUTE,))
    assert muted(permissions, now=7) == 40


def test_a_restart_prolongs_nothing(permissions):
    """Where the clock was set back meanwhile, it lasts as long as it was to last in all."""
    take(permissions, now=7, wall=WALL - 86_400, mutes=(MUTE,), bans=(BAN,))
    assert muted(permissions, now=7) == 60
    assert permissions.over(7 + 60) == {MUTE}
    assert permissions.over(7 + 100) == {MUTE, BAN}


def test_a_start_with_the_clock_ahead_forgets_nothing(permissions):
    """What seems to be over holds for nobody, and is there again once the clock is set right."""
    ahead = WALL + 30 * 86_400
    take(permissions, now=7, wall=ahead, mutes=(MUTE,), bans=(BAN,))
    permissions.look(20, ahead + 13)
    assert permissions.holding(20) == permissions.over(20) == frozenset()
    permissions.look(30, WALL + 20)
    assert muted(permissions, now=30) == 40
    assert permissions.holding(30) == {MUTE, BAN}


def test_what_is_over_is_forgotten_after_as_long_as_it_was_to_last(permissions):
    """By then it is over, whatever the clock said at the start."""
    take(permissions, now=7, wall=WALL + 86_400, mutes=(MUTE,), bans=(BAN,))
    assert permissions.over(66.9) == frozenset()
    assert permissions.over(67) == {MUTE}
    assert permissions.over(107) == {MUTE, BAN}


def test_what_has_ended_while_the_server_ran_does_not_begin_again(permissions):
    """A clock that is set back afterwards prolongs nothing."""
    take(permissions, now=7, wall=WALL + 20, mutes=(MUTE,))
    permissions.look(50, WALL - 86_400)
    assert muted(permissions, now=50) == 0


def test_of_what_seems_to_be_over_the_newest_are_kept(permissions):
    """By number, where nobody lets the server run long enough."""
    many = tuple(Ban(f"Ana {n}", "", "", WALL + 100, "Rui", 100) for n in range(1_002))
    take(permissions, now=7, wall=WALL + 86_400, bans=many)
    assert permissions.over(8) == set(many[:2])


def test_what_an_earlier_lanchat_wrote_ends_by_the_clock(permissions):
    """It did not write down how long a mute was to last."""
    take(permissions, now=7, wall=WALL, mutes=(Mute("1", "Ana", "", WALL + 60),))
    assert len(permissions.holding(66.9)) == 1
    assert permissions.holding(67) == permissions.over(67) == frozenset()
    assert len(permissions.over(7 + 3_600)) == 1  # by then the clock is believed


def test_what_was_over_before_a_restart_is_over(permissions):
    """It holds for nobody even before it is forgotten."""
    take(permissions, now=7, wall=WALL + 100, mutes=(MUTE,), bans=(BAN,))
    assert muted(permissions, now=7) == 0
    assert banned(permissions, "Ana", LAPTOP, now=7) is None


# Rules and moderators.


def test_only_moderators_write_in_a_room_for_reading(permissions):
    """Nobody else does."""
    take(permissions, rules=Rules(readonly=True), moderators=frozenset({"1"}))
    permissions.take_turn(ANA, LAPTOP, 0, alone)
    with pytest.raises(ReadOnly):
        permissions.take_turn(BIA, PHONE, 0, alone)


def test_slow_mode_lets_messages_through_one_by_one(permissions):
    """Each guest has a clock of their own; what was refused does not count."""
    take(permissions, rules=Rules(slow=10))
    permissions.take_turn(ANA, LAPTOP, 100, alone)
    for now, wait in ((103.5, 7), (109.9, 1)):
        with pytest.raises(SlowMode) as refusal:
            permissions.take_turn(ANA, LAPTOP, now, alone)
        assert refusal.value.retry_after == wait
    permissions.take_turn(BIA, PHONE, 104, alone)
    permissions.take_turn(ANA, LAPTOP, 110, alone)
    with pytest.raises(SlowMode):
        permissions.take_turn(ANA, LAPTOP, 119.9, alone)


def test_slow_mode_holds_on_to_the_device_and_to_the_id(permissions):
    """Neither a new login in the same browser nor another browser shortens the wait."""
    take(permissions, rules=Rules(slow=10))
    permissions.take_turn(ANA, LAPTOP, 100, alone)
    for user, origin in ((BIA, LAPTOP), (ANA, PHONE), (BIA, Origin("192.0.2.9", device="laptop"))):
        with pytest.raises(SlowMode) as refusal:
            permissions.take_turn(user, origin, 103, alone)
        assert refusal.value.retry_after == 7
    permissions.take_turn(BIA, NOBODY, 103, alone)


def test_in_slow_mode_an_address_has_a_turn_for_each_who_is_there(permissions):
    """Who deletes their cookies finds that somebody from there has just spoken."""
    take(permissions, rules=Rules(slow=10))
    user = User("9", "New")
    for number, now in enumerate((100, 102)):
        here = Origin("192.0.2.1", device=f"cookie {number}")
        permissions.take_turn(User(str(number), "Ana"), here, now, lambda _: 2)
    here = Origin("192.0.2.1", device="another cookie")
    with pytest.raises(SlowMode) as refusal:
        permissions.take_turn(user, here, 103, lambda _: 2)
    assert refusal.value.retry_after == 7
    with pytest.raises(SlowMode) as refusal:
        permissions.take_turn(user, here, 103, alone)
    assert refusal.value.retry_after == 9
    permissions.take_turn(user, here, 103, lambda _: 3)


def test_a_turn_is_given_back(permissions):
    """Nothing was said in it, so there is nothing to wait for."""
    take(permissions, rules=Rules(slow=10))
    turn = permissions.take_turn(ANA, LAPTOP, 100, alone)
    permissions.give_back(turn)
    permissions.take_turn(ANA, LAPTOP, 100, alone)
    permissions.give_back(turn)
    with pytest.raises(SlowMode):
        permissions.take_turn(ANA, LAPTOP, 101, alone)


def test_nobody_waits_for_their_first_message_in_slow_mode(permissions):
    """A server that has only just started lets everybody write once."""
    take(permissions, rules=Rules(slow=3_600))
    permissions.take_turn(ANA, LAPTOP, 0, alone)


def test_another_interval_begins_anew(permissions):
    """Who wrote when is forgotten with it."""
    take(permissions, rules=Rules(slow=3_600))
    permissions.take_turn(ANA, LAPTOP, 0, alone)
    take(permissions, rules=Rules(slow=10))
    permissions.take_turn(ANA, LAPTOP, 1, alone)


def test_another_topic_does_not_let_anybody_write_sooner(permissions):
    """Slow mode goes on as it was."""
    take(permissions, rules=Rules(slow=10))
    permissions.take_turn(ANA, LAPTOP, 0, alone)
    take(permissions, rules=Rules(slow=10, topic="Fractions"))
    with pytest.raises(SlowMode):
        permissions.take_turn(ANA, LAPTOP, 9, alone)


def test_a_moderator_is_kept_from_nothing(permissions):
    """Neither a mute nor a rule holds for them, and nobody times them."""
    rules = Rules(readonly=True, slow=10)
    take(permissions, rules=rules, mutes=(MUTE,), moderators=frozenset({"1"}))
    for _ in range(2):
        permissions.take_turn(ANA, LAPTOP, 0, alone)
    assert permissions.mute_of("1", LAPTOP, 0) is None
    assert permissions.mute_of("2", LAPTOP, 0) == MUTE
    assert (permissions.role("1"), permissions.role("2")) == ("host", "guest")
    assert (permissions.is_moderator("1"), permissions.is_moderator("2")) == (True, False)
