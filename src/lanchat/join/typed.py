"""What somebody types: a text to be said, or a word behind a slash that does something else."""

from __future__ import annotations

import difflib
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lanchat import phrases

OWN = {
    "reply": "/reply NUMBER TEXT — answer a message",
    "react": "/react NUMBER EMOJI — react to a message, or take that back",
    "edit": "/edit NUMBER TEXT — say something else instead",
    "delete": "/delete NUMBER — delete a message",
    "file": "/file PATH [TEXT] — send a file",
    "vote": "/vote [NUMBER] OPTION — choose in a poll, or take that back",
    "show": "/show NUMBER — a whole message, however long",
    "pins": "/pins — what is pinned here",
    "search": "/search WORDS — find messages; without words older ones",
    "more": "/more — what was said here before",
    "go": "/go ROOM — show another room, and enter it",
    "leave": "/leave — leave the room that is shown",
    "msg": "/msg NAME TEXT — say something to one person alone",
    "rooms": "/rooms — which rooms there are, and what is new there",
    "who": "/who [NAME] — who is here, and whose hands are up",
    "hand": "/hand — raise a hand, or lower it; a host: /hand down NAME, /hand down all",
    "help": "/help — this",
    "quit": "/quit — leave; so do Ctrl+C and Ctrl+D",
}
"""What a terminal does itself."""

_WHISPERS = {"dm", "pm", "query", "tell", "w", "whisper"}
"""What other chats have for words that not everybody shall read."""


class Typed(NamedTuple):
    """``command`` is None for a text that is said as it stands; else ``text`` is what follows."""

    command: str | None
    text: str


@cache
def of_the_room() -> dict[str, str]:
    """The commands that the server carries out, with how each is written."""
    return {str(one["name"]): f"{one['usage']} — {one['help']}" for one in phrases.offered("en")}


def read(line: str) -> Typed:
    """What is meant. A slash that begins no command is said: /home/ana, // main.c."""
    word, _, text = line.removeprefix("/").partition(" ")
    name = word.lower()
    if not line.startswith("/") or not name or "/" in name:
        return Typed(None, line)
    if name in _WHISPERS:
        return Typed("msg", text.strip())
    known = [*OWN, *of_the_room()]
    if name in known:
        return Typed(name, text.strip())
    # What looks like a mistyped one is not for everybody to read.
    is_mistyped = difflib.get_close_matches(name, [*known, *_WHISPERS], n=1, cutoff=0.8)
    return Typed("unknown", name) if is_mistyped else Typed(None, line)


def numbered(text: str) -> tuple[int, str] | None:
    """A message's number and what follows it, None where there is no number."""
    word, _, rest = text.partition(" ")
    digits = word.removeprefix("#")
    return (int(digits), rest.strip()) if digits.isascii() and digits.isdecimal() else None


def named_file(text: str) -> tuple[Path | None, str]:
    """A path and what follows it: as it was typed, in quotes, or as terminals write one dropped."""
    if not text:
        return None, ""
    if text[0] in "\"'":
        path, _, rest = text[1:].partition(text[0])
        return _path(path), rest.strip()
    for whole in (text, text.replace("\\ ", " ")):
        if is_file(_path(whole)):
            return _path(whole), ""
    path, _, rest = text.replace("\\ ", "\0").partition(" ")
    return _path(path.replace("\0", " ")), rest.replace("\0", "\\ ").strip()


def is_file(path: Path) -> bool:
    """Whether it is one; it is none also where it may not be looked at, or no name is so long."""
    return os.path.isfile(path)  # noqa: PTH113 (of which Path raises, before Python 3.14)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # of nobody who has a folder here
        return Path(text)
