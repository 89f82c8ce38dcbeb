"""The language is the reader's, and no text is missing in any."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import lanchat
from lanchat import i18n
from lanchat.errors import Refusal

SOURCE = Path(lanchat.__file__).parent
REASONS = {
    "name_unusable": ("empty", "long", "control", "mixed", "character", "reserved", "symbols"),
    "banned": ("person", "person_forever", "name", "name_forever"),
    "muted": ("time", "forever"),
    "too_large": ("slice", "thumb"),
    "quota": ("person", "files"),
    "poll": ("empty", "long", "options", "twice"),
    "command": (
        *("unknown", "usage", "nobody", "not_banned", "not_muted"),
        *("is_host", "not_host", "no_message", "long"),
    ),
}


TRANSLATED = [lang for lang in i18n.LANGUAGES if lang != "en"]
WORD = re.compile(r"[^\W\d_]+")
ENGLISH = re.compile(r"\b(the|and|of|you|your|is|are|this|with|not|please)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("it", "en"),
        ("pt", "pt-BR"),
        ("pt-PT,pt;q=0.9", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("en-GB,pt;q=0.9", "en"),
        ("en;q=0.5, pt-BR;q=0.9", "pt-BR"),
        ("it, pt;q=0.1", "pt-BR"),
        ("fr-CA, en;q=0.9", "fr"),
        ("de-AT;q=0.9, es-419", "es"),
        ("pt;q=0, en;q=0.1", "en"),
        ("pt;q=nonsense, *", "en"),
    ],
)
def test_pick_follows_the_browser(header: str | None, expected: str) -> None:
    """Accept-Language decides by its weights; Portuguese of any country is Brazil's here."""
    assert i18n.pick(header) == expected


def test_pick_prefers_what_was_chosen() -> None:
    """A choice made with the switch wins over the browser's header."""
    assert i18n.pick("pt-BR", preferred="en") == "en"


def test_pick_ignores_a_choice_that_there_is_not() -> None:
    """A cookie with a language that lanchat does not speak changes nothing."""
    assert i18n.pick("pt-BR", preferred="xx") == "pt-BR"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt-BR"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "pt_PT@euro"}, "pt-BR"),
        ({"LC_ALL": "C", "LANG": "pt_BR"}, "en"),
        ({"LC_MESSAGES": "pt_BR", "LANG": "en_US"}, "pt-BR"),
        ({"LANG": "de_CH.UTF-8"}, "de"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "fr_FR@euro"}, "fr"),
    ],
)
def test_from_locale_follows_the_terminal(environ: dict[str, str], expected: str) -> None:
    """The first locale variable that says anything decides."""
    assert i18n.from_locale(environ) == expected


def test_translate_fills_placeholders() -> None:
    """Braces in what a guest typed stay what they are."""
    text = i18n.translate("pt-BR", "client.joined.one", names="{Ana}")
    assert text == "{Ana} entrou na sala!"


def test_translate_refuses_an_unknown_key() -> None:
    """A missing text is a defect, not an empty page."""
    with pytest.raises(KeyError):
        i18n.translate("en", "page.nothing")


def test_strings_gives_the_texts_of_a_prefix() -> None:
    """The browser gets its own texts and no others."""
    texts = i18n.strings("en", "client.")
    assert texts
    assert all(key.startswith("client.") for key in texts)


def test_catalogues_hold_the_same_keys_in_the_same_order() -> None:
    """Whoever edits one file finds the same line in the other."""
    english, *others = (list(i18n.strings(lang, "")) for lang in i18n.LANGUAGES)
    for other in others:
        assert other == english


def test_translations_use_the_same_placeholders() -> None:
    """A placeholder lost in translation would lose what it stands for."""
    english, *others = (i18n.strings(lang, "") for lang in i18n.LANGUAGES)
    for other in others:
        assert {key: _placeholders(text) for key, text in other.items()} == {
            key: _placeholders(text) for key, text in english.items()
        }


@pytest.mark.parametrize("lang", TRANSLATED)
def test_nothing_is_left_in_english(lang: str) -> None:
    """A text of some words is another one in every language, with none of the commonest."""
    english = i18n.strings("en", "")
    left = {
        key
        for key, text in i18n.strings(lang, "").items()
        if (text == english[key] and len(WORD.findall(text)) > 2) or ENGLISH.search(text)
    }
    assert left == set()


