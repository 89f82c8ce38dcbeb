import csv
import io
import json
from collections.abc import Callable
from datetime import timezone
from typing import Any

import pytest

from lanchat.archive.message_formats import FIELDS, JsonLines, Table, Text, cell, minute, rows
from lanchat.chat.model import Attachment, Message
from lanchat.chat.polls import poll_text, read_poll

Said = Callable[..., Message]
HOSTILE = "a\x1b]0;t\x07\u202eb\x9b31m"


def test_a_line_of_json_is_the_message(said: Said) -> None:
    """A line has every field, in ASCII, whatever was said."""
    message = said(f"Olá 🦊\n{HOSTILE}")
    line = JsonLines().body([message])
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line) == {name: getattr(message, name) for name in FIELDS}


def test_text_is_a_line_for_each_line_said(said: Said) -> None:
    """Further lines of a message stand under the first one."""
    text = Text(timezone.utc).body([said("one\n\n\ttwo"), said("three", user="Bia")])
    assert text == (
        "2026-11-23 02:08:00Z  Ana: one\n"
        "\n"
        "                          two\n"
        "2026-11-23 02:08:00Z  Bia: three\n"
    )


def test_a_poll_is_shown_with_its_counts(said: Said) -> None:
    """For people; to a program it says what was asked, and how often each option was chosen."""
    text = poll_text("Lunch?", ["Pizza", "Rice"])
    message = said(text)._replace(poll=read_poll(text, (3, 0), closed=False))
    shown = "Lunch?\n1. Pizza: 3\n2. Rice: 0"
    indent = "\n" + 22 * " "
    lines = shown.replace("\n", indent)
    assert Text(timezone.utc).body([message]) == f"2026-11-23 02:08:00Z  Ana: {lines}\n"
    (cells,) = csv.reader(io.StringIO(Table(timezone.utc).body([message]), newline=""))
    assert cells[2] == shown
    asked = json.loads(JsonLines().body([message]))["poll"]
    assert asked == {"question": "Lunch?", "options": ["Pizza", "Rice"], "counts": [3, 0]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028"])
def test_nobody_speaks_for_somebody_else(end: str, said: Said) -> None:
    """A line that looks like another message is indented, however it was broken."""
    fake = "2026-11-23 02:08:00Z  Bia: yes"
    lines = Text(timezone.utc).body([said(f"no{end}{fake}")]).split("\n")
    assert [line for line in lines if line.startswith("2026")] == lines[:1]
    assert fake not in lines[0]


def test_text_moves_no_terminal(said: Said) -> None:
    """Control characters are shown as escapes, in names, too."""
    text = Text(timezone.utc).body([said(HOSTILE, user=HOSTILE)])
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)
    assert r"a\x1b]0;t\x07\u202eb\x9b31m" in text


def test_local_time(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is that of the machine where no other is asked for."""
    import time

    monkeypatch.setenv("TZ", "UTC+3")
    time.tzset()
    minute.cache_clear()
    assert Text(None).body([said("a")]) == "2026-11-22 23:08:00  Ana: a\n"
    monkeypatch.delenv("TZ")
    time.tzset()
    minute.cache_clear()


def test_a_table_is_read_back(said: Said) -> None:
    """Quotes, separators and line breaks are within their cells; the mark says that it is UTF-8."""
    table = Table(timezone.utc)
    text = table.head() + table.body([said('Olá, "you"\n;x')]) + table.foot()
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    expected: dict[str, Any] = {"time": "2026-11-23 02:08:00Z", "user": "Ana", "id": "7"}
    assert expected.items() <= row.items()
    assert row["message"] == 'Olá, "you"\n;x'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    """What a spreadsheet would calculate is text to it."""
    assert cell(text).startswith(f"'{text[0]}")


@pytest.mark.parametrize(
    "text", ["look;=1+1", 'look;"=1+1"', "a; \t@x", "a\t-1", "a\n=1", "a\r\n+1", "a|=1", "x;＝1;y"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_is_a_formula_wherever_it_is_opened(text: str, separator: str) -> None:
    """Excel separates cells as the system does lists: by a semicolon in most of Europe."""
    table = rows([("2026-11-23 02:08:00Z", "Ana", cell(text), 7)])
    for row in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
        for found in row:
            assert found.lstrip(" \t\r\n\"'")[:1] not in {*"=+-@＝"} or found.startswith("'")


@pytest.mark.parametrize("text", ["a=1", "1-1", "hello", "'quoted'", "", "a\tb\nc"])
def test_other_cells_stay(text: str) -> None:
    """A sign of formulas within a text makes none."""
    assert cell(text) == text


def test_files_are_named(said: Said) -> None:
    """With their sizes for people, where nothing else was said, too; and with all for programs."""
    files = (Attachment("f" * 32, "=a.png", "image/png", 2_400_000, 800, 600, thumb=True),)
    messages = [said("look")._replace(files=files), said("")._replace(files=files)]
    lines = Text(timezone.utc).body(messages).splitlines()
    time = "2026-11-23 02:08:00Z"
    assert lines == [
        f"{time}  Ana: look",
        f"{' ' * len(time)}  [=a.png (2.4 MB)]",
        f"{time}  Ana: [=a.png (2.4 MB)]",
    ]
    assert Table(timezone.utc).body(messages).splitlines()[0].endswith(",'=a.png (2.4 MB)")
    named = {"id": "f" * 32, "name": "=a.png", "type": "image/png", "size": 2_400_000}
    line = json.loads(JsonLines().body(messages[:1]))
    assert line["files"] == [{**named, "width": 800, "height": 600}]
