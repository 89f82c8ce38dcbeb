"""How large a picture is, by its header. Those here are written by Pillow."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lanchat.web.picture_sides import MOST_OF_THUMB, is_thumb

WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("PNG", "1", {}),
    ("PNG", "RGBA", {}),
    ("JPEG", "RGB", {}),
    ("JPEG", "L", {"progressive": True, "comment": b"x" * 5_000}),
    ("JPEG", "RGB", {"exif": b"Exif\0\0" + bytes(300), "icc_profile": bytes(9_000)}),
    ("WEBP", "RGB", {}),
    ("WEBP", "RGB", {"lossless": True}),
    ("WEBP", "RGBA", {"exif": b"Exif\0\0" + bytes(300)}),
]


def picture(way: tuple[str, str, dict[str, Any]], width: int, height: int) -> bytes:
    """A picture of nothing."""
    form, mode, options = way
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("way", WAYS, ids=range(len(WAYS)))
def test_a_picture_of_many_pixels_is_no_thumbnail(way: tuple[str, str, dict[str, Any]]) -> None:
    """In few bytes there is room for more than a browser has memory for."""
    most = MOST_OF_THUMB
    for width, height in ((1, 1), (480, 320), (most, 1), (1, most), (most, most)):
        assert is_thumb(picture(way, width, height))
    for width, height in ((most + 1, 1), (1, most + 1)):
        assert not is_thumb(picture(way, width, height))


@pytest.mark.parametrize("way", WAYS, ids=range(len(WAYS)))
def test_half_a_header_is_none(way: tuple[str, str, dict[str, Any]]) -> None:
    """Nor is one that says that it has no pixels."""
    whole = picture(way, 7, 5)
    assert not any(is_thumb(whole[:size]) for size in range(20))


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF"])
def test_other_pictures_are_none(form: str) -> None:
    """Not every browser shows them, or they move."""
    assert not is_thumb(picture((form, "RGB", {}), 7, 5))


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8"]), st.binary()
)
def test_anything_may_be_behind_a_signature(start: bytes, rest: bytes) -> None:
    """It is looked at without an error."""
    is_thumb(start + rest)
