"""Where the access code comes from: an option, a file, or chance."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from click.core import ParameterSource

from lanchat.cli.options import full_path
from lanchat.errors import SettingRefused

AUTO = "auto"
DIGITS = 8
"""Of a generated code: a hundred million codes, against ten tries in ten minutes."""


_MOST_EXPLICIT_FIRST = (
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
)


def code_and_file(context: click.Context) -> tuple[str | None, Path | None]:
    """What the options say of both; of two that come from different places the stronger alone."""
    code, file = context.params["access_code"], context.params["access_code_file"]
    if code is not None and file is not None:
        by_code, by_file = (
            _MOST_EXPLICIT_FIRST.index(context.get_parameter_source(name))
            for name in ("access_code", "access_code_file")
        )
        return code if by_code <= by_file else None, file if by_file <= by_code else None
    return code, file


def access_code(given: str | None, file: Path | None, *, banner: bool) -> str | None:
    """The code that guests have to know, or None.

    Without a ``banner`` nobody would see a generated one. Raises SettingRefused.
    """
    if file is not None:
        if given is not None:
            hint = "there is --access-code, too; choose one of the two"
            raise SettingRefused("access-code-file", str(file), hint)
        return _first_line(full_path(file))
    if given != AUTO:
        return given
    if not banner:
        hint = "nobody would see the code without the banner; choose one yourself"
        raise SettingRefused("access-code", AUTO, hint)
    # Digits are read aloud in any language and typed on any keyboard.
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _first_line(file: Path) -> str:
    try:
        line = file.read_text("utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise SettingRefused("access-code-file", str(file), str(error.strerror)) from None
    except UnicodeError:
        raise SettingRefused("access-code-file", str(file), "it is no text") from None
    if not line:
        raise SettingRefused("access-code-file", str(file), "its first line is empty")
    return line
