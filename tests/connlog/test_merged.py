"""Several logs read as one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import pytest

from lanchat.connlog.log_record import Filter, Record
from lanchat.connlog.merged import Logs, names_of
from lanchat.errors import LogMissing

Joined = Callable[..., bytes]


class Enough(Exception):
    """Ends following."""


@pytest.fixture
def pair(tmp_path: Path, joined: Joined) -> list[Path]:
    """Two logs: people come to the one and the other by turns."""
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    paths[0].write_bytes(joined("0") + joined("2", start=2) + joined("4", start=4))
    paths[1].write_bytes(joined("1", start=1) + joined("3", start=3))
    return paths


def told(records: Iterable[Record]) -> list[tuple[str, str]]:
    return [(record.server, record.user) for record in records]


def look(logs: Logs) -> list[tuple[str, str]]:
    """What one look at logs that are followed finds."""

    def pause(_seconds: float) -> None:
        raise Enough

    found: list[Record] = []
    with suppress(Enough):
        for records in logs.follow(pause):
            found.extend(records)
    return told(found)


def test_the_order_is_that_of_times(pair: list[Path]) -> None:
    """From the end and from the beginning; each says where it stands."""
    everything = [("a", "0"), ("b", "1"), ("a", "2"), ("b", "3"), ("a", "4")]
    logs = Logs(pair)
    assert told(logs.all()) == everything
    for count, expected in ((None, everything), (2, everything[-2:]), (0, []), (9, everything)):
        assert told(logs.tail(count)) == expected
    assert json.loads(next(iter(logs.tail(1))).as_json())["server"] == "a"


def test_one_alone_is_as_it_is(pair: list[Path], joined: Joined) -> None:
    """Also where its clock was set back, and where it is named twice."""
    pair[0].write_bytes(joined("later", start=9) + joined("earlier"))
    records = list(Logs([pair[0], pair[0]]).tail(None))
    assert told(records) == [("", "later"), ("", "earlier")]
    assert "server" not in records[0].as_json()


def test_the_order_of_each_is_kept(pair: list[Path], joined: Joined) -> None:
    """A clock that was set back mixes up nothing of its own log."""
    pair[0].write_bytes(joined("later", start=9) + joined("earlier"))
    users = [record.user for record in Logs(pair).tail(None)]
    assert users.index("later") < users.index("earlier")


def test_what_is_wanted_is_wanted_of_all(pair: list[Path]) -> None:
    """A condition holds for each of them."""
    since = datetime(2026, 11, 23, 0, 0, 2, tzinfo=timezone.utc)
    logs = Logs(pair, Filter(since=since))
    assert told(logs.tail(None)) == [("a", "2"), ("b", "3"), ("a", "4")]


def test_all_are_followed(pair: list[Path], joined: Joined) -> None:
    """Through rotation of one, and a look that finds something in both."""
    logs = Logs(pair)
    logs.tail(0, whole=True)
    assert look(logs) == []
    with pair[0].open("ab") as log:
        log.write(joined("5", start=5))
    pair[0].rename(pair[0].with_name("a.log.1"))
    pair[0].write_bytes(joined("7", start=7))
    with pair[1].open("ab") as log:
        log.write(joined("6", start=6))
    assert look(logs) == [("a", "5"), ("b", "6"), ("a", "7")]


def test_one_that_is_missing(pair: list[Path], tmp_path: Path, joined: Joined) -> None:
    """It is waited for by who follows, and said by all others."""
    missing = tmp_path / "c.log"
    logs = Logs([*pair, missing])
    with pytest.raises(LogMissing, match=r"c\.log"):
        logs.tail(1)
    waits: list[Path] = []
    assert told(logs.tail(1, whole=True, missing=waits.append)) == [("a", "4")]
    assert waits == [missing]
    missing.write_bytes(joined("8", start=8))
    assert look(logs) == [("c", "8")]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.log", "logs/b.log"], ["a", "b"]),
        (["/srv/1/connections.log", "/srv/2/connections.log"], ["1", "2"]),
        (["/a/logs/connections.log", "/b/logs/connections.log"], ["a", "b"]),
        (["/a/x.log", "/b/x.log", "/b/y.log"], ["/a/x.log", "/b/x.log", "/b/y.log"]),
    ],
)
def test_names(paths: list[str], names: list[str]) -> None:
    """The shortest that tell them apart."""
    assert names_of(list(map(Path, paths))) == names


def test_what_a_log_has_moved_to_is_a_part_of_it(pair: list[Path], joined: Joined) -> None:
    """A list that the shell has made of all files of one log is one log."""
    older = pair[0].with_name("a.log.1")
    older.write_bytes(joined("older"))
    for paths in ([pair[0], older], [older, pair[0], pair[0].with_name("a.log.2.gz")]):
        assert told(Logs(paths).tail(2)) == [("", "2"), ("", "4")]
    assert told(Logs([older]).tail(9)) == [("", "older")]
