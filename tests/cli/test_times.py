import pytest

from lanchat.cli import ExitCode, run
from lanchat.cli.serve import config_from, serve
from lanchat.errors import SettingRefused


def test_a_duration_is_in_seconds() -> None:
    """Whatever unit it was typed in."""
    with serve.make_context("serve", ["--retention", "30d"]) as context:
        assert config_from(context).retention == 30 * 86_400


def test_no_duration_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the option and shows what could be typed."""
    assert run(["serve", "--retention", "a month"]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert "--retention" in error
    assert "'a month' is not a duration such as 90s" in error
    assert error.count("\n") == 1


def test_a_duration_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as if it were typed."""
    monkeypatch.setenv("LANCHAT_RETENTION", "12h")
    with serve.make_context("serve", []) as context:
        assert config_from(context).retention == 43_200


def test_a_duration_that_is_none_at_all() -> None:
    """0 would delete each message as it is said."""
    with (
        serve.make_context("serve", ["--retention", "0s"]) as context,
        pytest.raises(SettingRefused, match="retention cannot be"),
    ):
        config_from(context)
