"""Which names may be used, and what is suggested instead of a taken one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat import i18n
from lanchat.chat.names import NAME_LIMIT, clean, suggest
from lanchat.errors import NameUnusable

FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of which a name has no character; of Cf it has joiners alone."""

names = st.one_of(
    st.text(max_size=40),
    # Among all of Unicode two letters of one alphabet hardly ever meet.
    st.text(
        "aAnI l10|.·é́ßıİωνАнаєشاب\u200cक्ष\u200dที่たロ口王김👩💻❤\ufe0f🏽\u200b\u202e²Ⓐ", max_size=40
    ),
)


def usable(raw):
    """The name as it is shown, or None."""
    try:
        return clean(raw)
    except NameUnusable:
        return None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Ana   Maria ", "Ana Maria"),
        ("Ana\u00a0\u2003Maria", "Ana Maria"),
        ("Ａｎａ", "Ana"),
        ("Ⓐⓝⓐ", "Ana"),
        ("𝓐𝓷𝓪", "Ana"),
        ("e\u0301", "é"),
        ("Ana ¨", "Ana \u0308"),
        ("ﾀﾛｳ", "タロウ"),
        ("각".encode().decode(), "각"),
        ("²", "2"),
    ],
)
def test_a_name_is_shown_in_one_form(raw, shown):
    """In NFKC with single spaces, as RFC 8266 has it."""
    assert clean(raw) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "José da Conceição",
        "Iara",
        "O'Brien-Smith",
        "Gabriel·la",
        "Straße",
        "Işık İlker",
        "Nguyễn Thị Ánh",
        "Дмитрий",
        "Зоряна Ґ.",
        "Γιώργος",
        "Հայկ",
        "ᏣᎳᎩ",
        "דָּוִד",
        "محمد",
        "علی\u200cرضا",
        "श्रीनिवास",
        "क्\u200dष",
        "ক্ষমা ৭",
        "ശ്രീ",
        "สมชาย ที่รัก",
        "བསྟན་འཛིན",
        "ရွှေ",
        "አበበ",
        "გიორგი",
        "김철수",
        "李小龙",
        "ㄅㄆㄇ 王",
        "佐々木 ヴィクトリア",
        "山田・太郎",
        "たろう Tarō",
        "金 Kim 철수",
        "<b>Ana</b>",
        "Ana (7B)",
        "42",
        "Xuxa",
        "á\u0302\u0303\u0304",
        "\U00017000\U00017001",  # Tangut, of whose letters Python knows no names
        "x" * NAME_LIMIT,
    ],
)
def test_names_of_the_world(name):
    """What people are called may be typed as it is written."""
    assert clean(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "🦊",
        "👩\u200d💻",
        "👩🏻\u200d💻",
        "👩🏿\u200d💻",
        "❤\ufe0f",
        "Ana 🇧🇷",
        "👍🏽",
        "🏳\ufe0f\u200d🌈 Bia",
        "1\ufe0f\u20e3",
    ],
)
def test_emoji_are_names(name):
    """Also those that hold joiners and selectors, which PRECIS alone would refuse."""
    assert clean(name) == name


@pytest.mark.parametrize(
    "raw",
    [
        "A\x1b[31mna",
        "A\nna",
        "A\x00na",
        "A\x9bna",
        "A\ud800",
        "A\ue000",
        "A\uffff",
        "A\U000e0041",
        "An\u200ba",
        "An\u200ca",
        "An\u200da",
        "An\u2060a",
        "An\u00ada",
        "An\u034fa",
        "An\ufe0fa",
        "\u202eanA",
        "\u2066anA\u2069",
        "\u200fAna",
        "\u2028Ana A\u2029b",
        "\ufeffAna",
        "\u115f\u3164",
        "\u2800",
        "👩\u200d",
        "👩\ufe0f\u200dAna",
    ],
)
def test_what_cannot_be_seen_is_refused(raw):
    """Controls, zero widths, bidi marks, tags, surrogates, private use, blanks."""
    with pytest.raises(NameUnusable) as refused:
        clean(raw)
    assert refused.value.reason == "control"


