"""Files on their way in, as clients of tus send them."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import struct
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient

from tests.world.person import Person
from tests.world.sender import Sender, crc32

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 8, 6)


@pytest.fixture
def sender(ana: Person) -> Sender:
    """Ana's program."""
    return Sender(ana)


def told(answer: Any) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def files_of(server: Any) -> dict[str, tuple[str, str, int]]:
    """Of each file that is whole, by its id, the name, the type and the size."""
    with closing(sqlite3.connect(f"file:{server.data_dir}/messages.db?mode=ro", uri=True)) as seen:
        rows = seen.execute("SELECT id, name, type, size FROM file").fetchall()
    return {file_id: tuple(more) for file_id, *more in rows}


def content_on_disk(server: Any, content: bytes) -> Path:
    """Where it lies once it is whole."""
    digest = hashlib.sha256(content).hexdigest()
    return Path(server.data_dir, "files", digest[:2], digest)


def test_a_file_is_sent_in_pieces(sender: Sender, server: Any) -> None:
    """The last answer means that it is whole; HEAD says how far it is until then."""
    content = b"0123456789" * 6_000
    begun = sender.begin(len(content), name="notes.txt")
    path = begun.headers["Location"]
    assert (begun.status_code, begun.headers["Tus-Resumable"]) == (201, "1.0.0")
    assert path.startswith("/files/")
    assert begun.headers["Upload-Expires"].endswith("GMT")
    first = sender.write(path, 0, content[:25_000], crc32(content[:25_000]))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "25000")
    asked = sender.ask("HEAD", path)
    assert asked.headers["Cache-Control"] == "no-store"
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("25000", "60000")
    assert sender.write(path, 25_000, content[25_000:]).headers["Upload-Offset"] == "60000"
    name, _, size = files_of(server)[path.removeprefix("/files/")]
    assert (name, size) == ("notes.txt", len(content))
    assert content_on_disk(server, content).read_bytes() == content


def test_the_server_says_what_it_can(sender: Sender) -> None:
    """A client asks before it sends anything."""
    answer = sender.ask("OPTIONS", "/files")
    told = {name: answer.headers[name] for name in answer.headers if name.startswith("Tus-")}
    assert (answer.status_code, told) == (
        204,
        {
            "Tus-Resumable": "1.0.0",
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,termination,checksum,expiration",
            "Tus-Max-Size": "100000000",
            "Tus-Checksum-Algorithm": "sha1,crc32",
        },
    )


def test_another_version_is_refused(sender: Sender) -> None:
    """The answer says which one would do."""
    answer = sender.ask("POST", "/files", {"Tus-Resumable": "0.2.0", "Upload-Length": "1"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_foreign_client_sends_a_file(ana: Person, server: Any) -> None:
    """Of somebody else's making, with its own name for things; it goes on where it was."""
    content = bytes(range(256)) * 1_000
    cookies = "; ".join(f"{name}={value}" for name, value in ana.http.cookies.items())
    client = TusClient(f"{server.url}/files", headers={"Cookie": cookies})
    metadata = {"filename": "Ana's picture.bin", "filetype": "text/html"}
    options = {"chunk_size": 50_000, "metadata": metadata, "upload_checksum": True}
    first = client.uploader(file_stream=io.BytesIO(content), **options)
    first.upload_chunk()
    again = client.uploader(file_stream=io.BytesIO(content), url=first.url, **options)
    assert again.offset == 50_000
    again.upload()
    found = files_of(server)[str(first.url).rpartition("/")[2]]
    assert found == ("Ana's picture.bin", "application/octet-stream", len(content))
    assert content_on_disk(server, content).read_bytes() == content


def test_nobody_sends_without_a_session(person_factory: Any) -> None:
    """Whoever has not logged in is told so."""
    assert told(Sender(person_factory()).begin(1)) == (401, "unauthorized")


def test_a_page_of_another_origin_sends_nothing(sender: Sender) -> None:
    """Although the browser has the cookie."""
    headers = {"Upload-Length": "1", "Origin": "http://elsewhere.example"}
    assert sender.ask("POST", "/files", headers).status_code == 403


def test_an_upload_is_its_senders(sender: Sender, bia: Person) -> None:
    """For others there is none of this id."""
    path = sender.begin(3).headers["Location"]
    theirs = Sender(bia)
    assert theirs.ask("HEAD", path).status_code == 404
    assert told(theirs.write(path, 0, b"abc")) == (404, "unknown_file")
    assert told(theirs.ask("DELETE", path)) == (404, "unknown_file")


def test_an_upload_is_given_up(sender: Sender) -> None:
    """Afterwards there is none."""
    path = sender.begin(3).headers["Location"]
    assert sender.ask("DELETE", path).status_code == 204
    assert sender.ask("HEAD", path).status_code == 404


def test_what_is_wrong_is_refused(sender: Sender) -> None:
    """With a status and a code for programs, and words for people."""
    path = sender.begin(10).headers["Location"]
    sender.write(path, 0, b"abc")
    wrong = sender.write(path, 2, b"xyz")
    assert told(wrong) == (409, "wrong_offset")
    assert wrong.headers["Upload-Offset"] == "3"
    assert told(sender.write(path, 3, b"def", crc32(b"xyz"))) == (460, "wrong_checksum")
    assert sender.offset(path) == 3
    assert told(sender.write(path, 3, b"12345678")) == (413, "too_large")
    assert sender.offset(path) == 3
    assert told(sender.begin(100_000_001)) == (413, "too_large")
    assert "100 MB" in sender.begin(100_000_001).json()["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": "\u0663"}, 400),
        ({}, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "md5 AAAA"}, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "crc32 AAAAAA"}, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha1"}, 400),
        ({"Upload-Offset": "0", "Content-Type": "text/plain"}, 415),
    ],
)
def test_a_piece_has_to_say_what_it_is(
    sender: Sender, headers: dict[str, str], status: int
) -> None:
    """What cannot be understood is not guessed at."""
    path = sender.begin(3).headers["Location"]
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    usual = {"Content-Type": "application/offset+octet-stream"}
    assert sender.ask("PATCH", path, usual | encoded, b"abc").status_code == status
    assert sender.offset(path) == 0


