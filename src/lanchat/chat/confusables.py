"""Which names count as the same, because people would take one for the other.

Names are compared by their skeletons, of which a name has up to three:

- how it reads: without case, spaces, punctuation and joiners (the comparison of RFC 8266, with
  case folding, so that ``Straße`` is ``STRASSE``);
- how it reads in Latin letters, where other alphabets have letters of the same shape;
- how it is seen in a typeface without serifs: ``I``, ``l``, ``1`` and ``|`` are one stroke, ``0``
  is ``O``, ``rn`` is ``m``, ``vv`` is ``w`` and ``cl`` is ``d`` (the prototypes of UTS 39, section
  4), but not where a name begins: ``clara`` and ``dara`` are two children of one class. Case counts
  here, for it is what tells ``Iara`` from ``Lara`` and ``IARA`` from ``LARA``, who may be in the
  room together; ``lara`` may not be when ``Iara`` is.

In none of them counts what is drawn across a letter: bars and strokes, whether they combine with it
or are part of it, hooks and tails. What alphabets of living languages tell apart does: ``José`` is
not ``Jose``, nor ``Søren`` ``Soren`` or ``Michał`` ``Michal``.

Two names are the same when they share a skeleton.
"""

# ruff: noqa: RUF001  letters that look like others are the subject here

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from precis_i18n.profile import Profile

# Letters of Unicode's confusables.txt (UTS 39) whose prototype is a Latin letter: each row has
# the letters that look like its first one. Small capitals, which that table keeps apart, are
# capitals here.
_SHAPES = {
    "A": "ᗩⱭᴀΑАᎪᗅꓮ𐊠𖽀",
    "B": "ʙвΒВᏴᗷꓐꞴ𐊂𐊡𐌁",
    "C": "ᑕСᏟⲤꓚ𐊢𐌂𐐕𐔜",
    "D": "ᴅᎠᗞᗪꓓ",
    "E": "ᴇΕЕᎬⴹꓰ𐊆𑢦𑢮",
    "F": "ϜᖴꓝꞘ𐊇𐊥𐔥𑢢𑣂",
    "G": "ɢԌᏀᏳꓖꞬ",
    "H": "ʜнΗНᎻᕼⲎꓧ𐋏",
    "J": "ᴊͿЈᎫᒍꓙꞲ",
    "K": "ᴋкΚКᏦᛕⲔꓗ𐔘",
    "L": "ʟᏞᒪⳐꓡ𐐛𐔦𑢣𑢲𖼖",
    "M": "ᴍмΜϺМᎷᗰᛖⲘꓟ𐊰𐌑",
    "N": "ᑎɴΝⲚꓠ𐔓",
    "O": "ΟОՕଠዐⲞⵔꓳ𐊒𐊫𐐄𐓂𐔖𑢵",
    "P": "ᴘΡРᏢᑭⲢꓑ𐊕",
    "Q": "ⵕ",
    "R": "ʀƦᎡᏒᖇꓣ𐒴𖼵",
    "S": "ᔕЅՏᏕᏚꓢ𐊖𐐠𖼺",
    "T": "ᴛтΤТᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊",
    "U": "Սሀᑌꓴ𐓎𑢸𖽂",
    "V": "ѴᏙᐯⴸꓦꛟ𐔝𑢠𖼈",
    "W": "ᗯƜԜᎳᏔꓪ",
    "X": "᙭ΧХᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧",
    "Y": "ΥУҮᎩᎽⲨꓬ𐊲𑢤𖽃",
    "Z": "ᘔΖᏃꓜ𑢩",
    "a": "ɑαа",
    "b": "ƄЬᏏᑲᖯ",
    "c": "сᴄⲥꮯ𐐽",
    "d": "ԁᏧᑯꓒ",
    "e": "еҽꬲ",
    "f": "քẝꞙꬵ",
    "g": "ƍɡցᶃꬶ",
    "h": "һհᏂ",
    "i": "ıɩɪιіӏᎥꙇꭵ𑣃",
    "j": "ϳј",
    "l": "ƖǀΙІӀᛁⲒⵏꓲ𐊊𐌉𖼨",
    "n": "ոռ",
    "o": "οσоօഠဝჿᴏᴑⲟꬽ𐐬𐓪𑣈𑣗",
    "p": "ρрⲣ",
    "q": "ᑫԛգզ",
    "r": "гᴦⲅꭇꭈꮁ",
    "s": "ƽѕꜱꮪ𐑈𑣁",
    "u": "ʋυսᴜꞟꭎꭒ𐓶𑣘",
    "v": "νѵᴠꮩ𑜆𑣀",
    "w": "ɯѡԝաᴡꮃ𑜊𑜎𑜏",
    "x": "хᕁᕽ",
    "y": "ɣʏγуүყᶌỿꭚ𑣜",
    "z": "ᴢꮓ𑣄",
    "Đ": "ÐƉ",
    # Of the same table: kana and Han characters in the same strokes.
    "エ": "工",
    "カ": "力",
    "タ": "夕",
    "ト": "卜",
    "ニ": "二",
    "ハ": "八",
    "ヘ": "へ",
    "ロ": "口",
}
# A to Z in black circles and squares, and as one writes flags: emoji that are read as letters.
_PICTURED = {
    chr(first + index): chr(ord("A") + index)
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for index in range(26)
}
_LATIN = str.maketrans(
    {like: shape for shape, alike in _SHAPES.items() for like in alike} | _PICTURED
)
_STROKES = str.maketrans({"I": "l", "1": "l", "|": "l", "0": "O"})
_DIGITS = str.maketrans({"1": "l", "|": "l", "0": "o"})

