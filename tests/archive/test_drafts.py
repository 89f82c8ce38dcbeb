"""What killed commands have left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from lanchat.archive.drafts import held, tidy

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs locks of POSIX")


def make(folder: Path, name: str, *, age: float = 3_600) -> Path:
    """A draft of an hour ago."""
    path = folder / name
    if name.endswith("folder"):
        path.mkdir()
        (path / "copy").write_text("much")
    else:
        path.write_text("half")
    written = path.stat().st_mtime - age
    os.utime(path, (written, written))
    return path


def test_what_nobody_holds_any_more_is_deleted(tmp_path: Path) -> None:
    """And nothing else: what is being written, has just been begun, or is called otherwise."""
    left = [make(tmp_path, ".draft-file"), make(tmp_path, ".draft-folder")]
    busy = [make(tmp_path, ".draft-busy"), make(tmp_path, ".draft-busy-folder")]
    new = make(tmp_path, ".draft-new", age=0)
    other = make(tmp_path, "other")
    (tmp_path / ".draft-link").symlink_to(other)
    with held(busy[0]), held(busy[1]):
        tidy(tmp_path, ".draft-")
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in (*busy, new, other, tmp_path / ".draft-link"))
    tidy(tmp_path, ".draft-")
    assert not any(path.exists() for path in busy)


def test_a_folder_that_is_not_there_is_tidy(tmp_path: Path) -> None:
    """Whoever wants to write there is told by what comes next."""
    tidy(tmp_path / "none", ".draft-")
