"""Moderators set rules, delete and clear: what holds for the whole room."""

import pytest

from lanchat.chat.events import HistoryCleared, MessageChanged, Notice, RulesChanged
from lanchat.chat.model import Origin
from lanchat.errors import (
    CommandUnusable,
    Muted,
    NameTaken,
    PayloadInvalid,
    ReadOnly,
    RoomLocked,
    SlowMode,
    StoreUnavailable,
)

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
PHONE = Origin("192.168.1.40", "Browser/1", "phone")


def test_a_locked_room_opens_for_moderators_alone(hub, ana, audit):
    """After /unlock it does for everybody."""
    assert hub.command("Ana", "lock", "").key == "command.lock.done"
    with pytest.raises(RoomLocked):
        hub.identities.log_in("Carla", HERE)
    assert audit.lines[-1] == ("login_refused", "Carla", HERE, "locked")
    assert hub.identities.log_in("Dora", HERE, host=True)
    assert hub.command("Ana", "unlock", "").key == "command.unlock.done"
    assert audit.lines[-1] == ("command", "unlock", "Ana", None, {})
    assert hub.identities.log_in("Eva", HERE)


def test_in_a_locked_room_one_makes_room_for_one(hub, bia):
    """Of several logins by one session a single one takes the place that it has."""
    hub.command("Ana", "lock", "")
    carla = hub.identities.log_in("Carla", PHONE, replaces=bia)
    with pytest.raises(RoomLocked):
        hub.identities.log_in("Dora", PHONE, replaces=bia)
    assert hub.identities.log_in("Dora", PHONE, replaces=carla)
    assert [member.name for member in hub.members()] == ["Ana"]


def test_who_cannot_have_a_name_keeps_their_place(hub, bia):
    """A login that is refused logs nobody out."""
    hub.command("Ana", "lock", "")
    with pytest.raises(NameTaken):
        hub.identities.log_in("Ana", PHONE, replaces=bia)
    assert hub.identities.may_enter(bia, PHONE)


def test_everybody_learns_the_rules_once(hub, bia, recorder, audit):
    """What is said again is neither told nor logged; who comes later gets it on joining."""
    for _ in range(2):
        hub.command("Ana", "slow", "10s")
    assert [event.rules.slow for event in recorder.all(RulesChanged)] == [10]
    assert recorder.heard("Bia")[-1] == recorder.all(RulesChanged)[0]
    assert [line[0] for line in audit.named("command")].count("slow") == 1
    carla = hub.identities.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE).rules.slow == 10


@pytest.mark.parametrize(
    ("line", "key", "fields"),
    [
        ("lock", "lock.done", {}),
        ("readonly", "readonly.done", {"value": "on"}),
        ("slow 1m", "slow.done", {"value": "60 s"}),
        ("topic Fractions today", "topic.done", {"value": "Fractions today"}),
    ],
)
def test_a_rule_says_what_it_does(give, audit, line, key, fields):
    """The answer and the log have it, with its value."""
    done = give(line)
    assert done.key == f"command.{key}"
    assert audit.lines[-1] == ("command", line.split()[0], "Ana", None, fields)


@pytest.mark.parametrize(
    ("on", "off", "value"),
    [
        ("readonly", "readonly off", "off"),
        ("slow 10s", "slow off", "off"),
        ("topic Fractions", "topic", ""),
    ],
)
def test_a_rule_is_taken_back(hub, give, audit, *, on, off, value):
    """Everything is as it was."""
    before = hub.rules
    give(on)
    assert hub.rules != before
    assert give(off).key == f"command.{off.split()[0]}.off"
    assert hub.rules == before
    assert audit.lines[-1][-1] == {"value": value}


def test_one_rule_leaves_the_others_alone(hub, give):
    """Each command changes its own."""
    for line in ("lock", "readonly", "slow 10s", "topic Fractions"):
        give(line)
    rules = hub.rules
    assert (rules.locked, rules.readonly, rules.slow, rules.topic) == (True, True, 10, "Fractions")


def test_the_interval_is_said(hub, ana):
    """It is in whole seconds."""
    assert hub.command("Ana", "slow", "1m").params == {"seconds": 60}


def test_only_moderators_write_when_they_say_so(hub, bia):
    """The guest is told why."""
    hub.command("Ana", "readonly", "on")
    assert hub.posting.post("Ana", "listen", "1").result(10)
    with pytest.raises(ReadOnly):
        hub.posting.post("Bia", "but", "2").result(10)


def test_a_guest_waits_between_two_messages(hub, bia, times):
    """The time is the one that nobody can set, and another topic does not shorten it."""
    hub.command("Ana", "slow", "10s")
    hub.posting.post("Bia", "one", "1").result(10)
    hub.command("Ana", "topic", "Patience")
    times.wall += 86_400
    times.monotonic += 9
    with pytest.raises(SlowMode) as refusal:
        hub.posting.post("Bia", "two", "2").result(10)
    assert refusal.value.retry_after == 1
    times.monotonic += 1
    assert hub.posting.post("Bia", "two", "2").result(10)


