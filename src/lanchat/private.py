"""Files that their owner alone can read, as secrets and keys; and one server alone can write."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, all of it or none."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def lock(descriptor: int) -> None:
    """Keep other servers out of a file for as long as it is open. Raises BlockingIOError.

    Where there are no such locks, on Windows and some network drives, nobody is kept out.
    """
    if sys.platform == "win32" or not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return
    import fcntl  # not on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(errno.EWOULDBLOCK, "another lanchat writes it") from None
    except OSError:
        return
