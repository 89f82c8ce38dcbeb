"""The contract of EventLog for what somebody has missed in all rooms that they are in."""

import pytest

from lanchat.chat import catchup, overview
from lanchat.chat.changes import Clear, Delete, Pin, React
from lanchat.chat.model import LOBBY, Cursor, User
from lanchat.chat.overview import missed_everywhere, shares
from lanchat.chat.room_changes import (
    ChangeRoom,
    EnterRoom,
    LeaveRoom,
    MarkRead,
    OpenRoom,
)
from lanchat.chat.rooms import Kind, Room
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, enter, say, texts

ANA, BIA = User("1", "Ana"), User("2", "Bia")
HISTORY = 3


def do(log, change):
    """Let it happen; returns what has."""
    return log.append(change).result(DEADLINE)


def let(_room):
    """Anybody may."""


@pytest.fixture
def look(log):
    """What Ana has missed after a position, by the rooms' ids."""

    def look(seq=0, user=ANA, epoch=None):
        cursor = Cursor(seq, log.epoch if epoch is None else epoch)
        found = missed_everywhere(log, user, cursor, HISTORY)
        assert {page.page.seq for page in found.pages} == {found.seq}
        return {one.room.id: one for one in found.pages}

    return look


def said(room_page):
    """What its messages say, and which of its older ones have changed."""
    page = room_page.page
    return texts(page.messages), texts(page.changed), page.complete, page.anew


def speak(log, room, *what, user=BIA):
    """Let Bia say something in a room, where she is."""
    return say(log, [draft(text, user_id=user.id, room=room) for text in what])


def test_of_each_room_comes_what_is_new_and_what_has_changed(log, look):
    """In one answer at one position, and nothing of rooms that one is not in."""
    enter(log, "r", ANA, BIA)
    enter(log, "q", BIA)
    (first,) = speak(log, "r", "a")
    seq = look()[LOBBY].page.seq
    speak(log, "r", "b")
    speak(log, "q", "c")
    speak(log, LOBBY, "d")
    do(log, edit(first.id, "A", user_id="2"))
    do(log, React(first.id, "2", "Bia", "👍"))
    found = look(seq)
    assert said(found["r"]) == (["b"], ["A"], True, False)
    assert said(found[LOBBY]) == (["d"], [], True, False)
    assert found.keys() == {LOBBY, "r"}
    assert look(found["r"].page.seq)["r"].page.changed == [found["r"].page.changed[0]]  # untold


def test_who_begins_anew_gets_the_newest_of_each(log, look):
    """Without what was deleted; so does who comes from another history."""
    enter(log, "r", ANA, BIA)
    messages = speak(log, "r", *"abcde")
    do(log, Delete(messages[4].id, NOON))
    speak(log, LOBBY, *"xy")
    for found in (look(), look(2**40, epoch="another")):
        assert said(found["r"]) == (["b", "c", "d"], [], False, True)
    assert said(look()[LOBBY]) == (["x", "y"], [], True, False)


def test_who_has_entered_meanwhile_begins_anew_there(log, look):
    """With what was said before they came, and goes on in the other rooms."""
    enter(log, "r", BIA)
    speak(log, "r", "a")
    (before,) = speak(log, LOBBY, "b")
    do(log, EnterRoom("r", ANA, let))
    speak(log, LOBBY, "c")
    found = look(before.id)
    assert said(found["r"]) == (["a"], [], True, True)
    assert said(found[LOBBY]) == (["c"], [], True, False)
    do(log, LeaveRoom("r", "1", let))
    assert look(before.id).keys() == {LOBBY}


def test_a_history_that_was_cleared_is_gone(log, look):
    """In its room alone."""
    enter(log, "r", ANA, BIA)
    (message,) = speak(log, "r", "a")
    speak(log, LOBBY, "b")
    cleared = do(log, Clear("r"))
    speak(log, "r", "c")
    for found in (look(), look(message.id)):
        assert (texts(found["r"].page.messages), found["r"].page.cleared) == (["c"], cleared.up_to)
        assert (texts(found[LOBBY].page.messages), found[LOBBY].page.cleared) == (["b"], 0)


