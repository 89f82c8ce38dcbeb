import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

import pytest

from lanchat.chat.model import Origin, User
from lanchat.connlog.log_reader import LogReader
from lanchat.connlog.log_record import Filter, Record
from lanchat.connlog.log_start import STALE_LINES
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.errors import LogMissing, LogUnreadable

Joined = Callable[..., bytes]


class Enough(Exception):
    """Ends following."""


class Follower:
    """Follows a log one look at a time."""

    def __init__(self, reader: LogReader) -> None:
        self.reader = reader

    def look(self) -> list[str]:
        """The users of what one look finds."""
        found: list[str] = []
        with suppress(Enough):
            found.extend(record.user for record in self.reader.follow(self._pause))
        return found

    def _pause(self, seconds: float) -> None:
        assert 0 < seconds < 1
        raise Enough


@pytest.fixture
def follower(path: Path) -> Follower:
    """Somebody who follows the log."""
    return Follower(LogReader(path))


def users(records: list[Record]) -> list[str]:
    return [record.user for record in records]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def test_the_last_ones_oldest_first(path: Path, joined: Joined) -> None:
    """A reader gets as many as were asked for, or as there are."""
    path.write_bytes(joined("a", "b", "c"))
    assert users(LogReader(path).tail(2)) == ["b", "c"]
    assert users(LogReader(path).tail(9)) == ["a", "b", "c"]
    assert users(list(LogReader(path).all())) == ["a", "b", "c"]
    assert users(LogReader(path).tail(0)) == []


def test_rotated_files_are_read_where_the_newest_has_too_few(path: Path, joined: Joined) -> None:
    """A missing number ends nothing, and a file of another name is left alone."""
    path.write_bytes(joined("e"))
    numbered(path, 1).write_bytes(joined("c", "d"))
    numbered(path, 10).write_bytes(joined("a", "b"))
    path.with_name(f"{path.name}.old").write_bytes(joined("x"))
    assert users(LogReader(path).tail(4)) == ["b", "c", "d", "e"]
    assert users(LogReader(path).tail(9)) == ["a", "b", "c", "d", "e"]


def test_rotated_files_alone_are_a_log(path: Path, joined: Joined) -> None:
    """Right after a rotation there may be no newest file."""
    numbered(path, 1).write_bytes(joined("a"))
    assert users(LogReader(path).tail(9)) == ["a"]


def test_a_file_that_is_rotated_meanwhile_is_read_once(path: Path, joined: Joined) -> None:
    """It has been read by its first name when it comes again by its second."""
    path.write_bytes(joined("a", "b"))
    numbered(path, 1).hardlink_to(path)
    assert users(LogReader(path).tail(9)) == ["a", "b"]
    assert Follower(LogReader(path)).look() == ["a", "b"]


def test_no_log_yet(path: Path) -> None:
    """The error says where it was looked for."""
    with pytest.raises(LogMissing) as raised:
        LogReader(path).tail(1)
    assert raised.value.path == path
    with pytest.raises(LogMissing):
        LogReader(path / "no" / "folder").tail(1)


