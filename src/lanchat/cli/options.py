"""What options are made of: variables and settings of a file, too; paths, times and colours."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from lanchat import database_url
from lanchat.cli.config_file import Setting, load
from lanchat.config import default_data_dir, default_log_file, full_path
from lanchat.database_url import without_password
from lanchat.sizes import parse_size
from lanchat.times import parse_duration, parse_moment

_EITHER = {"export", "import", "backup", "restore"}
"""Commands that read or write messages: those of a folder, or those of a database."""

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def option(*declarations: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """``click.option`` that can also be set as ``LANCHAT_<OPTION>``, named after its long form.

    A file of settings can have it, too. ``--help`` shows the variable and the default.
    """
    long_form = next(word for word in declarations if word.startswith("--"))
    name = long_form.partition("/")[0].removeprefix("--")
    settings = {
        "envvar": "LANCHAT_" + name.replace("-", "_").upper(),
        "show_envvar": True,
        "show_default": True,
        "cls": Setting,
        **settings,
    }
    return click.option(*declarations, **settings)


def duration(text: str) -> float:
    """The seconds in ``90s``, ``10m``, ``12h``, ``30d`` or ``2w``, as an option's type.

    Raises click.BadParameter.
    """
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is {error}") from error


def size(text: str) -> int:
    """The bytes in ``500KB``, ``100MB``, ``1.5GB`` or ``64MiB``, as an option's type.

    Raises click.BadParameter.
    """
    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is {error}") from error


def moment(text: str | None, option: str, *, utc: bool) -> datetime | None:
    """The value of an option such as ``--since``; where it has no offset, it is local time.

    Raises click.BadParameter.
    """
    now = datetime.now(timezone.utc)
    try:
        return None if text is None else parse_moment(text, now if utc else now.astimezone())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is {error}", param_hint=option) from error


def is_typed(parameter: str) -> bool:
    """Whether the command line itself has the parameter, and no variable or file."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is ParameterSource.COMMANDLINE


def _usual_data_dir(_: click.Context, __: click.Parameter, path: Path | None) -> Path:
    return full_path(path or default_data_dir())


def _named_data_dir(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    return None if path is None else full_path(path)


def _usual_log_file(context: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
    if path is None and context.params.get("files"):
        return None  # there is a FILE: nobody needs a folder for logs
    # click has settled --data-dir before: it is declared first, or was given.
    return full_path(path or default_log_file(context.params.get("data_dir")))


def _checked_database(context: click.Context, _: click.Parameter, url: str | None) -> str | None:
    """A folder that somebody has typed counts more than a database of variables or settings."""
    if url is None:
        return None
    if is_typed("data_dir") and context.command.name in _EITHER:
        if is_typed("database"):
            raise click.UsageError("there is a --data-dir and a --database; choose one of the two")
        return None
    database_url.check("database", url)
    return url


def _load_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if not context.resilient_parsing:
        load(context, None if path is None else full_path(path), every_key=True)


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


since_option = click.option(
    "--since",
    metavar="WHEN",
    help="Nothing older: 10m, 2h, 30d, today, yesterday, 08:00, or an ISO 8601 time.",
)

until_option = click.option(
    "--until", metavar="WHEN", help="Only what was before: written as for --since."
)

utc_option = click.option("--utc", is_flag=True, help="Show and take times in UTC.")

data_dir_option = option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_usual_data_dir,
    show_default="your system's folder for data",
    help="Where messages are kept.",
)

_database_settings: dict[str, Any] = {
    "metavar": "URL",
    "secret": True,
    "shown": without_password,
}

database_option = option(
    "--database",
    **_database_settings,
    show_default="messages are kept in --data-dir",
    help="Be one chat with all servers that have this database of PostgreSQL: "
    "postgresql://USER:PASSWORD@HOST/DATABASE.",
)

shared_database_option = option(
    "--database",
    **_database_settings,
    callback=_checked_database,
    show_default="messages are those of --data-dir",
    help="The database of PostgreSQL that several servers share, instead.",
)

shared_files_option = option(
    "--files-dir",
    type=click.Path(file_okay=False, path_type=Path),
    show_default="files are left out",
    help="With --database, the folder of files that its servers share.",
)

log_folder_option = option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_named_data_dir,
    show_default="your system's folder for data",
    help="Where messages are kept, and the log where this is a folder of its own.",
)

log_file_option = option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_usual_log_file,
    show_default="connections.log in --data-dir, or else in your system's folder for logs",
    help="Where to write down who came and went; `lanchat log tail` reads it.",
)

config_option = option(
    "--config",
    cls=click.Option,  # no file names another one
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_load_config,
    show_default="the one that `lanchat config path` names, if it is there",
    help="Read settings from this file, in TOML; options and variables count more.",
)


def log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What names the logs that a command reads: FILE…, --log-file or --data-dir, as ``files``."""

    @wraps(command)
    def with_file(
        *,
        data_dir: Path | None,  # noqa: ARG001 (the log's option asks for the folder)
        log_file: Path,
        files: tuple[Path, ...],
        **others: Any,
    ) -> Any:
        if files and is_typed("log_file"):
            raise click.UsageError("there is a FILE and a --log-file; choose one of the two")
        return command(files=files or (log_file,), **others)

    argument = click.argument(
        "files", nargs=-1, metavar="[FILE]...", type=click.Path(allow_dash=True, path_type=Path)
    )
    return log_folder_option(log_file_option(argument(with_file)))
