"""An address as a QR code, for the screen of a terminal and as a picture."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    import segno

QUIET_ZONE = 2
"""Light modules around a code in a terminal: half of what the standard asks, as scanners go."""

# Said outright: a theme may show any colour as "black", and the ground may be light or dark.
# Rich takes the nearest ones where a terminal has only sixteen.
_INK = Style(color="#000000", bgcolor="#ffffff")
_FULL = Style(bgcolor="#000000")

# A character is two modules high: which of them are dark, the upper and the lower one. What is
# wholly dark is a coloured ground, because some fonts leave gaps between full blocks.
_INKED = {(0, 0): (" ", _INK), (1, 0): ("▀", _INK), (0, 1): ("▄", _INK), (1, 1): (" ", _FULL)}
# Without colours the light modules are drawn: most such screens are dark.
_PLAIN = {(0, 0): "█", (1, 0): "▄", (0, 1): "▀", (1, 1): " "}


def lines(text: str, *, colors: bool) -> list[Text]:
    """The code as lines of half blocks, all of one width."""
    modules = [list(row) for row in _encode(text).matrix_iter(border=QUIET_ZONE)]
    if len(modules) % 2:
        modules.append([0] * len(modules[0]))
    pairs = [zip(*modules[row : row + 2], strict=True) for row in range(0, len(modules), 2)]
    if colors:
        return [Text.assemble(*(_INKED[pair] for pair in row)) for row in pairs]
    return [Text("".join(_PLAIN[pair] for pair in row)) for row in pairs]


@lru_cache(maxsize=16)  # it takes some 10 ms, and every page asks for the same one
def picture(text: str) -> bytes:
    """The code as SVG, black on white whatever lies beneath, as large as it is shown."""
    file = io.BytesIO()
    # fmt: off
    _encode(text).save(
        file, kind="svg", xmldecl=False, omitsize=True, light="#fff", dark="#000",
        svgclass=None, lineclass=None,
    )
    # fmt: on
    return file.getvalue()


def _encode(text: str) -> segno.QRCode:
    import segno  # few starts show a code

    # The smallest code, and the best correction that has room in it.
    return segno.make_qr(text, error="l")
