"""What outlives a restart of who is who: who waits for whose note, and who has logged out."""

import threading

import pytest

from lanchat.chat import sessions
from lanchat.chat.changes import LoggedOut, Reserved
from lanchat.chat.model import User
from lanchat.chat.sessions import Logouts, Sessions
from lanchat.errors import StoreUnavailable
from lanchat.rows.state import StoredReservations
from tests.world.reserved import users_of

ANA, BIA = User("1", "Ana"), User("2", "Bia")
START = 1_000_000_000.0


class SlowDisk(StoredReservations):
    """Notes whose commits end when ``ready`` is set; it keeps the commits' sizes.

    A disk that ``refuses`` takes nothing.
    """

    def __init__(self, database):
        super().__init__(database)
        self.commits = []
        self.ready = threading.Event()
        self.refuses = False

    def note(self, notes):
        if self.refuses:
            raise StoreUnavailable("full")
        self.commits.append(len(notes))
        assert self.ready.wait(10)
        super().note(notes)


@pytest.fixture
def slow_disk(database):
    """A disk that waits for the test."""
    return SlowDisk(database)


@pytest.fixture
def disk(slow_disk):
    """A disk that waits for nothing."""
    slow_disk.ready.set()
    return slow_disk


@pytest.fixture
def at_work(slow_disk, until):
    """Let people log in, each in a thread; returns when the disk is at work and all others wait."""
    threads = []

    def log_in(noted, users):
        for user in users:
            threads.append(threading.Thread(target=noted.reserve, args=(user, "phone")))
            threads[-1].start()
            until(lambda: slow_disk.commits)
        until(lambda: len(noted._waiting) == len(users) - 1)
        return threads

    yield log_in
    slow_disk.ready.set()
    for thread in threads:
        thread.join()


def test_notes_that_wait_share_a_commit(slow_disk, at_work):
    """A class that logs in at once waits for two commits, not for thirty."""
    users = [User(str(number), f"Guest {number}") for number in range(30)]
    threads = at_work(Sessions(slow_disk), users)
    slow_disk.ready.set()
    for thread in threads:
        thread.join()
    assert slow_disk.commits == [1, 29]
    assert set(users_of(slow_disk)) == set(users)


def test_nobody_is_answered_before_their_note_is_on_disk(slow_disk, at_work):
    """Neither who writes goes on nor who waits for another's commit."""
    threads = at_work(Sessions(slow_disk), [ANA, BIA])
    assert all(thread.is_alive() for thread in threads)
    slow_disk.ready.set()
    for thread in threads:
        thread.join()
    assert users_of(slow_disk) == [ANA, BIA]


def test_what_is_noted_is_not_noted_again(disk):
    """A second tab does not wait for the disk; who has left and comes back does."""
    noted = Sessions(disk)
    noted.reserve(ANA, "phone")
    noted.reserve(ANA, "phone")
    assert disk.commits == [1]
    noted.release([ANA.id])
    assert users_of(disk) == []
    noted.reserve(ANA, "phone")
    assert disk.commits == [1, 1, 1]
    assert users_of(disk) == [ANA]


def test_nobody_who_leaves_is_nothing_to_note(disk):
    """A tick in which nobody leaves costs no commit."""
    Sessions(disk).release([])
    assert disk.commits == []


def test_what_the_last_life_noted_is_known(disk):
    """Whoever comes back after a restart waits for nothing."""
    Sessions(disk).reserve(ANA, "phone")
    after = Sessions(disk)
    assert after.restored == [(ANA, "phone")]
    after.reserve(ANA, "phone")
    assert disk.commits == [1]


def test_a_note_that_failed_is_tried_again(disk, caplog):
    """It is written when its person joins: by then the disk may have room again."""
    noted = Sessions(disk)
    disk.refuses = True
    noted.reserve(ANA, "phone")
    assert caplog.messages == ["a restart may not know whose name is whose: full"]
    disk.refuses = False
    noted.reserve(ANA, "phone")
    assert users_of(disk) == [ANA]


def test_a_logout_is_noted(disk):
    """The name is free on disk, and the next life knows the logout; nothing else is kept."""
    noted = Sessions(disk)
    noted.reserve(ANA, "phone")
    noted.log_out(ANA.id, START + 5)
    assert (users_of(disk), disk.logged_out(9)) == ([], [ANA.id])
    assert ANA.id in noted.logouts
    assert ANA.id in Sessions(disk).logouts
    noted.reserve(ANA, "phone")
    assert users_of(disk) == [ANA]


def test_a_logout_that_cannot_be_noted_holds_in_this_life(disk):
    """A full disk lets nobody back in."""
    noted = Sessions(disk)
    disk.refuses = True
    noted.log_out(ANA.id, START)
    assert ANA.id in noted.logouts


def test_no_clock_forgets_a_logout(disk):
    """Set ahead by years and back again, it would let old cookies in."""
    noted = Sessions(disk)
    noted.log_out("old", START)
    noted.log_out("young", 5 * START)
    later = Sessions(disk)
    assert all(user_id in each.logouts for each in (noted, later) for user_id in ("old", "young"))


def test_so_many_logouts_are_read_at_most(disk, monkeypatch):
    """Of too many the newest count."""
    monkeypatch.setattr(sessions, "LOGOUTS_KEPT", 2)
    disk.note([LoggedOut(str(number), START) for number in range(3)])
    noted = Sessions(disk)
    assert [number for number in range(3) if str(number) in noted.logouts] == [1, 2]


def test_a_disk_that_cannot_be_read_keeps_nobody_out(database, caplog):
    """The server's own log says what is not known any more."""
    database.call(lambda connection: connection.execute("DROP TABLE logout"))
    noted = Sessions(StoredReservations(database))
    assert noted.restored == []
    assert ANA.id not in noted.logouts
    why = "the message database refuses: no such table: logout"
    assert caplog.messages == [f"it is not known any more whose name is whose: {why}"]


def test_a_name_that_was_noted_by_the_last_life_can_be_given_free(disk):
    """Whoever is restored and does not come back leaves nothing on disk."""
    disk.note([Reserved(ANA)])
    Sessions(disk).release([ANA.id])
    assert users_of(disk) == []


def test_a_logout_is_remembered():
    """Those of earlier lives of the server are, too."""
    gone = Logouts(["1"])
    gone.add("2")
    assert [user_id for user_id in "123" if user_id in gone] == ["1", "2"]


def test_logouts_do_not_fill_the_memory():
    """Whoever logs in and out all day pushes out the oldest ones, of a hundred thousand."""
    gone = Logouts()
    for number in range(100_002):
        gone.add(str(number))
    assert [number for number in range(100_002) if str(number) not in gone] == [0, 1]


def test_logging_out_twice_counts_from_the_second_time(monkeypatch):
    """So it is forgotten after those in between."""
    monkeypatch.setattr(sessions, "LOGOUTS_KEPT", 2)
    gone = Logouts(["1", "2"])
    gone.add("1")
    gone.add("3")
    assert [user_id for user_id in "123" if user_id in gone] == ["1", "3"]
