import json
import logging
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.chat.model import Origin, User
from lanchat.chat.ports import Audit
from lanchat.connlog.log_writer import ConnectionLogFile
from lanchat.errors import LogInUse, NotALog

DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def log(path: Path) -> Iterator[ConnectionLogFile]:
    """A log at the beginning of 1970."""
    log = ConnectionLogFile(path, clock=lambda: 1.5)
    yield log
    log.close()


def lines(path: Path) -> list[dict[str, Any]]:
    """What stands in a log."""
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def all_users(folder: Path) -> list[str]:
    """Everybody in a log and its rotated files, in order."""
    files = sorted(folder.iterdir(), key=lambda file: file.suffix, reverse=True)
    newest_last = [file for file in files if file.suffix != ".log"] + [folder / "connections.log"]
    return [line["user"] for file in newest_last for line in lines(file)]


def test_every_event_is_a_line(
    log: ConnectionLogFile, path: Path, ana: User, phone: Origin
) -> None:
    """A line has the fields of docs/protocol.md."""
    port: Audit = log
    log.start(version="0.1.0", port=8765)
    port.join(ana, phone)
    port.leave(ana, phone, 12.345, "closed")
    port.rename(ana, "Bela", phone)
    port.file(ana, phone, "image/jpeg", 2_000_000)
    port.login_refused("Bia", phone, "name_taken")
    port.refused(phone, "unauthorized")
    log.stop()
    log.close()
    common = {"v": 1, "time": "1970-01-01T00:00:01.500Z"}
    origin = {"ip": "192.168.1.33", "agent": "Mozilla/5.0"}
    person = {"user": "Ana", "user_id": "a1", **origin}
    assert lines(path) == [
        {**common, "event": "start", "version": "0.1.0", "port": 8765},
        {**common, "event": "join", **person},
        {**common, "event": "leave", **person, "seconds": 12.3, "reason": "closed"},
        {**common, "event": "rename", **person, "before": "Bela"},
        {
            **common,
            "event": "file",
            "user": "Ana",
            "user_id": "a1",
            "ip": "192.168.1.33",
            "type": "image/jpeg",
            "size": 2_000_000,
        },
        {**common, "event": "login_refused", "user": "Bia", **origin, "reason": "name_taken"},
        {**common, "event": "refused", **origin, "reason": "unauthorized"},
        {**common, "event": "stop"},
    ]


def test_what_hosts_do_is_a_line(
    log: ConnectionLogFile, path: Path, ana: User, phone: Origin
) -> None:
    """A line says who did it, and as much of whom it was about as is known."""
    log.command("ban", "Rui", (ana, phone), seconds=None, address="192.168.1.33")
    log.command("unban", "terminal", (User("", "Bia"), Origin("")))
    log.command("slow", "Rui", None, value="10 s")
    log.close()
    common = {"v": 1, "time": "1970-01-01T00:00:01.500Z"}
    person = {"user": "Ana", "user_id": "a1", "ip": "192.168.1.33"}
    address = {"seconds": None, "address": "192.168.1.33"}
    assert lines(path) == [
        {**common, "event": "ban", "by": "Rui", **person, **address},
        {**common, "event": "unban", "by": "terminal", "user": "Bia"},
        {**common, "event": "slow", "by": "Rui", "value": "10 s"},
    ]


def test_close_loses_nothing(log: ConnectionLogFile, path: Path, phone: Origin) -> None:
    """What was handed in before close() is on disk when it returns, in order."""
    for number in range(10_000):
        log.join(User("", str(number)), phone)
    log.close()
    assert [line["user"] for line in lines(path)] == [str(number) for number in range(10_000)]


