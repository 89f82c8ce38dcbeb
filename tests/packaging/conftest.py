"""The project as it is shipped: a wheel built once a test run, and a copy to build from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A wheel of this checkout, built by the first worker that wants it."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder if worker_id == "master" else folder.parent) / "wheel"
    with FileLock(f"{folder}.lock"):
        if not list(folder.glob("*.whl")):
            build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
            done = subprocess.run(build, cwd=PROJECT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def pyz(wheel: Path) -> Path:
    """lanchat.pyz for this computer alone, built by the first worker that wants it."""
    built = wheel.with_name("lanchat.pyz")
    with FileLock(f"{built}.lock"):
        if not built.exists():
            script = PROJECT / "scripts" / "make_pyz.py"
            made = [f"--out={built}", f"--keep={built.with_name('wheels')}"]
            command = [sys.executable, str(script), str(wheel), *made, "--only=here", "--fast"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    return built


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a build needs, with nothing in it that a build makes."""
    copy = tmp_path / "checkout"
    made = shutil.ignore_patterns("built", "vendor", "__pycache__")
    shutil.copytree(PROJECT / "src", copy / "src", ignore=made)
    (copy / "scripts").mkdir()
    for name in (
        "pyproject.toml",
        "hatch_build.py",
        "package.json",
        "package-lock.json",
        "scripts/build_pages.mjs",
        "README.md",
        "LICENSE",
    ):
        shutil.copy(PROJECT / name, copy / name)
    shutil.copytree(PROJECT / "man", copy / "man")
    return copy
