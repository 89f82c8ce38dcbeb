import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.connlog.log_record import encode

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Ended]:
    """Run `lanchat log export` to its end, in UTC."""

    def run(*arguments: object) -> Ended:
        return subprocess.run(
            [sys.executable, "-m", "lanchat", "log", "export", *map(str, arguments)],
            env={**os.environ, "TZ": "UTC", "PYTHONUTF8": "1"},
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


def line(day: int, user: str) -> str:
    """A leave on that day of November."""
    fields = {"user": user, "user_id": "u1", "ip": "192.0.2.1", "agent": "=1+1", "seconds": 90.5}
    return encode(f"2026-11-{day}T08:00:00.123Z", "leave", fields) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of two files."""
    path = tmp_path / "connections.log"
    (tmp_path / "connections.log.1").write_text(line(21, "Ana"))
    path.write_text(line(22, "@Bia\x1b[31m") + "junk\n")
    return path


def test_a_table(export: Callable[..., Ended], file: Path) -> None:
    """Of all files, oldest first; nothing in it is a formula or moves a terminal."""
    ended = export(file)
    assert ended.stderr == f"lanchat: 1 line of {file} could not be read\n"
    assert ended.stdout.startswith("\ufefftime,event,user,ip,")
    rows = list(csv.DictReader(io.StringIO(ended.stdout.removeprefix("\ufeff"))))
    assert [row["user"] for row in rows] == ["Ana", r"'@Bia\x1b[31m"]
    assert (rows[0]["time"], rows[0]["seconds"]) == ("2026-11-21 08:00:00", "90.5")
    assert rows[0]["agent"] == "'=1+1"


def test_lines_as_they_are(export: Callable[..., Ended], file: Path) -> None:
    """But those that nobody can read."""
    ended = export(file, "--format", "jsonl")
    assert ended.stdout == line(21, "Ana") + line(22, "@Bia\x1b[31m")


def test_since(export: Callable[..., Ended], file: Path) -> None:
    """Nothing older, in time of this machine or of UTC."""
    ended = export(file, "--since", "2026-11-22T08:00", "--utc")
    assert "Ana" not in ended.stdout
    assert "2026-11-22 08:00:00Z" in ended.stdout


def test_into_a_file(export: Callable[..., Ended], file: Path, tmp_path: Path) -> None:
    """It appears when it is whole, and is not replaced."""
    assert "2 events written to" in export(file, "-o", "log.csv").stderr
    assert (tmp_path / "log.csv").read_bytes().startswith(b"\xef\xbb\xbftime,")
    assert export(file, "-o", "log.csv").returncode == 1


def test_no_log_leaves_no_file(export: Callable[..., Ended], tmp_path: Path) -> None:
    """One line says where it looked."""
    ended = export("none", "-o", "log.csv")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []
