"""Which names may be used.

A name is what the nickname profile of PRECIS lets pass (RFC 8266): NFKC, so that fullwidth
letters are plain ones, with single spaces, and without characters that cannot be seen. Joiners
of Arabic and Indic scripts may stand where they shape letters (RFC 5892, appendix A). To this
come

- emoji, whose sequences hold joiners and selectors that PRECIS knows nothing of (UTS 51);
- one script a name, as in the "highly restrictive" level of UTS 39, section 5.2: Chinese,
  Japanese and Korean may be mixed with Latin letters, other scripts with nothing;
- no piles of accents (UTS 39, section 5.4);
- none that reads like what the program itself signs with, in the log and in the list of bans.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

from lanchat.chat.confusables import profile, skeletons
from lanchat.errors import NameUnusable

NAME_LIMIT = 32
"""Characters (code points) in a name."""

_SHOWN = "NicknameCasePreserved"
_JOINER, _EMOJI_STYLE, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_BLANK = frozenset("\u2800\U0001d159")  # a Braille cell without dots, a note without a head
_SAYING = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "So"})
_UNSEEN = ("/precis_ignorable_properties", "/old_hangul_jamo")
_MAX_MARKS = 4
_MOST_NUMBERS = 10_000

_SCRIPTS_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
# Python has no script property, and the libraries that do are megabytes of compiled code. The
# first word of a letter's name, which Unicode never changes, is its script. Held against the
# property in Unicode 14, it mistakes for one another some dead scripts (OLD …, LINEAR …) and
# those of the Tai languages, and counts a few combining letters as common.
_COMMON = frozenset(
    {
        "CARON",
        "COMBINING",
        "DIGIT",
        "KATAKANA-HIRAGANA",
        "MASU",
        "MODIFIER",
        "MUSICAL",
        "PHAISTOS",
        "VARIATION",
        "VEDIC",
        "VERTICAL",
        "ZNAMENNY",
    }
)
_SCRIPT_OF = {
    "ARABIC-INDIC": "ARABIC",
    "EXTENDED": "ARABIC",
    "HENTAIGANA": "HIRAGANA",
    "IDEOGRAPHIC": "CJK",
    "ROMAN": "LATIN",
    "TURNED": "LATIN",
    "VIETNAMESE": "CJK",
}


def _bare(word: str) -> str:
    """The word as it is typed without accents."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()


_OWN_WORDS = (
    *("lanchat", "terminal", "server", "servidor", "serveur"),
    *("host", "anfitrión", "hôte", "responsável"),
    *("host link", "enlace de anfitrión", "lien d'hôte", "link de responsável"),
)
"""What the program calls itself and who keeps order, in the log and in every language of the page.

Whoever keeps order from a terminal or by the host link is called so, and a host has that word
beside the name.
"""


@cache
def _reserved() -> frozenset[str]:
    return frozenset().union(*map(skeletons, (*_OWN_WORDS, *map(_bare, _OWN_WORDS))))


def clean(raw: str) -> str:
    """The name as it will be shown. Raises NameUnusable with the reason."""
    # Twice: what NFKC makes of a symbol can begin with a space (RFC 8266, section 2).
    shown = profile(_SHOWN)
    name = shown.apply_five_rules(shown.apply_five_rules(raw.strip()))
    if not name:
        raise NameUnusable("empty")
    if len(name) > NAME_LIMIT:
        raise NameUnusable("long", limit=NAME_LIMIT)
    _check_characters(name)
    _check_marks(name)
    if not any(unicodedata.category(char) in _SAYING for char in name):
        raise NameUnusable("symbols")
    if _mixes_scripts(name):
        raise NameUnusable("mixed")
    if not _reserved().isdisjoint(skeletons(name)):
        raise NameUnusable("reserved")
    return name


def suggest(name: str, is_free: Callable[[str], bool]) -> str:
    """The first free name of ``Ana 2``, ``Ana 3`` and so on.

    A person has three skeletons at most and every number makes new ones, so the limit is for
    an ``is_free`` that never says yes.
    """
    candidate = name
    for number in range(2, _MOST_NUMBERS):
        candidate = _numbered(name, f" {number}")
        if is_free(candidate):
            break
    return candidate


def _numbered(name: str, suffix: str) -> str:
    """As much of the name as makes a usable one with the suffix."""
    # A cut can go through an emoji or a word, and what is left begin or end with a joiner.
    ends = range(min(len(name), NAME_LIMIT), -1, -1)
    return clean(next(filter(_is_usable, (name[:end] + suffix for end in ends))))


def _is_usable(name: str) -> bool:
    try:
        clean(name)
    except NameUnusable:
        return False
    return True


def _check_characters(name: str) -> None:
    if not _BLANK.isdisjoint(name):
        raise NameUnusable("control")
    try:
        profile(_SHOWN).enforce(_without_emoji_joiners(name))
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        if not character.isprintable() or error.reason.endswith(_UNSEEN):
            raise NameUnusable("control") from None
        raise NameUnusable("character", character=character) from None


def _without_emoji_joiners(name: str) -> str:
    """The name without the joiners and selectors that stand within emoji (UTS 51, ED-16)."""
    kept = []
    for before, char, after in zip(" " + name, name, name[1:] + " ", strict=False):
        if char == _EMOJI_STYLE:
            belongs = _is_picture(before) or after == _KEYCAP
        else:
            belongs = (
                char == _JOINER
                and (_is_picture(before) or before == _EMOJI_STYLE)
                and _is_picture(after)
            )
        if not belongs:
            kept.append(char)
    return "".join(kept)


def _is_picture(char: str) -> bool:
    """Whether it can be an emoji: a symbol, or the colour of somebody's skin."""
    return unicodedata.category(char) == "So" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _check_marks(name: str) -> None:
    run = ""
    for index, char in enumerate(unicodedata.normalize("NFD", name)):
        category = unicodedata.category(char)
        repeated = run.endswith(char)
        run = run + char if category in {"Mn", "Me"} else ""
        if repeated or len(run) > _MAX_MARKS or (index == 0 and category[0] == "M"):
            raise NameUnusable("character", character=f"◌{char}")


def _mixes_scripts(name: str) -> bool:
    scripts = {script for char in name if (script := _script(char))}
    return len(scripts) > 1 and not any(scripts <= these for these in _SCRIPTS_TOGETHER)


def _script(char: str) -> str | None:
    """The script of a letter, a mark or a digit, in capitals; None where many share it."""
    category = unicodedata.category(char)
    if category[0] not in "LM" and category != "Nd":
        return None
    word = unicodedata.name(char, "").split(" ")[0]
    return None if word in _COMMON else _SCRIPT_OF.get(word, word)
