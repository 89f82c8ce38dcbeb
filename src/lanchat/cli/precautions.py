"""What is worth a word before a room is opened to a network: one line for each risk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from lanchat.config import ServeConfig
from lanchat.net.addresses import Address
from lanchat.net.network import ANY_ADDRESS


def risks(
    config: ServeConfig, addresses: Sequence[Address], secrets: Path | None = None
) -> Iterator[str]:
    """What whoever starts this server should know.

    ``addresses`` are all that this machine has; the data directory is there already. ``secrets``
    is the file of settings, where there are secrets in it.
    """
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
        if secrets is not None and secrets.stat().st_mode & stat.S_IROTH:
            yield (
                "everybody with an account on this computer can read the secrets in "
                f"{secrets}; forbid it with: chmod o-r {secrets}"
            )
    public = [str(address.ip) for address in addresses if _is_public(address, config.host)]
    if public and config.access_code is None:
        yield (
            f"{public[0]} is a public address: unless a firewall keeps the internet out, anybody "
            "can join; --access-code asks guests for a code"
        )


def _is_public(address: Address, host: str | None) -> bool:
    """Whether the server listens on the address, and the internet may reach it there."""
    everywhere = host in ANY_ADDRESS and (host != "0.0.0.0" or address.ip.version == 4)  # noqa: PLR2004
    return address.kind == "public" and (everywhere or str(address.ip) == host)
