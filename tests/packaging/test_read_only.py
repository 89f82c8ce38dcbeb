"""A checkout that may only be read, as on a stick, a share or in somebody else's folder."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.world.needs import need


def pip(checkout: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Install it, editable, where nothing below it can be changed, by root neither."""
    install = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps"]
    command = [*install, "--ignore-installed", f"--prefix={into}", f"--editable={checkout}"]
    here = shlex.quote(str(checkout))
    frozen = f"mount --bind {here} {here} && mount -o remount,ro,bind {here}"
    inside = f"{frozen} && exec {shlex.join(command)}"
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return subprocess.run(
        [need("unshare"), "--mount", *rights, "sh", "-c", inside],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's")
def test_what_is_built_is_installed(
    wheel: Path, checkout: Path, project: Path, tmp_path: Path
) -> None:
    """Also without npm: nothing is made, and nothing written."""
    assert wheel.exists()  # its build is done
    for made in ("src/lanchat/web/static/vendor", "src/lanchat/web/built"):
        shutil.copytree(project / made, checkout / made)
    done = pip(checkout, tmp_path / "there", PATH="/usr/sbin:/usr/bin:/sbin:/bin")
    assert done.returncode == 0, done.stdout + done.stderr
    (command,) = (tmp_path / "there").rglob("bin/lanchat")
    assert command.exists()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's")
def test_what_is_not_built_is_refused_in_one_line(checkout: Path, tmp_path: Path) -> None:
    """Which says where, why, and what to do."""
    done = pip(checkout, tmp_path / "there")
    said = [line for line in done.stderr.splitlines() if "lanchat: " in line]
    assert len(said) == 1
    assert "Read-only file system" in said[0]
    assert "copy that you may write into" in said[0]
    assert "Traceback" not in done.stderr


def test_make_says_in_one_line_that_it_cannot_prepare_it(project: Path, tmp_path: Path) -> None:
    """The environment is the first thing that it makes; a file stands for what bars its way."""
    (tmp_path / "file").touch()
    command = [sys.executable, str(project / "scripts" / "make_venv.py"), "file/.venv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "take a copy" in done.stderr
