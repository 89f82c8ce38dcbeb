"""Write the tables of options and commands, from the program's own; --check only looks.

A table of options stands in docs/options.md between `<!-- options of lanchat … -->` and
`<!-- end of options -->`, that of what hosts can do in docs/moderation.md between
`<!-- commands -->` and `<!-- end of commands -->`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from lanchat.chat.commands import COMMANDS
from lanchat.cli import lanchat
from lanchat.cli.commands import Command
from lanchat.i18n import translate
from lanchat.phrases import usage

PROJECT = Path(__file__).parents[1]
OPTIONS = PROJECT / "docs" / "options.md"
MODERATION = PROJECT / "docs" / "moderation.md"
TABLE = re.compile(
    r"(<!-- options of lanchat ([a-z ]+?) -->\n).*?(<!-- end of options -->)", re.DOTALL
)
COMMANDS_TABLE = re.compile(r"(<!-- commands -->\n).*?(<!-- end of commands -->)", re.DOTALL)


def main() -> int:
    """Write the tables, or say that they are out of date; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing")
    checks = parser.parse_args().check
    written = {
        OPTIONS: TABLE.sub(
            lambda found: f"{found[1]}\n{table(found[2].split())}\n{found[3]}",
            OPTIONS.read_text("utf-8"),
        ),
        MODERATION: COMMANDS_TABLE.sub(
            lambda found: f"{found[1]}\n{commands()}\n{found[2]}", MODERATION.read_text("utf-8")
        ),
    }
    late = {file: text for file, text in written.items() if text != file.read_text("utf-8")}
    for file, text in late.items():
        if checks:
            print(f"The tables in {file.name} are out of date: run make docs", file=sys.stderr)
        else:
            file.write_text(text, "utf-8")
    return 1 if late and checks else 0


def commands() -> str:
    """What hosts can do, as a table in Markdown."""
    rows = [("command", "what it does"), ("---", "---")]
    rows += [
        (f"`{usage(command, 'en')}`".replace("|", "\\|"), translate("en", command.help_key))
        for command in COMMANDS.values()
    ]
    return "".join(f"| {left} | {right} |\n" for left, right in rows)


def table(words: list[str]) -> str:
    """The options of the command with these words, as a table in Markdown."""
    context = find(words)
    options = [each for each in context.command.params if isinstance(each, click.Option)]
    width = 4 if any(option.envvar for option in options) else 3
    rows = [["option", "what it does", "default", "variable"], ["---"] * 4]
    for title, group in groups(context):
        rows += [[f"**{title}**", "", "", ""]] if title else []
        rows += [list(cells(option, context)) for option in group]
    return "".join(f"| {' | '.join(row[:width])} |\n" for row in rows)


def groups(context: click.Context) -> Iterator[tuple[str, list[click.Option]]]:
    """The options with the titles of their groups, if there are several."""
    command = context.command
    if not isinstance(command, Command):
        yield "", [each for each in command.params if isinstance(each, click.Option)]
        return
    found = list(command.option_groups(context))
    for title, options in found:
        named = [each for each in options if each.name != "help"]
        yield (title if len(found) > 1 else ""), named


def find(words: list[str]) -> click.Context:
    """The command with these words, in the context of the commands above it."""
    context = click.Context(lanchat, info_name="lanchat", **lanchat.context_settings)
    for word in words:
        group = context.command
        command = group.get_command(context, word) if isinstance(group, click.Group) else None
        if command is None:
            sys.exit(f"options.md asks for the options of lanchat {' '.join(words)}: there is none")
        context = click.Context(command, parent=context, info_name=word)
    return context


def cells(option: click.Option, context: click.Context) -> Iterator[str]:
    """One row: how the option is written, its help, its default and its variable."""
    *short, long_form = sorted(option.opts, key=len)
    value, words = "", option.help or ""
    if isinstance(option.type, click.Choice):
        # In the first column they would make it wider than all others together.
        value = " …"
        words += f" One of {', '.join(f'`{choice}`' for choice in option.type.choices)}."
    elif not option.is_flag and not option.count:
        value = f" {option.make_metavar(context)}"
    names = [*short, long_form + value, *option.secondary_opts]
    yield ", ".join(f"`{name}`" for name in names)
    yield words.replace("|", "\\|")
    yield default(option)
    yield f"`{option.envvar}`" if option.envvar else ""


def default(option: click.Option) -> str:
    """What holds where nothing is said; empty for switches."""
    if isinstance(option.show_default, str):
        return option.show_default
    value = option.to_info_dict()["default"]
    if option.is_flag or option.count or option.multiple or value in (None, ""):
        return ""
    return f"`{value}`"


if __name__ == "__main__":
    sys.exit(main())
