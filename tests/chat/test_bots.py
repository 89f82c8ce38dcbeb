"""Programs: their names, their tokens, and what they may do."""

import pytest

from lanchat.chat.bots import BOTS, digest
from lanchat.chat.model import LOBBY, Origin, User, is_bot
from lanchat.chat.room_settings import Bot
from lanchat.errors import (
    CommandUnusable,
    Forbidden,
    Muted,
    NameTaken,
    NameUnusable,
    ReadOnly,
    RoomClosed,
    SlowMode,
)

HERE = Origin("192.168.1.33", "Browser/1", "laptop")
THERE = Origin("192.168.1.50", "curl/8")


def admit(hub, name="build", room="", *, reads=True, writes=True):
    """Let a program in."""
    return hub.bots.admit(name, room, reads=reads, writes=writes)


def post(hub, bot, text="Build 7 is done", client_id="1"):
    """What became of a program's message."""
    return hub.bots.post(bot, THERE, text, client_id).result(10).message


def test_a_token_lets_its_program_in(hub):
    """Whoever has another one, or none, is nobody."""
    bot, token = admit(hub)
    other, _ = admit(hub, "weather")
    assert hub.bots.known(token) == bot
    assert (bot.name, bot.room, is_bot(bot.id)) == ("build", LOBBY, True)
    assert hub.bots.all() == (bot, other)
    assert hub.bots.known(token[:-1]) is None
    assert hub.bots.known("") is None
    assert hub.bots.known("\udcff") is None


def test_of_a_token_its_digest_is_stored(hub, database):
    """Who reads the database cannot speak as the program."""
    bot, token = admit(hub)
    rows = database.call(lambda each: each.execute("SELECT * FROM bot").fetchall())
    assert token not in str(rows)
    assert bot.digest == digest(token)


def test_a_program_says_something(hub, ana, recorder):
    """It is a message as any other, told to all; the program itself is nobody who is here."""
    bot, _ = admit(hub)
    message = post(hub, bot)
    assert (message.user, message.user_id, message.ip) == ("build", bot.id, "192.168.1.50")
    assert recorder.heard("Ana")[-1].message == message
    assert [member.name for member in hub.members()] == ["Ana"]
    assert post(hub, bot, "said again") == message


def test_a_program_is_there_after_a_restart(hub, start):
    """By the same token."""
    bot, token = admit(hub)
    hub.close()
    assert start().bots.known(token) == bot


def test_a_token_that_was_revoked_is_good_for_nothing(hub, audit):
    """Its name is free for anybody at once; both is logged."""
    bot, token = admit(hub)
    assert hub.bots.revoke("BUILD") == bot
    assert hub.bots.known(token) is None
    assert hub.identities.log_in("build", HERE)
    about = User(bot.id, "build"), Origin("")
    assert audit.named("command")[-2:] == [
        ("token", "terminal", about, {"value": "new"}),
        ("token", "terminal", about, {"value": "revoked"}),
    ]
    with pytest.raises(CommandUnusable) as refusal:
        hub.bots.revoke("build")
    assert (refusal.value.reason, refusal.value.params) == ("no_bot", {"name": "build"})


def test_nobody_can_take_the_name_of_a_program(hub, ana):
    """Neither who logs in nor who is in; what looks like it counts as the same."""
    admit(hub, "build")
    with pytest.raises(NameTaken) as refusal:
        hub.identities.log_in("Bui1d", HERE)
    assert refusal.value.suggestion == "Bui1d 2"
    with pytest.raises(NameTaken):
        hub.identities.rename(ana, "build", HERE)
    with pytest.raises(NameTaken):
        admit(hub, "build")


def test_a_program_cannot_take_the_name_of_a_person(hub, ana):
    """Nor one that nobody may have."""
    with pytest.raises(NameTaken):
        admit(hub, "ana")
    with pytest.raises(NameUnusable):
        admit(hub, "terminal")
    assert hub.bots.all() == ()


def test_who_comes_back_finds_that_a_program_has_their_name(hub, ana, times):
    """They are told of another one, as where somebody else has theirs."""
    hub.disconnect("Ana")
    times.go_on(5)
    hub.tick(times.monotonic)
    admit(hub, "Ana")
    assert not hub.identities.may_enter(ana, HERE)
    taken = hub.identities.taken(ana)
    assert taken is not None
    assert taken.suggestion == "Ana 2"
    with pytest.raises(NameTaken):
        hub.join("again", ana, HERE)


def test_a_token_may_be_for_one_thing_alone(hub):
    """One for reading says nothing."""
    bot, _ = admit(hub, writes=False)
    with pytest.raises(Forbidden):
        hub.bots.post(bot, THERE, "hello", "1")


def test_a_program_is_muted_by_its_name_or_its_id(hub, ana):
    """It is not kicked, banned or made host: it comes by its token."""
    bot, _ = admit(hub)
    hub.command("Ana", "mute", "build")
    with pytest.raises(Muted):
        post(hub, bot)
    hub.command("Ana", "unmute", "", bot.id)
    assert post(hub, bot)
    for command in ("kick", "ban", "host"):
        with pytest.raises(CommandUnusable) as refusal:
            hub.command("Ana", command, "build")
        assert refusal.value.reason == "is_bot"


def test_a_program_is_held_to_the_rules_of_the_room(hub, ana):
    """As a guest."""
    bot, _ = admit(hub)
    hub.command("Ana", "slow", "10s")
    post(hub, bot)
    with pytest.raises(SlowMode):
        post(hub, bot, client_id="2")
    hub.command("Ana", "readonly", "on")
    with pytest.raises(ReadOnly):
        post(hub, bot, client_id="3")
    assert post(hub, bot).message == "Build 7 is done"


def test_a_program_of_another_room_is_in_that(hub):
    """There it speaks, and nowhere else; closed, nothing is said there any more."""
    hub.command_from_terminal("room", "Builds")
    bot, _ = admit(hub, room="builds")
    message = post(hub, bot)
    assert message.room == bot.room == hub.rooms.named("Builds")
    hub.command_from_terminal("close", "", "Builds")
    with pytest.raises(RoomClosed):
        post(hub, bot, client_id="2")
    with pytest.raises(RoomClosed):
        admit(hub, "other", bot.room)
    hub.bots.revoke("build")
    assert not hub.rooms.may_read(bot.id, bot.room)


def test_there_is_no_room_of_that_name(hub):
    """Nobody has the name of the program then."""
    with pytest.raises(CommandUnusable):
        admit(hub, room="nowhere")
    assert hub.identities.log_in("build", HERE)


def test_there_are_so_many_programs_at_most(hub):
    """One more has no place, and its name stays free."""
    bots = tuple(
        Bot(f"bot-{n}", f"program {n}", "", LOBBY, reads=True, writes=True, made=0)
        for n in range(BOTS)
    )
    for bot in bots:
        hub._moderation.amend(lambda state, bot=bot: state.take_in(bot))
    with pytest.raises(CommandUnusable):
        admit(hub)
    assert hub.identities.log_in("build", HERE)


def test_the_terminal_says_something(hub, ana, recorder):
    """By the name that the program itself has."""
    message = hub.bots.post_from_terminal("Lunch", "1").result(10).message
    assert (message.user, message.room) == ("lanchat", LOBBY)
    assert recorder.heard("Ana")[-1].message == message