def test_close_loses_nothing_in_a_greenlet(tmp_path: Path) -> None:
    """Nothing is lost under gevent, where the thread is a greenlet, and Python exits silently."""
    program = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import sys, pathlib\n"
        "from lanchat.connlog.log_writer import ConnectionLogFile\n"
        "log = ConnectionLogFile(pathlib.Path(sys.argv[1]))\n"
        "for number in range(10_000): log.command('topic', 'Rui', None, value=str(number))\n"
        "log.close()\n"
    )
    file = tmp_path / "log"
    command = [sys.executable, "-c", program, str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    assert [line["value"] for line in lines(file)] == [str(number) for number in range(10_000)]


def test_closing_twice_and_writing_afterwards_is_harmless(
    log: ConnectionLogFile, path: Path, ana: User, phone: Origin
) -> None:
    """What comes too late is dropped."""
    log.start()
    log.close()
    log.join(ana, phone)
    log.close()
    assert len(lines(path)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The log holds names and addresses, so nobody else can read it; its folder is made."""
    file = tmp_path / "some" / "where" / "log"
    log = ConnectionLogFile(file, max_bytes=100, backups=1)
    log.start()
    log.stop()
    log.close()
    for written in (file, file.with_name("log.1")):
        assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_rotates(path: Path, phone: Origin) -> None:
    """Files stay below the limit, there are not more of them than asked for, and lines whole."""
    log = ConnectionLogFile(path, max_bytes=1_000, backups=3)
    for number in range(100):
        log.join(User("", str(number)), phone)
    log.close()
    names = [path.name, *(f"{path.name}.{number}" for number in (1, 2, 3))]
    assert sorted(file.name for file in path.parent.iterdir()) == names
    assert all(file.stat().st_size < 1_000 for file in path.parent.iterdir())
    users = all_users(path.parent)
    assert users == [str(number) for number in range(100 - len(users), 100)]


def test_a_rename_that_fails_loses_nothing(
    path: Path, phone: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    """The log goes on in the same file, and older ones do not fall off the end meanwhile."""
    oldest = path.with_name(f"{path.name}.2")
    oldest.write_text("older")
    path.with_name(f"{path.name}.1").mkdir()  # a folder cannot be moved over a file
    log = ConnectionLogFile(path, max_bytes=300, backups=2)
    for number in range(10):
        log.join(User("", str(number)), phone)
    log.close()
    assert [line["user"] for line in lines(path)] == [str(number) for number in range(10)]
    assert oldest.read_text() == "older"
    assert caplog.text.count("cannot be rotated") == 1


def test_refusals_turn_no_file_over(path: Path, ana: User, phone: Origin) -> None:
    """A hundred thousand refusals of many addresses do not drive an arrival and a ban away."""
    log = ConnectionLogFile(path, max_bytes=1_000_000, monotonic=lambda: 0.0)
    log.join(ana, phone)
    log.command("ban", "Rui", (ana, phone), seconds=None)
    for number in range(100_000):
        stranger = Origin(f"127.0.{number % 3_000 // 250}.{number % 250}", "x" * 5_000)
        log.refused(stranger, "host")
        log.login_refused("\x85" * 5_000, stranger, "code")
    log.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    written = lines(path)
    assert [line["event"] for line in written[:2]] == ["join", "ban"]
    refused = [line for line in written if "refused" in line["event"]]
    assert len(refused) == 300 + 5 + 2
    assert sum(line.get("count", 1) for line in refused) == 200_000
    assert log.counts["refused", "host"] == log.counts["login_refused", "code"] == 100_000


def test_refusals_are_summed_up_by_address(path: Path, phone: Origin) -> None:
    """After ten lines an address has one a minute, which says how often, why and in which time."""
    now = 0.0
    log = ConnectionLogFile(path, clock=lambda: 1.5, monotonic=lambda: now)
    for _ in range(4_822):
        log.refused(phone, "host")
    log.sum_up()
    now = 60.0
    log.sum_up()
    log.sum_up()
    log.close()
    *single, summed = lines(path)
    assert len(single) == 10
    assert summed.items() >= {"event": "refused", "ip": phone.ip, "reason": "host"}.items()
    assert (summed["count"], summed["seconds"]) == (4_812, 60)


def test_visits_without_end_are_summed_up(path: Path, ana: User, phone: Origin) -> None:
    """Who comes and goes a thousand times has no lines after that, and others have theirs."""
    log = ConnectionLogFile(path, clock=lambda: 1.5, monotonic=lambda: 0.0)
    for number in range(1_500):
        log.join(User(str(number), "Troll"), phone)
        log.leave(User(str(number), "Troll"), phone, 0.1, "logout")
    log.join(ana, Origin("192.168.1.34"))
    log.close()
    events = [line["event"] for line in lines(path)]
    assert events == [*["join", "leave"] * 1_000, "join", "visits"]
    assert lines(path)[-1].items() >= {"ip": phone.ip, "count": 500}.items()


def test_a_crowd_behind_one_address_has_its_lines(path: Path, phone: Origin) -> None:
    """Two thousand people come in at once, and each arrival is a line."""
    log = ConnectionLogFile(path)
    for number in range(2_000):
        log.join(User(str(number), str(number)), phone)
    log.close()
    assert [line["event"] for line in lines(path)] == ["join"] * 2_000


def test_what_hosts_did_outlives_the_files(path: Path, ana: User, phone: Origin) -> None:
    """The line of a ban is there, once, after any number of files has fallen off the end."""
    log = ConnectionLogFile(path, max_bytes=2_000, backups=2)
    log.command("ban", "Rui", (ana, phone), seconds=None)
    for number in range(1_000):
        # A name that would pass for one of these lines, if it were written as it is.
        log.join(User("x", '\n{"v": 1, "time": "…", "event": "ban"'), phone)
        if number == 500:
            log.command("unban", "Rui", (ana, phone))
    log.close()
    files = {file.name for file in path.parent.iterdir()}
    assert files == {path.name, *(f"{path.name}.{number}" for number in (1, 2, 3))}
    kept = lines(path.with_name(f"{path.name}.3"))
    assert [line["event"] for line in kept] == ["ban", "unban"]
    assert stat.S_IMODE(path.with_name(f"{path.name}.3").stat().st_mode) == 0o600


def test_of_what_hosts_did_the_newer_half_stays(path: Path) -> None:
    """The file of what outlives the others has a limit, too."""
    log = ConnectionLogFile(path, max_bytes=2_000, backups=1)
    for number in range(200):
        log.command("topic", "Rui", None, value=str(number))
    log.close()
    kept = path.with_name(f"{path.name}.2")
    assert kept.stat().st_size < 4_000
    values = [
        int(line["value"])
        for file in (kept, path.with_name(f"{path.name}.1"), path)
        for line in lines(file)
    ]
    assert values == list(range(values[0], 200))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_pipe_that_nobody_reads(
    path: Path, ana: User, phone: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a pipe without a reader holds anything up, nor one whose reader has fallen asleep."""
    os.mkfifo(path)
    log = ConnectionLogFile(path)
    log.join(ana, phone)
    log.close()
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    log = ConnectionLogFile(path)
    for _ in range(2_000):
        log.join(ana, phone)
    log.close()
    os.close(reader)
    assert caplog.text.count("cannot be written") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_one_server_a_log(path: Path, ana: User, phone: Origin) -> None:
    """Who claims a log has it for itself through every rotation, until it is closed."""
    first = ConnectionLogFile(path, max_bytes=1_000)
    first.claim()
    for _ in range(100):
        first.join(ana, phone)
    until_idle(first)
    second = ConnectionLogFile(path)
    with pytest.raises(LogInUse, match="choose another --log-file"):
        second.claim()
    second.close()
    first.close()
    third = ConnectionLogFile(path)
    third.claim()
    third.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_a_log_that_another_server_has_taken_meanwhile(
    path: Path, ana: User, phone: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the file was cleared away, and another one was quicker, that is said."""
    first, second = ConnectionLogFile(path), ConnectionLogFile(path)
    first.claim()
    path.unlink()
    second.claim()
    first.join(ana, phone)
    first.close()
    second.close()
    assert "another lanchat writes it" in caplog.text
    assert path.read_text() == ""


def until_idle(log: ConnectionLogFile) -> None:
    """Return when everything handed in is written, or is just being written."""
    while not log._queue.empty():
        time.sleep(0.01)


@pytest.mark.parametrize(
    "content", [b"Buy milk\n", b"SQLite format 3\0\n{", b'\0\n{"v": 1}\n', b"4711", b"\n\n"]
)
def test_what_is_no_log_is_not_written_into(tmp_path: Path, content: bytes) -> None:
    """A slip in --log-file costs no database, no secret and no shopping list."""
    path = tmp_path / "messages.db"
    path.write_bytes(content)
    log = ConnectionLogFile(path)
    with pytest.raises(NotALog):
        log.claim()
    log.close()
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b'\xef\xbb\xbf{"v": 1}\n', b': 1}\n{"v": 1}\n', b'{"v"'])
def test_a_log_is_written_on(tmp_path: Path, content: bytes) -> None:
    """One that is empty, was opened in an editor, or cut off at an end, too."""
    path = tmp_path / "log"
    path.write_bytes(content)
    log = ConnectionLogFile(path)
    log.claim()
    log.start()
    log.close()
    assert path.read_bytes().startswith(content)
    assert path.read_bytes().count(b'"start"') == 1


def test_half_a_line_is_ended_first(path: Path, ana: User, phone: Origin) -> None:
    """After a crash in mid-line the next event is a line of its own."""
    path.write_text('{"v": 1, "ti')
    log = ConnectionLogFile(path)
    log.join(ana, phone)
    log.close()
    assert json.loads(path.read_text().splitlines()[1])["user"] == "Ana"


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
def test_a_deleted_file_is_made_again(
    log: ConnectionLogFile,
    path: Path,
    ana: User,
    phone: Origin,
    until: Callable[..., Any],
) -> None:
    """Whoever clears the log away while the server runs gets a new one."""
    log.start()
    until(lambda: path.exists() and path.stat().st_size)
    path.unlink()
    log.join(ana, phone)
    log.close()
    assert [line["event"] for line in lines(path)] == ["join"]


def test_a_fault_is_one_warning_and_then_it_goes_on(
    tmp_path: Path,
    ana: User,
    phone: Origin,
    until: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where the folder cannot be made events are dropped, until it can."""
    folder = tmp_path / "logs"
    folder.write_text("a file where the folder should be")
    log = ConnectionLogFile(folder / "log")
    for _ in range(20):
        log.join(ana, phone)
    until(log._queue.empty)
    folder.unlink()

    def written() -> bool:
        log.stop()
        return (folder / "log").exists()

    until(written)
    log.close()
    assert {line["event"] for line in lines(folder / "log")} == {"stop"}
    warnings = [record.getMessage() for record in caplog.records]
    assert len([text for text in warnings if "cannot be written" in text]) == 1
    assert len([text for text in warnings if "is written again" in text]) == 1
    assert {record.name for record in caplog.records} == {"lanchat.connlog"}
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_whatever_goes_wrong_the_log_goes_on(
    log: ConnectionLogFile, path: Path, phone: Origin, until: Callable[..., Any]
) -> None:
    """Also a fault that nobody thought of: the thread that writes does not end by it."""
    log.refused(phone, "before")
    until(lambda: path.exists() and path.stat().st_size)
    log._file._path = None  # type: ignore[assignment]
    log.refused(phone, "meanwhile")
    until(lambda: log._file._dropped)
    log._file._path = path
    log.refused(phone, "after")
    log.close()
    assert [line["reason"] for line in lines(path)] == ["before", "after"]


def test_a_full_disk_is_one_warning(
    ana: User, phone: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk raises nothing, not even at close."""
    log = ConnectionLogFile(Path("/dev/full"))
    for _ in range(20):
        log.join(ana, phone)
    log.close()
    assert caplog.text.count("No space left") == len(caplog.records) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_disk_that_fills_up_leaves_whole_lines_behind(tmp_path: Path) -> None:
    """A write cut short costs its own line, and what follows is readable again."""
    program = (
        "import pathlib, resource, signal, sys, time\n"
        "from lanchat.chat.model import Origin\n"
        "from lanchat.connlog.log_writer import ConnectionLogFile\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "limit = resource.RLIM_INFINITY\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (250, limit))\n"
        "log = ConnectionLogFile(pathlib.Path(sys.argv[1]))\n"
        "for number in range(20): log.refused(Origin('::1'), str(number))\n"
        "while not log._queue.empty(): time.sleep(0.01)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "log.stop()\n"
        "log.close()\n"
    )
    file = tmp_path / "log"
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, capture_output=True)
    first, second, half, *others = file.read_text().splitlines()
    assert [json.loads(line)["reason"] for line in (first, second)] == ["0", "1"]
    assert not half.endswith("}")
    assert json.loads(others[-1])["event"] == "stop"


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="no /proc")
def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """Fifty logs leave no thread and no descriptor."""
    before = (threading.active_count(), len(list(DESCRIPTORS.iterdir())))
    for number in range(50):
        log = ConnectionLogFile(tmp_path / str(number))
        log.start()
        log.close()
    assert (threading.active_count(), len(list(DESCRIPTORS.iterdir()))) == before
