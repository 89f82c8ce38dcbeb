"""A backup: all that a server keeps in its folder, as it was at one moment, in one ZIP file.

The database is copied by SQLite, and what its messages have in files is written before the last
copy is taken: whatever that names is in the archive then. Files never change once they are whole.
"""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lanchat import __version__
from lanchat.archive.drafts import held, tidy
from lanchat.chat.model import timestamp
from lanchat.errors import StoreUnavailable
from lanchat.files.folder import FileFolder
from lanchat.store.datadir import DATABASE, FILES, SECRETS
from lanchat.store.snapshot import snapshot

MANIFEST = "lanchat-backup.json"
VERSION = 1

_SCRATCH = ".lanchat-backup-"

_TRIES = 100
"""Copies of the database; each one after the first waits for the few files that came meanwhile."""


_PAUSE = 0.02
"""Seconds in which a message that is being deleted lets go of its files."""


class Written(NamedTuple):
    """How many bytes the database has, and how many files there are."""

    size: int
    files: int


def files_of(data_dir: Path) -> int:
    """How many files there are, more or less, as others may come and go."""
    return sum(1 for _ in (data_dir / FILES).glob("[0-9a-f][0-9a-f]/*"))


def write_backup(
    data_dir: Path, file: BinaryIO, scratch: Path | None, advance: Callable[[int], object]
) -> Written:
    """Write a backup of the folder; ``scratch`` is where there is room for the database.

    ``advance`` is told how many files are done. Raises NoMessages, DataUnusable, StoreUnavailable
    and OSError.
    """
    tidy(scratch or Path(tempfile.gettempdir()), _SCRATCH)
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix=_SCRATCH) as folder,
        held(Path(folder)),
        zipfile.ZipFile(file, "w", strict_timestamps=False) as archive,
    ):
        copy = Path(folder) / DATABASE
        files = _write_files(data_dir, copy, archive, advance)
        archive.write(copy, DATABASE, zipfile.ZIP_DEFLATED, 1)
        for name in SECRETS:
            for path in _secret_files(data_dir / name):
                archive.write(path, path.relative_to(data_dir).as_posix())
        about = {"backup": VERSION, "lanchat": __version__, "time": timestamp(time.time())}
        archive.writestr(MANIFEST, json.dumps(about))
        return Written(copy.stat().st_size, files)


def _write_files(
    data_dir: Path, copy: Path, archive: zipfile.ZipFile, advance: Callable[[int], object]
) -> int:
    """Write what messages have in files, until a copy of the database names nothing else."""
    folder, written = FileFolder(data_dir / FILES), set[str]()
    for _ in range(_TRIES):
        copy.unlink(missing_ok=True)
        missing = sorted(snapshot(data_dir / DATABASE, copy) - written)
        if not missing:
            return len(written)
        for sha256 in missing:
            try:
                # Pictures and films are as small as they get.
                archive.write(folder.content(sha256), f"{FILES}/{sha256[:2]}/{sha256}")
            except FileNotFoundError:
                continue  # deleted with its message meanwhile, as the next copy knows
            written.add(sha256)
            advance(1)
        time.sleep(_PAUSE)
    raise StoreUnavailable("files are missing in the folder that the messages name")


def _secret_files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file())
    return [path] if path.is_file() else []
