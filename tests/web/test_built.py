"""Which files browsers get, where sources and what was built of them lie side by side."""

import json
import shutil
from pathlib import Path

import pytest

from lanchat.web.built import digest, served


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder with a script, and with what was built of it."""
    for name in ("static/js", "built/js"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "chat.js").write_text(name, "utf-8")
    made_of = {"sources": digest(tmp_path / "static")}
    (tmp_path / "built" / "manifest.json").write_text(json.dumps(made_of), "utf-8")
    return tmp_path


def test_what_was_built_of_the_sources_is_served(web: Path) -> None:
    """Whatever else lies among them, as editors leave it there."""
    (web / "static" / "js" / ".chat.js.swp").write_text("typed", "utf-8")
    assert served(web) == web / "built"


@pytest.mark.parametrize("name", ["chat.js", "new.js"])
def test_sources_that_have_changed_are_served_themselves(web: Path, name: str) -> None:
    """Whoever works on them sees what they do."""
    (web / "static" / "js" / name).write_text("changed", "utf-8")
    assert served(web) == web / "static"


def test_sources_are_served_where_nothing_was_built(web: Path) -> None:
    """Somebody has removed it."""
    shutil.rmtree(web / "built")
    assert served(web) == web / "static"


def test_without_sources_there_is_what_was_built(web: Path) -> None:
    """A wheel has nothing else."""
    shutil.rmtree(web / "static")
    assert served(web) == web / "built"
