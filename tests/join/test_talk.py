"""What a terminal knows of the chat, and what it prints of it."""

import pytest

from lanchat.join.lines import Line, cut, parts, plain, wrapped
from lanchat.join.messages import KEPT
from lanchat.join.talk import Talk
from lanchat.join.typed import Typed, named_file, numbered, read

NOON = "2026-11-23T12:00:00.000Z"


def message(number, text="hello", user="Ana", **fields):
    """A message as the server has it."""
    return {
        "id": number,
        "seq": number,
        "room": "lobby",
        "user_id": user.lower(),
        "user": user,
        "message": text,
        "time": NOON,
        **fields,
    }


@pytest.fixture
def talk():
    """Bia has come in; Ana is here, too."""
    talk = Talk()
    talk.join(
        {
            "you": {"id": "bia", "name": "Bia"},
            "seq": 10,
            "epoch": "e",
            "messages": [],
            "hosts": [{"id": "ana", "name": "Ana"}, {"id": "bia", "name": "Bia"}],
            "rooms": [
                {"id": "lobby", "kind": "main", "name": ""},
                {"id": "r1", "kind": "open", "name": "Lunch"},
            ],
        }
    )
    return talk


def printed(lines):
    """What stands in the terminal."""
    return [plain(line, "http://x", 60).partition(" ")[2] for line in lines]


def test_a_message_is_printed_once(talk):
    """What becomes of it is another line; an older version is none."""
    assert printed(talk.take("add_chat_message", message(11), 0)) == ["#11 Ana: hello"]
    assert talk.take("add_chat_message", message(11), 0) == []
    edited = message(11, "hi", seq=12)
    assert printed(talk.take("message_changed", edited, 0)) == ["#11 Ana (edited): hi"]
    assert talk.take("message_changed", message(11), 0) == []
    (line,) = talk.take("message_changed", message(11, "", seq=13, deleted=True), 0)
    assert plain(line, "", 60) == "✗ #11 of Ana was deleted"
    assert talk.seq == 13


def test_a_message_tells_all_that_it_has(talk):
    """What it answers, its files, its poll, its reactions, and that a program said it."""
    full = message(
        11,
        "see",
        quoted={"user": "Bia", "message": "where\nis it"},
        files=[{"id": "f1", "name": "a b.txt", "size": 1200}],
        poll={"question": "see?", "options": ["Yes", "No"], "counts": [2, 0]},
        reactions={"👍": {"count": 2, "users": []}},
        bot=True,
    )
    (line,) = talk.take("add_chat_message", full, 0)
    text = plain(line, "http://x", 60).replace("\\n", "\n")
    assert "┌ Bia: where is it" in text
    assert "Ana (bot): see?" in text
    assert "+ a b.txt (1.2 KB) http://x/files/f1/a%20b.txt" in text
    assert "  1) Yes: 2" in text
    assert "👍 2" in text


def test_what_is_said_elsewhere_is_counted(talk):
    """And told where it concerns somebody; shown, nothing of it is new any more."""
    talk.take("add_chat_message", message(11, room="r1"), 0)
    (line,) = talk.take("add_chat_message", message(12, room="r1", mentions=["bia"]), 0)
    assert (line.text, line.concerns_you) == ("Ana mentions you in Lunch", True)
    assert talk.rooms.own["r1"]["unread"] == 2
    assert printed(talk.show("r1")) == ["Lunch", "#11 Ana: hello", "#12 Ana: hello"]
    assert talk.rooms.own["r1"]["unread"] == 0
    assert printed(talk.take("room_deleted", {"id": "r1"}, 0)) == ["main"]


def test_after_a_break_only_what_is_new_is_printed(talk):
    """What changed meanwhile, too; where it cannot be told, everything is anew."""
    talk.take("add_chat_message", message(11), 0)
    answer = {
        "you": talk.people.you,
        "seq": 20,
        "epoch": "e",
        "hosts": [],
        "rooms": [],
        "messages": [message(14)],
        "changed": [message(11, "hi", seq=15)],
        "complete": True,
    }
    assert printed(talk.join(answer)) == [
        "connected again",
        "#14 Ana: hello",
        "#11 Ana (edited): hi",
    ]
    anew = {**answer, "anew": True, "changed": [], "seq": 30}
    assert printed(talk.join(anew)) == ["connected again", "#14 Ana: hello"]


