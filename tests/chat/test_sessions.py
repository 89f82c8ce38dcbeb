"""Notes about seats: who waits for whom."""

import threading

import pytest

from lanchat.chat.model import Guest, Held
from lanchat.chat.notes import SeatNotes
from lanchat.errors import StoreUnavailable
from lanchat.store.sqlite import SqliteStore

ANA = Guest("1", "Ana")


class SlowDisk:
    """A seat keeper in memory whose commits end when ``ready`` is set; it keeps their sizes."""

    def __init__(self):
        self.store = SqliteStore(None)
        self.commits = []
        self.ready = threading.Event()

    def note(self, notes):
        self.commits.append(len(notes))
        self.ready.wait()
        self.store.note(notes)


@pytest.fixture
def disk():
    """The slow disk."""
    disk = SlowDisk()
    yield disk
    disk.store.close()


@pytest.fixture
def notes(disk):
    """The notes on the slow disk."""
    return SeatNotes(disk)


def test_notes_that_wait_share_a_commit(disk, notes, until):
    """A class that logs in at once waits for two commits, not for thirty."""
    guests = [Guest(str(number), f"Guest {number}") for number in range(30)]
    logins = [threading.Thread(target=notes.hold, args=(guest,)) for guest in guests]
    logins[0].start()
    until(lambda: disk.commits)
    for login in logins[1:]:
        login.start()
    until(lambda: len(notes._waiting) == 29)
    disk.ready.set()
    for login in logins:
        login.join()
    assert disk.commits == [1, 29]
    assert set(disk.store.held()) == set(guests)


def test_nobody_is_answered_before_their_note_is_on_disk(disk, notes, until):
    """Neither who writes nor who waits for another's commit."""
    logins = [threading.Thread(target=notes.hold, args=(Guest(name, name),)) for name in "ab"]
    for login in logins:
        login.start()
    until(lambda: disk.commits)
    assert all(login.is_alive() for login in logins)
    disk.ready.set()
    for login in logins:
        login.join()
    assert len(disk.store.held()) == 2


def test_what_is_noted_is_not_noted_again(disk, notes):
    """A second tab does not wait for the disk; who has left and comes back does."""
    disk.ready.set()
    notes.hold(ANA)
    notes.hold(ANA)
    assert disk.commits == [1]
    notes.free([ANA.id])
    notes.hold(ANA)
    assert disk.commits == [1, 1, 1]
    assert disk.store.held() == [ANA]


def test_what_the_last_life_noted_is_known(disk, caplog):
    """Whoever comes back after a restart waits for nothing."""
    disk.store.note([Held(ANA)])
    reopened = SeatNotes(disk.store)
    reopened.room(0, 0)
    disk.store.close()
    reopened.hold(ANA)
    assert caplog.text == ""


def test_a_note_that_failed_is_tried_again(disk, notes, monkeypatch, caplog):
    """When its person joins: by then the disk may have room again."""
    disk.ready.set()
    with monkeypatch.context() as broken:
        broken.setattr(disk, "note", refuse)
        notes.hold(ANA)
    assert "whose name is whose: full" in caplog.text
    notes.hold(ANA)
    assert disk.store.held() == [ANA]


def refuse(_notes):
    """What a full disk does."""
    raise StoreUnavailable("full")
