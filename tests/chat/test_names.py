"""Which names may be used, and which count as the same."""

import pytest

from lanchat.chat.names import NAME_LIMIT, clean, skeleton, suggest
from lanchat.errors import NameUnusable


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Ana", "Ana"),
        ("  Ana   Maria ", "Ana Maria"),
        ("José da Silva", "José da Silva"),
        ("Ａｎａ", "Ana"),
        ("李小龙", "李小龙"),
        ("Дмитрий", "Дмитрий"),
        ("たろう Tarō", "たろう Tarō"),
        ("🦊", "🦊"),
        ("<b>Ana</b>", "<b>Ana</b>"),
        ("x" * NAME_LIMIT, "x" * NAME_LIMIT),
    ],
)
def test_usable_names(raw, shown):
    """A name is shown in NFKC and with single spaces."""
    assert clean(raw) == shown


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * (NAME_LIMIT + 1), "long"),
        ("A\x1b[31mna", "control"),
        ("A\nna", "control"),
        ("A\x00na", "control"),
        ("An\u200ba", "control"),
        ("\u202eanA", "control"),
        ("A\ud800", "control"),
        ("Аna", "mixed"),
        ("...", "symbols"),
        ("a" + "\u0301" * 9, "symbols"),
    ],
)
def test_unusable_names(raw, reason):
    """A refused name says why."""
    with pytest.raises(NameUnusable) as refused:
        clean(raw)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "A n a"),
        ("Ana", "Ana."),
        ("Ana", "Аna"),
        ("ANA", "АNА"),
        ("Bob", "B0b"),
        ("Straße", "STRASSE"),
        ("Вера", "ВЕРА"),
    ],
)
def test_names_that_look_alike(one, other):
    """Case, spaces, punctuation and look-alike letters make no other name."""
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Ana", "Anna"), ("Iara", "Lara"), ("Ana", "Ana 2")])
def test_names_that_do_not(one, other):
    """Names that people tell apart stay apart."""
    assert skeleton(one) != skeleton(other)


def test_the_suggestion_is_the_first_free_number():
    """Ana, with Ana 2 also present, could be Ana 3."""
    assert suggest("Ana", lambda name: name != "Ana 2") == "Ana 3"


def test_a_suggestion_keeps_to_the_limit():
    """A name of full length gives up its end for the number."""
    assert len(suggest("x" * NAME_LIMIT, lambda _name: True)) == NAME_LIMIT
