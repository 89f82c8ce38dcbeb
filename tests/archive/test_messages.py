import io
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import get_args

import pytest

from lanchat.archive.messages import Export, FormatName, import_messages
from lanchat.chat.ports import Draft
from lanchat.errors import DataInUse, LineRefused
from lanchat.store.datadir import DATABASE, DataDir
from lanchat.store.bulk import load


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder with five messages, one a day."""
    data = DataDir(tmp_path / "data")
    load(
        data.database,
        [
            Draft(f"c{n}", "lobby", "u1", "Ana", "192.0.2.1", f"{n}", f"2026-11-2{n}T08:00:00.000Z")
            for n in range(5)
        ],
    )
    data.close()
    return data.path


def written(
    data_dir: Path,
    name: FormatName = "jsonl",
    since: datetime | None = None,
    until: datetime | None = None,
) -> str:
    """The whole text of an export."""
    export = Export(data_dir, name, zone=timezone.utc, since=since, until=until)
    text = "".join(piece for piece, _ in export.pieces())
    export.close()
    return text


def take_in(data_dir: Path, text: str | bytes) -> tuple[int, int]:
    """Import the text."""
    source = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return import_messages(data_dir, source, "the archive", lambda _: None)


@pytest.mark.parametrize("name", get_args(FormatName))
def test_every_format_has_every_message(name: FormatName, data_dir: Path) -> None:
    """One after the other."""
    text = written(data_dir, name)
    places = [text.rindex(f"2026-11-2{n}") for n in range(5)]
    assert places == sorted(places)


def test_since_and_until(data_dir: Path) -> None:
    """Whole moments, of whatever time zone."""
    since = datetime(2026, 11, 21, 8, tzinfo=timezone.utc)
    until = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
    lines = written(data_dir, "txt", since=since, until=until).splitlines()
    assert [line[-1] for line in lines] == ["1", "2"]


def test_there_and_back(data_dir: Path, tmp_path: Path) -> None:
    """What is imported into an empty folder is what was exported, byte for byte."""
    archive = written(data_dir)
    assert take_in(tmp_path / "new", archive) == (5, 5)
    assert written(tmp_path / "new") == archive


def test_importing_twice_changes_nothing(data_dir: Path) -> None:
    """Nor does importing what is there."""
    archive = written(data_dir)
    assert take_in(data_dir, archive) == (0, 5)
    assert written(data_dir) == archive


@pytest.mark.parametrize("junk", [b"junk\n", b"\n", b"{}", b"x" * 1_000_000])
def test_a_wrong_line_refuses_the_whole(junk: bytes, data_dir: Path, tmp_path: Path) -> None:
    """Its number is told; the good lines before it are not kept."""
    lines = written(data_dir).encode().splitlines(keepends=True)
    with pytest.raises(LineRefused, match=r"the archive, line 4: .*; nothing was imported"):
        take_in(tmp_path / "new", b"".join([*lines[:3], junk, *lines[3:]]))
    assert not written_count(tmp_path / "new")


def written_count(data_dir: Path) -> int:
    """How many messages there are."""
    export = Export(data_dir, "jsonl")
    export.close()
    return export.count


def test_not_while_a_server_runs(data_dir: Path) -> None:
    """It would not know of the messages; what it holds is told."""
    held = DataDir(data_dir)
    with pytest.raises(DataInUse, match="stop that one"):
        take_in(data_dir, written(data_dir))
    held.close()


def test_the_folder_is_free_again(data_dir: Path) -> None:
    """After a refusal, too: a server can start."""
    with pytest.raises(LineRefused):
        take_in(data_dir, "junk")
    DataDir(data_dir).close()
    assert (data_dir / DATABASE).exists()


def test_every_byte_is_told(data_dir: Path) -> None:
    """Progress ends where the file does."""
    archive = written(data_dir).encode()
    told: list[int] = []
    advance: Callable[[int], None] = told.append
    import_messages(data_dir, io.BytesIO(archive), "x", advance)
    assert sum(told) == len(archive)
