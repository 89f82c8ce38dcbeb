import json
from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.chat.commands import COMMANDS
from lanchat.connlog.log_record import (
    HOST_COMMANDS,
    LINE_LIMIT,
    Filter,
    Unreadable,
    decode,
    encode,
    parse_network,
)

TIME = "2026-11-23T02:08:00.123Z"


def test_a_line_reads_back() -> None:
    """What was written is what is read."""
    fields = {"user": "Ana", "user_id": "a1", "ip": "10.0.0.1", "seconds": 3.5, "reason": "closed"}
    record = decode(encode(TIME, "leave", fields).encode())
    assert record.time == datetime(2026, 11, 23, 2, 8, 0, 123_000, timezone.utc)
    assert (record.event, record.user, record.user_id) == ("leave", "Ana", "a1")
    assert (record.ip, record.seconds, record.reason) == ("10.0.0.1", 3.5, "closed")


def test_a_change_of_a_name_is_found_by_both() -> None:
    """Whoever looks for a person may know only the name of before."""
    record = decode(encode(TIME, "rename", {"user": "Ana", "before": "Bela"}).encode())
    assert [Filter(user=name).matches(record) for name in ("ana", "bel", "Carla")] == [
        True,
        True,
        False,
    ]


@given(st.text(st.characters(), max_size=100))
def test_any_name_is_one_line_of_ascii(name: str) -> None:
    """Line breaks, escapes and surrogates in a name cannot leave the line."""
    line = encode(TIME, "join", {"user": name})
    assert line.isascii()
    assert line.isprintable()
    assert decode(line.encode()).user == name


def test_texts_are_bounded() -> None:
    """However much somebody sends as a name or agent, the line stays short."""
    line = encode(TIME, "login_refused", {"user": "😀" * 5_000, "agent": "😀" * 5_000})
    record = decode(line.encode())
    assert (len(record.user), len(record.agent)) == (100, 100)
    assert len(line) < 3_000
    assert len(decode(encode(TIME, "join", {"agent": "x" * 5_000}).encode()).agent) == 500


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"\x00\x00",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"v": 1, "event": "join"}',
        b'{"v": 1, "time": "yesterday", "event": "join"}',
        b'{"v": 1, "time": "2026-11-23T02:08:00", "event": "join"}',
        b'{"v": 1, "time": "0001-01-01T00:00:00Z", "event": "join"}',
        b'{"v": 1, "time": "2026-11-23T02:08:00Z"}',
        b'{"v": 1, "time": "2026-11-23T02:08:00Z", "event": 7}',
        b'{"v": 2, "time": "2026-11-23T02:08:00Z", "event": "join"}',
        b'{"v": 1, "time": "2026-11-23T02:08:00Z", "event": "join"}' + b" " * LINE_LIMIT,
    ],
)
def test_what_is_no_record_is_unreadable(line: bytes) -> None:
    """Damaged, foreign and overlong lines are told from records."""
    with pytest.raises(Unreadable):
        decode(line)


def test_fields_of_the_wrong_type_count_as_absent() -> None:
    """One odd field does not cost the record."""
    odd: dict[str, object] = {"user": 7, "ip": None, "seconds": "long", "port": True, "new": []}
    line = encode(TIME, "leave", odd)
    record = decode(line.encode())
    assert (record.user, record.ip, record.seconds, record.port) == ("", "", None, None)


@pytest.mark.parametrize("seconds", ["NaN", "Infinity", "-1", "true"])
def test_an_impossible_duration_counts_as_absent(seconds: str) -> None:
    """Python's JSON knows numbers that no duration has."""
    line = f'{{"v": 1, "time": "{TIME}", "event": "leave", "seconds": {seconds}}}'
    assert decode(line.encode()).seconds is None


def test_the_raw_line_is_kept() -> None:
    """What this log has written is passed on as it is, byte by byte."""
    line = encode(TIME, "join", {"user": "João", "new": [1, {}]})
    assert decode(line.encode() + b"\r\n").line == line


def test_a_raw_line_of_another_hand_is_made_harmless() -> None:
    """Bytes that could paint a terminal are escaped, and the JSON stays the same."""
    line = f'{{"v": 1, "time": "{TIME}", "event": "join", "user": "\u202e\x7f\x9b"}}'
    kept = decode(line.encode()).line
    assert kept.isascii()
    assert kept.isprintable()
    assert json.loads(kept) == json.loads(line)


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


def test_every_command_that_changes_something_is_an_event() -> None:
    """A command that the reader did not know would be logged and never shown."""
    assert set(HOST_COMMANDS) == {each.event for each in COMMANDS.values() if each.logged}
