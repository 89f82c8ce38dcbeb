"""A backup becomes the folder of a server again: checked first, then put in place at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from lanchat.archive.backup import MANIFEST, VERSION
from lanchat.errors import BackupRefused, DataUnusable, FolderInUse
from lanchat.store.datadir import DATABASE, FILES, SECRETS, DataDir
from lanchat.store.snapshot import contents_of

_PIECE = 1 << 20

_CONTENT = re.compile(rf"{FILES}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
_KNOWN = re.compile(rf"{re.escape(DATABASE)}|{'|'.join(SECRETS)}|tls/[a-z]+\.(?:pem|key|crt)")

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and belongs to that one alone."""


class Backup:
    """The backup in ``file``. Raises BackupRefused, in ``take_in``, too."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile:
            raise BackupRefused(file, "it is no backup of `lanchat backup`") from None
        try:
            about = json.loads(self._archive.read(MANIFEST))
            version = about["backup"]
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile):
            raise BackupRefused(file, "it is no backup of `lanchat backup`") from None
        if version != VERSION:
            raise BackupRefused(file, "a newer lanchat has written it; update this one")
        self.time = str(about.get("time", ""))
        self.names = [name for name in self._archive.namelist() if _is_known(name)]

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def take_in(self, data_dir: Path, *, force: bool, advance: Callable[[int], object]) -> int:
        """Put all of it in place; what is there already goes only by ``force``.

        Returns how many files messages have. Raises FolderInUse, DataUnusable and OSError.
        """
        with closing(DataDir(data_dir)):
            if not force and (data_dir / DATABASE).exists():
                raise FolderInUse(data_dir)
            with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restored-") as folder:
                new = Path(folder) / "new"
                for name in self.names:
                    self._unpack(name, new / name)
                    advance(1)
                files = self._check(new)
                _exchange(data_dir, new, Path(folder) / "old")
        return files

    def _unpack(self, name: str, target: Path) -> None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        found = hashlib.sha256()
        try:
            with os.fdopen(descriptor, "wb") as file, self._archive.open(name) as packed:
                while piece := packed.read(_PIECE):
                    found.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise BackupRefused(self._file, f"{name} in it is damaged") from None
        content = _CONTENT.fullmatch(name)
        if content is not None and found.hexdigest() != content[2]:
            raise BackupRefused(self._file, f"{name} in it is damaged")

    def _check(self, new: Path) -> int:
        """Look whether it is a folder that a server could use."""
        try:
            wanted = contents_of(new / DATABASE) if (new / DATABASE).exists() else None
        except DataUnusable as error:
            raise BackupRefused(self._file, f"its database {error.reason}") from None
        if wanted is None:
            raise BackupRefused(self._file, "there is no database in it")
        there = {path.name for path in (new / FILES).glob("*/*")}
        if missing := wanted - there:
            raise BackupRefused(self._file, f"{len(missing)} of its files are missing")
        for name in there - wanted:  # deleted while the backup was written
            (new / FILES / name[:2] / name).unlink()
        return len(wanted)


def _exchange(data_dir: Path, new: Path, old: Path) -> None:
    """Let the new files take the places of the old ones, all or none."""
    old.mkdir()
    with ExitStack() as undo:
        for name in (*(f"{DATABASE}{suffix}" for suffix in _BESIDE), *SECRETS, FILES, DATABASE):
            if (data_dir / name).exists():
                (data_dir / name).replace(old / name)
                undo.callback((old / name).replace, data_dir / name)
            if (new / name).exists():
                (new / name).replace(data_dir / name)
                undo.callback(shutil.move, data_dir / name, new / name)
        undo.pop_all()


def _is_known(name: str) -> bool:
    """Whether it is one of a backup's; nothing else is unpacked, wherever it would lie."""
    return bool(_KNOWN.fullmatch(name) or _CONTENT.fullmatch(name))
