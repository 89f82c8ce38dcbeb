"""What a file is, by its first bytes. Those here are of files that ffmpeg and Pillow wrote."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.web.file_types import INLINE, PICTURES, UNKNOWN, type_of

BEGINNINGS = {
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD": "image/jpeg",
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEklEQVR4nGP8": "image/png",
    "R0lGODdhCAAGAIEAAP8AAAAAAAAAAAAAACwAAAAACAAGAAAIDgABCBxIsKDBgwgTDgwIADs=": "image/gif",
    "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoIAAYAAUAmJaAC": "image/webp",
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUI=": "image/avif",
    "AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAAIZnJlZQ==": "video/mp4",
    "AAAAJGZ0eXBpc29tAAACAGlzb21pc282aXNvMmF2YzFtcDQxAAAC7Q==": "video/mp4",
    "AAAAFGZ0eXBxdCAgAAACAHF0ICAAAAAId2lkZQAAJittZGF0AAACnw==": "video/quicktime",
    "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAAJ0": "video/webm",
    "GkXfo6NChoEBQveBAULygQRC84EIQoKIbWF0cm9za2FCh4EEQoWBAhhTgGcBAAAA": "video/x-matroska",
    "T2dnUwACAAAAAAAAAAAMKYkCAAAAAOqmCEoBKoB0aGVvcmEDAgEABAADAABAAAAw": "video/ogg",
    "T2dnUwACAAAAAAAAAABwriCfAAAAAJijlYIBHgF2b3JiaXMAAAAAAUSsAAAAAAAA": "audio/ogg",
    "T2dnUwACAAAAAAAAAABnSVonAAAAAFLkaLYBE09wdXNIZWFkAQE4AYC7AAAAAABP": "audio/ogg",
    "SUQzBAAAAAAAIlRTU0UAAAAOAAADTGF2ZjYzLjEuMTAyAAAAAAAAAA==": "audio/mpeg",
    "AAAAHGZ0eXBNNEEgAAACAE00QSBpc29taXNvMgAAAAhmcmVlAAAjLQ==": "audio/mp4",
    "UklGRs5YAQBXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAATElTVBoAAABJTkZP": "audio/wav",
    "ZkxhQwAAACIEAAQAAABVAAGHCsRA8AAArESkhLZg2eAzsJvtnmhqdHPs": "audio/flac",
    "JVBERi0xLjQKJSBjcmVhdGVkIGJ5IFBpbGxvdyBQREY=": "application/pdf",
}

FRAME = bytes.fromhex("fffb50c4") + bytes(204)
"""A frame of MP3 with 64 kbit/s."""


def box(*brands: bytes) -> bytes:
    """The first box of a file like MP4."""
    content = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return (len(content) + 4).to_bytes(4, "big") + content


@pytest.mark.parametrize(("begin", "kind"), BEGINNINGS.items())
def test_media_are_known_by_how_they_begin(begin: str, kind: str) -> None:
    """It does not matter how much of the file is there."""
    head = base64.b64decode(begin)
    assert type_of(head) == kind
    assert type_of(head + bytes(range(256)) * 10) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (FRAME * 2, "audio/mpeg"),
        (FRAME, UNKNOWN),  # one alone may be chance
        (FRAME[:3] * 100, UNKNOWN),
        (b"\xff\xfe" + "Hallo".encode("utf-16-le") * 50, UNKNOWN),
        (box(b"mif1", b"mif1", b"heic"), "image/heic"),
        (box(b"mif1", b"avif"), "image/avif"),
        (box(b"mif1"), UNKNOWN),
        (box(b"3gp4", b"isom"), "video/mp4"),
        (box(b"M4A ", b"isom"), "audio/mp4"),
        (b"\0\0\0\0ftyp", UNKNOWN),
        (b"GIF88a", "text/plain"),
        (b"RIFF\1\0\0\0AVI ", UNKNOWN),
        (gzip.compress(b"text", mtime=0), UNKNOWN),
        (b"MZ\x90\0", UNKNOWN),
        (b"\x7fELF\2", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_more_is_known(head: bytes, kind: str) -> None:
    """What is a little like something is not taken for it."""
    assert type_of(head) == kind


def test_archives_are_known() -> None:
    """Those of offices are such, too; one may be empty."""
    for names in ((), ("mimetype", "content.xml")):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        assert type_of(made.getvalue()) == "application/zip"


@pytest.mark.parametrize(
    "text",
    [
        "Grüße",
        "\ufeffGrüße",
        "a,b\r\n1,2\r\n",
        "print('\x1b[1m')\t#",
        "<3 for all",
        "< 5 & > 3",
        "1 <b>",
        "你好" * 1_000,
    ],
)
def test_text_is_known(text: str) -> None:
    """Also where what was looked at ends within a letter."""
    head = text.encode()
    assert {type_of(head), type_of(head[:4_096])} == {"text/plain"}
    assert len(head) < 2 or type_of(head[:-1]) == "text/plain"


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"  \r\n<html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
        b"<!-- --><script>",
        b"<SCRIPT>",
        b"</p>",
        b"\0<html>",
        "Größe".encode("latin-1"),
        "Grüße".encode("utf-16"),
        b"text\0",
        b"text\x01",
    ],
)
def test_what_could_run_is_no_text(head: bytes) -> None:
    """Nor is what is no UTF-8, or has bytes in it that no text has."""
    assert type_of(head) == UNKNOWN


@given(st.binary(max_size=600))
def test_whatever_comes_has_a_type(head: bytes) -> None:
    """Nothing is raised, and nothing is shown that browsers run."""
    assert "/" in type_of(head)


def test_nothing_inline_can_run() -> None:
    """Pictures are of dots, and there are no documents but plain text."""
    assert PICTURES < INLINE
    assert {kind for kind in INLINE if not kind.startswith(("image/", "audio/", "video/"))} == {
        "text/plain"
    }
    assert not {kind for kind in INLINE if "svg" in kind or "xml" in kind}