def test_each_language_names_itself() -> None:
    """Who does not read the page's language finds their own, by the same name everywhere."""
    names = {f"page.language.{lang}" for lang in i18n.LANGUAGES}
    for lang in i18n.LANGUAGES:
        texts = i18n.strings(lang, "page.language.")
        assert texts.keys() == names
        assert texts == i18n.strings("en", "page.language.")


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_text_with_a_count_has_both_forms(lang: str) -> None:
    """One and other are there or neither, the number or the names stand in each."""
    texts = i18n.strings(lang, "")
    counted = {key.rpartition(".")[0] for key in texts if key.endswith((".one", ".other"))}
    counted -= {"page.error"}  # page.error.other is what else went wrong
    for key in counted:
        assert _placeholders(texts[f"{key}.one"]) & {"count", "names"}
        assert _placeholders(texts[f"{key}.one"]) == _placeholders(texts[f"{key}.other"])
    assert counted.isdisjoint(texts)


@pytest.mark.parametrize(
    ("lang", "ones", "million"),
    [
        ("en", {1}, "1,000,000"),
        ("de", {1}, "1.000.000"),
        ("es", {1}, "1.000.000"),
        ("fr", {0, 1}, "1\u202f000\u202f000"),
        ("pt-BR", {0, 1}, "1.000.000"),
    ],
)
def test_a_count_chooses_its_form(lang: str, ones: set[int], million: str) -> None:
    """The server counts as browsers do (tests/js/words.test.mjs), and writes numbers like them."""
    for number, written in {0: "0", 1: "1", 2: "2", 5: "5", 1_000_000: million}.items():
        form = "one" if number in ones else "other"
        expected = i18n.translate(lang, f"page.inside.{form}", count=written)
        assert i18n.count(lang, "page.inside", number) == expected


def test_spanish_writes_four_digits_together() -> None:
    """From five on there are dots."""
    assert [i18n.digits("es", number) for number in (1_000, 10_000)] == ["1000", "10.000"]


def test_french_keeps_its_marks_with_their_words() -> None:
    """No line begins with a mark, and none ends with an opening one."""
    for text in i18n.strings("fr", "").values():
        assert not re.search(r"« | [!?;:»]", text)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_old_terminals_can_show_the_banner(lang: str) -> None:
    """The characters of Western Europe suffice: what a terminal lacks stands there as a number."""
    for text in i18n.strings(lang, "banner.").values():
        assert text.encode("latin-1")


def test_every_refusal_has_its_text() -> None:
    """Whatever a guest is refused, the reason stands in the catalogue."""
    wanted: set[str] = set()
    for code in {error.code for error in Refusal.__subclasses__()}:
        reasons = {f"error.{code}.{reason}" for reason in REASONS.get(code, ())}
        wanted |= reasons or {f"error.{code}"}
    assert wanted - i18n.strings("en", "error.").keys() == set()


def test_every_key_that_is_used_exists() -> None:
    """No template, script or module asks for a text that is not there."""
    assert _used() - i18n.strings("en", "").keys() == set()


def test_every_key_that_exists_is_used() -> None:
    """The catalogue holds nothing that nobody reads."""
    assert i18n.strings("en", "").keys() - _used() == set()


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _used() -> set[str]:
    """The keys that stand in the source, those that are built from a part included."""
    keys = i18n.strings("en", "").keys()
    families = "|".join(sorted({key.partition(".")[0] for key in keys}))
    whole = re.compile(rf"""["'`]((?:{families})\.[\w.-]*\w)["'`]""")
    # "page.language." ~ code, f"error.{code}": every key with this beginning is meant.
    begun = re.compile(rf"""["'`]((?:{families})\.(?:[\w-]+\.)?)(?:["'`]\s*~|\$?{{)""")
    used: set[str] = set()
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        for key in whole.findall(text):
            plural = {f"{key}.one", f"{key}.other"}
            used |= plural if plural <= keys else {key}
        for beginning in begun.findall(text):
            used |= {key for key in keys if key.startswith(beginning)}
    return used


def _sources() -> Iterator[Path]:
    for pattern in ("**/*.py", "web/templates/*.html", "web/static/js/**/*.js"):
        yield from SOURCE.glob(pattern)
