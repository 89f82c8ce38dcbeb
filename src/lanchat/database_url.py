"""The address of a database, ``postgresql://USER:PASSWORD@HOST/DATABASE``: a password is in it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lanchat.errors import SettingRefused

_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(:\d*)?")
"""A host and its port; where there are several, a comma stands between them."""

_SECRET_WORDS = frozenset({"password", "sslpassword"})
"""What else is a secret in it."""


def check(setting: str, address: str) -> None:
    """Look whether this can be such an address.

    Raises SettingRefused, which shows nothing of it.
    """
    if not _is_one(address):
        hint = (
            "write postgresql://USER:PASSWORD@HOST/DATABASE, and characters such as / : @ in the "
            "password as %2F %3A %40"
        )
        raise SettingRefused(setting, "that", hint)


def without_password(address: str) -> str:
    """The same, as everybody may see it; of what is no address, nothing."""
    if not _is_one(address):
        return "not shown"
    parts = urlsplit(address)
    who, at, hosts = parts.netloc.rpartition("@")
    words = [(key, value) for key, value in parse_qsl(parts.query) if key not in _SECRET_WORDS]
    netloc = who.partition(":")[0] + at + hosts
    query = urlencode(words, safe="/:,")
    shown = urlunsplit(parts._replace(netloc=netloc, query=query))
    # Without a host two slashes are lost, and what is left is no address any more.
    return shown if netloc else shown.replace(":", "://", 1)


def _is_one(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    hosts = parts.netloc.rpartition("@")[2].split(",")
    # A password with a slash that was not written as %2F ends the part with the hosts.
    is_whole = "@" not in parts.path and all(map(_HOST.fullmatch, hosts))
    begins = address.startswith(("postgresql://", "postgres://"))
    return begins and is_whole and not parts.fragment
