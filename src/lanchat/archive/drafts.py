"""What a command has begun to write: the next one deletes what a killed one has left.

Whoever writes holds a lock on it, which ends with the process.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_YOUNG = 60.0
"""Seconds in which somebody who has just begun may not hold it yet."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """While somebody writes this file, or into this folder."""
    if sys.platform == "win32":  # where nobody can delete what is open
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def tidy(folder: Path, prefix: str) -> None:
    """Delete what is called so and nobody holds any more; of others' nothing."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        for path in [path for path in folder.iterdir() if path.name.startswith(prefix)]:
            if _is_left(path):
                _remove(path)


def _remove(path: Path) -> None:
    import shutil  # slow, and seldom needed

    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _is_left(path: Path) -> bool:
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.getuid() or time.time() - found.st_mtime < _YOUNG:
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        return _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Whether it could be locked, which some network drives do not know."""
    import fcntl  # not on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
