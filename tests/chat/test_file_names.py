"""Names of files, whoever made them up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.chat.file_names import safe_name
from lanchat.chat.model import FILE_NAME_LIMIT

FORBIDDEN = set('/\\<>:"|?*') | {chr(code) for code in range(32)} | {"\x7f", "\u202e", "\u200b"}
DEVICES = {"CON", "NUL", "COM1", "LPT9"}


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "Aufgabenblatt 7 (Lösung).pdf",
        "宿題.docx",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 in Rio.jpg",
        "archive.tar.gz",
        "console.log",
        "a'b&c#d%20e.txt",
    ],
)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    """In any language."""
    assert safe_name(name) == name
    assert safe_name(name.encode()) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\me.png", "me.png"),
        ("folder/", "folder"),
        ("..", "file"),
        (".", "file"),
        ("...hidden", "hidden"),
        ("", "file"),
        (None, "file"),
        ("   ", "file"),
        ("\u2800\u3164", "file"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("line\nbreak\t.txt", "line break .txt"),
        ("invoice.pdf" + " " * 90 + ".exe", "invoice.pdf .exe"),
        ("what?*.txt", "what__.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt1 .tar.gz", "_Lpt1 .tar.gz"),
        ("COM¹", "_COM¹"),
        ("name.", "name"),
        ("name. . ", "name"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        (b"\xff\xfe.txt", "__.txt"),
        ("half \ud83d.txt", "half .txt"),
    ],
)
def test_another_one_is_made_safe(name: str | bytes | None, safe: str) -> None:
    """It leads nowhere, hides nothing, and is one that all systems take."""
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    """By which people and programs know what it is."""
    assert safe_name("x" * 300 + ".pdf") == "x" * 196 + ".pdf"
    assert safe_name("é" * 300 + ".pdf") == "é" * 98 + ".pdf"
    assert safe_name("x" * 300) == "x" * 200
    assert safe_name("x." + "y" * 300) == "x." + "y" * 198


def test_a_name_of_accents_is_cut_before_they_are_sorted() -> None:
    """To sort so many takes minutes."""
    name = "a" + "\u0301" * 200_000 + "\u0316" * 200_000 + ".txt"
    assert len(safe_name(name).encode()) <= FILE_NAME_LIMIT


@given(st.one_of(st.text(), st.binary(), st.text(alphabet="./\\ \u202e\u200dé😀CON1", min_size=1)))
def test_every_name_is_safe(name: str | bytes) -> None:
    """And stays as it is when it is made safe again."""
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert not set(safe) & FORBIDDEN
    assert safe == safe.strip(". ")
    assert safe
    assert len(safe.encode()) <= FILE_NAME_LIMIT
    assert safe.partition(".")[0].strip().upper() not in DEVICES
