"""Files on their way out."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable

import pytest
import requests

from lanchat.web.downloads import disposition
from tests.world.person import Person
from tests.world.sender import Sender

CONTENT = os.urandom(300_000)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 8, 6)
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def sent(ana: Person) -> Callable[..., str]:
    """Let Ana send a file; returns the address of its folder."""
    sender = Sender(ana)

    def send(content: bytes, name: str = "file") -> str:
        path: str = sender.begin(len(content), name=name).headers["Location"]
        assert sender.write(path, 0, content).status_code == 204
        return path

    return send


def test_a_file_comes_as_it_was_sent(ana: Person, sent: Callable[..., str]) -> None:
    """The name in the address does not matter; what is unknown is to be saved."""
    path = sent(CONTENT, "lição 1.bin")
    for name in ("lição 1.bin", "x"):
        answer = ana.get(f"{path}/{name}")
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=\"licao 1.bin\"; filename*=UTF-8''li%C3%A7%C3%A3o%201.bin"
        )
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Vary"] == "Cookie"


@pytest.mark.parametrize(
    ("content", "kind", "way"),
    [
        (PNG, "image/png", "inline"),
        (b"Hallo", "text/plain; charset=utf-8", "inline"),
        (b"fLaC", "audio/flac", "inline"),
        (HTML, "application/octet-stream", "attachment"),
        (b"<svg onload='alert(1)'/>", "application/octet-stream", "attachment"),
        (b"%PDF-1.7", "application/pdf", "attachment"),
    ],
)
def test_what_is_shown_can_do_nothing(
    ana: Person, sent: Callable[..., str], content: bytes, kind: str, way: str
) -> None:
    """The type is what is in it, whatever it is called."""
    headers = ana.get(f"{sent(content, 'page.html')}/page.html").headers
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"].partition(";")[0] == way
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert not {"script-src", "allow-scripts"} & set(policy.replace(";", "").split())
    assert ("immutable" in headers["Cache-Control"]) is (way == "inline")


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=299999-", 299_999, 300_000),
        ("bytes=-10", 299_990, 300_000),
        ("bytes=-400000", 0, 300_000),
        ("bytes=5-999999999", 5, 300_000),
    ],
)
def test_a_section_is_sent(
    ana: Person, sent: Callable[..., str], asked: str, begin: int, end: int
) -> None:
    """Players of films ask so, and whoever goes on with what was cut off."""
    answer = ana.get(f"{sent(CONTENT)}/x", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, CONTENT[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/300000"


@pytest.mark.parametrize("asked", ["bytes=300000-", "bytes=9999999999-"])
def test_nothing_is_behind_the_end(ana: Person, sent: Callable[..., str], asked: str) -> None:
    """The answer says how long it is."""
    answer = ana.get(f"{sent(CONTENT)}/x", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */300000"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=5-1"},
        {"Range": "bytes=x"},
        {"Range": "bytes=0-1", "If-Range": '"another"'},
        {"Range": "bytes=0-1", "If-Range": "Thu, 26 Nov 2026 00:00:00 GMT"},
    ],
)
def test_all_is_sent_where_no_one_section_is_asked_for(
    ana: Person, sent: Callable[..., str], headers: dict[str, str]
) -> None:
    """So it is where what the client has is of another file."""
    answer = ana.get(f"{sent(CONTENT)}/x", headers=headers)
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_what_a_browser_has_is_not_sent_again(ana: Person, sent: Callable[..., str]) -> None:
    """It is named by what is in it, so that the same sent twice has the same name."""
    path, etag = sent(CONTENT), f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert ana.get(f"{path}/x").headers["ETag"] == etag
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = ana.get(f"{path}/x", headers={"If-None-Match": known, "Range": "bytes=0-1"})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    section = ana.get(f"{path}/x", headers={"Range": "bytes=0-1", "If-Range": etag})
    assert section.status_code == 206


def test_a_head_has_no_body(ana: Person, sent: Callable[..., str]) -> None:
    """The connection goes on behind it."""
    url = f"{ana.url}{sent(CONTENT)}/x"
    for _ in range(2):
        answer = ana.http.head(url)
        assert (answer.status_code, answer.headers["Content-Length"]) == (200, "300000")
    assert ana.http.get(url).content == CONTENT


@pytest.mark.parametrize("content", [b"", b"x"])
def test_the_smallest_files_come_too(ana: Person, sent: Callable[..., str], content: bytes) -> None:
    """One has nothing in it."""
    answer = ana.get(f"{sent(content)}/x", headers={"Range": "bytes=0-"})
    assert (answer.status_code, answer.content) == (206 if content else 200, content)


def test_a_small_picture_comes_in_its_own_type(ana: Person, sent: Callable[..., str]) -> None:
    """It is a content like any other."""
    path = sent(CONTENT, "photo.raw")
    assert ana.get(f"{path}/thumb").status_code == 404
    ana.http.put(f"{ana.url}{path}/thumb", data=PNG)
    answer = ana.get(f"{path}/thumb")
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert answer.headers["ETag"] == f'"{hashlib.sha256(PNG).hexdigest()}"'
    assert ana.get(f"{path}/photo.raw").content == CONTENT


def test_a_file_may_be_called_thumb(ana: Person, sent: Callable[..., str]) -> None:
    """Where there is no small picture, the address is its own."""
    assert ana.get(f"{sent(CONTENT, 'thumb')}/thumb").content == CONTENT


def test_what_no_message_names_is_its_senders(
    ana: Person, bia: Person, sent: Callable[..., str]
) -> None:
    """Others do not even learn that it is there."""
    path = sent(CONTENT)
    refused, unknown = bia.get(f"{path}/x"), bia.get(f"/files/{'0' * 32}/x")
    assert (refused.status_code, refused.json()) == (404, unknown.json())
    assert refused.json()["error"]["code"] == "unknown_file"
    assert bia.get(f"{path}/thumb").status_code == 404
    assert ana.get(f"{path}/x").status_code == 200


def test_strangers_have_nothing(ana: Person, sent: Callable[..., str]) -> None:
    """Who opens the address is led to the login."""
    url = f"{ana.url}{sent(CONTENT)}/x"
    answer = requests.get(url, timeout=60)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    browser = {"Accept": "text/html,*/*;q=0.8"}
    answer = requests.get(url, headers=browser, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert ana.get("/files/0/x", headers=browser).headers["Content-Type"].startswith("text/html")


def test_a_language_can_be_chosen_here_too(ana: Person, sent: Callable[..., str]) -> None:
    """As on any other page: the address is the same without it."""
    path = sent(CONTENT)
    answer = ana.get(f"{path}/x?lang=de")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}/x")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.txt", "filename=\"a.txt\"; filename*=UTF-8''a.txt"),
        ('a"b\\c', "filename=\"a_b_c\"; filename*=UTF-8''a%22b%5Cc"),
        ("100%25.txt", "filename=\"100_25.txt\"; filename*=UTF-8''100%2525.txt"),
        ("用户", "filename=\"file\"; filename*=UTF-8''%E7%94%A8%E6%88%B7"),
        ("é.png", "filename=\"e.png\"; filename*=UTF-8''%C3%A9.png"),
        ("a;b'c", "filename=\"a;b'c\"; filename*=UTF-8''a%3Bb%27c"),
    ],
)
def test_names_are_told_exactly(name: str, header: str) -> None:
    """Old programs get what there is of it in ASCII."""
    assert disposition("attachment", name) == f"attachment; {header}"
