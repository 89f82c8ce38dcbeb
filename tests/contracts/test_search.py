"""The contract of Search: what is found by its words, by whom it was said, where and when."""

from functools import partial

import pytest

from lanchat.chat.changes import Clear, ClearUser, Delete
from lanchat.chat.model import LOBBY
from lanchat.chat.search import Query
from lanchat.chat.words import phrases, words
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say

LATER = "2026-11-24T12:00:00.000Z"


@pytest.fixture
def find(ports):
    """Store these drafts, take them into the index, and look for something in it."""

    def stored(*drafts):
        say(ports.log, drafts)
        ports.index()
        return partial(found_in, search=ports.search)

    return stored


def found_in(text, limit=50, *, search, rooms=(LOBBY,), **asked):
    """What the messages say that are found, and where to go on."""
    found = search.find(Query(phrases(text), rooms, **asked), limit)
    return [message.message for message in found.messages], found.before


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("A lição de amanhã", "LICAO amanha"),
        ("A lição de amanhã", "liç"),
        ("用户名在这里", "户名"),
        ("用户名在这里", "这里 用户"),
        ("明日の授業", "授業"),
        ("it is ok", "ok"),
        ("see example.org/page", "example.org/pa"),
        ("well done 👍🏽", "👍"),
        ('say "now" AND run', '"now" AND'),
    ],
)
def test_a_message_is_found_by_its_words(find, text, looked_for):
    """From their beginning, with accents or without; of scripts without spaces in any place."""
    assert find(draft("another one"), draft(text))(looked_for) == ([text], None)


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [("mankind", "kind"), ("用户", "户用"), ("one two", "one three"), ("two.one", "one.two")],
)
def test_what_does_not_match_is_not_found(find, text, looked_for):
    """All words have to be there, and those that are written together in a row."""
    assert find(draft(text))(looked_for) == ([], None)


def test_a_long_row_of_words_is_found_as_a_whole(find):
    """Also where it is longer than what the index is asked for, beside other words."""
    row, other = ".".join("abcdefghijklmn"), ".".join("abcdefghijklnm")
    found = find(draft(other), draft(f"{row}op"), draft("一二三四五六七八九十"))
    assert found(row) == ([f"{row}op"], None)
    assert found(f"n.m {row} b") == ([], None)
    assert found(f"l.m {row} b") == ([f"{row}op"], None)
    assert found("一二三四五六七八九十") == (["一二三四五六七八九十"], None)
    assert found("一二三四五六七八九九") == ([], None)


def test_many_words_of_one_letter_are_all_looked_for(find):
    """Also those that the index is not asked for."""
    text = " ".join(f"{letter}x" for letter in "abcdefghijklmno")
    found = find(draft("ax bx cx dx ex fx gx"), draft(text))
    assert found("a b c d e f g h") == ([text], None)
    assert found("a b c d e f g o") == ([text], None)
    assert found("a b c d e f g z") == ([], None)


def test_who_said_it_counts(find):
    """By an id, or by a name from its beginning."""
    found = find(draft("hello a", user_id="f1"), draft("hello b", user_id="f2"))
    assert found("hello", user=words("f2")) == (["hello b"], None)
    assert found("", user=words("f1")) == (["hello a"], None)
    assert found("hello", user=words("án")) == (["hello b", "hello a"], None)
    assert found("hello", user=words("f")) == ([], None)


def test_only_ones_own_rooms_are_looked_into(find):
    """However many there are."""
    found = find(draft("hello", room="r-1"), draft("hello you", room="r-2"), draft("hello all"))
    assert found("hello", rooms=["r-1"]) == (["hello"], None)
    assert found("hello", rooms=["r"]) == ([], None)
    assert found("hello", rooms=[LOBBY, "r-2"]) == (["hello all", "hello you"], None)


def test_when_it_was_said_counts(find):
    """Also where ids do not tell, as after an import."""
    found = find(draft("hello a", time=LATER), draft("hello b", time=NOON))
    assert found("hello", since=LATER) == (["hello a"], None)
    assert found("hello", until=LATER) == (["hello b"], None)
    assert found("hello", since="2026-11-25T00:00:00.000Z") == ([], None)


def test_what_is_deleted_or_cleared_is_not_found(find, log):
    """From the moment on in which it is."""
    found = find(draft("hello a"), draft("hello b"), draft("hello c"))
    newest = log.newest("lobby", 1).messages[0]
    log.append(Delete(newest.id, NOON)).result(DEADLINE)
    assert found("hello") == (["hello b", "hello a"], None)
    log.append(Clear("lobby")).result(DEADLINE)
    assert found("hello") == ([], None)


def test_all_that_one_person_has_said_is_not_found(find, log):
    """From the moment on in which it is cleared."""
    found = find(draft("hello a"), draft("hello b", user_id="2"))
    log.append(ClearUser("1", "Ana", NOON)).result(DEADLINE)
    assert found("hello") == (["hello b"], None)


def test_an_edited_message_is_found_by_its_new_words(find, log):
    """And not by those of before."""
    found = find(draft("hello a"))
    (message,) = log.newest("lobby", 1).messages
    log.append(edit(message.id, "goodbye a")).result(DEADLINE)
    assert found("goodbye") == (["goodbye a"], None)
    assert found("hello") == ([], None)


def test_a_message_is_found_by_what_its_files_are_called(find, ports):
    """Beside its words; not by both as one phrase."""
    ports.put_file("a", name="xylophon solo.ogg")
    found = find(draft("caption", files=("a",)))
    for asked in ("xylo", "caption solo", "solo.ogg"):
        assert found(asked) == (["caption"], None)
    assert found("caption.solo") == ([], None)


def test_one_can_go_on_where_an_answer_ends(find):
    """With what is older, until there is nothing."""
    found = find(*(draft(f"hello {number}") for number in range(7)))
    newest, before = found("hello", limit=5)
    assert newest == [f"hello {number}" for number in range(6, 1, -1)]
    assert found("hello", limit=5, before=before) == (["hello 1", "hello 0"], None)


@pytest.mark.parametrize("text", ["a " * 1_500 + "b c", "我" * 3_000 + "你", "x" * 3_900])
def test_however_long_a_text_is_its_end_is_found(find, text):
    """Also where one word comes a thousand times, or takes all of it."""
    found = find(draft(text), draft("another"))
    assert found(text[-3:] if len(text) < 3_900 else text) == ([text], None)
    assert found("a b.b") == ([], None)
