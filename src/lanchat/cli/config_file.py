"""The file of settings: TOML, each key the long name of an option of `lanchat serve`.

An option on the command line counts more than its variable, that more than the file, and the
file more than the default; click sees to the order, this module to what is in the file.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from lanchat.config import default_config_file, full_path
from lanchat.errors import ConfigFileRefused, NoHome, SettingRefused

VARIABLE = "LANCHAT_CONFIG"
_FROM_FILE = ParameterSource.DEFAULT_MAP
_FILE = "lanchat.config_file"
"""Where a command's context keeps the path of the file that was read."""


class Kind(NamedTuple):
    """What a value in the file has to be."""

    words: str
    accepts: Callable[[Any], bool]


_SWITCH = Kind("true or false", lambda value: isinstance(value, bool))
_WHOLE = Kind("a whole number", lambda value: type(value) is int)
_NUMBER = Kind("a number", lambda value: type(value) in (int, float))
_TEXT = Kind("a text in quotes", lambda value: isinstance(value, str))
_TEXTS = Kind(
    "a list of texts in quotes",
    lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
)


class Setting(click.Option):
    """An option that the file can hold, too; the value of a ``secret`` one is never shown.

    ``shown`` makes of it what may be.
    """

    def __init__(
        self,
        *args: Any,
        secret: bool = False,
        shown: Callable[[str], str] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.secret = secret
        self.shown = shown

    @property
    def key(self) -> str:
        """Its name in the file."""
        return next(word for word in self.opts if word.startswith("--")).removeprefix("--")

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, Any]
    ) -> tuple[Any, ParameterSource]:
        """Click's own way, with the file where the context keeps its defaults."""
        if ctx.default_map is None and not ctx.resilient_parsing:
            # A command without --config: of the file it takes what it knows.
            load(ctx, None, every_key=False)
        return super().consume_value(ctx, opts)

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Click's own way; what is refused says where it came from."""
        with naming_sources(ctx):
            return super().process_value(ctx, value)


def load(context: click.Context, named: Path | None, *, every_key: bool) -> None:
    """Let the file's settings stand in for the defaults of the context's command.

    With ``every_key`` one that the command does not know is an error. Raises ConfigFileRefused.
    """
    file = named or usual_file()
    context.default_map = {}
    if file is None:
        return
    context.meta[_FILE] = file
    settings = {each.key: each for each in context.command.params if isinstance(each, Setting)}
    for key, value in _read(file).items():
        setting = settings.get(key)
        if setting is not None:
            context.default_map[str(setting.name)] = _checked(context, setting, value, file)
        elif every_key:
            raise ConfigFileRefused(file, _unknown(key, value, settings))


def usual_file() -> Path | None:
    """The file that counts where none is named, if there is one."""
    if named := os.environ.get(VARIABLE):
        return full_path(Path(named))
    try:
        file = default_config_file()
        return file if file.exists() else None
    except (NoHome, OSError):  # there is no such folder, or it is another user's
        return None


def file_of(context: click.Context) -> Path | None:
    """The file that the command's settings come from, if any."""
    file: Path | None = context.meta.get(_FILE)
    return file


def came_from(context: click.Context, parameter: click.Parameter) -> str:
    """The option, or the variable or file that has its value; that of an argument is its name."""
    source = context.get_parameter_source(str(parameter.name))
    if not isinstance(parameter, click.Option):
        return parameter.human_readable_name
    if source is ParameterSource.ENVIRONMENT:
        return str(parameter.envvar)
    option = max(parameter.opts, key=len)
    file = file_of(context) if source is _FROM_FILE else None
    return option if file is None else f"{file}: {option.removeprefix('--')}"


@contextmanager
def naming_sources(context: click.Context) -> Iterator[None]:
    """Say of a setting that is refused where it came from. Raises SettingRefused."""
    try:
        yield
    except SettingRefused as refused:
        option = f"--{refused.setting}"
        for each in context.command.params:
            if option in each.opts:
                where = came_from(context, each)
                raise SettingRefused(refused.setting, refused.value, refused.hint, where) from None
        raise


def file_with_secrets(context: click.Context) -> Path | None:
    """The file, where a secret that counts stands in it."""
    for setting in context.command.params:
        source = context.get_parameter_source(str(setting.name))
        if isinstance(setting, Setting) and setting.secret and source is _FROM_FILE:
            return file_of(context)
    return None


def _read(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        reason = f"the file of settings cannot be read: {error.strerror}"
        raise ConfigFileRefused(file, reason) from None
    except UnicodeError:
        raise ConfigFileRefused(file, "it is no text in UTF-8") from None
    except (ValueError, RecursionError) as error:  # a number or a list can be too long, too
        raise ConfigFileRefused(file, f"it is no TOML: {error}") from None


def _checked(context: click.Context, setting: Setting, value: Any, file: Path) -> Any:
    kind = _kind(setting)
    if not kind.accepts(value):
        raise ConfigFileRefused(file, _wrong_type(setting.key, kind, value))
    if isinstance(setting.type, click.Path):
        value = str(_beside(file, value))
    try:
        setting.type_cast_value(context, value)
    except click.BadParameter as error:
        reason = error.message.rstrip(".")
        raise ConfigFileRefused(file, f"{setting.key}: {reason}") from None
    return value


def _kind(setting: Setting) -> Kind:
    if setting.multiple:
        return _TEXTS
    if setting.is_flag:
        return _SWITCH
    if setting.count or isinstance(setting.type, click.types.IntParamType):
        return _WHOLE
    return _NUMBER if isinstance(setting.type, click.types.FloatParamType) else _TEXT


def _wrong_type(key: str, kind: Kind, value: object) -> str:
    # The value is not shown: it may be an access code without its quotes.
    names = {
        bool: "a switch",
        int: "a number",
        float: "a number with a point",
        str: "a text",
        list: "a list of something else" if kind is _TEXTS else "a list",
    }
    return f"{key} has to be {kind.words}, not {names.get(type(value), 'a table or a date')}"


def _unknown(key: str, value: object, settings: Mapping[str, Setting]) -> str:
    if isinstance(value, dict):
        return f"settings stand below no heading; leave out [{key}]"
    for setting in settings.values():
        if f"--{key}" in setting.secondary_opts:
            return f"there is no setting {key!r}; write {setting.key} = false"
    near = difflib.get_close_matches(key.replace("_", "-"), settings, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(settings))}"
    return f"there is no setting {key!r}; {hint}"


def _beside(file: Path, text: str) -> Path:
    """A path in the file: relative to its folder, wherever the command is run."""
    return full_path(Path(text), file.parent)
