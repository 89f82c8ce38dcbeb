"""A backup becomes the folder of a server again: checked first, then put in place at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from lanchat.archive.backup import MANIFEST, VERSION
from lanchat.archive.zip_reading import ZipReader
from lanchat.errors import BackupRefused, DataUnusable, FolderInUse
from lanchat.store.datadir import DATABASE, FILES, SECRETS, DataDir
from lanchat.store.exchange import Draft, settle
from lanchat.store.snapshot import contents_of

_PIECE = 1 << 20

_CONTENT = re.compile(rf"{FILES}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
_KNOWN = re.compile(rf"{re.escape(DATABASE)}|{'|'.join(SECRETS[:2])}|tls/[a-z]+\.(?:pem|key|crt)")

_MOST_SAID = 64 << 10
"""Bytes in which a backup says what it is."""

_OURS = (
    *(f"{DATABASE}{suffix}" for suffix in ("-wal", "-shm", "-journal")),  # SQLite's, of that one
    *(*SECRETS, FILES, DATABASE),
)
"""What goes when something else comes; the rest of a folder stays."""


class Backup:
    """The backup in ``file``. Raises BackupRefused, in ``take_in``, too."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._zip = ZipReader(file, lambda reason: BackupRefused(file, reason))
        with ExitStack() as undo:
            undo.callback(self._zip.close)
            about = self._about()
            if about["backup"] != VERSION:
                raise BackupRefused(file, "a newer lanchat has written it; update this one")
            self.time = str(about.get("time", ""))
            self.names = [name for name in self._zip.parts if _is_known(name)]
            for name in self.names:
                self._zip.check(self._zip.parts[name])
            undo.pop_all()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def take_in(self, data_dir: Path, *, force: bool, advance: Callable[[int], object]) -> int:
        """Put all of it in place; what is there already goes only by ``force``.

        Returns how many files messages have. Raises FolderInUse, DataUnusable and OSError.
        """
        with closing(DataDir(data_dir)):
            if not force and (data_dir / DATABASE).exists():
                raise FolderInUse(data_dir)
            size = sum(self._zip.parts[name].file_size for name in self.names)
            if size > shutil.disk_usage(data_dir).free:
                raise BackupRefused(self._file, "the disk has no room for all of it")
            draft = Draft(data_dir)
            try:
                for name in self.names:
                    self._unpack(name, draft.new / name)
                    advance(1)
                files = self._check(draft.new)
                draft.exchange(_OURS)
            finally:
                settle(data_dir)
        return files

    def _about(self) -> dict[str, Any]:
        """What it says of itself."""
        part = self._zip.parts.get(MANIFEST)
        if part is not None and part.file_size <= _MOST_SAID:
            self._zip.check(part)
            with self._zip.explained(), suppress(ValueError):
                about = json.loads(self._zip.archive.read(part))
                if isinstance(about, dict) and "backup" in about:
                    return about
        raise BackupRefused(self._file, "it is no backup of `lanchat backup`")

    def _unpack(self, name: str, target: Path) -> None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        found = hashlib.sha256()
        with (
            os.fdopen(descriptor, "wb") as file,
            self._zip.explained(),
            self._zip.archive.open(name) as packed,
        ):
            while piece := packed.read(_PIECE):
                found.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        content = _CONTENT.fullmatch(name)
        if content is not None and found.hexdigest() != content[2]:
            raise BackupRefused(self._file, f"{name} in it is damaged")

    def _check(self, new: Path) -> int:
        """Look whether it is a folder that a server could use."""
        database = new / DATABASE
        if not database.exists() or not database.stat().st_size:
            raise BackupRefused(self._file, "there is no database in it")
        try:
            wanted = contents_of(database)
        except DataUnusable as error:
            raise BackupRefused(self._file, f"its database {error.reason}") from None
        there = {path.name for path in (new / FILES).glob("*/*")}
        if missing := wanted - there:
            raise BackupRefused(self._file, f"{len(missing)} of its files are missing")
        for name in there - wanted:  # deleted while the backup was written
            (new / FILES / name[:2] / name).unlink()
        return len(wanted)


def _is_known(name: str) -> bool:
    """Whether it is one of a backup's; nothing else is unpacked, wherever it would lie."""
    return bool(_KNOWN.fullmatch(name) or _CONTENT.fullmatch(name))
