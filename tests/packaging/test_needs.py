"""What `make test` gets from Debian, what it only says, and what a test does without it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import needs
import pytest

from tests.world.needs import need

CHROMIUM = needs.NEEDS["chromium"]

linux = pytest.mark.skipif(sys.platform != "linux", reason="packages are Debian's")

# It writes down how it was called, and brings groff.
APT_GET = """#!/bin/sh
echo "$*" >> "$0.log"
test "$1" != install || { echo > "${0%/*}/groff"; /bin/chmod 755 "${0%/*}/groff"; }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, in which there is no groff."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(needs, "NEEDS", {"groff": needs.NEEDS["groff"]})
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The script, as it is called by a user with this number."""

    def call(*options: str, user: int = 1000) -> int:
        monkeypatch.setattr(sys, "argv", ["needs.py", *options])
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
        return needs.main()

    return call


@pytest.fixture
def apt_log(folder: Path) -> Path:
    """What apt-get was asked for on a machine that has one."""
    program = folder / "apt-get"
    program.write_text(APT_GET, "utf-8")
    program.chmod(0o755)
    return folder / "apt-get.log"


def test_the_browser_that_a_user_names_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """LANCHAT_CHROMIUM wins over whatever is installed."""
    monkeypatch.setenv("LANCHAT_CHROMIUM", sys.executable)
    assert needs.find("chromium") == sys.executable


def test_a_named_browser_that_is_not_there_is_an_error(project: Path, tmp_path: Path) -> None:
    """One line says so; no other browser is looked for or installed."""
    named = str(tmp_path / "none")
    done = subprocess.run(
        [sys.executable, "scripts/needs.py"],
        cwd=project,
        env={**os.environ, "LANCHAT_CHROMIUM": named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"LANCHAT_CHROMIUM names no program: {named}\n"


@linux
def test_root_gets_what_is_missing(main: Callable[..., int], apt_log: Path) -> None:
    """One installation, of the package that has the program."""
    assert main(user=0) == 0
    update, install = apt_log.read_text("utf-8").splitlines()
    assert update.startswith("update")
    assert install.endswith(" --no-install-recommends groff-base")


@linux
def test_root_gets_the_quick_browser_beside_a_slow_one(
    main: Callable[..., int], apt_log: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's driver brings a Chromium with windows; others test with what they have."""
    monkeypatch.setattr(needs, "NEEDS", {"chromium": CHROMIUM})
    monkeypatch.setattr(needs, "is_debian", lambda: True)
    monkeypatch.delenv("LANCHAT_CHROMIUM", raising=False)
    (folder / "chromium").symlink_to(sys.executable)
    assert main() == 0
    assert not apt_log.exists()
    assert main(user=0) == 0
    assert "chromium-headless-shell" in apt_log.read_text("utf-8")


@linux
def test_a_database_is_installed_and_not_started(
    main: Callable[..., int], apt_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian would make one and start it, unless it is told not to while it installs."""
    said = apt_log.with_name("said.conf")
    monkeypatch.setattr(needs, "NEEDS", {"postgres": needs.Need(["groff-base"], look=lambda: None)})
    monkeypatch.setattr(needs, "DEBIANS_POSTGRES", said)
    apt_get = apt_log.with_name("apt-get")
    apt_get.write_text(f'{APT_GET}/bin/cat "{said}" >> "$0.log"\n', "utf-8")
    assert main(user=0) == 0
    assert apt_log.read_text("utf-8").splitlines()[-1] == "create_main_cluster = false"
    assert not said.exists()


@linux
def test_nothing_is_installed_for_others(
    main: Callable[..., int], apt_log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They read what root would do, and the tests run without it."""
    assert main() == 0
    assert not apt_log.exists()
    said = "Missing for the tests: groff (as root: apt-get install groff-base)\n"
    assert capsys.readouterr().err == said


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(sys.platform == "win32", reason="manual pages are not for Windows")
def test_what_is_missing_fails_in_ci(
    main: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There nobody would read that tests were skipped."""
    assert main() == 0
    monkeypatch.setenv("CI", "true")
    assert main() == 1


@pytest.mark.usefixtures("folder")
def test_what_alone_is_wanted_has_to_be_there(main: Callable[..., int]) -> None:
    """No picture is taken without a browser."""
    assert main("--only", "groff") == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.skipif(sys.platform == "win32", reason="manual pages are not for Windows")
def test_a_test_without_what_it_needs_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI it fails."""
    with pytest.raises(pytest.skip.Exception, match="Missing for the tests: groff"):
        need("groff")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Missing for the tests: groff"):
        need("groff")
