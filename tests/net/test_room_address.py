"""The address of a room as somebody types it."""

import pytest

from lanchat.errors import SettingRefused
from lanchat.net.room_address import room_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.1.20:8765", "http://192.168.1.20:8765"),
        ("https://chat.example.org/", "https://chat.example.org"),
        ("http://[fe80::1]:8765/", "http://[fe80::1]:8765"),
        ("http://chat.example.org/room%2012", "http://chat.example.org/room%2012"),
        ("http://chat.example.org/schön?x#y", "http://chat.example.org/sch%C3%B6n"),
    ],
)
def test_an_address_is_read(typed, address):
    """With or without its scheme; of the rest the path counts."""
    assert room_address("url", typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "http://", "ftp://a", "http://[::1", "http://a:x", "http://a:70000", "http://a:0"),
        *("http://ana:secret@a/", "http://a/b c", "http://a/\r\nX: y"),
    ],
)
def test_what_is_no_address_is_refused(typed):
    """Before anybody is asked."""
    with pytest.raises(SettingRefused, match="it is written like"):
        room_address("url", typed)
