"""The work sheets for classes: what they say is so, and they say it in both languages.

That each step can be done is tried in a browser: tests/browser/test_work_sheets.py.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import engineio
import pytest
from wsproto.frame_protocol import CloseReason

from lanchat.live.backlog import MAX_BACKLOG_BYTES, MAX_BACKLOG_FRAMES
from lanchat.live.frames import build_frame, unmask
from tests.world.work_sheets import FOLDERS, PARTS, part, sheets, steps

PROJECT = Path(__file__).parents[1]
LOCALES = PROJECT / "src" / "lanchat" / "locales"
PAIRS = list(zip(sheets("en"), sheets("pt-BR"), strict=True))
PAGES = [*PAIRS, tuple(FOLDERS[language] / "README.md" for language in FOLDERS)]

# The frames that sheets show, as a real browser and server have sent them: what they are.
WHOLE = {
    "81 01 32": "2",
    "81 81 9d 32 7a 13 ae": "3",
    "81 82 21 3e 51 3d 15 0e": "40",
}
BEGUN = {
    "81 d7 2f fd 77 91 1b cf 46 ca": (87, "421["),
    "81 fe 01 1c 60 9a d7 61 54 a8": (284, "42"),
    "81 7f 00 00 00 00 00 01 3f c3 34 33 30 5b": (81_859, "430["),
}
ENVELOPE = '421["new_message",{"message":"","client_id":"b0879e98-9f61-4c9b-b368-4a0cae32b786"}]'
TCP, TIMES, IPV4, ETHERNET = 20, 12, 20, 1_500


def test_there_are_six_of_each() -> None:
    """In one order, and the teachers' page names all of them."""
    for language in FOLDERS:
        found = sheets(language)
        assert [file.name[:2] for file in found] == [f"{number}-" for number in range(1, 7)]
        index = (FOLDERS[language] / "README.md").read_text("utf-8")
        linked = re.findall(r"\]\((\d-[^)]+)\)", index)
        assert linked == [file.name for file in found]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].stem)
def test_both_languages_ask_for_the_same(pair: tuple[Path, Path]) -> None:
    """The same deeds by the same people, with the same controls, as each language calls them."""
    english, portuguese = (
        steps(sheet, language) for sheet, language in zip(pair, FOLDERS, strict=True)
    )
    assert len(english) == len(portuguese)
    words = [json.loads((LOCALES / f"{code}.json").read_text("utf-8")) for code in ("en", "pt_BR")]
    for ours, theirs in zip(english, portuguese, strict=True):
        assert [(each.who, each.name) for each in ours.deeds] == [
            (each.who, each.name) for each in theirs.deeds
        ], ours.text
        assert [each.code for each in ours.deeds] == [each.code for each in theirs.deeds]
        controls = (re.findall(r"\*\*(.+?)\*\*", each.text) for each in (ours, theirs))
        for named in zip(*controls, strict=True):
            keys = [
                {key for key, text in catalogue.items() if _is_called(text, name)}
                for catalogue, name in zip(words, named, strict=True)
            ]
            assert keys[0] & keys[1] or named[0] == named[1], f"no page calls it so: {named}"


def test_the_teachers_page_calls_things_as_pages_do() -> None:
    """In both languages; a name is in italics there."""
    for language, code in (("en", "en"), ("pt-BR", "pt_BR")):
        page = (FOLDERS[language] / "README.md").read_text("utf-8")
        texts = json.loads((LOCALES / f"{code}.json").read_text("utf-8")).values()
        named = re.findall(r"(?<![*\w])\*([A-Z][^*]+)\*(?!\*)", page.replace("\n   ", " "))
        assert len(named) > 5
        assert [name for name in named if name not in texts] == []


@pytest.mark.parametrize("pair", PAGES, ids=lambda pair: pair[0].stem)
def test_both_languages_have_the_same_numbers(pair: tuple[Path, Path]) -> None:
    """Also in questions and answers, whatever separates their thousands."""
    english, portuguese = (_numbers(file.read_text("utf-8")) for file in pair)
    assert english == portuguese


def test_all_frames_are_what_they_are_said_to_be() -> None:
    """Nothing in hexadecimal stands in a sheet that is not looked at here."""
    pieces = r"(?<![0-9a-f] )\b[0-9a-f]{2}(?: [0-9a-f]{2}){2,}"
    known = " | ".join([*WHOLE, *BEGUN, "34 32 31 5b"])
    for sheet in (sheet for pair in PAIRS for sheet in pair):
        shown = re.findall(pieces, sheet.read_text("utf-8"))
        assert [piece for piece in shown if piece not in known] == [], sheet.name
    text = PAIRS[1][0].read_text("utf-8")
    assert all(each in text for each in (*WHOLE, *BEGUN))
    for frame, said in WHOLE.items():
        assert _seen(frame) == (len(said), said)
    assert build_frame(b"2") == bytes.fromhex("81 01 32")
    for frame, (size, start) in BEGUN.items():
        length, plain = _seen(frame)
        assert length == size
        assert plain.startswith(start)
        assert f"{size:,}" in text


