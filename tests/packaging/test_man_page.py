"""The manual page: made from the commands, readable, and in the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest

from tests.world.command_line import all_commands
from tests.world.needs import need


@pytest.fixture(scope="module")
def rendered(project: Path) -> str:
    """What a reader sees; groff finds nothing to warn of."""
    command = [need("groff"), "-man", "-Tutf8", "-wall", "-P-c", str(project / "man" / "lanchat.1")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    return re.sub(r".\x08", "", done.stdout)


def test_it_is_up_to_date(project: Path) -> None:
    """`make docs` writes it anew."""
    script = [sys.executable, "scripts/man_pages.py", "--check"]
    done = subprocess.run(script, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_and_option_is_in_it(rendered: str) -> None:
    """Each command has its part, and its options stand there."""
    parts = re.split(r"^   (?=lanchat)", rendered, flags=re.MULTILINE)
    described = {part.partition("\n")[0]: part for part in parts}
    for context in all_commands():
        part = described[context.command_path]
        for option in context.command.params:
            if isinstance(option, click.Option):
                assert all(
                    re.search(rf"^\s+.*{name}\b", part, re.MULTILINE) for name in option.opts
                )


@pytest.mark.parametrize(
    "heading", ["NAME", "SYNOPSIS", "COMMANDS", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES"]
)
def test_it_has_what_manual_pages_have(rendered: str, heading: str) -> None:
    """Somebody who looks for the exit codes finds them where they always stand."""
    assert f"\n{heading}\n" in rendered


def test_what_can_be_copied_is_not_broken_in_two(rendered: str) -> None:
    """No hyphenation, and hyphens are those of the keyboard."""
    assert "LANCHAT_RETENTION_MESSAGES" in rendered
    assert "--retention-messages" in rendered
    assert not set("\u2010\u2212\u2018\u2019\u201c\u201d") & set(rendered)


def test_it_is_in_the_wheel(wheel: Path, project: Path) -> None:
    """Where pip and pipx put it, man finds it."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith("/lanchat.1"))
        page = archive.read(name)
    assert name.endswith(".data/data/share/man/man1/lanchat.1")
    assert page == (project / "man" / "lanchat.1").read_bytes()
