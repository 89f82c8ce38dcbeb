"""The ``lanchat`` command: its subcommands, and how an error becomes one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum
from typing import NoReturn

import click

from lanchat import __version__
from lanchat.cli.commands import Command, Commands
from lanchat.cli.config_file import came_from
from lanchat.cli.program import COMMANDS, bundled, opened_alone, typed
from lanchat.errors import (
    CannotStart,
    ConfigFileRefused,
    ExtraMissing,
    LanchatError,
    NoHome,
    SettingRefused,
)

DEBUG_VARIABLE = "LANCHAT_DEBUG"

COMPLETION_VARIABLE = "_LANCHAT_COMPLETE"
"""What click looks for when the shell asks."""

SHELLS = ("bash", "zsh", "fish")


class ExitCode(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CANNOT_START = 3
    INTERRUPTED = 130


@click.group(
    cls=Commands,
    lazily=COMMANDS,
    examples=[
        ("lanchat serve", "Start a chat, and see the address for all others"),
        ("lanchat log tail -f", "See who comes and goes"),
        ("lanchat help log tail", "Read about a command"),
    ],
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__, "-V", "--version", prog_name="lanchat", message="%(prog)s %(version)s"
)
@click.pass_context
def lanchat(context: click.Context) -> None:
    """Chat with everybody on your network: start it here, open it in any browser there."""
    show_help(context)


@click.command(
    cls=Command, examples=[('eval "$(lanchat completion bash)"', "In this shell, from now on")]
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(*, shell: str) -> None:
    """Print a script that lets your shell complete commands, options and values.

    \b
    Add a line to the file that your shell reads when it starts:
    ~/.bashrc                   eval "$(lanchat completion bash)"
    ~/.zshrc, below compinit    eval "$(lanchat completion zsh)"
    ~/.config/fish/config.fish  lanchat completion fish | source
    """  # noqa: D301 (click's own sign, and no backslash)
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    if script is None:
        raise click.ClickException(f"click has no completion for {shell}")
    click.echo(script(lanchat, {}, "lanchat", COMPLETION_VARIABLE).source())


@click.command("help", cls=Command, examples=[("lanchat help log tail", "Read about one of them")])
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def help_(context: click.Context, /, *, words: tuple[str, ...]) -> None:
    """Show what a command does, and its options."""
    shown = context.find_root()
    for word in words:
        group = shown.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"{shown.command_path} has no commands of its own", shown)
        name, command, _ = group.resolve_command(shown, [word])
        if command is not None:
            shown = command.context_class(command, parent=shown, info_name=name)
    click.echo(shown.get_help())


def show_help(context: click.Context) -> None:
    """What a group answers where no subcommand is named."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; ``argv`` is without the program's name."""
    _occupy_standard_descriptors()
    try:
        sys.exit(run(argv))
    finally:
        _let_go_of_output()


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line; every error ends here, as one line on stderr and an exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words and opened_alone():
        words = ["serve"]
    try:
        result = lanchat.main(words, prog_name="lanchat", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        with suppress(OSError, ValueError):
            if sys.stderr is not None and sys.stderr.isatty():
                click.echo(err=True)  # it shows ^C on this line
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 (a traceback helps nobody who only wants to chat)
        line, code = explain(error)
        complain(line)
        return code
    return result if isinstance(result, int) else ExitCode.OK


def explain(error: Exception) -> tuple[str, int]:
    """What people and the shell are told about an error; call it while it is handled."""
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "lanchat"
        return f"{_usage_error(error).rstrip('.')}; see {command} --help", ExitCode.USAGE
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, ExtraMissing) and bundled():
        return (
            f"{error.option} needs the package {error.package}, which this lanchat came without: "
            "install lanchat by pipx to have it"
        ), exit_code(error)
    if isinstance(error, LanchatError):
        return str(error), exit_code(error)
    if os.environ.get(DEBUG_VARIABLE) and sys.stderr is not None:
        traceback.print_exc()
    if isinstance(error, OSError):
        known = [str(part) for part in (error.filename, error.strerror) if part]
        return ": ".join(known) or repr(error), ExitCode.FAILED
    return (
        f"unexpected error, {type(error).__name__}: {error}; please report it with what "
        f"{DEBUG_VARIABLE}=1 shows when you run the same command again"
    ), ExitCode.FAILED


def _usage_error(error: click.UsageError) -> str:
    """What is wrong, and for a value where it came from: the option, a variable or a file."""
    if isinstance(error, click.BadParameter) and error.message:
        if isinstance(error.param_hint, str):
            return f"{error.param_hint}: {error.message}"
        if error.param is not None and error.ctx is not None:
            return f"{came_from(error.ctx, error.param)}: {error.message}"
    return error.format_message()


def exit_code(error: LanchatError) -> ExitCode:
    """What the shell is told about an error that lanchat raises on purpose."""
    if isinstance(error, CannotStart):
        return ExitCode.CANNOT_START
    if isinstance(error, SettingRefused | ConfigFileRefused | NoHome):
        return ExitCode.USAGE
    return ExitCode.FAILED


def complain(line: str) -> None:
    """Say one line on stderr, whatever became of it."""
    from lanchat.terminal import printable

    with suppress(OSError, ValueError):
        click.echo(f"lanchat: {printable(typed(' '.join(line.split())))}", err=True)


def _occupy_standard_descriptors() -> None:
    """Open what the shell closed (``>&-``), so that no log or socket gets number 0, 1 or 2."""
    with suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 (stderr)
            pass
        os.close(descriptor)


def _let_go_of_output() -> None:
    """Flush both streams; what cannot be written is dropped, and Python's exit stays silent."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # noqa: PERF203 (two turns)
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