def test_the_key_of_the_example_has_the_accept_of_the_example() -> None:
    """By the very lines that students are asked to type, too."""
    sheet = PAIRS[0][0]
    key, accept = re.findall(r"`([\w+/]{22,}=+)`", sheet.read_text("utf-8"))
    joined = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    assert base64.b64encode(hashlib.sha1(joined.encode()).digest()).decode() == accept  # noqa: S324
    lines = [line for step in steps(sheet, "en") for deed in step.deeds for line in deed.code]
    assert len(lines) == 2
    for line in lines if shutil.which("openssl") else lines[:1]:
        command = ["bash", "-c", line.replace("KEY", key)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == accept


def test_what_is_reckoned_is_right() -> None:
    """The sizes of sheet 2, the times of sheet 4, the shares of sheet 5, the copies of sheet 6."""
    size = len(ENVELOPE)
    assert (size, size + len("Oi!")) == (84, 87)
    assert 125 - size == pytest.approx(40, abs=1)  # "some 40 letters"
    frame = 2 + 4 + size + 3
    segment = frame + TCP + TIMES + IPV4
    assert (frame, segment, round(300 / segment)) == (93, 145, 2)
    long = 1_000 + size + 2 + 2 + 4
    assert (long, long + 52, round(100_000 / (long + 52))) == (1_092, 1_144, 87)
    shares = [(32 + 5 * 52) / 540, (30 + 7 * 52) / 2_161]
    assert [round(100 * share) for share in shares] == [54, 18]
    mss = ETHERNET - IPV4 - TCP - TIMES
    assert (mss, 10 * mss, round(10 * mss / 0.005 / 1e6, 1)) == (1_448, 14_480, 2.9)
    engine = engineio.Server()
    interval, timeout = engine.ping_interval, engine.ping_timeout
    assert (interval, timeout) == (25, 20)
    assert (timeout + 10, timeout + interval + timeout + 10) == (30, 75)
    assert (30 * 30, 30 * 29 // 2, 30 * 3_600) == (900, 435, 108_000)
    assert (MAX_BACKLOG_FRAMES, MAX_BACKLOG_BYTES) == (500, 1 << 20)
    assert int(CloseReason.GOING_AWAY) == 1_001


def test_every_sheet_has_answers_for_all_of_its_questions() -> None:
    """Folded, at its end, as many as there are questions."""
    for language in FOLDERS:
        for sheet in sheets(language):
            asked, last = (part(sheet, language, PARTS[language][place]) for place in (3, 4))
            _, folded = last.split("<details>")
            assert folded.rstrip().endswith("</details>")
            numbers = [re.findall(r"^(\d)\. ", text, re.MULTILINE) for text in (asked, folded)]
            assert numbers[0] == numbers[1], sheet.name


def test_every_step_that_an_answer_names_is_there() -> None:
    """Steps come and go, and the answers have their numbers at another place."""
    for language in FOLDERS:
        for sheet in sheets(language):
            there = {step.number for step in steps(sheet, language)}
            text = re.sub(r"^\d+\. ", "", sheet.read_text("utf-8"), flags=re.MULTILINE)
            named = re.findall(r"\b(?:step|passo)s? (\d+)(?: (?:to|a) (\d+))?", text, re.IGNORECASE)
            assert {int(each) for found in named for each in found if each} <= there, sheet.name


def _is_called(text: str, name: str) -> bool:
    """Whether a text of the pages reads so, whatever stands in its braces."""
    pattern = "(.+)".join(map(re.escape, re.split(r"\{\w+\}", text)))
    return text == name or ("{" in text and re.fullmatch(pattern, name) is not None)


def _numbers(text: str) -> Counter[str]:
    """The numbers of a text, without what separates thousands or decimals, and links."""
    plain = re.sub(r"\]\([^)]*\)", "", text)
    return Counter(re.sub(r"[.,]", "", each) for each in re.findall(r"\d[\d.,]*\d|\d", plain))


def _seen(frame: str) -> tuple[int, str]:
    """What the header says of the length, and the payload as far as it is there."""
    data = bytes.fromhex(frame)
    length = data[1] & 0x7F
    width = {126: 2, 127: 8}.get(length, 0)
    if width:
        length = int.from_bytes(data[2 : 2 + width], "big")
    rest = data[2 + width :]
    if data[1] & 0x80:
        rest = unmask(rest[4:], rest[:4])
    return length, rest.decode()
