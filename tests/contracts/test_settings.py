"""The contract of Settings: how order is kept outlives the server."""

import pytest

from lanchat.chat.changes import Amend
from lanchat.chat.room_settings import Ban, Bot, Mute, Rules, State
from lanchat.errors import StoreUnavailable
from tests.world.deadline import DEADLINE

KEPT = State(
    rules=Rules("Fractions 🦊", locked=True, readonly=True, slow=10, private="off"),
    moderators=frozenset({"1", "2"}),
    bans=(
        Ban("Bia", "phone", "192.0.2.1", 100.5, "Ana", 60.5),
        Ban("Troll", "", "", None, "terminal"),
    ),
    mutes=(Mute("3", "Carla", "laptop", None), Mute("4", "Davi", "", 200.25, 30.0)),
    bots=(
        Bot("bot-2", "build", "ab12", "lobby", reads=True, writes=False, made=100.5),
        Bot("bot-1", "Estação", "cd34", "e1", reads=False, writes=True, made=90.25),
    ),
)


def amend(ports, state):
    """Let the state hold; returns it with its position."""
    return ports.log.append(Amend(lambda _before: state)).result(DEADLINE).after


def test_at_first_everybody_may_do_everything(ports):
    """A new server has no rules."""
    assert ports.settings.load() == State()


def test_what_was_amended_holds(ports):
    """All of it, in its order, with the position at which it changed."""
    after = amend(ports, KEPT)
    assert (after.rules, after.moderators) == (KEPT.rules, KEPT.moderators)
    assert (after.bans, after.mutes, after.bots) == (KEPT.bans, KEPT.mutes, KEPT.bots)
    assert after.seq > 0
    assert ports.settings.load() == after


def test_what_was_amended_last_holds(ports):
    """Nothing of what was before is left."""
    amend(ports, KEPT)
    after = amend(ports, State(Rules("Fractions")))
    assert ports.settings.load() == after == State(Rules("Fractions"), seq=after.seq)


def test_what_was_amended_is_there_after_a_restart(start_durable):
    """As it was, its position too."""
    before = start_durable()
    kept = amend(before, KEPT)
    before.close()
    assert start_durable().settings.load() == kept


def test_after_the_end_it_is_unavailable(ports):
    """As with any disk that fails."""
    ports.close()
    with pytest.raises(StoreUnavailable):
        ports.settings.load()
