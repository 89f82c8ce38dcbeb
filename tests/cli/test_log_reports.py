import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lanchat.connlog.log_record import encode
from tests.world.command_line import CommandLine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of Ana, who came twice, and of somebody with a hostile name, who is still there."""
    path = tmp_path / "connections.log"

    def line(time: str, event: str, user: str, **fields: object) -> str:
        person = {"user": user, "user_id": user, **fields}
        return encode(f"2026-11-23T{time}:00.000Z", event, person) + "\n"

    path.write_text(
        line("08:30", "join", "Ana")
        + line("09:00", "leave", "Ana", seconds=1800)
        + line("10:00", "join", "Ana")
        + line("11:00", "leave", "Ana", seconds=3600)
        + line("11:00", "join", "x\x1b[31m\u202e")
        + line("11:15", "refused", "")
    )
    return path


def test_people_and_hours(typed: CommandLine, file: Path) -> None:
    """Those who were there longest come first, and each hour has its bar."""
    ended = typed("log", "stats", file)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[:2] == [
        "2 people, 3 visits, 1 h 45 min in all",
        "1 visit without an end in the log, counted up to what came last",
    ]
    assert lines[4].split() == ["Ana", "2", "1", "h", "30", "min", *["2026-11-23"] * 2]
    assert [(line[:5], line.count("█")) for line in lines if "█" in line] == [
        ("08:00", 20),
        ("10:00", 40),
        ("11:00", 10),
    ]


def test_what_was_sent(typed: CommandLine, file: Path) -> None:
    """How many files and how large they are, where there are some."""
    assert "file" not in typed("log", "stats", file).stdout.lower()
    person = {"user": "Ana", "user_id": "Ana", "type": "image/jpeg"}
    for size in (400_000, 2_000_000):
        line = encode("2026-11-23T12:00:00.000Z", "file", {**person, "size": size})
        file.write_text(file.read_text() + line + "\n")
    lines = typed("log", "stats", file).stdout.splitlines()
    assert lines[1] == "2 files sent, 2.4 MB in all"
    assert lines[4].split()[-1] == "Files"
    assert lines[5].split()[-4:] == ["2026-11-23", "2,", "2.4", "MB"]
    found = json.loads(typed("log", "stats", file, "--json").stdout)
    assert (found["files"], found["file_bytes"]) == (2, 2_400_000)
    assert found["people"][0]["files"] == 2
    exported = list(csv.DictReader(io.StringIO(typed("log", "export", file).stdout)))
    assert (exported[-1]["type"], exported[-1]["size"]) == ("image/jpeg", "2000000")


def test_a_hostile_name(typed: CommandLine, file: Path) -> None:
    """A name paints nothing, also where colours are wanted."""
    output = typed("log", "stats", file, "--color", "always").stdout
    assert r"x\x1b[31m\u202e" in output
    assert "\x1b[31m" not in output


def test_only_some_people(typed: CommandLine, file: Path) -> None:
    """Of people who are not shown it is said how many there are; of none there is no table."""
    assert "and 1 more: see --people" in typed("log", "stats", file, "-n", 1).stdout
    assert "Ana" not in typed("log", "stats", file, "-n", 0).stdout


def test_json_has_everything(typed: CommandLine, file: Path) -> None:
    """Other programs get seconds and UTC, from --since on."""
    found = json.loads(
        typed("log", "stats", file, "--json", "--utc", "--since", "2026-11-23T10:30").stdout
    )
    assert found["people"][0] == {
        "user": "Ana",
        "visits": 1,
        "seconds": 1800,
        "first": "2026-11-23T10:30:00Z",
        "last": "2026-11-23T11:00:00Z",
        "files": 0,
        "file_bytes": 0,
    }
    assert (found["visits"], found["open_visits"], found["seconds"]) == (2, 1, 2700)
    assert found["hours"][10:12] == [1800, 900]


def test_an_ascii_terminal(typed: CommandLine, file: Path) -> None:
    """An ASCII terminal gets bars of signs that it has."""
    output = typed("log", "stats", file, encoding="ascii").stdout
    assert "#" * 40 in output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_a_narrow_screen(file: Path) -> None:
    """No line is wider than the screen."""
    import pty  # not on Windows

    main, terminal = pty.openpty()
    shown = {**os.environ, "TERM": "xterm", "COLUMNS": "50", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "lanchat", "log", "stats", str(file)]
    subprocess.run(command, env=shown, stdout=terminal, check=True)
    os.close(terminal)
    with os.fdopen(main, "rb") as screen:
        lines = screen.read1(65536).decode().splitlines()
    assert any("█" * 30 in line for line in lines)
    assert max(map(len, lines)) <= 50


def test_an_empty_log_and_none(typed: CommandLine, tmp_path: Path) -> None:
    """In an empty log nobody was there; without a log nobody knows."""
    (tmp_path / "empty").touch()
    assert typed("log", "stats", tmp_path / "empty").stdout == "0 people, 0 visits, 0 s in all\n"
    ended = typed("log", "stats", tmp_path / "none")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)


def leave(day: int, user: str) -> str:
    """A leave on that day of November."""
    fields = {"user": user, "user_id": "u1", "ip": "192.0.2.1", "agent": "=1+1", "seconds": 90.5}
    return encode(f"2026-11-{day}T08:00:00.123Z", "leave", fields) + "\n"


@pytest.fixture
def two_files(tmp_path: Path) -> Path:
    """A log of two files."""
    path = tmp_path / "connections.log"
    (tmp_path / "connections.log.1").write_text(leave(21, "Ana"))
    path.write_text(leave(22, "@Bia\x1b[31m") + "junk\n")
    return path


def test_an_export_is_a_table(typed: CommandLine, two_files: Path) -> None:
    """The table has the events of all files, oldest first, and no formula in it."""
    ended = typed("log", "export", two_files)
    assert ended.stderr == f"lanchat: 1 line of {two_files} could not be read\n"
    assert ended.stdout.startswith("\ufefftime,event,user,ip,")
    rows = list(csv.DictReader(io.StringIO(ended.stdout.removeprefix("\ufeff"))))
    assert [row["user"] for row in rows] == ["Ana", r"'@Bia\x1b[31m"]
    assert (rows[0]["time"], rows[0]["seconds"]) == ("2026-11-21 08:00:00", "90.5")
    assert rows[0]["agent"] == "'=1+1"


def test_an_export_of_lines_as_they_are(typed: CommandLine, two_files: Path) -> None:
    """Every line that can be read is passed on as it is."""
    ended = typed("log", "export", two_files, "--format", "jsonl")
    assert ended.stdout == leave(21, "Ana") + leave(22, "@Bia\x1b[31m")


def test_an_export_since_a_time(typed: CommandLine, two_files: Path) -> None:
    """Nothing older is written, by the time of this machine or of UTC."""
    ended = typed("log", "export", two_files, "--since", "2026-11-22T08:00", "--utc")
    assert "Ana" not in ended.stdout
    assert "2026-11-22 08:00:00Z" in ended.stdout


def test_an_export_into_a_file(typed: CommandLine, two_files: Path, tmp_path: Path) -> None:
    """The file appears when it is whole, and is not replaced."""
    assert "2 events written to" in typed("log", "export", two_files, "-o", "log.csv").stderr
    assert (tmp_path / "log.csv").read_bytes().startswith(b"\xef\xbb\xbftime,")
    assert typed("log", "export", two_files, "-o", "log.csv").returncode == 1


def test_an_export_of_no_log_leaves_no_file(typed: CommandLine, tmp_path: Path) -> None:
    """One line says where it looked."""
    ended = typed("log", "export", "none", "-o", "log.csv")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_file_name_says_the_format(typed: CommandLine, two_files: Path, tmp_path: Path) -> None:
    """An ending that nobody knows is no guess, and --format counts more."""
    lines = typed("log", "export", two_files, "--format", "jsonl").stdout
    for name, options in (("a.jsonl", []), ("b.csv", ["--format", "jsonl"])):
        assert typed("log", "export", two_files, "-o", name, *options).returncode == 0
        assert (tmp_path / name).read_text() == lines
    typed("log", "export", two_files, "-o", "c")
    assert (tmp_path / "c").read_text().startswith("\ufefftime,")
    assert typed("log", "export", two_files, "-o", "d.html").returncode == 2
