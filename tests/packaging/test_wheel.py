"""What somebody who installs the wheel gets."""

from __future__ import annotations

import email
import gzip
import json
import posixpath
import re
import sys
import zipfile
from pathlib import Path

import check_wheel
import pytest

import lanchat

BUILT = "lanchat/web/built"
PAGES = ("chat", "host", "inspect", "inspect_class", "login", "projector")
OTHERS = re.compile(r'(?:from|import)"(\.[^"]+)"')
LATER = re.compile(r'(?:import|new URL)\("([^"]+)"')


@pytest.fixture
def names(wheel: Path) -> set[str]:
    """The names of all files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture
def scripts(wheel: Path) -> dict[str, str]:
    """Every script by its path among what is built."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if re.match(rf"{BUILT}/.+\.js$", name)]
        return {name.removeprefix(f"{BUILT}/"): archive.read(name).decode() for name in names}


def test_everything_of_the_package_is_in_the_wheel(project: Path, names: set[str]) -> None:
    """Every module, template and catalogue of src is installed, and the pages as they are built."""
    source = project / "src"
    paths = [path for path in (source / "lanchat").rglob("*") if path.is_file()]
    files = {path.relative_to(source).as_posix() for path in paths}
    files = {name for name in files if not re.search(r"/(\.|__pycache__/|web/static/)", name)}

    assert files <= names
    assert {Path(name).suffix for name in files} >= {".py", ".html", ".css", ".js", ".json"}


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    """Tests, scripts and build files stay at home."""
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"lanchat"}


def test_the_sources_of_the_pages_stay_at_home(names: set[str]) -> None:
    """Nobody is served both."""
    assert not [name for name in names if name.startswith("lanchat/web/static/")]


@pytest.mark.parametrize("library", ["socket.io-client", "speed-highlight-core"])
def test_libraries_bring_their_licence(names: set[str], library: str) -> None:
    """Each as its authors have it, beside what is built of them."""
    assert f"{BUILT}/vendor/{library}.LICENSE.txt" in names


def test_a_page_is_one_script(scripts: dict[str, str], names: set[str]) -> None:
    """It imports nothing at its start; all that is loaded later is there."""
    assert not [page for page in PAGES if OTHERS.search(scripts[f"js/{page}.js"])]
    for name, code in scripts.items():
        for path in (*OTHERS.findall(code), *LATER.findall(code)):
            folder = posixpath.dirname(f"{BUILT}/{name}")
            assert posixpath.normpath(posixpath.join(folder, path)) in names


def test_the_chat_page_is_small(wheel: Path) -> None:
    """What it loads before anything is seen stays below 70 kB, as it is sent."""
    first = ("js/chat.js", "js/theme.js", "js/floor.js", "css/page-chat.css", "css/dark.css")
    with zipfile.ZipFile(wheel) as archive:
        sizes = [len(gzip.compress(archive.read(f"{BUILT}/{name}"))) for name in first]

    assert sum(sizes) < 70_000


def test_scripts_ask_for_no_source_map(scripts: dict[str, str]) -> None:
    """A browser's developer tools look for no file that is not shipped."""
    assert not [name for name, code in scripts.items() if "sourceMappingURL" in code]


def test_the_client_library_is_the_pinned_one(project: Path, scripts: dict[str, str]) -> None:
    """Its own banner names the version of package.json, and its authors."""
    pinned = json.loads((project / "package.json").read_text("utf-8"))["dependencies"]

    banner = scripts["js/chat.js"][:200]
    assert f"Socket.IO v{pinned['socket.io-client']}\n" in banner
    assert "MIT License" in banner


def test_the_metadata_names_the_version_and_the_command(wheel: Path) -> None:
    """The version is the package's own, and `lanchat` becomes a command."""
    with zipfile.ZipFile(wheel) as archive:
        info = f"lanchat-{lanchat.__version__}.dist-info"
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        commands = archive.read(f"{info}/entry_points.txt").decode()

    assert metadata["Version"] == lanchat.__version__
    assert metadata["License-Expression"] == "MIT"
    assert "lanchat = lanchat.cli:main" in commands


@pytest.mark.parametrize(
    ("code", "told"),
    [("raise SystemExit(3)", "has ended with 3"), ("input(9)", "has ended with 1")],
)
def test_of_a_server_that_does_not_answer_it_is_told_whether_it_ended(
    tmp_path: Path, code: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what it has printed."""
    command = [sys.executable, "-c", code]
    with (
        pytest.raises(SystemExit, match=told),
        check_wheel.serve(command, tmp_path, tmp_path / "log"),
    ):
        pass
    assert ("EOFError" in capsys.readouterr().out) == ("input" in code)
