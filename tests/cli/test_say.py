"""`lanchat say`: in the room of this computer, and elsewhere by a token."""

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.world.pictures import screenshot

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


@pytest.fixture
def say(server, typed, tmp_path):
    """Run it; returns its exit code and what it printed."""

    def run(*words, given="", elsewhere="", token="", data_dir=server.data_dir):
        where = {"LANCHAT_DATA_DIR": str(data_dir), "LANCHAT_LOG_FILE": str(tmp_path / "log")}
        if elsewhere:
            where |= {"LANCHAT_URL": elsewhere, "LANCHAT_TOKEN": token}
        ended = typed("say", *words, given=given, **where)
        return ended.returncode, ended.stdout + ended.stderr

    return run


@pytest.fixture
def token(server):
    """That of the program called build."""
    return server.ask({"do": "token_new", "name": "build"})["token"]


@pytest.fixture(params=["here", "elsewhere"])
def speak(request, say, server, token):
    """Say it here by its name, or as one does on another computer."""
    if request.param == "here":
        return lambda *words, **given: say("--as", "build", *words, **given)
    return lambda *words, **given: say(*words, elsewhere=server.url, token=token, **given)


def messages(person):
    """What was said: by whom, and what."""
    return [(message["user"], message["message"]) for message in person.join()["messages"]]


def test_a_text_is_said(speak, ana):
    """And a pipe: what comes together is one message, as code."""
    assert speak("Lunch", "is ready") == (0, "")
    assert speak("--code", given="cc main.c\n\x1b[31mok\x1b[0m\n") == (0, "")
    assert messages(ana) == [
        ("build", "Lunch is ready"),
        ("build", "```\ncc main.c\nok\n```"),
    ]


def test_a_file_is_sent(speak, ana, tmp_path):
    """With the words, if there are any."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(screenshot(300, 200))
    assert speak("--file", str(picture), "The new look") == (0, "")
    (message,) = ana.join()["messages"]
    (file,) = message["files"]
    assert message["message"] == "The new look"
    assert (file["name"], file["type"]) == ("picture.png", "image/png")
    assert ana.get(f"/files/{file['id']}/picture.png").content == picture.read_bytes()


def test_the_terminal_has_a_name_of_its_own(say, ana):
    """Without that of a program."""
    assert say("Lunch") == (0, "")
    assert messages(ana) == [("lanchat", "Lunch")]


def test_nothing_is_said_of_nothing(say, ana):
    """A program that prints nothing has not failed."""
    assert say(given="\n") == (0, "")
    assert messages(ana) == []


def test_what_is_not_stored_is_a_failure(say, server, token, ana, tmp_path):
    """With the room's own words."""
    code, printed = say("--as", "nobody", "hello")
    assert (code, "No program is called nobody." in printed) == (1, True)
    code, printed = say("hello", elsewhere=server.url, token="wrong")
    assert (code, "This token is not known here" in printed) == (1, True)
    code, printed = say("hello", data_dir=tmp_path / "empty")
    assert (code, "no lanchat is running here" in printed) == (1, True)
    server.ask({"do": "command", "name": "mute", "text": "build"})
    for words, where in (("--as", "build"), {}), ((), {"elsewhere": server.url, "token": token}):
        code, printed = say(*words, "hello", **where)
        assert (code, "muted" in printed) == (1, True)
    assert messages(ana) == []


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--url", "http://127.0.0.1:1", "hello"), {}),
        (("--as", "build", "hello"), {"elsewhere": "http://127.0.0.1:1", "token": "1"}),
        (("hello",), {"elsewhere": "ftp://127.0.0.1", "token": "1"}),
        (("--file", "missing.png"), {}),
        (("--file", os.devnull), {}),
        (("--file", __file__) * 11, {}),
        (("hello",), {"elsewhere": "http://[::1", "token": "1"}),
        (("hello",), {"elsewhere": "http://localhost:x", "token": "1"}),
        (("hello",), {"elsewhere": "http://127.0.0.1:1", "token": "half a\rsecret"}),
    ],
)
def test_a_wrong_usage_is_said(say, words, where):
    """With the exit code of one."""
    code, printed = say(*words, **where)
    assert code == 2, printed
    assert "secret" not in printed


def test_what_is_refused_is_named_as_it_was_given(say, tmp_path):
    """The variable, or the option."""
    _, printed = say("hello", elsewhere="ftp://there", token="1")
    assert printed.startswith("lanchat: LANCHAT_URL cannot be 'ftp://there': ")
    (tmp_path / "none.crt").touch()
    there = ("--url", "https://127.0.0.1:1", "--token", "1")
    _, printed = say(*there, "--ca", str(tmp_path / "none.crt"), "hello")
    assert printed.startswith("lanchat: --ca cannot be ")


class Stranger(BaseHTTPRequestHandler):
    """A server that is no lanchat, and says yes to everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome\x1b[2J")

    def log_message(self, *_):
        """It says nothing of it."""


def test_what_another_server_has_taken_is_not_said(say):
    """Only a room's own word counts that it is stored."""
    with HTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, args=[0.05], daemon=True).start()
        address = f"http://127.0.0.1:{stranger.server_port}"
        for words in (("hello",), ("--file", __file__)):
            code, printed = say(*words, elsewhere=address, token="1")
            assert (code, "this is no lanchat" in printed) == (1, True)
        stranger.shutdown()


def test_a_token_from_a_file_of_windows_is_known(say, server, token, ana):
    """A line's end is no part of it."""
    assert say("hello", elsewhere=server.url, token=f"{token}\r\n") == (0, "")
    assert messages(ana) == [("build", "hello")]