@pytest.mark.parametrize(
    "raw",
    [
        "Аna",
        "Anα",
        "Aոa",
        "AᎪ",
        "Ana علي",
        "สมชาย Ana",
        "AВ口",
        "かな 김",
        "Ana ৪",
        "٣ Ana",
    ],
)
def test_a_name_has_one_script(raw):
    """Nobody can hide a letter of another alphabet in a word."""
    with pytest.raises(NameUnusable) as refused:
        clean(raw)
    assert refused.value.reason == "mixed"


@pytest.mark.parametrize(
    ("raw", "reason", "params"),
    [
        ("", "empty", {}),
        ("  \u3000 ", "empty", {}),
        ("x" * (NAME_LIMIT + 1), "long", {"limit": 32}),
        ("\ufdfa" * 2, "long", {"limit": 32}),
        ("...", "symbols", {}),
        ("$|$", "symbols", {}),
        ("🏽", "symbols", {}),
        ("A·na", "character", {"character": "·"}),
        ("A\u0640", "character", {"character": "\u0640"}),
        ("\u0301na", "character", {"character": "◌\u0301"}),
        ("a\u0301\u0301", "character", {"character": "◌\u0301"}),
        ("a\u0300\u0301\u0302\u0303\u0304", "character", {"character": "◌\u0304"}),
        ("a\u0301\u0302\u0303\u0304\u20dd", "character", {"character": "◌\u20dd"}),
    ],
)
def test_other_unusable_names(raw, reason, params):
    """A refused name says why, and where it helps by which character."""
    with pytest.raises(NameUnusable) as refused:
        clean(raw)
    assert (refused.value.reason, refused.value.params) == (reason, params)


def test_the_suggestion_is_the_first_free_number():
    """Ana, with Ana 2 also present, could be Ana 3."""
    assert suggest("Ana", lambda name: name != "Ana 2") == "Ana 3"


@pytest.mark.parametrize("name", ["x" * NAME_LIMIT, "👩\u200d💻" * 10 + "ab", "क्\u200dष" * 8])
def test_a_suggestion_keeps_to_the_limit(name):
    """A name of full length gives up its end for the number, and nothing is left half."""
    suggestion = suggest(name, lambda _name: True)
    assert clean(suggestion) == suggestion
    assert suggestion.endswith(" 2")


def test_a_suggestion_comes_even_where_none_is_free():
    """Nobody waits for ever."""
    assert suggest("Ana", lambda _name: False)


@given(names)
def test_a_clean_name_is_clean(raw):
    """Cleaning once is enough, and what is forbidden is never left."""
    name = usable(raw)
    if name is not None:
        assert clean(name) == name
        assert 1 <= len(name) <= NAME_LIMIT
        assert FORBIDDEN.isdisjoint(map(unicodedata.category, name))
        assert {c for c in name if unicodedata.category(c) == "Cf"} <= {"\u200c", "\u200d"}


@given(names)
def test_a_suggestion_is_usable(raw):
    """Whatever was asked for, what is offered instead may be taken."""
    suggestion = suggest(raw, lambda _name: True)
    assert clean(suggestion) == suggestion


@pytest.mark.parametrize(
    "raw", ["terminal", "Terminal.", "host link", "Host-Link", "lanchat", "Hote", "servidor"]
)
def test_the_programs_own_words_are_no_names(raw):
    """The log says by whom a ban is: nobody may sign it as the terminal or the host link."""
    with pytest.raises(NameUnusable) as refused:
        clean(raw)
    assert refused.value.reason == "reserved"
    assert clean(f"{raw} 2")


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("key", ["client.host", "banner.host_link"])
def test_a_hosts_word_is_no_name_in_any_language(lang, key):
    """Nobody stands in the list with the word that marks a host."""
    with pytest.raises(NameUnusable) as refused:
        clean(i18n.translate(lang, key).upper())
    assert refused.value.reason == "reserved"
