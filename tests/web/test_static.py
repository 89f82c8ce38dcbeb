"""The package's own files: how they are cached, compressed and found."""

import gzip
import http.client
import re
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import flask
import pytest
import requests
from werkzeug.test import Client

import lanchat
from lanchat.web.built import served
from lanchat.web.static import StaticFiles
from tests.world.deadline import DEADLINE

SCRIPT = (served(Path(lanchat.__file__).parent / "web") / "js" / "chat.js").read_bytes()


class Answer(NamedTuple):
    """What came back, as it was on the wire."""

    status: int
    headers: Message
    body: bytes


@pytest.fixture
def fetch(server):
    """Ask for a path with exactly these headers; nothing is decoded."""

    def ask(path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        told = Answer(answer.status, answer.headers, answer.read())
        connection.close()
        return told

    return ask


def files_in(folder):
    """The files of a folder, in front of an application that has no pages."""
    return StaticFiles(flask.Flask("nothing", static_folder=None), folder, [])


def versioned(server, name):
    """The address by which the login page has a file."""
    page = requests.get(server.url, timeout=DEADLINE).text
    found = re.search(rf'"(/static/[0-9a-f]+/{re.escape(name)})"', page)
    assert found, name
    return found[1]


def test_a_versioned_file_is_kept_for_ever(server, fetch):
    """A browser that has it does not even ask."""
    answer = fetch(versioned(server, "js/login.js"))
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_plain_address_is_asked_about_each_time(fetch):
    """With what it has, a browser gets no second copy."""
    first = fetch("/static/js/chat.js")
    assert (first.body, first.headers["Cache-Control"]) == (SCRIPT, "no-cache")
    again = fetch("/static/js/chat.js", If_None_Match=f'"other", W/{first.headers["ETag"]}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert fetch("/static/js/chat.js", If_None_Match='"other"').body == SCRIPT


def test_a_version_changes_with_any_file(tmp_path):
    """Also where only a name does."""
    versions: set[str] = set()
    for name, text in (("a.js", ""), ("a.js", "1"), ("b.js", "1")):
        folder = tmp_path / str(len(versions))
        folder.mkdir()
        (folder / name).write_text(text)
        versions.add(files_in(folder).url(name).split("/")[2])
    assert len(versions) == 3


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "br;q=1, *;q=0.1"])
def test_what_can_be_compressed_is(fetch, accepted):
    """The same content in fewer bytes, and no cache takes one for the other."""
    plain = fetch("/static/js/chat.js")
    packed = fetch("/static/js/chat.js", Accept_Encoding=accepted)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == SCRIPT
    assert len(packed.body) < len(SCRIPT) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert (plain.headers["Vary"], packed.headers["Vary"]) == ("Accept-Encoding",) * 2


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0, *"])
def test_nobody_gets_what_they_cannot_unpack(fetch, accepted):
    """Without gzip the content comes as it is."""
    answer = fetch("/static/js/chat.js", Accept_Encoding=accepted)
    assert answer.headers["Content-Encoding"] is None
    assert answer.body == SCRIPT


def test_what_would_not_become_smaller_stays_as_it_is(tmp_path):
    """Compressing three letters makes them more."""
    (tmp_path / "a.css").write_text("a{}")
    client = Client(files_in(tmp_path))
    answer = client.get("/static/a.css", headers={"Accept-Encoding": "gzip"})
    assert answer.data == b"a{}"
    assert answer.content_encoding is None


def test_head_has_the_headers_alone(fetch):
    """As long as the body would be."""
    answer = fetch("/static/js/chat.js", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(SCRIPT))


def test_files_are_only_read(fetch):
    """Nobody posts to a script."""
    answer = fetch("/static/js/chat.js", "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path", ["../app.py", "js/../../app.py", "%2e%2e/app.py", "//etc/passwd", "js", "", "0/x"]
)
def test_there_is_nothing_but_the_files(fetch, path):
    """No path leads out of the folder, and folders are not listed."""
    assert fetch(f"/static/{path}").status == 404


def test_a_page_names_few_files(ana):
    """A style sheet, that of the night, two small scripts, its own, a picture: of one version."""
    urls = re.findall(r'"(/static/[^"]+)"', ana.get("/chat").text)
    assert len(urls) == 6
    assert len({url.split("/")[2] for url in urls}) == 1
    assert {ana.get(url).status_code for url in urls} == {200}


def test_files_have_the_headers_of_pages(fetch):
    """An SVG that is opened by itself is a document, too; a script is never one."""
    picture = fetch("/static/favicon.svg").headers
    assert "default-src 'self'" in picture["Content-Security-Policy"]
    script = fetch("/static/js/chat.js").headers
    assert "Content-Security-Policy" not in script
    for headers in (picture, script):
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
