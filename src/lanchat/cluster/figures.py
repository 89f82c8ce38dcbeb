"""How one process gets on with the database, in numbers that are kept anyway."""

from __future__ import annotations

from typing import NamedTuple

from lanchat.chat.figures import Histogram


class DatabaseFigures(NamedTuple):
    """What is known without asking: of a database that is away, too.

    All up to the position ``told`` was told here, and ``heard`` is the newest that it knows of. The
    lease was renewed ``lease_age`` seconds ago; ``is_reachable`` where it holds, and the process
    hears what happens. ``told_seconds`` are those from a commit of its own until it was told.
    """

    is_reachable: bool
    told: int
    heard: int
    lease_age: float
    told_seconds: Histogram
