"""The Dockerfile: what it builds from, and what it runs. Docker itself is not needed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the image is one of Linux")


@pytest.fixture
def steps(deploy: Path) -> list[tuple[str, str]]:
    """The instructions of the committed file, each with what stands behind it."""
    text = (deploy / "Dockerfile").read_text("utf-8")
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    words = (line.partition(" ") for line in text.splitlines() if line)
    return [(word, rest) for word, _, rest in words]


@pytest.fixture
def variables(steps: list[tuple[str, str]], tmp_path: Path) -> dict[str, str]:
    """Its environment, with a folder of this test in the place of the volume."""
    settings = " ".join(rest for word, rest in steps if word == "ENV")
    assert "/data" in [rest for word, rest in steps if word == "VOLUME"]
    moved = (part.replace("/data", str(tmp_path / "data")) for part in shlex.split(settings))
    return dict(part.split("=", 1) for part in moved)


def command_line(steps: list[tuple[str, str]]) -> list[str]:
    """What the container runs, with this test's lanchat."""
    words = dict(steps)
    program, *options = json.loads(words["ENTRYPOINT"]) + json.loads(words["CMD"])
    assert program == "lanchat"
    return [sys.executable, "-m", "lanchat", *options]


def test_what_it_copies_makes_the_package(
    steps: list[tuple[str, str]], deploy: Path, tmp_path: Path
) -> None:
    """Nothing is missing, and the extra that it asks for is there."""
    for copied in (rest.split() for word, rest in steps if word == "COPY"):
        if copied[0].startswith("--from"):
            continue
        for name in copied[:-1]:
            source, target = deploy.parent / name, tmp_path / "src" / name
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=tmp_path / "src", capture_output=True, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        name = next(each for each in wheel.namelist() if each.endswith("METADATA"))
        extras = re.findall(r"^Provides-Extra: (.+)$", wheel.read(name).decode(), re.MULTILINE)
    asked = re.search(r"\*\.whl\)\[(.+?)\]", " ".join(rest for _, rest in steps))
    assert asked
    assert set(asked[1].split(",")) <= set(extras)


@pytest.mark.slow
def test_its_command_line_serves(
    steps: list[tuple[str, str]], variables: dict[str, str], start: Callable[..., Any]
) -> None:
    """With the volume's folder for all that stays; `docker stop` sends SIGTERM."""
    server = start(command_line(steps), variables)
    data = Path(variables["LANCHAT_DATA_DIR"])
    assert {"messages.db", "secret"} <= {file.name for file in data.iterdir()}
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(45) == 0
    assert Path(variables["LANCHAT_LOG_FILE"]).parent == data


@pytest.mark.slow
def test_its_health_is_that_of_the_server(
    steps: list[tuple[str, str]], variables: dict[str, str], start: Callable[..., Any]
) -> None:
    """The check succeeds while the server answers, and no longer."""
    server = start(command_line(steps), variables)
    program, *arguments = json.loads(dict(steps)["HEALTHCHECK"].partition("CMD ")[2])
    assert program == "python"
    check = [sys.executable, *arguments]
    asked = {**variables, "LANCHAT_PORT": str(server.port)}
    assert subprocess.run(check, env=asked, capture_output=True, check=False).returncode == 0
    server.process.kill()
    server.process.wait()
    assert subprocess.run(check, env=asked, capture_output=True, check=False).returncode == 1


def test_it_runs_as_nobody_in_particular(steps: list[tuple[str, str]]) -> None:
    """Not as root, and its user exists before the files that belong to it."""
    words = [word for word, _ in steps]
    assert dict(steps)["USER"] == "lanchat"
    made = next(index for index, (_, rest) in enumerate(steps) if "useradd" in rest)
    assert made < words.index("USER") < words.index("VOLUME")
