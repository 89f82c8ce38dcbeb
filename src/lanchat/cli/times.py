"""Durations and moments as values of options."""

from __future__ import annotations

from datetime import datetime, timezone

import click

from lanchat.times import parse_duration, parse_moment


def duration(text: str) -> float:
    """The seconds in ``90s``, ``10m``, ``12h``, ``30d`` or ``2w``, as an option's type.

    Raises click.BadParameter.
    """
    try:
        return parse_duration(text)
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
        raise click.BadParameter(str(error), param_hint=option) from error
