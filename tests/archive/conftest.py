"""Messages to make files of, and a database of them."""

from collections.abc import Callable
from datetime import timezone
from pathlib import Path
from typing import Any

import pytest

from lanchat.archive.exporter import Asked, Export, FormatName
from lanchat.archive.places import Folder
from lanchat.chat.changes import Draft
from lanchat.chat.model import Message
from lanchat.store.bulk import load
from lanchat.store.datadir import DataDir


@pytest.fixture
def said() -> Callable[..., Message]:
    """A message of Ana's with this text."""

    def say(text: str, user: str = "Ana", time: str = "2026-11-23T02:08:00.123Z") -> Message:
        return Message(7, "c1", "lobby", "u1", user, "192.0.2.1", text, time, 7)

    return say


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


@pytest.fixture
def exported() -> Callable[..., str]:
    """The whole text of an export from a folder."""

    def export(data_dir: Path, name: FormatName = "jsonl", **asked: Any) -> str:
        made = Export(Folder(data_dir), name, Asked(zone=timezone.utc, **asked))
        text = "".join(piece for piece, _ in made.pieces())
        made.close()
        return text

    return export
