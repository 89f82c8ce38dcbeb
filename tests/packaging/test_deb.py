"""The package for Debian: dpkg installs, upgrades, removes and purges it in a folder of its own."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from make_deb import unit

from tests.world.needs import need

tomllib = pytest.importorskip("tomllib", reason="no target of the package has an older Python")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian is Linux")

UNIT = "usr/lib/systemd/system/lanchat.service"
Dpkg = Callable[..., None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A computer with nothing installed, as far as dpkg knows."""
    (tmp_path / "root" / "var" / "lib" / "dpkg" / "info").mkdir(parents=True)
    (tmp_path / "root" / "var" / "lib" / "dpkg" / "updates").mkdir()
    (tmp_path / "root" / "var" / "lib" / "dpkg" / "status").touch()
    return tmp_path / "root"


@pytest.fixture
def dpkg(root: Path) -> Dpkg:
    """Run dpkg on that computer; the package's own scripts run, and are told where it is."""
    need("dpkg-deb")
    # Python is not installed there; nobody else's rights are asked for.
    forced = ["--force-script-chrootless", "--force-depends", "--force-not-root"]

    def dpkg(*words: str | Path) -> None:
        done = subprocess.run(
            ["dpkg", f"--root={root}", "--log=/dev/null", *forced, *map(str, words)],
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return dpkg


def package(project: Path, pyz: Path, version: str) -> Path:
    """Build it of a file that stands for the one with all of Linux's targets."""
    built = pyz.with_name(f"lanchat_{version}.deb")
    script = project / "scripts" / "make_deb.py"
    command = [sys.executable, script, pyz, built, f"--version={version}"]
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    return built


def files(root: Path) -> list[str]:
    """What lies there, without dpkg's own files and what its helpers note."""
    paths = (path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())
    return sorted(path for path in paths if not path.startswith("var/lib/dpkg/"))


def test_it_is_installed_upgraded_removed_and_purged(
    project: Path, tmp_path: Path, root: Path, dpkg: Dpkg
) -> None:
    """Settings outlive an upgrade and a removal, and messages; a purge leaves nothing."""
    program = tmp_path / "lanchat.pyz"
    program.write_text("#!/bin/sh\necho first\n")
    dpkg("-i", package(project, program, "1"))
    assert {"etc/lanchat.toml", "usr/bin/lanchat", UNIT} < set(files(root))
    said = subprocess.run([root / "usr/bin/lanchat"], capture_output=True, text=True, check=True)
    assert said.stdout == "first\n"

    settings = root / "etc" / "lanchat.toml"
    settings.write_text('name = "Room 12"\n', "utf-8")
    messages = root / "var" / "lib" / "private" / "lanchat" / "messages.db"
    messages.parent.mkdir(parents=True)
    messages.touch()
    program.write_text("#!/bin/sh\necho second\n")
    dpkg("--force-confold", "-i", package(project, program, "2"))
    said = subprocess.run([root / "usr/bin/lanchat"], capture_output=True, text=True, check=True)
    assert (said.stdout, settings.read_text("utf-8")) == ("second\n", 'name = "Room 12"\n')

    dpkg("--remove", "lanchat")
    left = files(root)
    assert {"etc/lanchat.toml", "var/lib/private/lanchat/messages.db"} <= set(left)
    assert not [path for path in left if path.startswith("usr/")]

    dpkg("--purge", "lanchat")
    assert not [path for path in files(root) if "lanchat" in path]


@pytest.mark.slow
def test_what_it_installs_runs(
    project: Path, pyz: Path, tmp_path: Path, root: Path, dpkg: Dpkg
) -> None:
    """By the command that the service has, which reads the settings as they are shipped."""
    dpkg("-i", package(project, pyz, "1"))
    python = getattr(sys, "_base_executable", sys.executable)
    settings = root / "etc" / "lanchat.toml"
    shown = subprocess.run(
        [python, root / "usr/bin/lanchat", "config", "show", f"--config={settings}"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert "lanchat.toml" in shown.stdout


def test_every_setting_in_its_file_is_one(project: Path, tmp_path: Path) -> None:
    """All are comments; without the sign each is taken."""
    text = (project / "deploy" / "debian" / "lanchat.toml").read_text("utf-8")
    assert tomllib.loads(text) == {}
    meant = re.sub(r"^# (?=[a-z-]+ = )", "", text, flags=re.MULTILINE)
    assert len(tomllib.loads(meant)) > 5
    file = tmp_path / "all.toml"
    file.write_text(meant, "utf-8")
    command = [sys.executable, "-m", "lanchat", "config", "show", f"--config={file}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_its_service_is_that_of_the_deployment(tmp_path: Path) -> None:
    """With the program and the settings of the package, and a cache; systemd understands it."""
    service = configparser.ConfigParser(strict=False, interpolation=None)
    service.optionxform = str  # type: ignore[assignment, method-assign]
    service.read_string(unit())
    assert service["Service"]["ExecStart"] == "/usr/bin/lanchat serve"
    assert service["Service"]["CacheDirectory"] == "lanchat"
    assert "/opt/" not in unit()

    moved = tmp_path / "lanchat.service"
    moved.write_text(unit().replace("/usr/bin/lanchat", sys.executable))
    judge = [need("systemd-analyze"), "verify", "--man=no", str(moved)]
    done = subprocess.run(judge, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
