import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lanchat.archive.exporter import Export
from lanchat.archive.importer import LINE_LIMIT, draft, import_messages
from lanchat.archive.places import Folder
from lanchat.chat.model import MESSAGE_LIMIT
from lanchat.errors import DataInUse, LineRefused
from lanchat.rows.bulk_loading import Archived
from lanchat.store.datadir import DATABASE, DataDir

Exported = Callable[..., str]

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
    """The id that a message had elsewhere is noted for answers to it."""
    expected = {name: value for name, value in FIELDS.items() if name != "id"}
    assert draft(line()) == Archived(**expected, old_id=7)  # type: ignore[arg-type]
    assert draft(line(id="7")).old_id is None


def test_a_poll_comes_with_its_counts() -> None:
    """It says what is asked, whatever stood beside it."""
    asked = {"question": "Lunch?", "options": ["Pizza", "Rice"], "counts": [3, 0]}
    read = draft(line(poll=asked, message="something else"))
    assert (read.message, read.counts) == ("Lunch?\n1. Pizza\n2. Rice", (3, 0))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"options": ["a"]}, "cannot be asked"),
        ({"options": ["a", "A"]}, "cannot be asked"),
        ({"question": ""}, "cannot be asked"),
        ({"counts": [1]}, "as many counts"),
        ({"counts": [-1, 0]}, r"\$\.poll\.counts"),
    ],
)
def test_a_poll_that_nobody_could_have_asked(changes: dict[str, Any], reason: str) -> None:
    """It is refused like any other line that is none."""
    asked = {"question": "?", "options": ["a", "b"], "counts": [0, 0]}
    with pytest.raises(ValueError, match=reason):
        draft(line(poll=asked | changes))


def test_fields_of_later_versions_do_no_harm() -> None:
    """Fields that this version does not know are ignored."""
    assert draft(line(stars=["🦊"])) == draft(line())


@pytest.mark.parametrize("user", ["👩‍🏫 Bia", "नमस्ते", "ZWJ\u200d", "𞤀𞤣"])
def test_names_of_all_alphabets(user: str) -> None:
    """A name that another version let in is not measured by today's rules."""
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
    """The refusal says what is wrong, and in which field."""
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
        b'{"more": ' + b"[" * 100_000,
        line(message="a\ud800"),
        line(message="\xff").replace(b"\\u00ff", b"\xff"),
    ],
)
def test_what_is_no_message(junk: bytes) -> None:
    """Whatever else a line holds is refused, without a failure of the decoder."""
    with pytest.raises(ValueError, match=r".+"):
        draft(junk)


def test_a_line_without_end() -> None:
    """A line past the limit is refused before anything reads it."""
    with pytest.raises(ValueError, match="too long"):
        draft(line(message="x" * LINE_LIMIT))


def take_in(data_dir: Path, text: str | bytes) -> tuple[int, int]:
    """Import the text."""
    source = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return import_messages(Folder(data_dir), source, "the archive", lambda _: None)


def test_there_and_back(data_dir: Path, tmp_path: Path, exported: Exported) -> None:
    """What is imported into an empty folder is what was exported, byte for byte."""
    archive = exported(data_dir)
    assert take_in(tmp_path / "new", archive) == (5, 5)
    assert exported(tmp_path / "new") == archive


def test_what_was_put_to_messages_comes_along(tmp_path: Path, exported: Exported) -> None:
    """Reactions with all names as they were, in their order, and pins."""
    everybody = [{"id": f"u{number}", "user": f"Émile {number}"} for number in range(30)]
    reactions = {
        "🎉": {"count": 30, "users": everybody},
        "👍🏽": {"count": 2, "users": everybody[3:5]},
    }
    archive = line(reactions=reactions, pinned=True) + line(client_id="c2", pinned=True)
    assert take_in(tmp_path / "new", archive) == (2, 2)
    there = exported(tmp_path / "new")
    first, second = map(json.loads, there.splitlines())
    assert (first["reactions"], first["pinned"]) == (reactions, True)
    assert (second.get("reactions"), second["pinned"]) == (None, True)
    assert list(first["reactions"]) == list(reactions)
    assert take_in(tmp_path / "newer", there) == (2, 2)
    assert exported(tmp_path / "newer") == there
    assert take_in(tmp_path / "new", there) == (0, 2)
    assert exported(tmp_path / "new") == there


def test_answers_edits_and_mentions_come_along(tmp_path: Path, exported: Exported) -> None:
    """Behind what is there, an answer leads to the new id of what it answers."""
    archive = (
        line(id=500, edited="2026-11-23T02:09:00.123Z")
        + line(id=900, client_id="c2", reply_to=500, mentions=["u1", "u2"])
        + line(id=901, client_id="c3", reply_to=77)
    )
    take_in(tmp_path, line(client_id="c0") + line(client_id="c9"))
    assert take_in(tmp_path, archive) == (3, 3)
    *_, first, second, third = map(json.loads, exported(tmp_path, "jsonl").splitlines())
    assert first["edited"] == "2026-11-23T02:09:00.123Z"
    assert (second["reply_to"], second["mentions"]) == (first["id"], ["u1", "u2"])
    assert "reply_to" not in third
    again = line(id=1, client_id="c4", reply_to=500)
    assert take_in(tmp_path, archive + again) == (1, 4)
    last = json.loads(exported(tmp_path, "jsonl").splitlines()[-1])
    assert last["reply_to"] == first["id"]


