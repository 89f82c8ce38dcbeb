"""`lanchat say`: in the room of this computer, and elsewhere by a token."""

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
    ],
)
def test_a_wrong_usage_is_said(say, words, where):
    """With the exit code of one."""
    code, printed = say(*words, **where)
    assert code == 2, printed
