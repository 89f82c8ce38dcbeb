"""What is worth a word before a room is opened to a network: one line for each risk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from lanchat.config import ServeConfig


def risks(config: ServeConfig) -> Iterator[str]:
    """What whoever starts this server should know; the data directory is there already."""
    if hasattr(os, "geteuid"):  # Windows has other users and other permissions
        if os.geteuid() == 0:
            yield (
                "lanchat runs as root: a hole in it would open all of this computer, "
                "and the rights of an ordinary user are enough"
            )
        if config.data_dir.stat().st_mode & stat.S_IWOTH:
            yield (
                "everybody with an account on this computer can change the messages; "
                f"forbid it with: chmod o-w {config.data_dir}"
            )
