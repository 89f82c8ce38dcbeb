from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import get_args

import pytest

from lanchat.archive.exporter import FormatName


@pytest.mark.parametrize("name", get_args(FormatName))
def test_every_format_has_every_message(
    name: FormatName, data_dir: Path, exported: Callable[..., str]
) -> None:
    """Every message of the folder stands in the file, in the order of their ids."""
    text = exported(data_dir, name)
    places = [text.rindex(f"2026-11-2{n}") for n in range(5)]
    assert places == sorted(places)


def test_since_and_until(data_dir: Path, exported: Callable[..., str]) -> None:
    """The first moment is included, the last one is not."""
    since = datetime(2026, 11, 21, 8, tzinfo=timezone.utc)
    until = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
    lines = exported(data_dir, "txt", since=since, until=until).splitlines()
    assert [line[-1] for line in lines] == ["1", "2"]