def test_people_come_and_go(talk):
    """Together, where many do; by their new names."""
    joined = [{"id": f"p{n}", "user": f"P{n}"} for n in range(7)]
    moment = {"joined": joined, "left": [{"id": "ana", "user": "Ana"}]}
    lines = talk.take("hosts_changed", moment, 0)
    assert printed(lines) == ["Ana left", "P0, P1, P2, P3, P4 and 2 others joined"]
    renamed = {"id": "p0", "user": "Zoe"}
    assert printed(talk.take("person_changed", renamed, 0)) == ["P0 is now called Zoe"]
    assert talk.people.named("zoe") == "p0"


def test_who_is_writing_is_forgotten(talk):
    """After five seconds, or when their message is there."""
    typing = {"room": "lobby", "user_id": "ana", "user": "Ana"}
    talk.take("typing", typing, 100)
    assert talk.people.typing("lobby", 104) == ["Ana"]
    assert talk.people.typing("lobby", 106) == []
    talk.take("typing", typing, 200)
    talk.take("add_chat_message", message(11), 200)
    assert talk.people.typing("lobby", 201) == []


def test_people_are_mentioned_by_their_names(talk):
    """The longer name first, whatever its letters' case."""
    talk.take("host_join_room", {"id": "anabel", "user": "Ana Bel"}, 0)
    assert talk.people.mentioned("@ana bel: hello") == ["anabel"]
    assert set(talk.people.mentioned("@Ana Bel and @Ana")) == {"anabel", "ana"}
    assert talk.people.mentioned("mail@x Ana") == []


def test_no_more_is_kept_than_is_needed(talk):
    """A terminal may be open for a term."""
    for number in range(KEPT + 10):
        talk.take("add_chat_message", message(11 + number), 0)
    assert talk.messages.get(11) is None
    assert talk.messages.get(10 + KEPT) is not None


def test_nothing_that_others_type_reaches_the_terminal_as_it_is():
    """Names, texts, rooms, quotes and files: no escape sequence, nothing that turns the line."""
    evil = "\x1b[2J\u202e\x07"
    said = message(
        1,
        evil,
        evil,
        quoted={"user": evil, "message": evil},
        files=[{"id": "f", "name": evil, "size": 1}],
        poll={"question": evil, "options": [evil], "counts": [1]},
        reactions={evil: {"count": 1}},
    )
    for line in (Line("message", message=said), Line("deleted", message=said), Line("note", evil)):
        text = plain(line, "http://x", 40)
        assert text.isprintable()


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("hello", (None, "hello")),
        ("/home/ana", (None, "/home/ana")),
        ("// main.c", (None, "// main.c")),
        (" /mute is a word", (None, " /mute is a word")),
        ("/mute Ana 10m", ("mute", "Ana 10m")),
        ("/REPLY 12 yes ", ("reply", "12 yes")),
        ("/w Ana psst", ("msg", "Ana psst")),
        ("/wisper", ("unknown", "wisper")),
    ],
)
def test_a_slash_begins_a_command(line, meant):
    """Of those that there are; a mistake is not said aloud."""
    assert read(line) == Typed(*meant)


def test_a_number_is_written_with_or_without_its_sign():
    """What follows is the rest."""
    assert numbered("#12 yes, sure") == (12, "yes, sure")
    assert numbered("12") == (12, "")
    assert numbered("twelve") is None


def test_a_line_is_cut_by_what_it_takes_on_the_screen():
    """Chinese takes two places."""
    assert cut("你好世界", 6) == "你好 …"
    assert cut("hello", 5) == "hello"


def test_nothing_of_a_line_can_do_something_to_the_terminal(talk):
    """Not even what a server calls a number."""
    evil = "\x1b[2J"
    posted = message(
        f"11{evil}",
        evil,
        user=evil,
        seq=11,
        files=[{"id": evil, "name": evil, "size": 1}],
        poll={"question": evil, "options": [evil], "counts": [1]},
        reactions={evil: {"count": evil, "users": []}},
    )
    lines = [*talk.take("add_chat_message", posted, 0), Line("deleted", message=posted)]
    assert len(lines) == 2
    assert all("\x1b" not in plain(line, "http://x", 60) for line in lines)


def test_lines_break_between_words(talk):
    """Each part keeps its style; what has no spaces is broken anywhere, by what it takes."""
    (line,) = talk.take("add_chat_message", message(11, "one two three 你好世界"), 0)
    found = wrapped(parts(line, "", 20), 20)
    text = "".join(words for _, words in found)
    assert text.partition(" ")[2] == "#11 Ana: one \ntwo three 你好世界"
    assert [style for style, words in found if words == "Ana"] == ["ansiblue bold"]
    assert "".join(words for _, words in wrapped([("", "你好世界")], 5)) == "你好\n世界"
    assert "".join(words for _, words in wrapped([("", "a\n\n  b")], 5)) == "a\n\n  b"


