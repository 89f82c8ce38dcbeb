"""Which names may be used, and which names look alike.

A name is normalised to Unicode NFKC with single spaces, as the PRECIS nickname profile does
(RFC 8266), so that fullwidth letters are plain ones. Two names are the same to lanchat when
their skeletons are: what is left of a name once case, spaces, punctuation and the best known
look-alikes of other alphabets (Unicode TR39) no longer count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from lanchat.errors import NameUnusable

NAME_LIMIT = 32
"""Characters (code points) in a name."""

_MAX_MARKS = 4
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ALPHABETS_THAT_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
# Compared after case folding, so each letter stands for the shapes of both its cases.
_LOOK_ALIKES = {
    ord(letter): shape
    for letters, shapes in (
        ("авеѕіјкӏмнорԛстуԝхүһԁ", "abesijklmhopqctywxyhd"),
        ("αβεζηικμνορτυχ", "abezhikmnoptyx"),
        ("օսհո", "ouhn"),  # noqa: RUF001  Armenian
        ("01", "ol"),
    )
    for letter, shape in zip(letters, shapes, strict=True)
}


def clean(raw: str) -> str:
    """The name as it will be shown. Raises NameUnusable with the reason."""
    if any(unicodedata.category(char) in _INVISIBLE for char in raw.strip()):
        raise NameUnusable("control")
    name = " ".join(unicodedata.normalize("NFKC", raw).split())
    if not name:
        raise NameUnusable("empty")
    if len(name) > NAME_LIMIT:
        raise NameUnusable("long", limit=NAME_LIMIT)
    if not any(unicodedata.category(char)[0] in "LNS" for char in name) or _piles_up_marks(name):
        raise NameUnusable("symbols")
    if len(_alphabets(name)) > 1:
        raise NameUnusable("mixed")
    return name


def skeleton(name: str) -> str:
    """What names that look alike have in common; only good for comparing."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_LOOK_ALIKES)
    letters = "".join(char for char in plain if unicodedata.category(char)[0] not in "ZPC")
    return letters or plain


def suggest(name: str, is_free: Callable[[str], bool]) -> str:
    """The first free name of ``Ana 2``, ``Ana 3`` and so on."""
    number = 2
    while True:
        suffix = f" {number}"
        candidate = name[: NAME_LIMIT - len(suffix)].rstrip() + suffix
        if is_free(candidate):
            return candidate
        number += 1


def _alphabets(name: str) -> set[str]:
    """Of the alphabets with letters in common shapes, those that the name's letters are from."""
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in name if char.isalpha()}
    return scripts & _ALPHABETS_THAT_LOOK_ALIKE


def _piles_up_marks(name: str) -> bool:
    """Whether more accents stand on one letter than any language needs."""
    run = 0
    for char in unicodedata.normalize("NFD", name):
        run = run + 1 if unicodedata.combining(char) else 0
        if run > _MAX_MARKS:
            return True
    return False
