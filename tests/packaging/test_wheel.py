"""What somebody who installs the wheel gets."""

from __future__ import annotations

import email
import json
import re
import zipfile
from pathlib import Path

import pytest

import lanchat

STATIC = "lanchat/web/static"


@pytest.fixture
def names(wheel: Path) -> set[str]:
    """The names of all files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_everything_of_the_package_is_in_the_wheel(project: Path, names: set[str]) -> None:
    """Every module, template, style, script and catalogue of src is installed."""
    source = project / "src"
    paths = [path for path in (source / "lanchat").rglob("*") if path.is_file()]
    files = {path.relative_to(source).as_posix() for path in paths}
    files = {name for name in files if not re.search(r"/(\.|__pycache__/)", name)}

    assert files <= names
    assert {Path(name).suffix for name in files} >= {".py", ".html", ".css", ".js", ".json"}


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    """Tests, scripts and build files stay at home."""
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"lanchat"}


@pytest.mark.parametrize(
    "name",
    [
        "socket.io.esm.min.js",
        "socket.io-client.LICENSE.txt",
        "highlight/tokenize.js",
        "highlight/languages/py.js",
        "speed-highlight-core.LICENSE.txt",
    ],
)
def test_the_browser_libraries_are_in_the_wheel(names: set[str], name: str) -> None:
    """A page needs nothing from the internet, and each library brings its licence."""
    assert f"{STATIC}/vendor/{name}" in names


def test_the_client_library_asks_for_no_source_map(wheel: Path) -> None:
    """A browser's developer tools look for no file that is not shipped."""
    with zipfile.ZipFile(wheel) as archive:
        code = archive.read(f"{STATIC}/vendor/socket.io.esm.min.js").decode()

    assert "Socket.IO v" in code
    assert "sourceMappingURL" not in code


def test_the_client_library_is_the_pinned_one(project: Path, wheel: Path) -> None:
    """The bundle's own banner names the version of package.json."""
    pinned = json.loads((project / "package.json").read_text("utf-8"))["dependencies"]
    with zipfile.ZipFile(wheel) as archive:
        code = archive.read(f"{STATIC}/vendor/socket.io.esm.min.js").decode()

    assert f"Socket.IO v{pinned['socket.io-client']}\n" in code[:200]


def test_the_metadata_names_the_version_and_the_command(wheel: Path) -> None:
    """The version is the package's own, and `lanchat` becomes a command."""
    with zipfile.ZipFile(wheel) as archive:
        info = f"lanchat-{lanchat.__version__}.dist-info"
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        commands = archive.read(f"{info}/entry_points.txt").decode()

    assert metadata["Version"] == lanchat.__version__
    assert metadata["License-Expression"] == "MIT"
    assert "lanchat = lanchat.cli:main" in commands
