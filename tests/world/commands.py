"""The command line as a tree."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lanchat.cli import lanchat


def all_commands() -> Iterator[click.Context]:
    """Every command that does something by itself, in the context of those above it."""
    return _below(click.Context(lanchat, info_name="lanchat", **lanchat.context_settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    if not isinstance(context.command, click.Group):
        yield context
        return
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        assert command
        yield from _below(click.Context(command, parent=context, info_name=name))