_PAIRS = (("rn", "m"), ("vv", "w"), ("VV", "W"))
"""Letters that are seen as another one; an I, an l and a 1 are the same by then."""

_CL = re.compile(r"(?<=.)cl")

_OVERLAY = 1
"""The combining class of what is drawn across a letter."""

_LINES = frozenset("\u0305\u0332\u0333\u033f")
"""Lines above and below, which join to one."""

# Letters of the Latin script that are another one but for a stroke, a hook or their style, and
# that no table above has; Unicode never changes a name.
_VARIANT = re.compile(
    "LATIN (?P<case>CAPITAL |SMALL )?(?:LETTER|LIGATURE) (?P<small>SMALL CAPITAL )?"
    "(?:SCRIPT |INSULAR |BLACKLETTER |DOTLESS |LONG |LENIS |MIDDLE-WELSH )?"
    "(?P<letters>[A-Z]|A[AEOUVY]|O[EO]|TZ|VY)(?: WITH .*)?"
)

_OF_THEIR_OWN = frozenset("ØøŁłĐđĦħ")
"""Letters that alphabets of today have besides the one without the stroke."""

# The same, typed as a letter and a stroke: seen alike, and Unicode does not compose them.
_STROKED = {
    letter + stroke: own
    for own, letter, strokes in (
        ("Ø", "O", "\u0337\u0338"),
        ("Ł", "L", "\u0335\u0337\u0338"),
        ("Đ", "D", "\u0335"),
        ("Ħ", "H", "\u0335"),
    )
    for stroke in strokes
    for letter, own in ((letter, own), (letter.lower(), own.lower()))
}

_VARIATION = "\ufe0f"
_UNHEARD = frozenset({"Cf", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sk", "Zs"})


@cache
def profile(name: str) -> Profile:
    """A profile of PRECIS. Its tables are read for the first name that comes: no start waits."""
    from precis_i18n import get_profile

    return get_profile(name)


def skeletons(name: str) -> frozenset[str]:
    """What the name has in common with those that look like it; only good for comparing."""
    apart = unicodedata.normalize("NFKD", name)
    for typed, letter in _STROKED.items():
        apart = apart.replace(typed, letter)
    name = unicodedata.normalize("NFKC", "".join(map(_plain, apart)))
    latin = name.translate(_LATIN)
    return frozenset({"read " + _read(name), "read " + _read(latin), "seen " + _seen(latin)})


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """The character without what is drawn across it, or around it; nothing, if it is just that."""
    if unicodedata.combining(char) == _OVERLAY or char in _LINES:
        return ""
    if unicodedata.category(char) == "Me":
        return ""
    found = _VARIANT.fullmatch(unicodedata.name(char, ""))
    if char.isascii() or char in _OF_THEIR_OWN or found is None or unicodedata.decomposition(char):
        return char
    letters = found["letters"]
    return letters if found["case"] == "CAPITAL " or found["small"] else letters.lower()


def _read(name: str) -> str:
    # Twice: what NFKC makes of a symbol can have capitals again (RFC 8266, section 2).
    compared = profile("NicknameCaseMapped:CaseFold")
    folded = compared.apply_five_rules(compared.apply_five_rules(name))
    # A Turkish capital I keeps its dot when it becomes an i that has one.
    return _letters(folded).replace("i\u0307", "i").translate(_DIGITS)


def _seen(name: str) -> str:
    words = (_heard(word).translate(_STROKES) for word in name.split())
    seen = "".join(_CL.sub("d", word) for word in words) or name.strip()
    for letters, letter in _PAIRS:
        seen = seen.replace(letters, letter)
    return seen


def _letters(name: str) -> str:
    """The name without what is not pronounced; a name that is nothing else stays as it is."""
    return _heard(name) or name.strip()


def _heard(text: str) -> str:
    return "".join(char for char in text if not _is_unheard(char))


def _is_unheard(char: str) -> bool:
    # The modifier letters up to U+02FF are apostrophes, primes and raised letters.
    unheard = unicodedata.category(char) in _UNHEARD or char == _VARIATION
    return unheard or "\u02b0" <= char <= "\u02ff"