def test_a_room_says_how_it_stands(log, look):
    """Who it is for, how many are in it, what is pinned, and how much is not read."""
    do(log, OpenRoom(Room("d", "direct", opener="2"), (BIA, ANA), 10))
    speak(log, LOBBY, "hello")
    do(log, MarkRead(LOBBY, ANA, 0))
    messages = speak(log, "d", *"abc")
    do(log, Pin("d", messages[0].id))
    mentioning = draft("m", user_id="2", room="d", mentions=("2", "1"))
    say(log, [draft("I am here", room="d"), mentioning])
    room = look()["d"]
    assert (room.person, room.members, room.unread, room.mentions) == (BIA, 2, 4, 1)
    assert texts(room.page.pins) == ["a"]
    do(log, MarkRead("d", ANA, messages[1].id))
    room = look(room.page.seq)["d"]
    assert (room.unread, room.mentions, room.last_id) == (2, 1, messages[2].id + 3)
    assert texts(room.page.pins) == ["a"]
    assert (look()[LOBBY].unread, look(user=BIA)[LOBBY].unread) == (1, 0)
    assert look(user=BIA)["d"].person == ANA


def test_it_is_known_whether_somebody_has_ever_read(log):
    """Who is new has nothing to read yet."""
    speak(log, LOBBY, "a")
    cursor = Cursor(0, "")
    assert not log.overview("1", cursor, HISTORY, 10).marked
    do(log, MarkRead(LOBBY, ANA, 0))
    found = log.overview("1", cursor, HISTORY, 10)
    assert (found.marked, found.main.unread) == (True, 1)


def test_rooms_that_one_could_enter_are_named(log):
    """Neither closed ones nor others' private ones."""
    kinds: list[Kind] = ["open", "group", "direct", "open"]
    for number, kind in enumerate(kinds):
        do(log, OpenRoom(Room(f"r{number}", kind, f"Room {number}"), (BIA,), 10))
    do(log, ChangeRoom("r3", lambda room: room, close=True))
    others = log.overview("1", Cursor(0, ""), HISTORY, 10).others
    assert [(room.id, room.kind, count) for room, count in others] == [
        ("r0", "open", 1),
        ("r1", "group", 1),
    ]
    assert log.overview("2", Cursor(0, ""), HISTORY, 10).others == []


def test_a_loud_room_hides_no_quiet_one(log, look, monkeypatch):
    """Of the loud ones come the newest messages, as many of each."""
    monkeypatch.setattr(overview, "CATCH_UP_LIMIT", 10)
    for room in "pqr":
        enter(log, room, ANA, BIA)
    seq = look()[LOBBY].page.seq
    for number in range(8):
        for room in "pr":
            speak(log, room, f"{room}{number}")
    speak(log, "q", "quiet")
    speak(log, LOBBY, "hello")
    found = look(seq)
    assert said(found["q"]) == (["quiet"], [], True, False)
    assert said(found[LOBBY]) == (["hello"], [], True, False)
    for room in "pr":
        assert said(found[room]) == ([f"{room}{n}" for n in range(4, 8)], [], False, False)


def test_nor_does_one_of_long_messages(log, look, monkeypatch):
    """Which count by their bytes."""
    for module in (catchup, overview):
        monkeypatch.setattr(module, "CATCH_UP_BYTES", 6_000)
    for room in "qr":
        enter(log, room, ANA, BIA)
    seq = look()[LOBBY].page.seq
    for number in range(4):
        speak(log, "r", f"{number}" * 2_000)
        speak(log, "q", f"short {number}")
    found = look(seq)
    assert said(found["q"]) == ([f"short {number}" for number in range(4)], [], True, False)
    assert said(found["r"]) == (["3" * 2_000], [], False, False)


def test_in_a_room_with_too_many_changes_one_begins_anew(log, look, monkeypatch):
    """And goes on in the others."""
    monkeypatch.setattr(overview, "CATCH_UP_LIMIT", 4)
    for room in "qr":
        enter(log, room, ANA, BIA)
    old = {room: speak(log, room, *(f"{room}{n}" for n in range(4))) for room in "qr"}
    seq = look()[LOBBY].page.seq
    for message in [*old["r"], old["q"][0]]:
        do(log, edit(message.id, message.message.upper(), f"e{message.id}", user_id="2"))
    speak(log, "r", "new")
    found = look(seq)
    assert said(found["q"]) == ([], ["Q0"], True, False)
    assert said(found["r"]) == (["new"], [], False, True)


@pytest.mark.parametrize(
    ("wanted", "most", "given"),
    [
        ([], 10, []),
        ([3, 4], 10, [3, 4]),
        ([1, 9, 4], 10, [1, 5, 4]),
        ([100, 100, 1], 10, [4, 5, 1]),
        ([5, 5], 0, [0, 0]),
    ],
)
def test_what_there_is_is_shared_out(wanted, most, given):
    """Whoever wants less than the others get has all of it."""
    found = shares(wanted, most)
    assert found == given
    assert all(partial_share <= want for partial_share, want in zip(found, wanted, strict=True))
    assert sum(found) == min(most, sum(wanted))
