import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

from lanchat.times import (
    format_duration,
    in_own_zone,
    instant,
    parse_duration,
    parse_moment,
    told_apart,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
BRASILIA = timezone(timedelta(hours=-3))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("12h", 43_200), ("30d", 2_592_000), (" 2 W ", 1_209_600)],
)
def test_durations(text: str, seconds: int) -> None:
    """A duration is a number and the first letter of its unit."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["0w", "1s", "90s", "10m", "36h", "30d", "2w"])
def test_durations_are_written_as_they_are_read(text: str) -> None:
    """A duration is written in the largest unit that it is a whole number of."""
    assert format_duration(float(parse_duration(text))) == text


@pytest.mark.parametrize("text", ["", "10", "d", "-5m", "1.5h", "1d12h", "1y", "٣m"])
def test_no_durations(text: str) -> None:
    """What is no duration is not guessed at."""
    with pytest.raises(ValueError, match="such as 90s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("30s", NOW - timedelta(seconds=30)),
        ("10m", NOW - timedelta(minutes=10)),
        (" 2H ", NOW - timedelta(hours=2)),
        ("1d", NOW - timedelta(days=1)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=timezone.utc)),
        ("2026-11-22T08:00:00.500Z", NOW - timedelta(hours=28, seconds=-0.5)),
        ("today", NOW.replace(hour=0)),
        ("Yesterday", NOW.replace(hour=0) - timedelta(days=1)),
        ("yesterday 8:30", NOW.replace(hour=8, minute=30) - timedelta(days=1)),
        ("today 23:00", NOW.replace(hour=23)),
        ("11:59:30", NOW - timedelta(seconds=30)),
        ("12:01", NOW - timedelta(days=1, minutes=-1)),
        ("2026-11-23 08:00-03:00", datetime(2026, 11, 23, 8, tzinfo=BRASILIA)),
    ],
)
def test_moments(text: str, when: datetime) -> None:
    """A moment is so long ago, or a time; one without an offset is in the zone of ``now``."""
    assert parse_moment(text, NOW) == when


def test_moment_in_local_time() -> None:
    """A time without an offset is that of this machine's clock on that day."""
    now = NOW.astimezone()
    assert parse_moment("2026-01-15T08:00", now) == datetime(2026, 1, 15, 8).astimezone()


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-5m", "999999999d", "tomorrow", "today 8", "25:00", "8:00 today", "٣m"]
)
def test_no_moments(text: str) -> None:
    """A typing error is told from a time, and a number cannot be too large."""
    with pytest.raises(ValueError, match="such as"):
        parse_moment(text, NOW)


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a test needs POSIX")
@pytest.mark.parametrize(
    ("moment", "apart"),
    [
        ("2026-10-25T00:59:59+00:00", "+02:00"),
        ("2026-10-25T01:00:00+00:00", "+01:00"),
        ("2026-10-25T02:00:00+00:00", ""),
        ("2026-10-24T23:59:59+00:00", ""),
        ("2026-03-29T00:59:59+00:00", ""),
        ("2026-03-29T01:00:00+00:00", ""),
    ],
)
def test_an_hour_that_comes_twice(moment: str, apart: str, central_europe: None) -> None:
    """Only there a clock time needs the offset to be one moment."""
    when = datetime.fromisoformat(moment)
    assert told_apart(when, None) == apart
    assert told_apart(when, timezone.utc) == "Z"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no TZ variable")
def test_an_instant_is_said_by_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its day, unless that is today; what only looks like one stays."""
    monkeypatch.setenv("TZ", "America/Sao_Paulo")
    time.tzset()
    text = f"until {instant(NOW.timestamp() - 400 * 86_400)}, on 2026-11-23 12:00"
    assert in_own_zone(text) == "until 2025-10-19 09:00, on 2026-11-23 12:00"
    now = time.time()
    assert in_own_zone(instant(now)) == time.strftime("%H:%M", time.localtime(now))
    monkeypatch.delenv("TZ")
    time.tzset()
