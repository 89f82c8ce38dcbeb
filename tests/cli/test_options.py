from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner

from lanchat.cli import ExitCode, run
from lanchat.cli.options import option
from lanchat.cli.serve import serve
from lanchat.cli.serve_config import config_from
from lanchat.errors import SettingRefused


@pytest.fixture
def command() -> Callable[..., str]:
    """A command with an option of ours; answers what it prints."""

    @click.command()
    @option("--data-dir/--no-data-dir", default=True, help="Where it lies.")
    def show(data_dir: bool) -> None:
        click.echo(data_dir)

    def run(arguments: list[str], **variables: str) -> str:
        return CliRunner(env=variables).invoke(show, arguments).output

    return run


def test_an_option_is_a_variable_too(command: Callable[..., str]) -> None:
    """The variable has the option's long name; what is typed wins, and --help shows both."""
    assert command([], LANCHAT_DATA_DIR="no") == "False\n"
    assert command(["--data-dir"], LANCHAT_DATA_DIR="no") == "True\n"
    assert "LANCHAT_DATA_DIR" in command(["--help"])
    assert "default:" in command(["--help"])


def test_a_duration_is_in_seconds() -> None:
    """A time is taken in whatever unit it was typed."""
    with serve.make_context("serve", ["--retention", "30d"]) as context:
        assert config_from(context).retention == 30 * 86_400


def test_no_duration_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal names the option and shows what could be typed."""
    assert run(["serve", "--retention", "a month"]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert "--retention" in error
    assert "'a month' is not a duration such as 90s" in error
    assert error.count("\n") == 1


def test_a_duration_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is read as if it were typed."""
    monkeypatch.setenv("LANCHAT_RETENTION", "12h")
    with serve.make_context("serve", []) as context:
        assert config_from(context).retention == 43_200


def test_a_duration_that_is_none_at_all() -> None:
    """Keeping messages for 0 s would delete each one as it is said."""
    with (
        serve.make_context("serve", ["--retention", "0s"]) as context,
        pytest.raises(SettingRefused, match="retention cannot be"),
    ):
        config_from(context)
