"""The head of a request: read with limits, and refused where its meaning is in doubt.

Servers disagree on some heads: what one takes for the end of a request is to another the
beginning of the next. A proxy in front could be deceived that way (request smuggling), so such a
head is answered with 400.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

MAX_HEAD_BYTES = 32 << 10
"""The longest head; cookies of other programs on the same machine come along, too."""

MAX_FIELDS = 100
"""The most lines of a head."""

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
"""One line of a head (RFC 9112, 5): no space before the colon, nothing folded, no NUL.

The spaces around the value are not its part, but to look for them here would take a time that
grows with the square of their number.
"""


class Lines(Protocol):
    """What a head is read from."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its end, or so many bytes of it."""


class Head:
    """The fields of a head, as far as pywsgi asks for them (its ``MessageClass``).

    The standard library's way, a parser for mail, takes several times as long, and a page has 40
    files. Raises ValueError for a line that is no field, past the limits, and where it is not
    plain what the head means.
    """

    status = ""  # pywsgi's word for what is wrong; here that is raised

    def __init__(self, source: Lines) -> None:
        self._fields: list[tuple[str, str]] = []
        self._values: dict[str, list[str]] = {}
        left = MAX_HEAD_BYTES
        while (line := source.readline(left + 1)) not in (b"\r\n", b"\n"):
            left -= len(line)
            field = _FIELD.fullmatch(line.decode("latin-1"))
            if left < 0 or len(self._fields) == MAX_FIELDS or field is None:
                raise ValueError("the head is too long or malformed")
            name, value = field[1], field[2].strip(" \t")
            self._fields.append((name, value))
            self._values.setdefault(name.lower(), []).append(value)
        self.size = MAX_HEAD_BYTES - left
        """Bytes in the lines."""
        self._check()

    @property
    def headers(self) -> Iterator[str]:
        """The lines, as pywsgi makes its environment of them."""
        return (f"{name}: {value}" for name, value in self._fields)

    @property
    def typeheader(self) -> str | None:
        return self.get("content-type")

    def get(self, name: str, default: str | None = None) -> str | None:
        """The field's first value; case does not matter."""
        values = self._values.get(name.lower())
        return values[0] if values else default

    getheader = get

    def __delitem__(self, name: str) -> None:
        """Raises KeyError: of what pywsgi would delete, ``_check`` has let nothing in."""
        raise KeyError(name)

    def _check(self) -> None:
        """Raises ValueError where it is not plain what the head means (RFC 9112, 6.3)."""
        lengths = self._values.get("content-length", [])
        codings = self._values.get("transfer-encoding", [])
        if len(lengths) + len(codings) > 1:
            raise ValueError("the length of the body is told twice")
        if not all(length.isascii() and length.isdigit() for length in lengths):
            raise ValueError("the length of the body is no number")
        if any(coding.lower() != "chunked" for coding in codings):
            raise ValueError("the body is coded in an unknown way")
        if len(self._values.get("host", [])) > 1:
            raise ValueError("the host is told twice")
