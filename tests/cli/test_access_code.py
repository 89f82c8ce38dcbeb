from __future__ import annotations

import pytest

from lanchat.cli.serve import config_from, config_from_environment, serve
from lanchat.errors import SettingRefused


def code_of(*arguments: str, banner: bool = True) -> str | None:
    """The access code that the command makes of its arguments."""
    with serve.make_context("serve", list(arguments)) as context:
        return config_from(context, banner=banner).access_code


def test_without_the_option_there_is_no_code() -> None:
    """A classroom is open unless the teacher wants it closed."""
    assert code_of() is None


def test_the_host_chooses() -> None:
    """What is typed is the code."""
    assert code_of("--access-code", "recreio 7B") == "recreio 7B"


def test_a_generated_code_can_be_read_aloud() -> None:
    """Eight digits, and others each time."""
    codes = {str(code_of("--access-code", "auto")) for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 8 and code.isdecimal() for code in codes)


@pytest.mark.parametrize("code", ["", "  ", "x" * 129, "two\nlines", "\x1b[31m"])
def test_an_impossible_code_is_refused(code: str) -> None:
    """What nobody could type is no code."""
    with pytest.raises(SettingRefused, match="access-code"):
        code_of("--access-code", code)


def test_a_generated_code_needs_a_banner(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --quiet and under another program's server nobody would ever see it."""
    with pytest.raises(SettingRefused, match="banner"):
        code_of("--access-code", "auto", banner=False)
    monkeypatch.setenv("LANCHAT_ACCESS_CODE", "auto")
    with pytest.raises(SettingRefused, match="banner"):
        config_from_environment()
