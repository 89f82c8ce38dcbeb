"""A secret and the file with one, for each option that has both."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.cli.secret import secret
from lanchat.cli.serve import serve
from lanchat.errors import SettingRefused

OPTIONS = pytest.mark.parametrize("option", ["access-code", "metrics-token"])


def secret_of(option: str, *arguments: str) -> str | None:
    """What the command makes of its arguments."""
    with serve.make_context("serve", list(arguments)) as context:
        return secret(context, option)


@OPTIONS
def test_it_may_lie_in_a_file(option: str, tmp_path: Path) -> None:
    """Its first line counts; the arguments of a program can be seen by all users."""
    file = tmp_path / "secret"
    file.write_text("segredo\nand a remark\n")
    assert secret_of(option, f"--{option}-file", str(file)) == "segredo"
    assert secret_of(option) is None


@OPTIONS
@pytest.mark.parametrize("text", [b"", b"\n\n", b"  \ncode", b"\xff\xfe"])
def test_a_file_without_one_is_refused(option: str, tmp_path: Path, text: bytes) -> None:
    """An empty secret would let everybody in, and silently."""
    file = tmp_path / "secret"
    file.write_bytes(text)
    with pytest.raises(SettingRefused, match=f"{option}-file"):
        secret_of(option, f"--{option}-file", str(file))


@OPTIONS
def test_a_file_that_is_not_there_is_refused(option: str, tmp_path: Path) -> None:
    """So is one that cannot be read."""
    with pytest.raises(SettingRefused, match="No such file"):
        secret_of(option, f"--{option}-file", str(tmp_path / "nowhere"))


@OPTIONS
def test_two_are_refused(option: str, tmp_path: Path) -> None:
    """It would be chance which of them holds."""
    with pytest.raises(SettingRefused, match="one of the two"):
        secret_of(option, f"--{option}", "1234", f"--{option}-file", str(tmp_path / "code"))


def test_a_variable_yields_to_a_file_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the other way round: the two are one setting."""
    file = tmp_path / "code"
    file.write_text("in the file\n")
    monkeypatch.setenv("LANCHAT_ACCESS_CODE", "in a variable")
    assert secret_of("access-code", "--access-code-file", str(file)) == "in the file"
    monkeypatch.setenv("LANCHAT_ACCESS_CODE_FILE", str(file))
    assert secret_of("access-code", "--access-code", "typed") == "typed"
