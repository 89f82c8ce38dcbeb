"""Secrets: from an option, or from a file that another option names."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from lanchat.cli.options import full_path
from lanchat.errors import SettingRefused

_MOST_EXPLICIT_FIRST = (
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
)


def secret(context: click.Context, option: str) -> str | None:
    """The value of the option, or the first line of the file that ``<option>-file`` names.

    The two are one setting: what counts less yields to what counts more. Raises SettingRefused.
    """
    name = option.replace("-", "_")
    given, file = context.params[name], context.params[f"{name}_file"]
    if given is not None and file is not None:
        by_value, by_file = (
            _MOST_EXPLICIT_FIRST.index(context.get_parameter_source(each))
            for each in (name, f"{name}_file")
        )
        if by_value == by_file:
            hint = f"there is --{option}, too; choose one of the two"
            raise SettingRefused(f"{option}-file", str(file), hint)
        file = None if by_value < by_file else file
    if file is None:
        return None if given is None else str(given)
    return _first_line(full_path(file), f"{option}-file")


def _first_line(file: Path, option: str) -> str:
    try:
        line = file.read_text("utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise SettingRefused(option, str(file), str(error.strerror)) from None
    except UnicodeError:
        raise SettingRefused(option, str(file), "it is no text") from None
    if not line:
        raise SettingRefused(option, str(file), "its first line is empty")
    return line
