from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.connlog.log_record import encode
from lanchat.doctor.facts import Verdict
from lanchat.doctor.guests import Diary, check_guests, is_elsewhere, read_diary

OWN = {"192.168.1.20", "fe80::1"}
LogOf = Callable[..., Path]


@pytest.fixture
def log_of(tmp_path: Path) -> LogOf:
    """A log with these events, a minute apart."""

    def write(*events: tuple[str, dict[str, object]]) -> Path:
        lines = [
            encode(f"2026-11-23T08:{minute:02}:00.000Z", event, fields)
            for minute, (event, fields) in enumerate(events)
        ]
        (tmp_path / "log").write_text("".join(f"{line}\n" for line in lines))
        return tmp_path / "log"

    return write


START: tuple[str, dict[str, object]] = ("start", {"version": "1", "port": 9000, "pid": 1})


@pytest.mark.parametrize(
    ("ip", "verdict"),
    [
        ("192.168.1.33", Verdict.OK),
        ("192.168.1.20", Verdict.WARNING),
        ("127.0.0.1", Verdict.WARNING),
        ("fe80::1%eth0", Verdict.WARNING),
    ],
)
def test_another_device_is_what_counts(log_of: LogOf, ip: str, verdict: Verdict) -> None:
    """This computer's own browser proves nothing."""
    diary = read_diary(log_of(START, ("join", {"user": "Ana", "ip": ip})), OWN)
    assert (diary.port, check_guests(diary).verdict) == (9000, verdict)


def test_whoever_was_turned_away_got_here_too(log_of: LogOf) -> None:
    """A guest who was refused proves that the way is open."""
    diary = read_diary(log_of(START, ("refused", {"ip": "10.0.0.7", "reason": "host"})), OWN)
    assert check_guests(diary).verdict is Verdict.OK


def test_what_was_before_the_start_does_not_count(log_of: LogOf) -> None:
    """Guests of an earlier start may have come by another network."""
    diary = read_diary(log_of(("join", {"ip": "10.0.0.7"}), START), OWN)
    assert check_guests(diary).verdict is Verdict.WARNING


def test_a_server_that_has_stopped(log_of: LogOf) -> None:
    """Where the server has stopped there is nobody to reach."""
    diary = read_diary(log_of(START, ("stop", {})), OWN)
    assert diary.stopped
    assert check_guests(diary).verdict is Verdict.UNSEEN


def test_without_a_log(tmp_path: Path) -> None:
    """A log that is not there is no error."""
    assert read_diary(tmp_path / "none", OWN) == Diary()
    assert read_diary(tmp_path, OWN).unreadable


def test_what_is_no_address_is_nobody() -> None:
    """An address in the log that is none counts as nobody."""
    assert not is_elsewhere("", OWN)
