"""What is drawn is read back by a decoder that knows nothing of lanchat."""

from __future__ import annotations

import io
from typing import Any, Literal

import pytest
from rich.console import Console

from lanchat import qr
from tests.world.screen import Terminal

ADDRESSES = [
    "http://192.168.1.20:8765",
    "http://[2001:db8:1234:5678:9abc:def0:1234:5678]:8765",
    "http://192.168.1.20:8765/#code=S%C3%A9samo%207B",
    "http://192.168.1.20:8765/#code=" + "7" * 128,
]
THEMES = pytest.mark.parametrize("theme", [("black", "white"), ("white", "black")])


def shown(text: str, theme: tuple[str, str], system: Literal["truecolor", "standard"]) -> Terminal:
    """The code on a screen with that ground and ink."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system=system, width=120)
    for line in qr.lines(text, colors=True):
        console.print(line)
    terminal = Terminal(120, 60, ground=theme[0], ink=theme[1])
    terminal.feed(file.getvalue().replace("\n", "\r\n").encode())
    return terminal


@pytest.mark.parametrize("text", ADDRESSES)
@THEMES
def test_a_terminal_is_scanned(text: str, theme: tuple[str, str]) -> None:
    """The code brings its own ground, whatever the theme."""
    assert shown(text, theme, "truecolor").scan() == [text]


@THEMES
def test_sixteen_colours_are_enough(theme: tuple[str, str]) -> None:
    """A terminal of sixteen colours shows a code that is scanned."""
    assert shown(ADDRESSES[0], theme, "standard").scan() == [ADDRESSES[0]]


def test_without_colours_a_dark_screen_is_scanned() -> None:
    """Light modules are drawn where the ground cannot be."""
    terminal = Terminal(60, 30)
    lines = [line.plain for line in qr.lines(ADDRESSES[0], colors=False)]
    terminal.feed("\r\n".join(lines).encode())
    assert terminal.scan() == [ADDRESSES[0]]


def test_an_address_takes_little_room() -> None:
    """The usual address fits into a terminal of 30 lines, with the words around it."""
    lines = qr.lines(ADDRESSES[0], colors=True)
    assert (len(lines), {line.cell_len for line in lines}) == (15, {29})


def test_the_picture_has_its_own_ground_and_no_size() -> None:
    """The picture can lie on a dark page, as large as the page wants it."""
    picture: Any = qr.picture(ADDRESSES[0])
    assert picture.startswith(b"<svg")
    assert b"#fff" in picture
    assert b"width=" not in picture.partition(b">")[0]
