"""Names of files, made safe for everybody who sees them and for every disk that they may go to.

What a name says is kept as far as that goes: a name is no path, shows all of its characters in
their order, and is one that Windows, macOS and Linux take. A name that is safe already stays as it
is.
"""

from __future__ import annotations

import re
import unicodedata

from lanchat.chat.model import FILE_NAME_LIMIT, can_be_seen

NAMELESS = "file"
"""What a file is called of whose name nothing is left."""

_FORBIDDEN = re.compile(r'[<>:"|?*\ufffd]')
"""What Windows takes in no name, and what stands for bytes that are no text."""

_JOINER = re.compile("(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])")
"""Where Persian words and emoji need it; elsewhere it would be seen by nobody."""

_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""On Windows these are devices, whatever stands behind the point."""

_ENDING = re.compile(r"\.[^. ]{1,20}$")
"""By which people and programs tell what a file is: a name is cut before it."""

_LOOKED_AT = 1_000
"""Characters of a name: to sort the accents on a letter takes the square of their number."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})


def safe_name(name: str | bytes | None) -> str:
    """The name of a file as all may see and store it, whatever somebody says that it is."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name or ""
    # What is cut or taken away may lay bare something else.
    while (safer := _safer(text)) != text:
        text = safer
    return text


def _safer(text: str) -> str:
    text = re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    text = "".join(_shown(text))
    if len(text) > _LOOKED_AT:
        text = text[: _LOOKED_AT // 2] + text[-_LOOKED_AT // 2 :]
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", text))
    text = " ".join(text.split()).strip(". ")
    text = _cut(f"_{text}" if _DEVICE.match(text) else text)
    return text if any(map(can_be_seen, text)) else NAMELESS


def _shown(text: str) -> list[str]:
    """The characters of the text that can be seen, and spaces."""
    joiners = {found.start() for found in _JOINER.finditer(text)}
    return [
        " " if char.isspace() else char
        for at, char in enumerate(text)
        if char.isspace() or at in joiners or unicodedata.category(char) not in _UNSEEN
    ]


def _cut(text: str) -> str:
    """So much of a name as it may be long, with its ending."""
    if len(text.encode()) <= FILE_NAME_LIMIT:
        return text
    found = _ENDING.search(text)
    ending = found[0] if found else ""
    room = FILE_NAME_LIMIT - len(ending.encode())
    start = text[: len(text) - len(ending)].encode()[: max(0, room)].decode(errors="ignore")
    return f"{start.rstrip('. ')}{ending}"
