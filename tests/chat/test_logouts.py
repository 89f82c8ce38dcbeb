"""Who has logged out."""

from lanchat.chat import logouts
from lanchat.chat.logouts import Logouts
from lanchat.chat.model import SESSION_LIFETIME


def test_a_logout_is_remembered():
    """Those of earlier lives of the server, too."""
    gone = Logouts({"1": 0.0})
    gone.add("2", 5.0)
    assert "1" in gone
    assert "2" in gone
    assert "3" not in gone


def test_a_logout_is_forgotten_when_no_cookie_can_be_left():
    """Sessions do not last for ever, so neither does this."""
    gone = Logouts({"1": 0.0})
    gone.add("2", float(SESSION_LIFETIME))
    assert "1" in gone
    gone.add("3", SESSION_LIFETIME + 1.0)
    assert "1" not in gone
    assert "2" in gone


def test_logouts_do_not_fill_the_memory(monkeypatch):
    """Whoever logs in and out all day pushes out the oldest ones."""
    monkeypatch.setattr(logouts, "LOGOUTS_KEPT", 2)
    gone = Logouts()
    for number in range(5):
        gone.add(str(number), float(number))
    assert [number for number in range(5) if str(number) in gone] == [3, 4]


def test_logging_out_twice_counts_from_the_second_time():
    """The order by time is kept."""
    gone = Logouts({"1": 0.0, "2": 1.0})
    gone.add("1", 2.0)
    gone.add("3", SESSION_LIFETIME + 2.0)
    assert "1" in gone
    assert "2" not in gone
