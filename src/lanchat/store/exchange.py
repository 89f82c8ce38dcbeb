"""Files that take the places of others in a folder: all of them or none, whatever comes between.

What is to come lies in the ``new`` of a draft, a folder within the folder, and what is there goes
into its ``old``. With ``new`` renamed to ``ready`` it is decided: all of it comes, and before that
all that has gone goes back. A process that is killed on the way leaves this to whoever holds the
folder next; until then a room may look as if nothing had ever been said in it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

_PREFIX = ".restored-"


class Draft:
    """What is to come into the folder; whoever makes one calls ``settle`` in the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = Path(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
        self.new = self._path / "new"
        self.new.mkdir()

    def exchange(self, names: Iterable[str]) -> None:
        """Let all that is new come, and the ``names`` go that are there."""
        old = self._path / "old"
        old.mkdir()
        for name in names:
            if (self._folder / name).exists():
                (self._folder / name).replace(old / name)
        self.new.replace(self._path / "ready")
        settle(self._folder)


def settle(folder: Path) -> str:
    """Bring to its end what was begun, and drop what was not; says which, if it was anything."""
    words = ""
    for draft in sorted(folder.glob(f"{_PREFIX}*")):
        old, ready = draft / "old", draft / "ready"
        is_decided = ready.exists()
        for path in _within(ready if is_decided else old):
            path.replace(folder / path.name)
            words = "was completed" if is_decided else "was undone"
        # The old first: without "ready" beside it, it would be what goes back.
        if old.exists():
            shutil.rmtree(old)
        shutil.rmtree(draft)
    return words


def _within(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []
