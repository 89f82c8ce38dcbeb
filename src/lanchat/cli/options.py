"""Options that are environment variables, too, and the paths that they name."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from lanchat.config import default_data_dir

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def option(*declarations: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """``click.option`` that can also be set as ``LANCHAT_<OPTION>``, named after its long form.

    ``--help`` shows the variable and the default.
    """
    long_form = next(word for word in declarations if word.startswith("--"))
    name = long_form.partition("/")[0].removeprefix("--")
    settings = {
        "envvar": "LANCHAT_" + name.replace("-", "_").upper(),
        "show_envvar": True,
        "show_default": True,
        **settings,
    }
    return click.option(*declarations, **settings)


def full_path(path: Path) -> Path:
    """The path from the root on; a leading ``~``, which no shell has seen, is the home folder."""
    with suppress(RuntimeError):  # nobody here has that name: the ~ is part of it
        path = path.expanduser()
    return path.absolute()


def _usual_data_dir(_: click.Context, __: click.Parameter, path: Path | None) -> Path:
    return full_path(path or default_data_dir())


def _settle_color(context: click.Context, parameter: click.Parameter, color: str) -> str:
    source = context.get_parameter_source(str(parameter.name))
    # Somebody who types --color always means it; a setting of the shell yields to NO_COLOR.
    asked = source is ParameterSource.COMMANDLINE
    if color == "always" and os.environ.get("NO_COLOR") and not asked:
        return "never"
    return color


color_option = option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    callback=_settle_color,
    help="When to use colours; NO_COLOR is respected.",
)

data_dir_option = option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_usual_data_dir,
    show_default="your system's folder for data",
    help="Where messages are kept.",
)
