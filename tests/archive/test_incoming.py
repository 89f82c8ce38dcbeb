import json
from typing import Any

import pytest

from lanchat.archive.incoming import LINE_LIMIT, draft
from lanchat.chat.model import MESSAGE_LIMIT
from lanchat.chat.ports import Draft

FIELDS = {
    "id": 7,
    "client_id": "c1",
    "room": "lobby",
    "user_id": "u1",
    "user": "Ana",
    "ip": "192.0.2.1",
    "message": "Olá 🦊",
    "time": "2026-11-23T02:08:00.123Z",
}


def line(**changes: Any) -> bytes:
    """A line with these changes; None leaves a field out."""
    fields = {**FIELDS, **changes}
    return json.dumps({k: v for k, v in fields.items() if v is not None}).encode() + b"\n"


def test_a_message() -> None:
    """Its id is left behind."""
    expected = {name: value for name, value in FIELDS.items() if name != "id"}
    assert draft(line()) == Draft(**expected)  # type: ignore[arg-type]


def test_fields_of_later_versions_do_no_harm() -> None:
    """What is not known is not asked for."""
    assert draft(line(reactions=["🦊"])) == draft(line())


@pytest.mark.parametrize("user", ["👩‍🏫 Bia", "नमस्ते", "ZWJ\u200d", "𞤀𞤣"])
def test_names_of_all_alphabets(user: str) -> None:
    """A name is not measured by the rules of today."""
    assert draft(line(user=user)).user == user


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"message": None}, "`message`"),
        ({"message": 5}, r"\$\.message"),
        ({"message": "x" * (MESSAGE_LIMIT + 1)}, "4000 characters"),
        ({"message": " \n"}, "nothing that can be shown"),
        ({"message": "a\0"}, "nothing that can be shown"),
        ({"user": ""}, r"\$\.user"),
        ({"user": "x" * 33}, r"\$\.user"),
        ({"user": " "}, "no name has"),
        ({"user": "a\nb"}, "no name has"),
        ({"user": "\u202eana"}, "no name has"),
        ({"client_id": "a b"}, r"\$\.client_id"),
        ({"user_id": ""}, r"\$\.user_id"),
        ({"ip": "x" * 65}, r"\$\.ip"),
        ({"time": "2026-11-23T02:08:00Z"}, "time is not like"),
        ({"time": "2026-11-23T02:08:00.123+00:00"}, "time is not like"),
        ({"time": "2026-02-30T02:08:00.123Z"}, "time is not like"),
        ({"time": "0001-01-01T00:00:00.000Z"}, "time is not like"),
        ({"time": "٢026-11-23T02:08:00.123Z"}, "time is not like"),
    ],
)
def test_what_nobody_can_have_said(changes: dict[str, Any], reason: str) -> None:
    """It is told what is wrong, and where."""
    with pytest.raises(ValueError, match=reason):
        draft(line(**changes))


@pytest.mark.parametrize(
    "junk",
    [
        b"\n",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        line(message="a\ud800"),
        line(message="\xff").replace(b"\\u00ff", b"\xff"),
    ],
)
def test_what_is_no_message(junk: bytes) -> None:
    """Whatever it is, it is refused."""
    with pytest.raises(ValueError, match=r".+"):
        draft(junk)


def test_a_line_without_end() -> None:
    """It is not even looked at."""
    with pytest.raises(ValueError, match="too long"):
        draft(line(message="x" * LINE_LIMIT))
