"""Archives that are no backups, or were made to do harm."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.archive.backup import MANIFEST, VERSION
from lanchat.archive.restore import Backup
from lanchat.errors import BackupRefused
from lanchat.store.database import Database

ABOUT = json.dumps({"backup": VERSION, "time": "then"})


def packed(
    *parts: tuple[str, str | bytes],
    way: int = zipfile.ZIP_DEFLATED,
    forge: Callable[[list[zipfile.ZipInfo]], object] = lambda _: None,
) -> bytes:
    """An archive, with a forged list of its parts."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", way) as archive:
        warnings.simplefilter("ignore")  # a name twice
        for name, content in parts:
            archive.writestr(name, content)
        forge(archive.filelist)
    return file.getvalue()


def encrypted(parts: list[zipfile.ZipInfo]) -> None:
    """Let them be so, as the list says."""
    for part in parts:
        part.flag_bits |= 1


def huge(parts: list[zipfile.ZipInfo]) -> None:
    """Let the last one be so."""
    parts[-1].file_size = 1 << 60


def of_the_future(parts: list[zipfile.ZipInfo]) -> None:
    """Let them be packed by a newer ZIP."""
    for part in parts:
        part.extract_version = 99


def a_database(tmp_path: Path) -> bytes:
    """An empty one."""
    Database(tmp_path / "a.db").close()
    return (tmp_path / "a.db").read_bytes()


def restore(file: Path, data_dir: Path) -> int:
    """Take it back, whatever is in the folder."""
    with closing(Backup(file)) as backup:
        return backup.take_in(data_dir, force=True, advance=lambda _: None)


ABOUT_PART = (MANIFEST, ABOUT)


@pytest.mark.parametrize(
    "content",
    [
        packed((MANIFEST, "[]")),
        packed((MANIFEST, "[" * 60_000)),
        packed((MANIFEST, " " * 100_000 + ABOUT)),
        packed(ABOUT_PART, way=zipfile.ZIP_LZMA),
        packed(ABOUT_PART, ("messages.db", "x"), way=zipfile.ZIP_BZIP2),
        packed(ABOUT_PART, ("messages.db", "x"), forge=encrypted),
        packed(ABOUT_PART, ("messages.db", "x"), forge=of_the_future),
        packed(ABOUT_PART, ("messages.db", "x"), forge=huge),
        packed(ABOUT_PART, ("messages.db", "x"), ("messages.db", "y")),
        packed(ABOUT_PART, ("messages.db", "")),
        packed(ABOUT_PART, ("messages.db", "no database")),
        packed(ABOUT_PART),
        packed(ABOUT_PART)[:-1],
        packed(ABOUT_PART).replace(b"PK\x01\x02", b"PK\x01\x03"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    """In words, and what is in the folder stays as it is."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "messages.db").write_text("precious")
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(BackupRefused):
        restore(tmp_path / "a.zip", data_dir)
    assert (data_dir / "messages.db").read_text() == "precious"
    assert not list(data_dir.glob(".restored-*"))


def test_nothing_leaves_the_folder(tmp_path: Path) -> None:
    """Names that lead elsewhere, or that no backup has, are left where they are."""
    strange = ["../evil", "/evil", "files/../../evil", "tls", "tls/../evil", "lanchat.pid"]
    content = packed(
        ABOUT_PART, ("messages.db", a_database(tmp_path)), *((name, "x") for name in strange)
    )
    (tmp_path / "a.zip").write_bytes(content)
    data_dir = tmp_path / "data"
    assert restore(tmp_path / "a.zip", data_dir) == 0
    assert {path.name for path in data_dir.iterdir()} <= {"messages.db", "lanchat.lock"}
    assert {path.name for path in tmp_path.iterdir()} >= {"a.zip", "data"}
    assert not (tmp_path / "evil").exists()