def test_pictures_that_are_joined_stay_one(talk):
    """Elsewhere what joins is shown, as it could hide something; lines may end as on Windows."""
    (line,) = talk.take("add_chat_message", message(11, "👨\u200d👩\u200d👧 a\u200db\r\nc"), 0)
    assert "👨\u200d👩\u200d👧 a\\u200db\\n  c" in plain(line, "", 60)


def test_a_file_is_named_as_terminals_write_it(tmp_path):
    """As it is, in quotes, or with its spaces escaped; words may follow."""
    path = tmp_path / "a b.txt"
    path.write_text("")
    escaped = str(path).replace(" ", "\\ ")
    for typed in (f"{path}", f'"{path}"', f"'{path}'", escaped):
        assert named_file(typed) == (path, "")
    for typed in (f'"{path}"  the notes', f"{escaped} the notes"):
        assert named_file(typed) == (path, "the notes")
    assert named_file("") == (None, "")
    assert named_file("missing file")[1] == "file"
    assert named_file(f"{escaped} {'much ' * 60}said") == (path, "much " * 60 + "said")


def test_what_is_cleared_is_forgotten(talk):
    """Pins, too; what is so old that it is gone says nothing."""
    for number in (11, 12, 13):
        talk.take("add_chat_message", message(number, pinned=True), 0)
    talk.take("messages_retired", {"ranges": [[0, 11]]}, 0)
    assert (talk.messages.get(11), len(talk.pinned())) == (None, 2)
    (line,) = talk.take("user_cleared", {"user_id": "ana", "up_to": 12, "seq": 20}, 0)
    assert (line.text, talk.messages.get(12)) == ("what Ana has said is cleared", None)
    talk.take("history_cleared", {"room": "lobby", "up_to": 99}, 0)
    assert printed(talk.pinned()) == ["nothing is pinned here"]


def test_many_hands_are_told_by_what_has_changed(talk):
    """In the order in which they were raised; one that was raised anew stands at the end."""
    raised = [{"id": name, "user": name.title(), "since": NOON} for name in ("ana", "caio")]
    assert talk.take("hands_changed", {"hands": raised}, 0) == []
    told = {"raised": [{"id": "bia", "user": "Bia"}, raised[0]], "lowered": [], "count": 30}
    (line,) = talk.take("hands_changed", told, 0)
    assert line.text == "your hand is up"
    assert list(talk.people.hands.values()) == ["Caio", "Bia", "Ana"]
    (line,) = talk.take("hands_changed", {"raised": [], "lowered": ["bia"], "count": 2}, 0)
    assert line.text == "your hand is down"


def test_an_announcement_reaches_who_looks_at_another_room(talk):
    """Who looks at the main one has it already."""
    talk.take("add_chat_message", message(11, "Come back"), 0)
    assert talk.take("announced", {"id": 11, "seq": 12}, 0) == []
    talk.show("r1")
    (line,) = talk.take("announced", {"id": 11, "seq": 12}, 0)
    assert (line.text, line.concerns_you) == ("to everybody: Come back", True)


def test_what_a_host_asks_all_to_say_is_told(talk):
    """It is typed as anything else."""
    (line,) = talk.take("send_now", {"text": "👋", "id": "a", "user": "Ana"}, 0)
    assert (line.text, line.concerns_you) == ("Ana asks everybody to say: 👋", True)


def test_of_a_long_message_the_beginning_is_shown(talk):
    """However its length is made; what is asked for, and what a program reads, is whole."""
    for text in ("line\n" * 300, "x" * 4_000, "\n" * 300 + "x", "short\n" + "y" * 4_000):
        (line,) = talk.take("add_chat_message", message(talk.seq + 1, text), 0)
        written = "".join(words for _, words in wrapped(parts(line, "", 40, 20), 40))
        assert len(written.split("\n")) <= 23
        assert written.endswith(f"… /show {talk.seq} shows the rest")
        whole = "".join(words for _, words in parts(line._replace(kind="found"), "", 40, 20))
        assert len(whole) > 300
        assert "/show" not in plain(line, "", 40)
    (line,) = talk.take("add_chat_message", message(talk.seq + 1, "a\n" * 20), 0)
    assert "/show" not in "".join(words for _, words in parts(line, "", 40, 20))