def test_what_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    """A folder is no log."""
    with pytest.raises(LogUnreadable):
        LogReader(tmp_path).tail(1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_pipe_is_no_log(path: Path, follower: Follower) -> None:
    """Nobody waits for a writer that may never come."""
    os.mkfifo(path)
    with pytest.raises(LogUnreadable, match="it is no file"):
        follower.reader.tail(1)
    assert follower.look() == []


def test_unreadable_lines_are_skipped_and_counted(path: Path, joined: Joined) -> None:
    """Blank lines are nothing at all; half a line at the end counts."""
    path.write_bytes(joined("a") + b"{\n\n\x00\xff\n" + joined("b") + b'{"v": 1, "ti')
    reader = LogReader(path)
    assert users(reader.tail(9)) == ["a", "b"]
    assert reader.skipped == 3


def test_byte_order_marks_hide_no_line(path: Path, joined: Joined) -> None:
    """An editor leaves one at the start, and joined files have them in between."""
    mark = "\ufeff".encode()
    path.write_bytes(mark + joined("a") + mark + joined("b"))
    reader = LogReader(path)
    assert users(reader.tail(9)) == users(list(reader.all())) == ["a", "b"]
    assert reader.skipped == 0


def test_a_last_line_without_a_line_break_counts_where_it_is_whole(
    path: Path, joined: Joined
) -> None:
    """Editors leave such files behind; somebody who follows gets it once it is ended."""
    path.write_bytes(joined("a", "b")[:-1])
    assert users(LogReader(path).tail(9)) == ["a", "b"]
    assert users(LogReader(path).tail(9, whole=True)) == ["a"]


def test_since_stops_early_but_not_at_the_first_jump_of_the_clock(
    path: Path, joined: Joined
) -> None:
    """One record from the past between newer ones hides nothing, a thousand end the search."""
    since = datetime(2026, 11, 23, 0, 0, 50, tzinfo=timezone.utc)
    path.write_bytes(
        joined("hidden", start=90)
        + joined("past") * (3 * STALE_LINES)
        + joined("a", start=60)
        + joined("past")
        + joined("b", start=70)
    )
    assert users(list(LogReader(path, Filter(since=since)).all())) == ["a", "b"]
    assert users(LogReader(path, Filter(since=since)).tail(9)) == ["a", "b"]


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="no /proc")
def test_of_a_huge_log_only_the_end_is_read(path: Path, joined: Joined) -> None:
    """Ten lines of a gigabyte cost less than a megabyte."""

    def read_so_far() -> int:
        return int(Path("/proc/self/io").read_text().split()[1])

    path.touch()
    os.truncate(path, 1_000_000_000)
    append(path, b"\n" + joined(*"abcdefghij"))
    before = read_so_far()
    assert users(LogReader(path).tail(10)) == list("abcdefghij")
    assert read_so_far() - before < 1_000_000


def test_follow_goes_on_where_tail_ended(path: Path, joined: Joined, follower: Follower) -> None:
    """Nothing is missing or double in between, nor with nothing new."""
    path.write_bytes(joined("a", "b"))
    assert users(follower.reader.tail(1, whole=True)) == ["b"]
    append(path, joined("c"))
    assert [follower.look(), follower.look()] == [["c"], []]
    append(path, joined("d"))
    assert follower.look() == ["d"]


def test_follow_waits_for_the_rest_of_a_line(
    path: Path, joined: Joined, follower: Follower
) -> None:
    """Half a line is neither shown nor counted."""
    line = joined("a")
    path.write_bytes(line[:20])
    assert users(follower.reader.tail(9, whole=True)) == []
    append(path, line[20:50])
    assert follower.look() == []
    append(path, line[50:])
    assert follower.look() == ["a"]
    assert follower.reader.skipped == 0


def test_follow_waits_for_a_file(path: Path, joined: Joined, follower: Follower) -> None:
    """What is in a file when it appears is new."""
    with pytest.raises(LogMissing):
        follower.reader.tail(9, whole=True)
    assert follower.look() == []
    path.write_bytes(joined("a"))
    assert follower.look() == ["a"]


def test_follow_through_rotation(path: Path, joined: Joined, follower: Follower) -> None:
    """The end of the file that moved comes first, then the new one."""
    path.write_bytes(joined("a"))
    follower.reader.tail(9, whole=True)
    append(path, joined("b"))
    path.rename(numbered(path, 1))
    assert follower.look() == ["b"]
    path.write_bytes(joined("c"))
    assert follower.look() == ["c"]


def test_follow_through_two_rotations_at_once(
    path: Path, joined: Joined, follower: Follower
) -> None:
    """A whole file that came and moved between two looks is not missed."""
    numbered(path, 1).write_bytes(joined("old"))
    path.write_bytes(joined("a"))
    follower.reader.tail(1, whole=True)
    append(path, joined("b"))
    numbered(path, 1).rename(numbered(path, 3))
    path.rename(numbered(path, 2))
    numbered(path, 1).write_bytes(joined("c"))
    path.write_bytes(joined("d"))
    assert follower.look() == ["b", "c", "d"]


