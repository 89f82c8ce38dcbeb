"""``lanchat config``: the settings of `lanchat serve`, and where each comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from lanchat.cli import show_help
from lanchat.cli.commands import Commands
from lanchat.cli.config_file import Setting, file_of, naming_sources
from lanchat.cli.options import duration, size
from lanchat.cli.output import plain_table
from lanchat.cli.serve import serve
from lanchat.cli.serve_config import config_from
from lanchat.config import DEFAULT_PORT, ServeConfig, default_config_file
from lanchat.errors import NoHome
from lanchat.sizes import format_size
from lanchat.terminal import ACCENT, console, is_screen, printable
from lanchat.times import format_duration

if TYPE_CHECKING:
    from rich.table import Table

_SOURCES = {
    ParameterSource.COMMANDLINE: "flag",
    ParameterSource.ENVIRONMENT: "env",
    ParameterSource.DEFAULT_MAP: "file",
    ParameterSource.DEFAULT: "default",
}

_WRITTEN: dict[Any, Callable[[Any], str]] = {duration: format_duration, size: format_size}
"""How values are written that are no texts any more."""


class Shown(NamedTuple):
    """A setting as it counts; ``value`` None is a default that only words can tell."""

    setting: Setting
    value: Any
    source: str

    @property
    def is_writable(self) -> bool:
        """Whether a file can be told to say the same."""
        return self.value is not None and not self.setting.secret

    @property
    def words(self) -> str:
        """The value in TOML, or what there is to say instead."""
        if self.value is None:
            usual = self.setting.show_default
            return usual if isinstance(usual, str) else "not set"
        if not self.setting.secret:
            return _toml(self.value)
        return "set, and not shown" if self.setting.shown is None else str(self.value)


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> None:
    """See which settings hold, and why."""
    show_help(context)


@config.command(examples=[("lanchat config path", "Where to write settings")])
def path() -> None:
    """Print where settings are looked for.

    A file there is read unless --config or LANCHAT_CONFIG names another one.
    """
    click.echo(default_config_file())


@config.command(
    context_settings={"ignore_unknown_options": True},
    examples=[
        ("lanchat config show --port 9000", "What would hold with this option"),
        ("lanchat config show > config.toml", "A file of all settings to begin with"),
    ],
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF SERVE]...")
def show(*, as_json: bool, options: tuple[str, ...]) -> None:
    """Show every setting, its value and where that comes from.

    It is what `lanchat serve` would take with the same options, in the same folder and with the
    same variables. Where it would refuse a setting, so does this. In a pipe the output is a file
    of settings. An access code is not shown, nor a database's password.
    """
    with serve.make_context("lanchat serve", list(options)) as context:
        shown, file = list(_settings(context)), file_of(context)
        if as_json:
            click.echo(json.dumps(_as_json(shown, file), indent=2))
        elif is_screen():
            screen = console(context.params["color"])
            screen.print(_table(shown))
            screen.print(_whereabouts(file), style="dim")
        else:
            click.echo(f"# {_whereabouts(file)}")
            for setting in shown:
                click.echo(_line(setting))
        with naming_sources(context):
            _check(config_from(context, banner=not context.params["quiet"]))


def _check(settings: ServeConfig) -> None:
    """Raise what a start would, of which the settings alone do not tell."""
    from lanchat.net.network import Network

    port = settings.port or DEFAULT_PORT
    network = Network(settings.host, port, settings.interface, settings.advertise)
    if settings.tls_cert is not None:
        from lanchat.network_upkeep import encryption_for

        encryption_for(settings, network)


def _settings(context: click.Context) -> Iterator[Shown]:
    for setting in context.command.params:
        if isinstance(setting, Setting):
            name = str(setting.name)
            source = context.get_parameter_source(name)
            value = _written(setting, context.params[name])
            yield Shown(setting, value, _SOURCES[source or ParameterSource.DEFAULT])


def _written(setting: Setting, value: Any) -> Any:
    """The value as it would be written in a file."""
    if value is None:
        return None
    if setting.shown is not None:
        return setting.shown(value)
    if isinstance(setting.type, click.types.FuncParamType) and setting.type.func in _WRITTEN:
        return _WRITTEN[setting.type.func](value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _as_json(shown: list[Shown], file: Path | None) -> dict[str, Any]:
    settings = {}
    for setting, value, source in shown:
        what: dict[str, Any] = {"value": value}
        if setting.secret:
            what = {"set": value is not None, **({"shown": value} if setting.shown else {})}
        settings[setting.key] = {**what, "source": source}
    return {"file": None if file is None else str(file), "settings": settings}


def _table(shown: list[Shown]) -> Table:
    from rich.text import Text

    table = plain_table()
    table.add_column("Setting", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("From", no_wrap=True)
    for each in shown:
        given = each.source != "default"
        where = str(each.setting.envvar) if each.source == "env" else each.source
        table.add_row(
            Text(each.setting.key, "bold" if given else ""),
            Text(printable(each.words), f"bold {ACCENT}" if given else "dim"),
            Text(where, "" if given else "dim"),
        )
    return table


def _line(shown: Shown) -> str:
    """One line of TOML; a comment where there is nothing to write."""
    if shown.is_writable:
        return f"{shown.setting.key} = {shown.words}  # {shown.source}"
    return f"# {shown.setting.key}: {shown.words} ({shown.source})"


def _toml(value: Any) -> str:
    # JSON's texts, numbers, switches and lists of texts are TOML's, too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _whereabouts(file: Path | None) -> str:
    if file is not None:
        return f"File of settings: {printable(str(file))}"
    try:
        usual = printable(str(default_config_file()))
    except NoHome:
        return "No file of settings: this user has no home folder"
    return f"No file of settings: {usual} is not there"
