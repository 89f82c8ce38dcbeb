"""Who may react and with what, and when the others are told."""

from contextlib import suppress

import pytest

from lanchat.chat.events import Reacted, ReactionsChanged
from lanchat.chat.model import Origin, Own
from lanchat.chat.reactions import clean
from lanchat.chat.telling import AT_ONCE, PAUSE
from lanchat.errors import (
    CommandUnusable,
    Muted,
    NotJoined,
    PayloadInvalid,
    ReadOnly,
    StoreUnavailable,
    TooManyReactions,
    UnknownMessage,
)
from tests.world.deadline import DEADLINE

PHONE = Origin("192.168.1.40", "Browser/1", "phone")

ONE = ["👍", "👍🏽", "🇧🇷", "1️⃣", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️‍🔥", "🧑🏿‍🚀", "☺️", "©️", "🫩"]
NONE = [
    "",
    " ",
    "a",
    "1",
    "👍👍",
    "👍 ",
    "🏽",
    "🇧",
    "👍‍",
    "\ufe0f",
    "\u200d",
    "<b>",
    "👨‍👩",
    "\ud83d",
]


@pytest.mark.parametrize("emoji", ONE)
def test_one_emoji_is_one_however_long(emoji):
    """Flags, keycaps, colours of skin and families are what people see as one."""
    assert clean(emoji) == emoji


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_is_refused(text):
    """Nor are two of them one."""
    with pytest.raises(PayloadInvalid):
        clean(text)


@pytest.mark.parametrize(("typed", "meant"), [("❤", "❤️"), ("1⃣", "1️⃣"), ("👍️", "👍"), ("🏳‍🌈", "🏳️‍🌈")])
def test_an_emoji_is_the_same_with_and_without_selectors(typed, meant):
    """Keyboards differ in that, and nobody sees it."""
    assert clean(typed) == meant


@pytest.fixture
def said(hub, bia):
    """The number of a message of Bia's."""
    return hub.posting.post("Bia", "hello", "1").result(DEADLINE).message.id


@pytest.fixture
def react(hub):
    """Let somebody react, and wait until all that was handed in by then has been dealt with."""

    def react(name, number, emoji="👍", *, on=True):
        reacted = hub.reactions.react(name, number, emoji, on=on).result(DEADLINE)
        with suppress(CommandUnusable):  # there are no pins; the log is asked for them in its turn
            hub.command("Ana", "unpin", "")
        return reacted

    return react


@pytest.fixture
def later(hub, times):
    """Let time pass, and the tick come that does what is due."""

    def later(seconds=PAUSE):
        times.go_on(seconds)
        hub.tick(times.monotonic)

    return later


def totals(recorder):
    """What was told, one after the other: of which message, and how many reactions of each kind."""
    told = recorder.all(ReactionsChanged)
    return [(event.message_id, [kind.total for kind in event.reactions]) for event in told]


def test_the_first_reaction_is_told_at_once(react, recorder, said):
    """In the same moment as it is stored."""
    react("Ana", said)
    assert totals(recorder) == [(said, [1])]


def test_what_follows_is_told_together(react, recorder, later, said):
    """With the first tick that comes late enough."""
    react("Ana", said)
    react("Bia", said)
    react("Ana", said, "❤️")
    later(PAUSE / 2)
    assert len(totals(recorder)) == 1
    later(PAUSE / 2)
    react("Ana", said, on=False)  # whatever comes before it has been told by now
    assert totals(recorder)[1:] == [(said, [2, 1])]
    later()
    later(0)
    react("Ana", said, "❤️", on=False)
    assert totals(recorder)[2:] == [(said, [1, 1])]


def test_after_a_pause_it_is_told_at_once_again(react, recorder, times, said):
    """Nobody waits for a tick then."""
    react("Ana", said)
    times.go_on(PAUSE)
    react("Bia", said)
    assert totals(recorder) == [(said, [1]), (said, [2])]


def test_there_is_a_limit_for_all_messages_together(hub, react, recorder, later, bia):
    """Those that have waited longest come first, and none is forgotten."""
    posted = [hub.posting.post("Bia", str(n), str(n)) for n in range(2 * AT_ONCE + 5)]
    numbers = [one.result(DEADLINE).message.id for one in posted]
    for number in numbers:
        react("Ana", number)
    assert [number for number, _ in totals(recorder)] == numbers[:AT_ONCE]
    for _ in range(3):
        later()
        react("Ana", numbers[0])  # whatever comes before it has been told by now
    assert [number for number, _ in totals(recorder)] == numbers


def test_a_disk_that_refuses_to_tell_is_asked_again(react, recorder, later, said, refusing):
    """Nothing that was acknowledged is forgotten."""
    react("Ana", said)
    react("Bia", said)
    refusing(True)
    later()
    with pytest.raises(StoreUnavailable):
        react("Bia", said, "❤️")
    refusing(False)
    later()
    react("Bia", said)
    assert totals(recorder)[-1] == (said, [2])


def test_a_person_learns_their_own_on_all_connections(hub, react, recorder, said, bia):
    """Before they are answered; nobody else is told so."""
    hub.connect("Bia's tab", bia)
    react("Bia", said)
    react("Bia", said, "❤️")
    react("Bia", said, "❤️")
    react("Bia", said, on=False)
    for connection in ("Bia", "Bia's tab"):
        heard = [one.reactions for one in recorder.heard(connection) if isinstance(one, Reacted)]
        assert heard == [("👍",), ("👍", "❤️"), ("❤️",)]
    assert not [one for one in recorder.heard("Ana") if isinstance(one, Reacted)]


def test_who_joins_gets_their_own(hub, react, said, bia):
    """Those of others are in the messages alone."""
    react("Bia", said)
    react("Ana", said, "❤️")
    snapshot = hub.join("Bia's tab", bia, PHONE)
    assert snapshot.mine == {said: Own(("👍",))}


def test_the_name_is_the_one_of_then(react, hub, recorder, said, bia):
    """As messages keep the name that they were said by."""
    react("Bia", said)
    hub.identities.rename(bia, "Beatriz", PHONE)
    react("Ana", said, "❤️")
    assert recorder.all(ReactionsChanged)[-1].reactions[0].users == ((bia.id, "Bia"),)


def test_who_may_not_write_may_not_react(give, react, said):
    """Taking back stays."""
    react("Bia", said)
    give("mute Bia")
    with pytest.raises(Muted):
        react("Bia", said, "❤️")
    assert react("Bia", said, on=False).changed
    give("unmute Bia")
    give("readonly")
    with pytest.raises(ReadOnly):
        react("Bia", said)
    assert react("Ana", said).changed


def test_slow_mode_slows_no_reaction(give, react, said, hub):
    """And a reaction is nobody's turn."""
    give("slow 1m")
    react("Bia", said)
    react("Bia", said, "❤️")
    assert hub.posting.post("Bia", "mine", "2").result(DEADLINE)


def test_a_reaction_that_is_refused_is_told_to_nobody(react, recorder, said):
    """The one who asked learns why."""
    with pytest.raises(UnknownMessage):
        react("Bia", said + 1)
    for number in range(20):
        react("Bia", said, chr(ord("🐀") + number))
    told = len(recorder.told)
    with pytest.raises(TooManyReactions):
        react("Bia", said, "👍")
    with pytest.raises(PayloadInvalid):
        react("Bia", said, "like")
    with pytest.raises(NotJoined):
        react("nobody", said)
    assert len(recorder.told) == told