def test_follow_through_truncation(path: Path, joined: Joined, follower: Follower) -> None:
    """A file that became shorter begins again."""
    path.write_bytes(joined("a", "b"))
    follower.reader.tail(9, whole=True)
    path.write_bytes(joined("c"))
    assert follower.look() == ["c"]
    os.truncate(path, 0)
    assert follower.look() == []
    append(path, joined("d"))
    assert follower.look() == ["d"]


def test_follow_through_truncation_that_left_it_longer(
    path: Path, joined: Joined, follower: Follower
) -> None:
    """The size does not give it away, the bytes before the bookmark do."""
    path.write_bytes(joined("a"))
    follower.reader.tail(9, whole=True)
    path.write_bytes(joined("b", "c", start=7))
    assert follower.look() == ["b", "c"]


def test_follow_through_deletion(path: Path, joined: Joined, follower: Follower) -> None:
    """A new file by the same name is read from its start; rotated ones are not read again."""
    numbered(path, 1).write_bytes(joined("old"))
    path.write_bytes(joined("a"))
    follower.reader.tail(9, whole=True)
    path.unlink()
    assert follower.look() == []
    path.write_bytes(joined("b", start=9))
    assert follower.look() == ["b"]


def test_follow_filters_and_counts(path: Path, joined: Joined) -> None:
    """The same conditions hold for what comes as for the past."""
    follower = Follower(LogReader(path, Filter(user="b")))
    path.write_bytes(joined("a", "b") + b"junk\n" + b"x" * 100_000 + b"\n" + joined("Bia"))
    assert follower.look() == ["b", "Bia"]
    assert follower.reader.skipped > 1


def test_follow_a_writer_that_rotates(path: Path) -> None:
    """Everybody who joins is seen once and in order, at full speed and across rotations."""
    seen: queue.SimpleQueue[str] = queue.SimpleQueue()
    total = 2_000

    def read() -> None:
        for record in LogReader(path).follow():
            seen.put(record.user)
            if record.user == str(total - 1):
                break

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    log = ConnectionLogFile(path, max_bytes=20_000, backups=50)
    for number in range(total):
        log.join(User("", str(number)), Origin("::1"))
    log.close()
    assert [seen.get(timeout=15) for _ in range(total)] == [str(n) for n in range(total)]
    thread.join(15)


def test_all_from_the_first_to_the_last(path: Path, joined: Joined) -> None:
    """All files are read, with a last line that is not ended, and past what is no record."""
    append(numbered(path, 3), joined("a"))
    append(numbered(path, 1), joined("b") + b"junk\n" + joined("c"))
    append(path, joined("d", "e")[:-1])
    reader = LogReader(path)
    assert users(list(reader.all())) == ["a", "b", "c", "d", "e"]
    assert reader.skipped == 1


def test_all_that_are_wanted(path: Path, joined: Joined) -> None:
    """The filter holds for a whole log, too."""
    append(path, joined("Ana", "Bia"))
    assert users(list(LogReader(path, Filter(user="bia")).all())) == ["Bia"]


def test_all_while_the_log_moves_on(path: Path, joined: Joined) -> None:
    """A file that is rotated meanwhile is read to its end, and once."""
    append(path, joined("a", "b"))
    records = LogReader(path).all()
    first = next(records)
    path.rename(numbered(path, 1))
    append(path, joined("c"))
    assert users([first, *records]) == ["a", "b"]


def test_all_of_no_log(path: Path, tmp_path: Path) -> None:
    """A log that is missing is told from one that cannot be read."""
    with pytest.raises(LogMissing):
        next(LogReader(path).all())
    with pytest.raises(LogUnreadable):
        next(LogReader(tmp_path).all())