def test_what_could_not_be_stored_is_nothing_to_wait_for(hub, bia, refusing):
    """In slow mode only messages count; the next try may come at once."""
    hub.command("Ana", "slow", "1m")
    refusing(True)
    with pytest.raises(StoreUnavailable):
        hub.posting.post("Bia", "hello", "1").result(10)
    refusing(False)
    assert hub.posting.post("Bia", "hello", "1").result(10)
    with pytest.raises(SlowMode):
        hub.posting.post("Bia", "and", "2").result(10)


def test_a_message_that_is_sent_again_is_nothing_to_wait_for(hub, bia, times):
    """It is no second one, however late it comes."""
    hub.command("Ana", "slow", "1m")
    first = hub.posting.post("Bia", "hello", "1").result(10)
    times.go_on(60)
    assert hub.posting.post("Bia", "hello", "1").result(10).message == first.message
    assert hub.posting.post("Bia", "and", "2").result(10)


@pytest.mark.parametrize("line", ["mute Bia", "readonly", "slow 1m"])
def test_who_may_not_write_any_more_is_answered_for_what_is_stored(hub, give, recorder, line):
    """The acknowledgement got lost; nobody is told twice, and nothing new gets through by it."""
    first = hub.posting.post("Bia", "hello", "1").result(10)
    give(line)
    if line.startswith("slow"):
        hub.posting.post("Bia", "the turn", "2").result(10)
    told = len(recorder.told)
    assert hub.posting.post("Bia", "hello", "1").result(10).message == first.message
    with pytest.raises((Muted, ReadOnly, SlowMode)):
        hub.posting.post("Bia", "news", "3").result(10)
    assert len(recorder.told) == told


def test_a_client_id_is_answered_to_its_author_alone(hub, bia, come):
    """Somebody else's message is no way to learn of it."""
    hub.posting.post("Bia", "hello", "1").result(10)
    come("Carla", HERE)
    hub.command("Ana", "mute", "Carla")
    with pytest.raises(Muted):
        hub.posting.post("Carla", "hello", "1").result(10)


def test_a_topic_has_a_longest_length(hub, ana):
    """It is one line above the chat; the refusal says how long it may be."""
    hub.command("Ana", "topic", "x" * 200)
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", "topic", "x" * 201)
    assert (refusal.value.reason, refusal.value.params) == ("long", {"limit": 200})
    with pytest.raises(PayloadInvalid):
        hub.command("Ana", "topic", "\u200b")
    assert hub.rules.topic == "x" * 200


def test_a_message_is_deleted(hub, bia, recorder, audit, times):
    """All are told what is left of it, its author why; nobody can delete it twice."""
    message = hub.posting.post("Bia", "ugly", "1").result(10).message
    done = hub.command("Ana", "delete", str(message.id))
    assert (done.key, done.params) == ("command.delete.done", {"name": "Bia"})
    (changed,) = recorder.all(MessageChanged)
    assert (changed.message.id, changed.message.message, changed.message.deleted) == (
        message.id,
        "",
        True,
    )
    assert recorder.heard("Bia")[-2:] == [changed, Notice(bia.id, "deleted")]
    about = (bia, Origin(PHONE.ip))
    value = {"value": f"#{message.id}"}
    assert audit.lines[-1] == ("command", "delete", "Ana", about, value)
    with pytest.raises(CommandUnusable) as refusal:
        hub.command("Ana", "delete", str(message.id))
    assert (refusal.value.reason, refusal.value.params) == ("no_message", {"number": message.id})


def test_a_deleted_message_does_not_come_back(hub, bia):
    """The history of a newcomer is without it."""
    message = hub.posting.post("Bia", "ugly", "1").result(10).message
    hub.command("Ana", "delete", str(message.id))
    carla = hub.identities.log_in("Carla", HERE)
    assert hub.join("Carla", carla, HERE).page.messages == []


def test_who_deletes_their_own_message_is_not_told(hub, ana, recorder):
    """They know it."""
    message = hub.posting.post("Ana", "a typo", "1").result(10).message
    hub.command("Ana", "delete", str(message.id))
    assert recorder.notices(ana) == []


def test_a_history_is_cleared(hub, bia, recorder, audit):
    """All learn up to where; what is said afterwards stays."""
    old = hub.posting.post("Bia", "old", "1").result(10).message
    assert hub.command("Ana", "clear", "").key == "command.clear.done"
    (cleared,) = recorder.all(HistoryCleared)
    assert old.id <= cleared.up_to
    assert recorder.heard("Bia")[-1] == cleared
    value = {"value": f"up to #{cleared.up_to}"}
    assert audit.lines[-1] == ("command", "clear", "Ana", None, value)
    hub.posting.post("Bia", "new", "2").result(10)
    carla = hub.identities.log_in("Carla", HERE)
    page = hub.join("Carla", carla, HERE).page
    assert [message.message for message in page.messages] == ["new"]


def test_the_log_says_who_did_what(hub, audit):
    """The terminal of the server's computer has a name, too, and may do everything."""
    hub.command_from_terminal("lock", "")
    assert audit.lines[-1] == ("command", "lock", "terminal", None, {})
