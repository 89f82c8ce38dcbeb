"""A room with much in it moves in pieces: a little of it is in memory at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.empty_database

_MESSAGES = 200_000
_MEGABYTES = 150
_UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10
"""What the system counts of a process's memory, in a megabyte: bytes or kibibytes."""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Messages of five hundred people, some of which answer others or have reactions."""
    path = tmp_path / "a.jsonl"
    thanks = {"👍": {"count": 2, "users": [{"id": f"u{n}", "user": f"Ana {n}"} for n in (1, 2)]}}
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, _MESSAGES + 1):
            who = number % 500
            message = {
                "id": 2 * number,
                "client_id": f"c{number}",
                "room": "lobby",
                "user_id": f"u{who}",
                "user": f"Ana {who}",
                "ip": "192.0.2.1",
                "message": f"number {number}{' word' * (number % 20)}",
                "time": "2026-11-23T12:00:00.000Z",
                **({"reply_to": 2 * (number - 3)} if number % 10 == 0 else {}),
                **({"reactions": thanks} if number % 20 == 0 else {}),
            }
            file.write(f"{json.dumps(message)}\n")
    return path


@pytest.mark.long
def test_much_takes_no_more_memory(archive: Path, address: str, tmp_path: Path) -> None:
    """Into the database and out of it; what comes out is what went in."""
    back = tmp_path / "b.jsonl"
    for words in (["import", str(archive)], ["export", "-o", str(back)]):
        command = [sys.executable, "-m", "lanchat", *words, "--database", address]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        assert usage.ru_maxrss / _UNIT < _MEGABYTES
    assert back.read_bytes() == archive.read_bytes()
