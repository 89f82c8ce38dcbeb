"""From the options of `lanchat serve` to its ServeConfig: what was given, and the secrets."""

from __future__ import annotations

import secrets
from dataclasses import fields
from pathlib import Path

import click
from click.core import ParameterSource

from lanchat.cli.config_file import naming_sources
from lanchat.config import ServeConfig, full_path
from lanchat.errors import SettingRefused

AUTO_CODE = "auto"
CODE_DIGITS = 8
"""Of a generated code: a hundred million codes, against ten tries in ten minutes."""

_MOST_EXPLICIT_FIRST = (
    ParameterSource.COMMANDLINE,
    ParameterSource.ENVIRONMENT,
    ParameterSource.DEFAULT_MAP,
)


def config_from(context: click.Context, *, banner: bool = True) -> ServeConfig:
    """The settings in the options' values; what was not given keeps ServeConfig's default.

    Without a ``banner`` nobody would see a generated access code. Raises SettingRefused.
    """
    params = context.params
    known = {field.name for field in fields(ServeConfig)}
    given = {name: value for name, value in params.items() if name in known and value is not None}
    for name, value in given.items():
        if isinstance(value, Path):
            given[name] = full_path(value)
    if params["no_mdns"]:
        given["mdns_name"] = None
    with naming_sources(context):
        code, alone = secret(context, "access-code"), params["database"] is None
        given["access_code"] = access_code(code, banner=banner, alone=alone)
        given["metrics_token"] = secret(context, "metrics-token")
        given["hook_secret"] = secret(context, "hook-secret")
        return ServeConfig(
            **given,
            keep_history=not params["no_history"],
            files=not params["no_files"],
            inspect=not params["no_inspect"],
        )


def access_code(given: str | None, *, banner: bool, alone: bool = True) -> str | None:
    """The code that guests have to know, or None; chance chooses where it is ``auto``.

    Without a ``banner`` nobody would see a generated one, and servers that are not ``alone`` would
    have different ones. Raises SettingRefused.
    """
    if given != AUTO_CODE:
        return given
    if not alone:
        hint = "each server would make another one; choose one yourself"
        raise SettingRefused("access-code", AUTO_CODE, hint)
    if not banner:
        hint = "nobody would see the code without the banner; choose one yourself"
        raise SettingRefused("access-code", AUTO_CODE, hint)
    # Digits are read aloud in any language and typed on any keyboard.
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


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
        line = file.read_text("utf-8-sig").partition("\n")[0].strip()
    except OSError as error:
        raise SettingRefused(option, str(file), str(error.strerror)) from None
    except UnicodeError:
        raise SettingRefused(option, str(file), "it is no text") from None
    if not line:
        raise SettingRefused(option, str(file), "its first line is empty")
    return line
