"""Write the manual page man/lanchat.1 from the commands themselves; --check only looks."""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from option_tables import default

from lanchat import __version__
from lanchat.cli import lanchat
from lanchat.cli.commands import Command

PAGE = Path(__file__).parents[1] / "man" / "lanchat.1"

SECTIONS = {
    "ENVIRONMENT": {
        "LANCHAT_...": "Most options can be set by a variable instead, which stands beside each. "
        "A switch is set by 1, and LANCHAT_ALLOW_HOST takes several names with spaces between.",
        "NO_COLOR": "Turns colours off.",
        "LANCHAT_DEBUG": "Shows where an unexpected error comes from.",
    },
    "FILES": {
        "~/.config/lanchat/config.toml": "Settings, if it is there; see `lanchat config show`.",
        "~/.local/share/lanchat": "Messages, and the secret that signs the sessions.",
        "~/.local/state/lanchat/log/connections.log": "Who came and went.",
    },
    "EXIT STATUS": {
        "0": "All is well.",
        "1": "It failed.",
        "2": "Wrong usage, or a setting that cannot be used.",
        "3": "The server, or an import, cannot start.",
        "130": "Interrupted.",
    },
    "EXAMPLES": {
        "lanchat serve --name 'Room 12' --access-code auto": "Start a room; guests need a code.",
        "lanchat log tail -f": "See who comes and goes.",
        "lanchat doctor": "Find out why a phone cannot connect.",
        "lanchat export -o messages.html": "Write down everything that was said.",
    },
}


def main() -> int:
    """Write the page, or say that it is out of date; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    checks = parser.parse_args().check
    text = "\n".join(page()) + "\n"
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    if checks:
        print(f"man/{PAGE.name} is out of date: run make docs", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, "utf-8")
    return 0


def page() -> Iterator[str]:
    """The lines of the page, in the macros of man(7)."""
    context = click.Context(lanchat, info_name="lanchat", **lanchat.context_settings)
    yield r".\" Made from the command line itself by scripts/man_pages.py: run make docs."
    yield f'.TH LANCHAT 1 "" "lanchat {__version__}" "User Commands"'
    yield from (".nh", ".ad l")  # names that are broken in two cannot be copied
    yield ".SH NAME"
    yield rf"lanchat \- {roff('a chat for the network that you are on')}"
    yield ".SH SYNOPSIS"
    yield from synopsis(context)
    yield ".SH DESCRIPTION"
    yield from paragraphs(lanchat.help)
    yield from options(context, context.command.get_params(context))
    yield ".SH COMMANDS"
    for command in commands(context):
        yield f'.SS "{roff(command.command_path)}"'
        yield from synopsis(command)
        yield from paragraphs(command.command.help)
        yield from options(command, command.command.params)
        yield from examples(command.command)
    for title, texts in SECTIONS.items():
        yield f".SH {title}"
        yield from entries(texts)


def commands(context: click.Context) -> Iterator[click.Context]:
    """Every command that does something by itself, in the context of those above it."""
    group = context.command
    if not isinstance(group, click.Group):
        yield context
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield from commands(click.Context(command, parent=context, info_name=name))


def synopsis(context: click.Context) -> Iterator[str]:
    """How the command is written."""
    yield f".B {roff(context.command_path)}"
    yield roff(" ".join(context.command.collect_usage_pieces(context)))


def options(context: click.Context, params: list[click.Parameter]) -> Iterator[str]:
    """Each option with its help, its default and its variable."""
    for option in params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        value = "" if option.is_flag or option.count else option.make_metavar(context)
        spellings = [*sorted(option.opts, key=len), *option.secondary_opts]
        names = [rf"\fB{roff(name)}\fR" for name in spellings]
        yield ".TP"
        # A long list of choices may go on in the next line.
        value = roff(value).replace("|", r"|\:")
        yield ", ".join(names) + (rf" \fI{value}\fR" if value else "")
        yield sentence(option.help or "")
        notes = {"Default": default(option).strip("`"), "Variable": option.envvar}
        for title, note in notes.items():
            if note:
                yield sentence(f"{title}: {note}.")


def examples(command: click.Command) -> Iterator[str]:
    """What to type, and what for."""
    if isinstance(command, Command):
        for line, meaning in command.examples:
            yield from (".PP", sentence(f"{meaning}:"), ".nf", rf"\fB{roff(line)}\fR", ".fi")


def paragraphs(help_text: str | None) -> Iterator[str]:
    """A command's help as click writes it: paragraphs with empty lines between them."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(help_text or "")):
        yield ".PP"
        if paragraph.startswith("\b\n"):  # click's sign for lines that stay as they are
            yield from (".nf", *map(sentence, paragraph.splitlines()[1:]), ".fi")
        else:
            yield sentence(" ".join(paragraph.split()))


def entries(texts: dict[str, str]) -> Iterator[str]:
    """Words in bold, and what they mean."""
    for words, meaning in texts.items():
        yield from (".TP", f".B {roff(words)}", sentence(meaning))


def sentence(text: str) -> str:
    """A line of running text; what stands in backticks is bold."""
    parts = re.split(r"`([^`]*)`", text)
    return "".join(
        rf"\fB{roff(part)}\fR" if number % 2 else roff(part) for number, part in enumerate(parts)
    )


def roff(text: str) -> str:
    """The text as troff takes it: nothing is a command, and a hyphen can be copied."""
    # Quotes as keyboards have them: what the page's texts quote is there to be typed.
    text = text.replace("\u201c", '"').replace("\u201d", '"')
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    escaped = escaped.replace("'", r"\(aq").replace('"', r"\(dq").replace("~", r"\(ti")
    escaped = "".join(each if each.isascii() else rf"\[u{ord(each):04X}]" for each in escaped)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    sys.exit(main())