@pytest.mark.parametrize("length", [None, "", "-1", "1e3", "9" * 20])
def test_an_upload_has_to_say_how_long_it_is(sender: Sender, length: str | None) -> None:
    """Beforehand, so that nothing is begun that finds no room."""
    headers = {} if length is None else {"Upload-Length": length}
    assert told(sender.ask("POST", "/files", headers)) == (400, "invalid")


def test_a_name_is_made_safe(sender: Sender, server: Any) -> None:
    """Whatever it was, it is one that can be shown and stored."""
    sent = [sender.send(b"x", name=name) for name in ("../../\u202egnp.exe", b"\xff\xfe")]
    sent.append(sender.send(b"x"))
    found = files_of(server)
    assert [found[file_id][0] for file_id in sent] == ["gnp.exe", "__", "file"]


def test_a_thumbnail_is_a_small_picture(sender: Sender) -> None:
    """By what is in it; one that is large or none is refused."""
    path = f"/files/{sender.send(PNG, name='a.png')}/thumb"
    assert sender.ask("PUT", path, data=PNG).status_code == 204
    large = PNG[:16] + struct.pack(">II", 14_000, 14_000)
    for other in (b"<svg>", large):
        assert told(sender.ask("PUT", path, data=other)) == (400, "invalid")
    assert told(sender.ask("PUT", path, data=PNG + bytes(24 << 10))) == (413, "too_large")
    assert told(sender.ask("PUT", "/files/none/thumb", data=PNG)) == (404, "unknown_file")


def test_clients_may_know_no_methods_but_post(sender: Sender) -> None:
    """Another header says what is meant."""
    path = sender.begin(3).headers["Location"]
    piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    for method, headers, status in (("PATCH", piece, 204), ("DELETE", {}, 204), ("PUT", {}, 405)):
        asked = {"X-HTTP-Method-Override": method, **headers}
        assert sender.ask("POST", path, asked, b"abc").status_code == status


def test_who_may_not_write_sends_nothing(sender: Sender, ana: Person, server: Any) -> None:
    """Not even the rest of what was begun before; the reason is in the person's language."""
    ana.join()
    path = sender.begin(3).headers["Location"]
    server.ask({"do": "command", "name": "mute", "text": "Ana"})
    ana.http.headers["Accept-Language"] = "de"
    answer = sender.begin(1)
    assert told(answer) == (403, "muted")
    assert "stumm" in answer.json()["error"]["message"]
    assert told(sender.write(path, 0, b"abc")) == (403, "muted")
    server.ask({"do": "command", "name": "unmute", "text": "Ana"})
    server.ask({"do": "command", "name": "readonly", "text": "on"})
    assert told(sender.begin(1)) == (403, "read_only")
    server.ask({"do": "command", "name": "readonly", "text": "off"})
    server.ask({"do": "command", "name": "files", "text": "off"})
    assert told(sender.begin(1)) == (403, "files_off")


