"""lanchat.pyz: one file that needs neither pip nor a network, unpacked once."""

from __future__ import annotations

import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from make_pyz import TARGETS, closure, words, write
from pyz_main import this_computer

from tests.world.deadline import DEADLINE
from tests.world.namespace import Namespace

# Without what is installed for these tests.
PYTHON = getattr(sys, "_base_executable", sys.executable)
HERE = this_computer()

pytestmark = pytest.mark.skipif(HERE not in TARGETS, reason="not for this Python")

Run = Callable[..., subprocess.CompletedProcess[str]]


def small(folder: Path, says: str, target: str = HERE) -> Path:
    """A file of the same kind whose lanchat says something, or waits to be told to end."""
    wheel = folder / "lanchat-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lanchat/__init__.py", "")
        code = f"def main(): print({says!r}, *sys.argv[1:], flush=True); sys.stdin.read()"
        archive.writestr("lanchat/cli.py", f"import sys\n{code}\n")
    write(folder / f"{says}.pyz", {target: [wheel]}, "/usr/bin/env python3", fast=True)
    return folder / f"{says}.pyz"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where this user's cache is."""
    return tmp_path / "cache"


@pytest.fixture
def start(cache: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start such a file; it ends when its standard input does."""
    ours = ("PYTHONPATH", "LANCHAT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    def start(file: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
        named = {"XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache), **environment}
        return subprocess.Popen(
            [PYTHON, str(file), *words],
            env={**kept, **named},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Run:
    """Run such a file to its end."""

    def run(file: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = start(file, *words, **environment)
        out, complaints = process.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess([], process.returncode, out, complaints)

    return run


def unpacked(cache: Path) -> list[str]:
    """What lies in the cache."""
    return sorted(path.name for path in (cache / "lanchat-pyz").iterdir())


@pytest.mark.slow
def test_it_serves_without_pip_and_without_a_network(
    pyz: Path, namespace: Namespace, project: Path, cache: Path
) -> None:
    """In a network where nobody else is; PATH is empty, and so is the cache."""
    cache.mkdir()
    script = project / "scripts" / "check_wheel.py"
    enter, *words = namespace.launcher
    done = subprocess.run(
        [shutil.which(enter) or enter, *words, PYTHON, str(script), str(pyz)],
        env={"PATH": str(cache / "nothing"), "HOME": str(cache), "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ana is logged in" in done.stdout


def test_the_second_start_unpacks_nothing(tmp_path: Path, cache: Path, run: Run) -> None:
    """What is unpacked is found by what the file holds, and is compiled, whoever forbids it."""
    file = small(tmp_path, "hello")
    assert run(file, "--version", PYTHONDONTWRITEBYTECODE="1").stdout == "hello --version\n"
    before = unpacked(cache)
    assert re.fullmatch(rf"[0-9a-f]{{16}}-{re.escape(HERE)}", "".join(before))
    made = cache / "lanchat-pyz" / before[0]
    assert list(made.rglob("cli.*.pyc"))

    (made / "mark").touch()
    assert run(file, "-V").stdout == "hello -V\n"
    assert unpacked(cache) == before
    assert (made / "mark").exists()


def test_starts_at_once_share_what_is_unpacked(
    tmp_path: Path, cache: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """Whoever is later finds what the other has put in place."""
    file = small(tmp_path, "hello")
    started = [start(file, str(number)) for number in range(4)]
    for number, process in enumerate(started):
        assert process.communicate(timeout=DEADLINE) == (f"hello {number}\n", "")
    assert len(unpacked(cache)) == 1


def test_a_new_version_removes_what_was_not_started_for_long(
    tmp_path: Path, cache: Path, run: Run
) -> None:
    """Also what a killed start has left; what may be in use, or be unpacked just now, stays."""
    first, second, third = (small(tmp_path, says) for says in ("first", "second", "third"))
    run(first)
    (of_the_first,) = unpacked(cache)
    run(second)
    folder = cache / "lanchat-pyz"
    killed, unpacking = folder / "new-killed", folder / "new-now"
    killed.mkdir()
    unpacking.mkdir()
    for each, days in ((killed, 2), *((path, 100) for path in folder.glob("*-c*"))):
        ago = time.time() - days * 86_400
        os.utime(each, (ago, ago))
    of_the_second = {*unpacked(cache)} - {of_the_first, "new-killed", "new-now"}

    run(second)  # which unpacks nothing, and counts
    assert of_the_first in unpacked(cache)
    run(third)
    left = set(unpacked(cache))
    assert {*of_the_second, "new-now"} < left
    assert not {of_the_first, "new-killed"} & left


def test_without_a_cache_it_runs_all_the_same(tmp_path: Path, cache: Path, run: Run) -> None:
    """From a folder for this time, which goes with it; it says why."""
    cache.write_text("no folder", "utf-8")
    passing = tmp_path / "passing"
    passing.mkdir()
    done = run(small(tmp_path, "hello"), "-V", TMPDIR=str(passing), TEMP=str(passing))
    assert done.stdout == "hello -V\n"
    assert done.stderr.startswith(f"lanchat: cannot be unpacked in {cache}: ")
    assert not list(passing.iterdir())


def test_without_any_room_it_says_what_would_help(tmp_path: Path, cache: Path, run: Run) -> None:
    """In lines of its own, without a traceback."""
    file = small(tmp_path, "hello")
    cache.write_text("no folder", "utf-8")
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            start = data.replace(b"ignore_cleanup_errors=True", b'dir="/nowhere/at/all"')
            archive.writestr(name, start)
    done = run(file, "-V")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "XDG_CACHE_HOME" in done.stderr.splitlines()[-1]


def test_another_kind_of_computer_is_told_so(tmp_path: Path, run: Run) -> None:
    """One line: what the file is for, what this is, and what to do."""
    other = next(
        key for key, target in TARGETS.items() if target.system.sys_platform != sys.platform
    )
    done = run(small(tmp_path, "hello", other))
    assert done.returncode == 1
    line = done.stderr.strip()
    assert "\n" not in line
    assert f"{words([other])}, not for {HERE}; " in line
    assert "pipx" in line


def held(file: Path) -> dict[str, set[str]]:
    """The projects whose files the targets of such a file have, by their folders of metadata."""
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("targets.json"))["targets"]
        packed = {
            name: lzma.decompress(archive.read(name))
            for name in {name for names in told.values() for name in names}
        }
    names = {
        name: {path.partition(".dist-info/")[0] for path in listed(data) if ".dist-info/" in path}
        for name, data in packed.items()
    }
    return {key: set().union(*(names[name] for name in archives)) for key, archives in told.items()}


def listed(data: bytes) -> list[str]:
    """What a zip holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def projects(wheels: Iterable[Path]) -> set[str]:
    """The same, of wheels."""
    return {"-".join(wheel.name.split("-")[:2]) for wheel in wheels}


def test_every_requirement_is_met_by_the_wheels_for_it(pyz: Path, tmp_path: Path) -> None:
    """As their own metadata has it; of one that is left out the target is not complete."""
    wheels = shutil.copytree(pyz.with_name("wheels") / HERE, tmp_path / "wheels")
    used, missing = closure(wheels, TARGETS[HERE])
    assert not missing
    assert held(pyz) == {HERE: projects(used)}

    next(wheels.glob("greenlet-*")).unlink()
    _, missing = closure(wheels, TARGETS[HERE])
    assert [name.partition(">")[0] for name in missing] == ["greenlet"]


@pytest.mark.long
def test_the_whole_file_is_complete_for_every_target(
    wheel: Path, project: Path, tmp_path: Path
) -> None:
    """By pip's own judgement of the wheels' names, and by the markers of what they ask for."""
    file, kept = tmp_path / "lanchat.pyz", tmp_path / "wheels"
    script = [sys.executable, str(project / "scripts" / "make_pyz.py"), str(wheel)]
    subprocess.run([*script, f"--out={file}", f"--keep={kept}"], check=True)
    assert file.stat().st_size < 60e6

    held_by = held(file)
    assert set(held_by) == set(TARGETS)
    for key, target in TARGETS.items():
        wheels, missing = closure(kept / key, target)
        assert not missing
        assert held_by[key] == projects(wheels)
        platforms = [f"--platform={name}" for name in target.system.platforms]
        here = ["--no-index", f"--target={tmp_path / 'nowhere'}", "--dry-run", "--no-deps"]
        kind = [f"--python-version={target.python}", "--only-binary=:all:"]
        pip = [sys.executable, "-m", "pip", "install", "-qq", *here, *kind, *platforms]
        subprocess.run([*pip, *map(str, wheels)], check=True)
