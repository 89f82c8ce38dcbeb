from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lanchat.doctor import facts
from lanchat.doctor.facts import Answer, ask, read


def test_a_program_is_asked() -> None:
    """A program answers in English, with nobody to type a password."""
    program = "import os, sys; print(os.environ['LC_ALL'], repr(sys.stdin.read()))"
    assert ask(sys.executable, "-c", program) == Answer("C ''\n", worked=True)


def test_a_program_that_fails_or_is_not_there() -> None:
    """A program that failed is told from one that is not there."""
    assert ask(sys.executable, "-c", "raise SystemExit(3)") == Answer("", worked=False)
    assert ask("no-such-program-anywhere") is None


def test_a_program_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a program that hangs."""
    monkeypatch.setattr(facts, "SECONDS", 0.01)
    answer = ask(sys.executable, "-c", "import time; time.sleep(60)")
    assert answer == Answer("", worked=False)


def test_files(tmp_path: Path) -> None:
    """A file that is not there is no error."""
    (tmp_path / "x").write_bytes(b"a\xff")
    assert read(tmp_path / "x") == "a\ufffd"
    assert read(tmp_path / "y") is None