@pytest.mark.server_options("--grace", "0.5", "--no-files")
def test_a_server_may_take_no_files(sender: Sender) -> None:
    """It says so at each of the addresses."""
    for method, path in (("POST", "/files"), ("OPTIONS", "/files"), ("PATCH", "/files/x")):
        assert told(sender.ask(method, path, {"Upload-Length": "1"}, b"")) == (403, "files_off")


@pytest.mark.server_options("--grace", "0.5", "--no-history")
def test_without_a_history_there_are_no_files(sender: Sender) -> None:
    """What is not kept has none."""
    assert told(sender.begin(1)) == (403, "files_off")


@pytest.mark.server_options(
    *("--grace", "0.5", "--max-file-size", "30KB"),
    *("--file-quota", "50KB", "--file-quota-person", "40KB"),
)
@pytest.mark.own_server
def test_files_have_so_much_room(sender: Sender, bia: Person) -> None:
    """Those of a person within a day, and all together."""
    assert told(sender.begin(30_001)) == (413, "too_large")
    sender.send(bytes(25_000))
    refused = sender.begin(20_000)
    assert told(refused) == (429, "quota")
    assert "40 KB" in refused.json()["error"]["message"]
    refused = Sender(bia).begin(30_000)
    assert told(refused) == (429, "quota")
    assert "50 KB" in refused.json()["error"]["message"]


@pytest.mark.parametrize(("is_checked", "kept"), [(True, 0), (False, 600_000)])
def test_a_break_costs_one_piece_at_most(
    sender: Sender, server: Any, until: Callable[..., Any], is_checked: bool, kept: int
) -> None:
    """Of a piece with a checksum nothing is kept, as nobody can know whether it is right."""
    content = bytes(range(256)) * 4_000
    path = sender.begin(len(content)).headers["Location"]
    file = Path(server.data_dir, "files", "uploads", path.removeprefix("/files/"))
    with sender.broken_off(path, content, 600_000, crc32(content) if is_checked else None):
        until(lambda: file.stat().st_size, "the first of it on disk")
    until(lambda: sender.write(path, kept, b"").status_code == 204, "the end of the connection")
    answer = sender.write(path, kept, content[kept:])
    assert answer.headers["Upload-Offset"] == str(len(content))


@pytest.mark.own_server
def test_a_kill_costs_one_piece_at_most(sender: Sender, server: Any) -> None:
    """What was answered is on disk, and goes on where it was; what is whole stays whole."""
    content = bytes(range(256)) * 400
    path = sender.begin(len(content)).headers["Location"]
    sender.write(path, 0, content[:50_000], crc32(content[:50_000]))
    whole = sender.send(b"whole", name="whole.txt")
    server.kill()
    server.start()
    assert sender.offset(path) == 50_000
    assert sender.offset(f"/files/{whole}") == 5
    sender.write(path, 50_000, content[50_000:], crc32(content[50_000:]))
    assert content_on_disk(server, content).read_bytes() == content
    assert set(files_of(server)) == {whole, path.removeprefix("/files/")}


@pytest.mark.own_server
def test_a_file_outlives_kills_before_and_after_its_message(
    sender: Sender, ana: Person, server: Any, until: Callable[..., Any]
) -> None:
    """Whoever has an answer can name the file; it goes from the disk with its message alone."""
    content = b"0123456789" * 10_000
    file_id = sender.send(content, name="notes.txt")
    server.kill()
    server.start()
    ana.join()
    said = {"message": "", "client_id": str(uuid.uuid4()), "files": [file_id]}
    answer = ana.call("new_message", said)
    assert answer["ok"], answer
    server.kill()
    server.start()
    (message,) = ana.join()["messages"]
    (file,) = message["files"]
    assert (file["id"], file["size"]) == (file_id, len(content))
    assert ana.get(f"/files/{file_id}/notes.txt").content == content
    assert ana.call("delete_message", {"id": answer["id"]})["ok"]
    assert ana.get(f"/files/{file_id}/notes.txt").status_code == 404
    until(lambda: not content_on_disk(server, content).exists(), "the disk without it")
