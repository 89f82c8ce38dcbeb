"""A terminal that somebody looks at, or holds a phone's camera to."""

from __future__ import annotations

import pyte
import zxingcpp
from PIL import Image, ImageColor

CELL = 8
"""Pixels of half a character's height and of its width: a cell is as high as two are wide."""

_DARK = {"▀": (True, False), "▄": (False, True), "█": (True, True)}


class Terminal:
    """A terminal emulator with its own ground and ink, as its user's theme has them."""

    def __init__(
        self, columns: int, rows: int, *, ground: str = "black", ink: str = "white"
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._theme = {"bg": ground, "fg": ink}

    def feed(self, output: bytes) -> None:
        """Show what a program prints."""
        self._stream.feed(output)

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.screen.display)

    def scan(self) -> list[str]:
        """What the QR codes on the screen say."""
        return decode(self._photo())

    def _photo(self) -> Image.Image:
        photo = Image.new("RGB", (self.screen.columns, 2 * self.screen.lines))
        for row in range(self.screen.lines):
            for column in range(self.screen.columns):
                cell = self.screen.buffer[row][column]
                upper, lower = _DARK.get(cell.data, (False, False))
                for half, inked in enumerate((upper, lower)):
                    color = self._color(cell.fg, "fg") if inked else self._color(cell.bg, "bg")
                    photo.putpixel((column, 2 * row + half), color)
        return photo.resize((CELL * photo.width, CELL * photo.height), Image.Resampling.NEAREST)

    def _color(self, name: str, use: str) -> tuple[int, ...]:
        name = self._theme[use] if name == "default" else name.removeprefix("bright")
        is_number = len(name) == 6 and set(name) <= set("0123456789abcdef")
        return ImageColor.getrgb(f"#{name}" if is_number else name)


def decode(photo: Image.Image) -> list[str]:
    """What the QR codes in a picture say; those in the wrong colours say nothing."""
    return [found.text for found in zxingcpp.read_barcodes(photo, try_invert=False)]
