from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from lanchat.connlog.filter import Filter, parse_network, parse_since
from lanchat.connlog.record import decode

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
BRASILIA = timezone(timedelta(hours=-3))


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
        ("2026-11-23 08:00-03:00", datetime(2026, 11, 23, 8, tzinfo=BRASILIA)),
    ],
)
def test_since(text: str, when: datetime) -> None:
    """So long ago, or a time; one without an offset is in the zone of ``now``."""
    assert parse_since(text, NOW) == when


def test_since_in_local_time() -> None:
    """A time without an offset is that of this machine's clock on that day."""
    now = NOW.astimezone()
    assert parse_since("2026-01-15T08:00", now) == datetime(2026, 1, 15, 8).astimezone()


@pytest.mark.parametrize("text", ["", "10", "m", "-5m", "999999999d", "yesterday", "٣m"])
def test_since_refuses_what_is_no_time(text: str) -> None:
    """A typing error is told from a time, and a number cannot be too large."""
    with pytest.raises(ValueError, match="such as"):
        parse_since(text, NOW)


@pytest.mark.parametrize(
    ("wanted", "ip", "matches"),
    [
        ("192.168.1.33", "192.168.1.33", True),
        ("192.168.1.3", "192.168.1.33", False),
        ("192.168.1.0/24", "192.168.1.33", True),
        ("192.168.1.33", "::ffff:192.168.1.33", True),
        ("FE80:0::1", "fe80::1%eth0", True),
        ("192.168.1.33", "fe80::1", False),
        ("0.0.0.0/0", "", False),
    ],
)
def test_ip(wanted: str, ip: str, matches: bool, joined: Callable[..., bytes]) -> None:
    """An address matches however it is written, and a network all in it."""
    record = decode(joined("Ana", ip=ip))
    assert Filter(network=parse_network(wanted)).matches(record) is matches


def test_user_is_part_of_a_name(joined: Callable[..., bytes]) -> None:
    """Capitals make no difference, in any alphabet."""
    record = decode(joined("Ana STRASSE Ágata"))
    assert Filter(user="straße").matches(record)
    assert Filter(user="áGATA").matches(record)
    assert not Filter(user="Bia").matches(record)


def test_an_unknown_event_is_ignored(joined: Callable[..., bytes]) -> None:
    """A later version may write events that this one does not know."""
    assert not Filter().matches(decode(joined("Ana").replace(b"join", b"wave")))
