"""What is added up from a log, and what is made of its gaps."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from lanchat.connlog.log_record import Record, decode, encode
from lanchat.connlog.visits import Statistics, count

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def at(minutes: float, event: str, user: str = "", **fields: object) -> Record:
    """An event so many minutes after noon; a person's id is their name, unless it is given."""
    time = (NOON + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
    person = {"user": user, "user_id": user} if user else {}
    return decode(encode(time.replace("+00:00", "Z"), event, {**person, **fields}).encode())


def sums(*records: Record, since: float | None = None) -> Statistics:
    """What they make together; ``since`` is in minutes after noon."""
    start = None if since is None else NOON + timedelta(minutes=since)
    return count(records, start, timezone.utc)


def minutes(found: Statistics) -> dict[str, tuple[int, float]]:
    """Visits and minutes of each person."""
    return {name: (each.visits, each.seconds / 60) for name, each in found.people.items()}


def test_visits_add_up() -> None:
    """Visits are added up for each name, and for all together."""
    found = sums(
        at(0, "join", "Ana"),
        at(5, "join", "Bia"),
        at(10, "leave", "Ana", seconds=600),
        at(20, "join", "Ana"),
        at(25, "leave", "Bia", seconds=1200),
        at(50, "leave", "Ana", seconds=1800),
    )
    assert minutes(found) == {"Ana": (2, 40), "Bia": (1, 20)}
    assert (found.visits, found.seconds, found.open_visits) == (3, 3600, 0)
    assert (found.people["Ana"].first, found.people["Ana"].last) == (
        NOON,
        NOON + timedelta(minutes=50),
    )


def test_files_add_up() -> None:
    """How many, and how large, for each name and for all; of what is only counted nothing else."""
    found = sums(
        at(0, "file", "Ana", size=9, type="image/png"),
        at(2, "file", "Ana", size=100, type="image/png"),
        at(3, "file", "Bia", size=1_000, type="application/pdf"),
        at(4, "file", count=7, seconds=60),
        since=1,
    )
    assert {name: (each.files, each.size) for name, each in found.people.items()} == {
        "Ana": (1, 100),
        "Bia": (1, 1_000),
    }
    assert (found.files, found.size, found.visits) == (2, 1_100, 0)


@pytest.mark.parametrize("leave", [-60, 365 * 24 * 60], ids=["back", "ahead"])
def test_a_clock_that_is_set_makes_no_visit_longer_or_shorter(leave: float) -> None:
    """How long it was, is told by its leave."""
    found = sums(at(0, "join", "Ana"), at(leave, "leave", "Ana", seconds=600))
    assert minutes(found) == {"Ana": (1, 10)}
    assert sum(found.hours) == 600


def test_two_devices_of_one_name() -> None:
    """Two devices of one name are one person, whose visits overlap."""
    found = sums(
        at(0, "join", "Ana", user_id="phone"),
        at(5, "join", "Ana", user_id="laptop"),
        at(10, "leave", "Ana", user_id="phone"),
        at(15, "leave", "Ana", user_id="laptop"),
    )
    assert minutes(found) == {"Ana": (2, 20)}


def test_a_killed_server() -> None:
    """Guests of a killed server were there at least until the last line before the next start."""
    found = sums(
        at(0, "start"),
        at(0, "join", "Ana"),
        at(7, "join", "Bia"),
        at(600, "start"),
        at(601, "join", "Ana"),
        at(602, "leave", "Ana"),
    )
    assert minutes(found) == {"Ana": (2, 8), "Bia": (1, 0)}
    assert found.open_visits == 2


def test_who_is_still_there() -> None:
    """Visits without an end count up to the last line, whatever it tells of."""
    found = sums(at(0, "join", "Ana"), at(9, "refused"))
    assert (minutes(found), found.open_visits) == ({"Ana": (1, 9)}, 1)


def test_a_log_that_begins_within_a_visit() -> None:
    """The leave tells how long a visit was whose join is gone."""
    assert minutes(sums(at(0, "leave", "Ana", seconds=300))) == {"Ana": (1, 5)}


def test_a_leave_that_tells_nothing() -> None:
    """A leave without a join and a time is a visit of no length."""
    assert minutes(sums(at(0, "leave", "Ana"))) == {"Ana": (1, 0)}


def test_since_cuts_visits() -> None:
    """What was before does not count, nor does a visit that was over by then."""
    found = sums(
        at(0, "join", "Ana"),
        at(1, "join", "Bia"),
        at(5, "leave", "Bia"),
        at(30, "leave", "Ana"),
        since=10,
    )
    assert minutes(found) == {"Ana": (1, 20)}


def test_hours_of_the_day() -> None:
    """Each hour gets the time that lies in it, past midnight, too."""
    found = sums(at(690, "join", "Ana"), at(810, "leave", "Ana"))
    assert {hour: part / 60 for hour, part in enumerate(found.hours) if part} == {
        23: 30,
        0: 60,
        1: 30,
    }


def test_days_on_end() -> None:
    """Whoever stays for days adds an hour of every day to every hour."""
    found = sums(at(0, "join", "Ana"), at(2 * 1440 + 60, "leave", "Ana"))
    assert found.hours == [7200.0] * 12 + [10800.0] + [7200.0] * 11


@pytest.mark.parametrize("seconds", [1e11, 5e11])
def test_a_clock_that_was_wrong(seconds: float) -> None:
    """Neither years of presence nor a clock set back end the counting."""
    found = sums(
        at(0, "leave", "Ana", seconds=seconds), at(9, "join", "Bia"), at(1, "leave", "Bia")
    )
    assert minutes(found)["Bia"] == (1, 0)
    assert sum(found.hours) == pytest.approx(found.seconds)


def test_visits_that_are_only_counted() -> None:
    """What the log sums up is told apart from visits that it knows."""
    found = sums(at(0, "visits", count=5), at(10, "visits", count=500, seconds=60), since=5)
    assert (found.visits, found.summed, found.people) == (0, 500, {})


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a test needs POSIX")
@pytest.mark.parametrize(
    ("begin", "hours"),
    [
        ("2026-03-28T23:30:00+00:00", {0: 1800, 1: 3600, 3: 3600, 4: 1800}),
        ("2026-10-24T23:30:00+00:00", {1: 1800, 2: 7200, 3: 1800}),
    ],
)
def test_hours_that_are_missing_or_come_twice(
    begin: str, hours: dict[int, int], central_europe: None
) -> None:
    """Three hours in a night in which the clocks are set are those that the clocks have shown."""
    leave = at(0, "leave", "Ana", seconds=10_800)
    end = datetime.fromisoformat(begin) + timedelta(hours=3)
    found = count([replace(leave, time=end)], None, None)
    assert {hour: seconds for hour, seconds in enumerate(found.hours) if seconds} == hours


def test_a_clock_that_began_long_ago() -> None:
    """A visit that seems to be of decades, as the clock was not set yet, is added up at once."""
    join = replace(at(0, "join", "Ana"), time=datetime(1971, 1, 1, tzinfo=timezone.utc))
    found = count([join, at(0, "leave", "Ana", seconds=5)], None, timezone.utc)
    assert sum(found.hours) == found.seconds


def on(server: str, record: Record) -> Record:
    """The record in the log of one of several servers."""
    return replace(record, server=server)


def test_a_server_that_starts_ends_no_visit_of_another_one() -> None:
    """Nor of its own people, who have gone on at another one while it was away."""
    found = sums(
        on("a", at(0, "start")),
        on("b", at(0, "start")),
        on("a", at(1, "join", "Ana")),
        on("b", at(2, "join", "Bia")),
        on("a", at(10, "start")),
        on("b", at(21, "leave", "Ana", seconds=1200)),
        on("b", at(22, "leave", "Bia", seconds=1200)),
    )
    assert minutes(found) == {"Ana": (1, 20), "Bia": (1, 20)}
    assert found.open_visits == 0


def test_who_was_on_a_server_that_fell_alone() -> None:
    """Nobody told of their end: it counts up to what that server said last."""
    found = sums(
        on("a", at(0, "join", "Ana")),
        on("a", at(5, "rename", "Caio")),
        on("b", at(9, "join", "Bia")),
        on("a", at(10, "start")),
        on("b", at(19, "leave", "Bia", seconds=600)),
        on("a", at(20, "join", "Ana")),
        on("b", at(30, "leave", "Ana", seconds=600)),
    )
    assert minutes(found) == {"Ana": (2, 15), "Bia": (1, 10)}
    assert found.open_visits == 1
