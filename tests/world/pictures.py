"""Pictures as cameras and screens make them."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

_ORIENTATION, _MAKE, _GPS = 0x0112, 0x010F, 0x8825
_LATITUDE_REF, _LATITUDE = 1, 2
_TURNED_RIGHT = 6
"""To be shown turned by 90 degrees."""


def photo(width: int = 3000, height: int = 2000) -> bytes:
    """A JPEG of a phone that was held upright: it is to be turned, and says where it was taken."""
    image = Image.effect_noise((width // 10, height // 10), 60).resize((width, height))
    exif = Image.Exif()
    exif[_ORIENTATION] = _TURNED_RIGHT
    exif[_MAKE] = "Camera of Ana"
    exif.get_ifd(_GPS).update({_LATITUDE_REF: "N", _LATITUDE: (38.0, 42.0, 0.0)})
    return _encoded(image.convert("RGB"), "JPEG", exif=exif)


def screenshot(width: int = 800, height: int = 500) -> bytes:
    """A PNG with sharp letters."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).text((40, 40), "Exercise 3", fill="black")
    return _encoded(image, "PNG")


def noise(size: int) -> bytes:
    """So many bytes of a file that is of no known kind."""
    return Random(size).randbytes(size)  # noqa: S311


def opened(content: bytes) -> Image.Image:
    """The picture."""
    return Image.open(io.BytesIO(content))


def is_bare(content: bytes) -> bool:
    """Whether nothing says where and with what it was taken."""
    return not opened(content).getexif() and b"Camera" not in content


def _encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()
