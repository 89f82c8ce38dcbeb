"""The address of a room as somebody types it, from a banner or a sheet of paper."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from lanchat.errors import SettingRefused


def room_address(setting: str, url: str) -> str:
    """The address without a slash at its end. Raises SettingRefused where it is none."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not url.isprintable() or " " in url or "@" in parts.netloc:
        raise SettingRefused(setting, url, "it is written like http://192.168.1.20:8765")
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path.rstrip('/'), safe='/%:')}"
