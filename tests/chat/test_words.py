"""By which words a message is found."""

import pytest

from lanchat.chat.words import is_whole, phrases, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lição 7: AÇÃO!", ["licao", "7", "acao"]),
        ("don't stop_now e-mail", ["don", "t", "stop", "now", "e", "mail"]),
        ("https://example.org/a?b=1", ["https", "example", "org", "a", "b", "1"]),
        ("Straße Łódź Ærø", ["strasse", "lodz", "æro"]),
        ("İstanbul ﬁne 𝐁old", ["istanbul", "fine", "bold"]),
        ("Ελλάδα Ёлка", ["ελλαδα", "елка"]),
        ("用户名 ok", ["用", "户", "名", "ok"]),
        ("カタカナ", ["カ", "タ", "カ", "ナ"]),
        ("ｶﾞ ＡＢＣ", ["ガ", "abc"]),
        ("한국어를", ["한국어를"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ภาษา", ["ภ", "า", "ษ", "า"]),
        ("שָׁלוֹם مُحَمَّد", ["שלום", "محمد"]),
        ("great👍🏽job", ["great", "👍", "job"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("a\nb\tc\u00a0d", ["a", "b", "c", "d"]),
        ("… — !?", []),
        ("", []),
    ],
)
def test_what_was_said_becomes_words(text, expected):
    """Without case, accents, width and punctuation; letters apart where there are no spaces."""
    assert words(text) == expected


def test_ascii_has_no_way_of_its_own():
    """It is only faster."""
    text = "".join(map(chr, range(128)))
    assert words(f"{text} é") == [*words(text), "e"]


def test_words_can_be_stored_as_they_are():
    """Whatever is said, nothing of ASCII but letters and digits is left."""
    everything = "".join(chr(code) for code in range(0x3_0000) if not 0xD800 <= code < 0xE000)
    plain = {char for word in words(everything) for char in word if char.isascii()}
    assert plain == set("abcdefghijklmnopqrstuvwxyz0123456789")


def test_what_is_written_together_is_looked_for_together():
    """Words that a space parts may lie anywhere."""
    assert phrases("  São-Paulo 用户 ! ok") == [["sao", "paulo"], ["用", "户"], ["ok"]]


def test_letters_that_stand_apart_are_whole():
    """Others are beginnings of words."""
    assert [is_whole(word) for word in ("用", "👍", "a", "ok", "한")] == [True, True, *[False] * 3]
