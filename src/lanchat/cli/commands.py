"""What commands of lanchat are beyond click's: help by groups and with examples, and hints."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from lanchat.cli.program import program, typed

_NARROW = 60
"""Columns of a terminal below which what an option does stands below its name."""

_FIRST_COLUMN = 30


class Example(NamedTuple):
    """A line to type, and what it is good for."""

    line: str
    meaning: str


class _Formatter(click.HelpFormatter):
    """Writes commands as they are typed here."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(program() + prog.removeprefix("lanchat"), args, prefix)

    def write_text(self, text: str) -> None:
        super().write_text(typed(text))


class _Context(click.Context):
    formatter_class = _Formatter


class _Shown(click.Command):
    """What commands and groups of commands have in common: their help."""

    context_class = _Context

    def __init__(
        self,
        *args: Any,
        examples: Sequence[tuple[str, str]] = (),
        groups: Mapping[str, Sequence[str]] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.examples = [Example(*each) for each in examples]
        self._groups = groups or {}

    def option_groups(self, ctx: click.Context) -> Iterator[tuple[str, list[click.Option]]]:
        """The options that are shown, by the headings that they stand under."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        named = {name: title for title, names in self._groups.items() for name in names}
        for title in (*self._groups, "Options"):
            found = [
                each
                for each in options
                if not each.hidden and named.get(str(each.name), "Options") == title
            ]
            if found:
                yield title, found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, options in self.option_groups(ctx):
            records = [record for each in options if (record := each.get_help_record(ctx))]
            with formatter.section(title):
                _write_list(formatter, records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                for number, (line, meaning) in enumerate(self.examples):
                    if number:
                        formatter.write_paragraph()
                    formatter.write_text(f"# {meaning}")
                    # As it is, however narrow the terminal: it is there to be copied.
                    formatter.write(f"{'':{formatter.current_indent}}{typed(line)}\n")
        super().format_epilog(ctx, formatter)


class Command(_Shown):
    """A command; what it has ``retired`` is refused with a word of what to write instead."""

    def __init__(
        self, *args: Any, retired: Mapping[str, str] | None = None, **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self._retired = retired or {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            new = self._retired.get(error.option_name)
            if new is None:
                raise
            words = f"{error.option_name} has another meaning by now; write {new}"
            raise click.UsageError(words, ctx) from None


class Commands(_Shown, click.Group):
    """A group of commands, whose summaries are whole.

    Those that are there ``lazily``, as ``module:function``, are imported when they are asked for:
    reading a log needs nothing that serves.
    """

    command_class = Command

    def __init__(
        self, *args: Any, lazily: Mapping[str, str] | None = None, **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self._lazily = lazily or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self._lazily]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._lazily.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, function = place.partition(":")
        command: click.Command = getattr(import_module(module), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if (
            not ctx.resilient_parsing
            and not word.startswith("-")
            and self.get_command(ctx, word) is None
        ):
            near = difflib.get_close_matches(word, self.list_commands(ctx), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {word!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Shown.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(limit=1_000))
            for name, command in found
            if command is not None and not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                _write_list(formatter, rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            # Whoever read our output has seen enough. Caught here, because click exits with 1.
            raise click.exceptions.Exit(0) from error


def _write_list(formatter: click.HelpFormatter, rows: list[tuple[str, str]]) -> None:
    rows = [(name, typed(meaning)) for name, meaning in rows]
    formatter.write_dl(rows, col_max=_FIRST_COLUMN if formatter.width >= _NARROW else 2)
