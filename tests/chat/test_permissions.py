"""Who may come in and who may speak: the rules alone."""

import pytest

from lanchat.chat.model import Guest, Origin
from lanchat.chat.order import Ban, Mute, Order, Rules, can_be_banned
from lanchat.errors import Banned, Muted, ReadOnly, RoomLocked, SlowMode

ANA = Guest("1", "Ana")
LAPTOP = Origin("192.168.1.33", device="laptop")
PHONE = Origin("192.168.1.34", device="phone")
BAN = Ban("Ana", "laptop", "", 100.0, "Host")


@pytest.fixture
def order():
    """The order of a new room."""
    return Order()


def is_banned(order, name, origin, *, now=0.0, new=True):
    """Why somebody may not come in, or None."""
    try:
        order.check_entry(name, origin, now, new=new)
    except Banned as refusal:
        return refusal.reason
    return None


def test_a_ban_holds_for_the_device_by_any_name(order):
    """Whoever logs in anew by another name is still the same person."""
    order.ban(BAN)
    assert is_banned(order, "Bia", LAPTOP) == "person"
    assert is_banned(order, "Bia", PHONE) is None


def test_a_ban_holds_for_the_name_and_its_likes(order):
    """Also from another device; that this is the same person is not said."""
    order.ban(BAN)
    assert is_banned(order, "ANA", PHONE) == "name"
    assert is_banned(order, "Ana", Origin("")) == "name"


def test_a_ban_ends(order):
    """By itself when its time is over, or when it is lifted."""
    order.ban(BAN)
    assert is_banned(order, "Ana", LAPTOP, now=100) is None
    assert order.unban("ana", 0)
    assert is_banned(order, "Ana", LAPTOP) is None
    assert not order.unban("Ana", 0)


def test_a_ban_for_ever_does_not_end(order):
    """Not in a thousand years."""
    order.ban(Ban("Ana", "", "", None, "Host"))
    assert is_banned(order, "Ana", PHONE, now=3e10) == "name_forever"


def test_a_ban_by_address_keeps_out_who_is_new_there(order):
    """Others behind the same router who are in already may stay."""
    order.ban(Ban("Ana", "laptop", "192.168.1.33", 100, "Host"))
    neighbour = Origin("192.168.1.33", device="another")
    assert is_banned(order, "Bia", neighbour) == "person"
    assert is_banned(order, "Bia", neighbour, new=False) is None


def test_a_later_ban_of_the_same_name_replaces_the_first(order):
    """So that its time can be changed."""
    order.ban(BAN)
    order.ban(Ban("ana", "laptop", "", 10, "Host"))
    assert [ban.until for ban in order.bans(0)] == [10]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "", "unix"])
def test_the_hosts_own_computer_cannot_be_banned(address):
    """By its address; behind a Unix socket nobody has one."""
    assert not can_be_banned(address)
    assert can_be_banned("192.168.1.33")


def test_a_locked_room_lets_nobody_new_in(order):
    """Who is in comes back."""
    order.change(Rules(locked=True))
    order.check_entry("Ana", LAPTOP, 0, new=False)
    with pytest.raises(RoomLocked):
        order.check_entry("Ana", LAPTOP, 0, new=True)


def test_a_mute_holds_for_a_time(order):
    """It says how long, and follows the device to a new login."""
    order.mute(Mute("1", "Ana", "laptop", 60))
    with pytest.raises(Muted) as refusal:
        order.check_words(Guest("2", "Bia"), LAPTOP, 0)
    assert refusal.value.retry_after == 60
    order.check_words(ANA, LAPTOP, 60)


def test_what_is_over_is_forgotten(order):
    """Mutes are returned, for their people to be told."""
    mute = Mute("1", "Ana", "laptop", 60)
    order.mute(mute)
    order.ban(BAN)
    assert order.expire(59) == []
    assert order.expire(100) == [mute]
    assert (order.state.mutes, order.state.bans) == ((), ())


def test_only_hosts_write_in_a_room_for_reading(order):
    """Nobody else does."""
    order.change(Rules(readonly=True))
    with pytest.raises(ReadOnly):
        order.check_words(ANA, LAPTOP, 0)
    order.make_host(ANA.id)
    order.check_words(ANA, LAPTOP, 0)


def test_slow_mode_lets_messages_through_one_by_one(order):
    """Each guest has a clock of their own; what was refused does not count."""
    order.change(Rules(slow=10))
    order.check_words(ANA, LAPTOP, 100)
    with pytest.raises(SlowMode) as refusal:
        order.check_words(ANA, LAPTOP, 103.5)
    assert refusal.value.retry_after == 7
    order.check_words(Guest("2", "Bia"), PHONE, 104)
    order.check_words(ANA, LAPTOP, 110)
