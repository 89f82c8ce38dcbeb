"""Files that take the places of others, whenever the process that does it is killed."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.store.datadir import DataDir
from lanchat.store.exchange import Draft, settle

NAMES = ("db-wal", "key", "files", "db")
OLD = {"db": "old", "db-wal": "old", "files/1": "old", "key": "old", "other": "stays"}
NEW = {"db": "new", "files/2": "new", "tls/1": "new"}
AFTER = {**NEW, "other": "stays"}


class Killed(BaseException):
    """What nothing catches."""


@pytest.fixture
def at_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], bool]:
    """Do something up to its n-th change of the disk; says whether that was its end."""

    def do(last: int, act: Callable[[], object]) -> bool:
        steps = itertools.count()

        def counted(change: Callable[..., Any]) -> Callable[..., Any]:
            def changed(*arguments: Any, **options: Any) -> Any:
                if next(steps) == last:
                    raise Killed
                return change(*arguments, **options)

            return changed

        with monkeypatch.context() as patch:
            for name in ("replace", "mkdir", "unlink", "rmdir"):
                patch.setattr(os, name, counted(getattr(os, name)))
            try:
                act()
            except Killed:
                return False
        return True

    return do


def write(folder: Path, contents: dict[str, str]) -> None:
    """Make files."""
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    """What is in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def folders(tmp_path: Path) -> Iterator[Path]:
    """One after the other, with the old files."""
    for number in itertools.count():
        write(tmp_path / str(number), OLD)
        yield tmp_path / str(number)


def exchange(folder: Path) -> None:
    """As a restore does."""
    draft = Draft(folder)
    write(draft.new, NEW)
    draft.exchange(NAMES)


def test_all_comes_or_nothing(tmp_path: Path, at_step: Any) -> None:
    """Whichever step was the last one, of it and then of who puts that right."""
    came = set()
    for folder, step in zip(folders(tmp_path), itertools.count(), strict=False):
        is_done = at_step(step, lambda folder=folder: exchange(folder))
        for again in itertools.count():
            if at_step(again, lambda folder=folder: settle(folder)):
                break
        found = contents(folder)
        assert found in (OLD, AFTER), step
        assert not list(folder.glob(".restored-*"))
        came.add(found == AFTER)
        if is_done:
            break
    assert came == {False, True}
    assert contents(folder) == AFTER


def test_whoever_holds_the_folder_next_puts_it_right(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A server too, before it looks for its messages; and it says so."""
    write(tmp_path, OLD)
    draft = Draft(tmp_path)
    old = draft.new.parent / "old"
    old.mkdir()
    (tmp_path / "db").replace(old / "db")
    DataDir(tmp_path).close()
    assert (tmp_path / "db").read_text() == "old"
    assert "a restore that was cut short was undone" in caplog.text
    assert not list(tmp_path.glob(".restored-*"))
