"""Which names count as the same, because people would take one for the other.

Names are compared by their skeletons, of which a name has up to three:

- how it reads: without case, spaces, punctuation and joiners (the comparison of RFC 8266, with
  case folding, so that ``Straße`` is ``STRASSE``);
- how it reads in Latin letters, where other alphabets have letters of the same shape;
- how it is seen in a typeface without serifs: ``I``, ``l``, ``1`` and ``|`` are one stroke, ``0``
  is ``O`` and ``rn`` is ``m`` (the prototypes of UTS 39, section 4). Case counts here, for it is
  what tells ``Iara`` from ``Lara`` and ``IARA`` from ``LARA``, who may be in the room together;
  ``lara`` may not be when ``Iara`` is.

Two names are the same when they share a skeleton.
"""

# ruff: noqa: RUF001  letters that look like others are the subject here

from __future__ import annotations

import unicodedata

from precis_i18n import get_profile

# Letters of Unicode's confusables.txt (UTS 39) whose prototype is a Latin letter: each row has
# the letters that look like its first one. Small capitals, which that table keeps apart, are
# capitals here.
_SHAPES = {
    "A": "ᴀΑАᎪᗅꓮ𐊠𖽀",
    "B": "ʙвΒВᏴᗷꓐꞴ𐊂𐊡𐌁",
    "C": "СᏟⲤꓚ𐊢𐌂𐐕𐔜",
    "D": "ᴅᎠᗞᗪꓓ",
    "E": "ᴇΕЕᎬⴹꓰ𐊆𑢦𑢮",
    "F": "ϜᖴꓝꞘ𐊇𐊥𐔥𑢢𑣂",
    "G": "ɢԌᏀᏳꓖ",
    "H": "ʜнΗНᎻᕼⲎꓧ𐋏",
    "J": "ᴊͿЈᎫᒍꓙꞲ",
    "K": "ᴋкΚКᏦᛕⲔꓗ𐔘",
    "L": "ʟᏞᒪⳐꓡ𐐛𐔦𑢣𑢲𖼖",
    "M": "ᴍмΜϺМᎷᗰᛖⲘꓟ𐊰𐌑",
    "N": "ɴΝⲚꓠ𐔓",
    "O": "ΟОՕଠዐⲞⵔꓳ𐊒𐊫𐐄𐓂𐔖𑢵",
    "P": "ᴘΡРᏢᑭⲢꓑ𐊕",
    "Q": "ⵕ",
    "R": "ʀƦᎡᏒᖇꓣ𐒴𖼵",
    "S": "ЅՏᏕᏚꓢ𐊖𐐠𖼺",
    "T": "ᴛтΤТᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊",
    "U": "Սሀᑌꓴ𐓎𑢸𖽂",
    "V": "ѴᏙᐯⴸꓦꛟ𐔝𑢠𖼈",
    "W": "ԜᎳᏔꓪ",
    "X": "ΧХᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧",
    "Y": "ΥУҮᎩᎽⲨꓬ𐊲𑢤𖽃",
    "Z": "ΖᏃꓜ𑢩",
    "a": "ɑαа",
    "b": "ƄЬᏏᑲᖯ",
    "c": "сᴄⲥꮯ𐐽",
    "d": "ԁᏧᑯꓒ",
    "e": "еҽꬲ",
    "f": "քẝꞙꬵ",
    "g": "ƍɡցᶃ",
    "h": "һհᏂ",
    "i": "ıɩɪιіӏᎥꙇꭵ𑣃",
    "j": "ϳј",
    "l": "ƖǀΙІӀᛁⲒⵏꓲ𐊊𐌉𖼨",
    "n": "ոռ",
    "o": "οσоօഠဝჿᴏᴑⲟꬽ𐐬𐓪𑣈𑣗",
    "p": "ρрⲣ",
    "q": "ԛգզ",
    "r": "гᴦⲅꭇꭈꮁ",
    "s": "ƽѕꜱꮪ𐑈𑣁",
    "u": "ʋυսᴜꞟꭎꭒ𐓶𑣘",
    "v": "νѵᴠꮩ𑜆𑣀",
    "w": "ɯѡԝաᴡꮃ𑜊𑜎𑜏",
    "x": "хᕁᕽ",
    "y": "ɣʏγуүყᶌỿꭚ𑣜",
    "z": "ᴢꮓ𑣄",
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
_LATIN = str.maketrans({like: shape for shape, alike in _SHAPES.items() for like in alike})
_STROKES = str.maketrans({"I": "l", "1": "l", "|": "l", "0": "O"})
_DIGITS = str.maketrans({"1": "l", "|": "l", "0": "o"})

_COMPARED = get_profile("NicknameCaseMapped:CaseFold")
_VARIATION = "\ufe0f"
_UNHEARD = frozenset({"Cf", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sk", "Zs"})


def skeletons(name: str) -> frozenset[str]:
    """What the name has in common with those that look like it; only good for comparing."""
    name = unicodedata.normalize("NFKC", name)
    latin = name.translate(_LATIN)
    seen = _letters(latin).translate(_STROKES).replace("rn", "m")
    return frozenset({"read " + _read(name), "read " + _read(latin), "seen " + seen})


def _read(name: str) -> str:
    # Twice: what NFKC makes of a symbol can have capitals again (RFC 8266, section 2).
    folded = _COMPARED.apply_five_rules(_COMPARED.apply_five_rules(name))
    # A Turkish capital I keeps its dot when it becomes an i that has one.
    return _letters(folded).replace("i\u0307", "i").translate(_DIGITS)


def _letters(name: str) -> str:
    """The name without what is not pronounced; a name that is nothing else stays as it is."""
    return "".join(char for char in name if not _is_unheard(char)) or name.strip()


def _is_unheard(char: str) -> bool:
    # The modifier letters up to U+02FF are apostrophes, primes and raised letters.
    unheard = unicodedata.category(char) in _UNHEARD or char == _VARIATION
    return unheard or "\u02b0" <= char <= "\u02ff"
