"""The words by which messages are found: one form for what was said and for what is looked for.

Letters lose their case, their accents and their width, as far as Unicode knows them as variants
of one. Where words have no spaces between them (Chinese, Japanese, Thai and some more) each letter
is a word, and what is looked for is a row of them; so is an emoji. Everything else that is no
letter and no digit parts words. Whatever stores words can take them as they are: they hold no
spaces, no punctuation and no capitals, and letters and digits alone among ASCII's characters.
"""

from __future__ import annotations

import unicodedata

_APART = (
    (0x0E01, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals of Chinese
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x3038, 0x30FF),  # Japanese
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Chinese
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFD),
)
"""Letters of scripts that are written without spaces."""

_ACCENTS = (
    (0x0300, 0x036F),  # of Latin, Greek and Cyrillic letters
    (0x0591, 0x05BD),  # points and signs of Hebrew
    (0x05BF, 0x05C7),
    (0x0610, 0x061A),  # of Arabic
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE2F),
)
"""Marks that people leave out when they look for something. Those of Indic scripts are vowels."""

_STROKES = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i"}
"""Letters that are not made of a letter and a mark, and are looked for as if they were."""


class _Form(dict[int, str]):
    """What becomes of a character; each is looked at once, when it is met first."""

    def __missing__(self, code: int) -> str:
        self[code] = form = _form(chr(code))
        return form


_FORMS = _Form()
_NO_ACCENTS = dict.fromkeys(code for first, last in _ACCENTS for code in range(first, last + 1))


def words(text: str) -> list[str]:
    """The words of a text, in their order."""
    if text.isascii():
        return text.lower().translate(_FORMS).split()
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_NO_ACCENTS)
    # Recomposed, because a syllable of Korean is a letter here, and so is one of Japanese.
    return unicodedata.normalize("NFC", bare).translate(_FORMS).split()


def phrases(text: str) -> list[list[str]]:
    """What a search looks for: words that stand beside each other where no space parts them."""
    return [phrase for part in text.split() if (phrase := words(part))]


def is_whole(word: str) -> bool:
    """Whether the word is one letter that stands apart: no longer word begins with it."""
    return len(word) == 1 and (_within(ord(word), _APART) or unicodedata.category(word) == "So")


def _form(char: str) -> str:
    code, category = ord(char), unicodedata.category(char)
    if category in {"Cf", "Cc"} and not char.isspace():
        return ""
    if category == "So" or _within(code, _APART):
        return f" {char} " if category[0] in "LMNS" else " "
    if category[0] in "LMN" or category == "Co":
        return _STROKES.get(char, char)
    return " "


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
