"""How order is kept outlives the server."""

import pytest

from lanchat.chat.order import Ban, Mute, Rules, State
from lanchat.store.sqlite import SqliteStore

KEPT = State(
    rules=Rules("Fractions", locked=True, readonly=True, slow=10),
    hosts=frozenset({"1", "2"}),
    bans=(Ban("Bia", "phone", "192.0.2.1", 100.5, "Ana"), Ban("Troll", "", "", None, "terminal")),
    mutes=(Mute("3", "Carla", "laptop", None),),
)


@pytest.fixture
def path(tmp_path):
    """Where a database can be."""
    return tmp_path / "messages.db"


def test_a_new_database_has_no_order(path):
    """Everybody may do everything."""
    store = SqliteStore(path)
    assert store.order() == State()
    store.close()


def test_what_is_saved_is_there_after_a_restart(path):
    """Whole, and in its order."""
    before = SqliteStore(path)
    before.save_order(KEPT)
    before.close()
    after = SqliteStore(path)
    assert after.order() == KEPT
    after.close()


def test_what_is_saved_last_holds(path):
    """Nothing of what was before is left."""
    store = SqliteStore(path)
    store.save_order(KEPT)
    store.save_order(State())
    assert store.order() == State()
    store.close()
