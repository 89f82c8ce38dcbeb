"""Which names count as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.chat.confusables import skeletons
from lanchat.chat.names import clean, suggest
from lanchat.errors import NameUnusable


def same(one, other):
    """Whether only one of the two may be in the room."""
    return not skeletons(one).isdisjoint(skeletons(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "A n a"),
        ("Ana", "Ana."),
        ("Ana", "'Ana'"),
        ("Anaʼ", "Ana"),
        ("José", "jose\u0301"),
        ("Ana", "Ａｎａ"),
        ("Straße", "STRASSE"),
        ("ΓΙΩΡΓΟΣ", "Γιωργος"),
        ("Вера", "ВЕРА"),
        ("Işık", "IŞIK"),
        ("İlker", "ilker"),
        ("علی\u200cرضا", "علیرضا"),
        ("क्\u200dष", "क्ष"),
        ("👩\u200d💻", "👩💻"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_names_that_read_alike(one, other):
    """Case, spaces, punctuation and joiners make no other name."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AHA", "АНА"),  # Cyrillic
        ("aha", "АНА"),
        ("BETA", "ΒΕΤΑ"),  # Greek
        ("poxy", "роху"),  # Cyrillic
        ("sun", "ѕսո"),  # Armenian
        ("RAW", "\u13a1\u13aa\u13b3"),  # Cherokee
        ("ANA", "ꓮꓠꓮ"),  # Lisu
        ("ANNA", "ᗩᑎᑎᗩ"),  # Canadian syllabics
        ("DAVID", "🅳🅰🆅🅸🅳"),  # squares and circles with letters
        ("david", "🅓🅐🅥🅘🅓"),
        ("Eva", "🇪🇻🇦"),
        ("Sara", "Sᴀʀᴀ"),
        ("ロ", "口"),  # a syllable and a mouth
    ],
)
def test_names_in_letters_of_the_same_shape(one, other):
    """A name of another alphabet counts as the Latin one that it looks like."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paulo", "PauIo"),
        ("Paulo", "Pau1o"),
        ("PAULO", "PAUL0"),
        ("Bob", "B0b"),
        ("Bill", "BiIl"),
        ("lara", "Iara"),
        ("Marcio", "Mаrciо"),
        ("Camila", "Carnila"),
        ("Al", "A|"),
        ("William", "VVilliam"),
        ("william", "vviIliam"),
        ("David", "Davicl"),
        ("David", "Davic1"),
        ("david", "davic-l"),
        ("ana david", "ana davicl"),
    ],
)
def test_names_that_are_seen_alike(one, other):
    """Letters in the same strokes make no other name."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gina", "\ua7acina"),  # a capital script G
        ("Gina", "\ua7a0ina"),  # with a stroke
        ("John", "J\u0336o\u0336h\u0336n\u0336"),
        ("John", "J\u0338ohn"),
        ("John", "John\u20dd"),  # in a circle
        ("John", "John\u0332"),
        ("Bob", "\u0181ob"),  # with a hook
        ("Søren", "So\u0338ren"),
        ("Łukasz", "L\u0335ukasz"),
        ("Đan", "\u0189an"),  # an African letter
        ("Đan", "\u00d0an"),  # an Icelandic letter in the same strokes
        ("José", "J\u0335osé"),
        ("Caesar", "Cæsar"),
    ],
)
def test_what_is_drawn_across_a_letter_makes_no_other_name(one, other):
    """Neither as a mark that combines with it nor as a part of it, nor does another style."""
    clean(other)
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iara", "Lara"),
        ("IARA", "LARA"),
        ("iara", "lara"),
        ("Ana", "Anna"),
        ("Ana", "Ana 2"),
        ("Ana 2", "Ana 22"),
        ("Ana", "Aná"),
        ("Joao", "João"),
        ("Soren", "Søren"),
        ("Michal", "Michał"),
        ("clara", "dara"),
        ("ana clara", "ana dara"),
        ("Анна", "Ганна"),
        ("ビル", "ビール"),
        ("王", "玉"),
        ("🦊", "🐺"),
        ("<", ">"),
        ("...", "---"),
    ],
)
def test_names_that_are_told_apart(one, other):
    """Both people may be in the room."""
    assert not same(one, other)


@given(st.text(max_size=8))
def test_a_clean_name_is_the_same_as_what_was_typed(raw):
    """Whatever form it was typed in: a cookie of an earlier lanchat is compared like a new one."""
    try:
        name = clean(raw)
    except NameUnusable:
        return
    assert skeletons(raw.strip()) == skeletons(name)


@given(st.lists(st.text("Aa1lI|0Oo 2٣·👩\u200d💻", max_size=33), max_size=8))
def test_suggestions_are_free(people):
    """However alike the names of those present and their numbers are."""
    taken: set[str] = set()

    def is_free(name):
        return taken.isdisjoint(skeletons(name))

    for name in people:
        offered = suggest(name, is_free)
        assert is_free(offered)
        taken |= skeletons(offered)
