"""Pick a language and translate into it.

One flat catalogue a language lies in ``locales/``: dotted keys, ``page.*`` for the templates,
``client.*`` for the browser's scripts, ``rooms.*`` for those that come with a second room and
``reports.*`` for those with the first report, ``inspect.*`` for the page of one's own connections,
``class.*`` for that of the whole class, ``cue.*`` for what hosts ask all to send,
``error.*`` for refusals, ``banner.*`` for the terminal of who runs the server, ``export.*`` for
the page of an archive. Pages, client and CLI share them, so a word is chosen once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

LANGUAGES = ("en", "de", "es", "fr", "pt-BR")

_MOST_TAGS = 50

_ONE_ALSO_FOR_ZERO = frozenset({"fr", "pt-BR"})
_THOUSANDS = {"en": ",", "fr": "\u202f"}
_GROUPED_FROM = {"es": 10_000}
"""Spanish writes four digits together."""

_BY_PRIMARY_TAG = {language.split("-")[0].lower(): language for language in LANGUAGES}


def pick(accept_language: str | None, preferred: str | None = None, default: str = "en") -> str:
    """Choose one of LANGUAGES for a visitor.

    ``preferred`` (a choice that the visitor made) wins where it is supported, then the
    browser's ``Accept-Language`` header by its q-values, then ``default``.
    """
    if preferred is not None:
        chosen = _supported(preferred)
        if chosen is not None:
            return chosen
    for tag in _accepted(accept_language or ""):
        chosen = _supported(tag)
        if chosen is not None:
            return chosen
    return default


def from_locale(environ: Mapping[str, str]) -> str:
    """Choose one of LANGUAGES from the terminal's locale: LC_ALL, LC_MESSAGES, then LANG."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(variable)
        if value:
            tag = value.partition(".")[0].partition("@")[0]
            return _supported(tag) or LANGUAGES[0]
    return LANGUAGES[0]


def translate(lang: str, key: str, **params: object) -> str:
    """The catalogue's text for the key, its ``{name}`` placeholders filled from ``params``.

    Raises KeyError for a key or a placeholder that is not there.
    """
    return _catalogue(lang)[key].format_map(params)


def count(lang: str, key: str, number: int, **params: object) -> str:
    """The catalogue's text for so many: ``KEY.one`` or ``KEY.other``, with the number in it.

    The rules are Unicode's (CLDR), as the browser has them in ``Intl.PluralRules``. For a million
    it also knows "many" in Spanish, French and Portuguese, which is "other" where the number
    stands in digits.
    """
    is_one = number == 1 or (number == 0 and lang in _ONE_ALSO_FOR_ZERO)
    form = "one" if is_one else "other"
    return translate(lang, f"{key}.{form}", count=digits(lang, number), **params)


def digits(lang: str, number: int) -> str:
    """A whole number as the language writes it: 1,000 or 1.000."""
    if number < _GROUPED_FROM.get(lang, 0):
        return str(number)
    return f"{number:,}".replace(",", _THOUSANDS.get(lang, "."))


def strings(lang: str, prefix: str) -> dict[str, str]:
    """Every text whose key begins with the prefix, by its whole key, placeholders unfilled."""
    return {key: text for key, text in _catalogue(lang).items() if key.startswith(prefix)}


def _supported(tag: str) -> str | None:
    """The language for a tag such as ``pt``, ``pt-PT`` or ``pt_BR``: its first part decides."""
    primary = tag.strip().replace("_", "-").partition("-")[0].lower()
    return _BY_PRIMARY_TAG.get(primary)


def _accepted(header: str) -> Iterator[str]:
    """The tags of an ``Accept-Language`` header, the most wanted first; q=0 is left out.

    Of more than anybody speaks the first ones are looked at.
    """
    weighed: list[tuple[float, str]] = []
    for part in header.split(",", _MOST_TAGS)[:_MOST_TAGS]:
        tag, _, parameter = part.partition(";")
        name, _, value = parameter.partition("=")
        try:
            quality = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if tag.strip() and quality > 0:
            weighed.append((quality, tag.strip()))
    # A stable sort keeps the order of the header among equals.
    weighed.sort(key=lambda item: -item[0])
    return (tag for _, tag in weighed)


@cache
def _catalogue(lang: str) -> dict[str, str]:
    name = lang.replace("-", "_") + ".json"
    file = resources.files("lanchat") / "locales" / name
    text = file.read_text(encoding="utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return catalogue