def test_a_room_that_is_not_here_is_the_one_of_all(tmp_path: Path, exported: Exported) -> None:
    """Otherwise nobody could read what is imported."""
    take_in(tmp_path, line(room="attic"))
    assert json.loads(exported(tmp_path, "jsonl"))["room"] == "lobby"


@pytest.mark.parametrize(
    "wrong",
    [
        {"edited": "today"},
        {"reply_to": 0},
        {"reply_to": 2**53},
        {"mentions": ["a b"]},
        {"mentions": ["u"] * 21},
    ],
)
def test_what_nobody_could_have_referred_to(wrong: dict[str, Any]) -> None:
    """It is named, and nothing is imported."""
    with pytest.raises(ValueError, match=r"edited|reply_to|mentions|time"):
        draft(line(**wrong))


def test_more_pins_than_a_room_has_make_room(tmp_path: Path, exported: Exported) -> None:
    """As if they had been pinned one after the other."""
    take_in(tmp_path / "new", b"".join(line(client_id=f"c{n}", pinned=True) for n in range(5)))
    pinned = [json.loads(each).get("pinned") for each in exported(tmp_path / "new").splitlines()]
    assert pinned == [None, None, True, True, True]


def reacted(emoji: str = "👍", **user: object) -> dict[str, object]:
    """What a line has where somebody reacted."""
    return {emoji: {"count": 1, "users": [{"id": "u2", "user": "Bia", **user}]}}


@pytest.mark.parametrize(
    ("reactions", "reason"),
    [
        (["👍"], r"\$\.reactions"),
        (reacted("like"), "no emoji"),
        (reacted("👍👍"), "no emoji"),
        (reacted(user="a\nb"), "no name has"),
        (reacted(user="x" * 33), r"\$\.reactions"),
        (reacted(id="a b"), r"\$\.reactions"),
        ({chr(ord("🐀") + n): {"users": []} for n in range(21)}, "20 kinds"),
    ],
)
def test_reactions_that_nobody_could_have_made(reactions: object, reason: str) -> None:
    """The line is refused, and says why."""
    with pytest.raises(ValueError, match=reason):
        draft(line(reactions=reactions))


def test_byte_order_marks_are_no_part_of_a_line(
    data_dir: Path, tmp_path: Path, exported: Exported
) -> None:
    """An editor leaves one at the start, and joined files have them in between."""
    archive = exported(data_dir)
    first, _, others = archive.partition("\n")
    assert take_in(tmp_path / "new", f"\ufeff{first}\r\n\ufeff{others}") == (5, 5)
    assert exported(tmp_path / "new") == archive


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_another_encoding_is_told_by_its_name(data_dir: Path, encoding: str) -> None:
    """PowerShell writes such files."""
    with pytest.raises(LineRefused, match=r"line 1: it is UTF-16.* save the file as UTF-8"):
        take_in(data_dir, ("\ufeff" + line().decode()).encode(encoding))


def test_importing_what_is_there_changes_nothing(data_dir: Path, exported: Exported) -> None:
    """A message that is there already is found by its author and client_id."""
    archive = exported(data_dir)
    assert take_in(data_dir, archive) == (0, 5)
    assert exported(data_dir) == archive


@pytest.mark.parametrize("junk", [b"junk\n", b"\n", b"{}", b"x" * 1_000_000])
def test_a_wrong_line_refuses_the_whole(
    junk: bytes, data_dir: Path, tmp_path: Path, exported: Exported
) -> None:
    """The refusal names the line, and the good lines before it are not kept."""
    lines = exported(data_dir).encode().splitlines(keepends=True)
    with pytest.raises(LineRefused, match=r"the archive, line 4: .*; nothing was imported"):
        take_in(tmp_path / "new", b"".join([*lines[:3], junk, *lines[3:]]))
    export = Export(Folder(tmp_path / "new"), "jsonl")
    export.close()
    assert export.count == 0


def test_no_import_while_a_server_runs(data_dir: Path, exported: Exported) -> None:
    """A running server would not know of the messages; the refusal says what has the folder."""
    held = DataDir(data_dir)
    with pytest.raises(DataInUse, match="stop that one"):
        take_in(data_dir, exported(data_dir))
    held.close()


def test_the_folder_is_free_after_a_refusal(data_dir: Path) -> None:
    """A server can start on a folder whose import was refused."""
    with pytest.raises(LineRefused):
        take_in(data_dir, "junk")
    DataDir(data_dir).close()
    assert (data_dir / DATABASE).exists()


def test_every_byte_is_told(data_dir: Path, exported: Exported) -> None:
    """The progress of an import ends where its file does."""
    archive = exported(data_dir).encode()
    told: list[int] = []
    import_messages(Folder(data_dir), io.BytesIO(archive), "x", told.append)
    assert sum(told) == len(archive)
