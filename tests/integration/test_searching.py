"""Looking for what was said, as any client does it."""

import sqlite3
from contextlib import closing

import pytest

FAST = pytest.mark.server_options("--grace", "0.5", "--rate", "0")


def look(person, text="", **asked):
    """What the messages say that are found."""
    answer = person.call("search", {"text": text, **asked})
    assert answer["ok"], answer
    return [message["message"] for message in answer["messages"]]


@FAST
def test_what_somebody_says_is_found_a_moment_later(ana, bia, until):
    """By its words and by who said it, with everything that a message has."""
    ana.join()
    bia.join()
    said = ana.say("A lição começa às três")
    bia.say("Que lição?")
    until(lambda: look(bia, "licao") == ["Que lição?", "A lição começa às três"], "both")
    assert look(bia, "licao", user="Ana") == ["A lição começa às três"]
    assert look(bia, "licao", before=said["id"]) == []
    assert look(bia, "licao", until="2020-01-01T00:00:00.000Z") == []
    answer = bia.call("search", {"text": "começa", "room": "lobby"})
    assert answer["messages"] == ana.events("add_chat_message")[:1]
    assert (answer["complete"], "before" in answer) == (True, False)


@FAST
def test_a_page_of_hits_says_where_to_go_on(ana, until):
    """Fifty at a time."""
    ana.join()
    for number in range(60):
        ana.say(f"hello {number}")
    until(lambda: len(look(ana, "hello")) == 50, "all of them")
    until(lambda: look(ana, "hello")[0] == "hello 59", "the last one")
    answer = ana.call("search", {"text": "hel"})
    assert not answer["complete"]
    older = ana.call("search", {"text": "hel", "before": answer["before"]})
    assert [message["message"] for message in older["messages"]] == [
        f"hello {number}" for number in range(9, -1, -1)
    ]
    assert older["complete"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "invalid"),
        ({"text": "…"}, "invalid"),
        ({"text": "x" * 201}, "invalid"),
        ({"text": " a" * 21}, "invalid"),
        ({"text": "hello", "since": "yesterday"}, "invalid"),
        ({"text": "hello", "room": "elsewhere"}, "unknown_room"),
    ],
)
@FAST
def test_what_cannot_be_looked_for_is_refused(ana, asked, code):
    """With a code that says why."""
    ana.join()
    assert ana.call("search", asked)["error"]["code"] == code


def test_one_may_look_once_a_second(ana, bia):
    """Who does it more often is told when, and not disconnected; others are not concerned."""
    ana.join()
    bia.join()
    answers = [ana.call("search", {"text": "hello"}) for _ in range(6)]
    assert answers[0]["ok"]
    error = answers[1]["error"]
    assert (error["code"], error["retry_after"]) == ("too_fast", 1)
    assert bia.call("search", {"text": "hello"})["ok"]
    assert ana.say("still here")["ok"]


@pytest.mark.own_server
@FAST
def test_an_old_database_is_taken_into_the_index(ana, server, until):
    """While people talk; nothing of a deleted word is left in the file."""
    ana.join()
    number = ana.say("a xylophon plays")["id"]
    ana.socket.disconnect()
    server.stop()
    with closing(sqlite3.connect(server.data_dir / "messages.db", isolation_level=None)) as file:
        for (part,) in file.execute("SELECT part FROM search_part").fetchall():
            file.execute(f"DROP TABLE search_{part}")
        file.execute("DELETE FROM search_part")
    server.start()
    ana.socket = ana.new_socket()
    ana.join()
    until(lambda: look(ana, "xyl") == ["a xylophon plays"], "the old message")
    ana.become_host()
    assert ana.command("delete", str(number))["ok"]
    assert look(ana, "xyl") == []
    files = [server.data_dir / f"messages.db{suffix}" for suffix in ("", "-wal")]
    until(lambda: not any(b"ophon" in file.read_bytes() for file in files), "no byte of it")


@pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--no-history")
def test_without_a_history_what_is_in_memory_is_found(ana, server, until):
    """And nothing lies on the disk."""
    ana.join()
    ana.say("hello memory")
    until(lambda: look(ana, "memo") == ["hello memory"], "the message")
    assert not any(b"memory" in file.read_bytes() for file in server.data_dir.glob("*.db*"))
