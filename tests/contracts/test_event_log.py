"""The contract of every message store, for the file and for memory alike."""

import pytest

from lanchat.chat.model import Draft
from lanchat.store.sqlite import SqliteStore


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    """A store of each kind."""
    store = SqliteStore(tmp_path / "messages.db" if request.param == "file" else None)
    yield store
    store.close()


def draft(text, client_id=None, user_id="1"):
    """A draft that says the text."""
    client_id = client_id or text
    return Draft(client_id, "lobby", user_id, "Ana", "192.168.1.33", text, "2026-11-23T02:08:00Z")


def texts(history):
    """What the history's messages say."""
    return [message.message for message in history.messages]


def test_ids_grow_in_the_order_of_the_drafts(store):
    """Within a batch and from batch to batch."""
    stored = store.append([draft("a"), draft("b")]) + store.append([draft("c")])
    ids = [entry.message.id for entry in stored]
    assert ids == sorted(set(ids))
    assert all(entry.fresh for entry in stored)


def test_what_comes_out_is_what_went_in(store):
    """Every field survives, in any alphabet."""
    (stored,) = store.append([draft("Olá 🦊 \n\t<b>")])
    (message,) = store.history("lobby", None, 10).messages
    assert message == stored.message
    assert message.message == "Olá 🦊 \n\t<b>"


def test_a_retried_draft_is_the_message_it_made_first(store):
    """Also within one batch."""
    first, again = store.append([draft("a", "same"), draft("b", "same")])
    (later,) = store.append([draft("c", "same")])
    assert first.message == again.message == later.message
    assert (first.fresh, again.fresh, later.fresh) == (True, False, False)


def test_a_client_id_is_its_persons_own(store):
    """Nobody can hush another by using their client_id."""
    store.append([draft("a", "same", user_id="1"), draft("b", "same", user_id="2")])
    assert texts(store.history("lobby", None, 10)) == ["a", "b"]


def test_history_is_the_newest_messages(store):
    """Oldest first; what was left out is said."""
    store.append([draft(text) for text in "abcde"])
    history = store.history("lobby", None, 3)
    assert (texts(history), history.complete) == (["c", "d", "e"], False)
    assert store.history("lobby", None, 5).complete is True


def test_history_after_an_id(store):
    """Only what was said since."""
    stored = store.append([draft(text) for text in "abcde"])
    history = store.history("lobby", stored[2].message.id, 10)
    assert (texts(history), history.complete) == (["d", "e"], True)
    assert texts(store.history("lobby", stored[4].message.id, 10)) == []


def test_history_after_an_id_of_another_life(store):
    """An id from the future belongs to another history: the newest messages, incomplete."""
    (stored,) = store.append([draft("a")])
    history = store.history("lobby", stored.message.id + 1000, 10)
    assert (texts(history), history.complete) == (["a"], False)


def test_a_room_has_its_own_history(store):
    """What is said elsewhere is not heard here."""
    store.append([draft("a")])
    assert texts(store.history("another room", None, 10)) == []


def test_no_history_is_wanted(store):
    """A limit of 0 gives nothing and says that there is more."""
    store.append([draft("a")])
    history = store.history("lobby", None, 0)
    assert (texts(history), history.complete) == ([], False)
