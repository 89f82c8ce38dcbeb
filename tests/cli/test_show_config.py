"""`lanchat config`: which settings hold, and why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lanchat.cli import ExitCode, lanchat, run
from lanchat.cli.serve import serve
from lanchat.cli.serve_config import config_from
from lanchat.config import default_config_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of settings, which LANCHAT_CONFIG names, and two variables."""
    place = tmp_path / "lanchat.toml"
    place.write_text('name = "Sala \\"7B\\""\nretention = "720h"\nallow-host = ["a.example"]\n')
    monkeypatch.setenv("LANCHAT_CONFIG", str(place))
    monkeypatch.setenv("LANCHAT_HISTORY", "50")
    monkeypatch.setenv("LANCHAT_ACCESS_CODE", "top-secret")
    return place


def show(*options: str) -> Result:
    """Run the command in a pipe."""
    return CliRunner().invoke(lanchat, ["config", "show", *options])


def test_where_each_setting_comes_from(file: Path) -> None:
    """Scripts get JSON, with values as a file would have them."""
    shown = json.loads(show("--json", "--port", "9000").stdout)
    settings = shown["settings"]
    assert shown["file"] == str(file)
    assert settings["port"] == {"value": 9000, "source": "flag"}
    assert settings["history"] == {"value": 50, "source": "env"}
    assert settings["retention"] == {"value": "30d", "source": "file"}
    assert settings["allow-host"] == {"value": ["a.example"], "source": "file"}
    assert settings["host"] == {"value": None, "source": "default"}


def test_every_setting_is_shown() -> None:
    """All options are shown but the one that names the file."""
    keys = {next(name for name in each.opts if name.startswith("--")) for each in serve.params}
    shown = json.loads(show("--json").stdout)["settings"]
    assert {f"--{key}" for key in shown} == keys - {"--config"}


def test_the_output_is_a_file_of_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output, read again as a file, says the same."""
    with serve.make_context("serve", ["--access-code", "x"]) as context:
        before = config_from(context)
    file.write_text(show().stdout, "utf-8")
    monkeypatch.delenv("LANCHAT_HISTORY")
    monkeypatch.delenv("LANCHAT_ACCESS_CODE")
    with serve.make_context("serve", ["--access-code", "x"]) as context:
        assert config_from(context) == before


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_access_code_is_not_shown(file: Path, form: list[str]) -> None:
    """Whoever looks over a shoulder learns only that there is one."""
    shown = show(*form).stdout
    assert "top-secret" not in shown
    assert '"set": true' in shown or "# access-code: set, and not shown (env)" in shown


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_database_is_shown_without_its_password(form: list[str]) -> None:
    """Which one it is has to be seen."""
    shown = show(*form, "--database", "postgresql://chat:s3cret@db.example/room").stdout
    assert "postgresql://chat@db.example/room" in shown
    assert "s3cret" not in shown


def test_what_serve_would_refuse_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The settings stand there all the same, to see what is wrong."""
    assert run(["config", "show", "--port", "70000"]) == ExitCode.USAGE
    shown = capsys.readouterr()
    assert "port = 70000  # flag" in shown.out
    assert "port cannot be 70000" in shown.err


def test_what_serve_does_not_know_is_looked_up_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The help that is named is one that can be called."""
    assert run(["config", "show", "--port", "x"]) == ExitCode.USAGE
    assert capsys.readouterr().err.endswith("; see lanchat serve --help\n")


def test_the_usual_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The usual place can be asked for, and is named where no file is there."""
    place = str(default_config_file())
    assert CliRunner().invoke(lanchat, ["config", "path"]).stdout == f"{place}\n"
    monkeypatch.delenv("LANCHAT_CONFIG")
    monkeypatch.setattr("lanchat.cli.show_config.default_config_file", lambda: tmp_path / "none")
    monkeypatch.setattr("lanchat.cli.config_file.default_config_file", lambda: tmp_path / "none")
    assert show().stdout.startswith(f"# No file of settings: {tmp_path / 'none'} is not there\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_shows_a_table(file: Path) -> None:
    """A person sees the variable's name, and no syntax of a file."""
    import pty

    keeper, screen = pty.openpty()
    command = [sys.executable, "-m", "lanchat", "config", "show"]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "xterm"}
    with subprocess.Popen(command, stdout=screen, env=environment) as process:
        output = b""
        while b"File of settings" not in output and (read := os.read(keeper, 65_536)):
            output += read
        assert process.wait(45) == 0
    os.close(keeper)
    os.close(screen)
    lines = output.decode().splitlines()
    assert lines[0].split() == ["Setting", "Value", "From"]
    assert ["history", "50", "LANCHAT_HISTORY"] in [line.split() for line in lines]
