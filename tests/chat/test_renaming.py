"""Who changes their name stays who they are."""

import pytest

from lanchat.chat.events import MemberChanged
from lanchat.chat.model import Origin, User
from lanchat.errors import Banned, Muted, NameTaken, NameUnusable, SlowMode, Unauthorized

PHONE = Origin("192.168.1.40", "Browser/1", "phone")
LAPTOP = Origin("192.168.1.33", "Browser/1", "laptop")


def test_all_are_told_and_messages_have_the_new_name(hub, bia, recorder, audit):
    """The list, the log and what is said from then on have it; what was said before stays."""
    old = hub.posting.post("Bia", "one", "1").result(10).message
    renamed = hub.identities.rename(bia, " Beatriz ", PHONE)
    assert renamed == User(bia.id, "Beatriz")
    assert [member.name for member in hub.members()] == ["Ana", "Beatriz"]
    assert recorder.heard("Ana")[-1] == MemberChanged(renamed, "guest", muted=False)
    assert audit.lines[-1] == ("rename", renamed, "Bia", PHONE)
    new = hub.posting.post("Bia", "two", "2").result(10).message
    assert (old.user, new.user, old.user_id, new.user_id) == ("Bia", "Beatriz", bia.id, bia.id)
    again = hub.posting.post("Bia", "one", "1").result(10).message
    assert again == old


def test_a_mute_a_role_and_a_wait_stay(hub, ana, bia):
    """They belong to the person."""
    hub.command("Ana", "slow", "1m")
    hub.posting.post("Bia", "one", "1").result(10)
    bia = hub.identities.rename(bia, "Beatriz", PHONE)
    with pytest.raises(SlowMode):
        hub.posting.post("Bia", "two", "2").result(10)
    hub.command("Ana", "mute", "Beatriz")
    hub.identities.rename(bia, "Bea", PHONE)
    with pytest.raises(Muted):
        hub.posting.post("Bia", "two", "2").result(10)
    assert hub.members()[1].muted
    hub.identities.rename(ana, "Anita", LAPTOP)
    assert hub.members()[0].role == "host"
    assert hub.command("Ana", "lock", "").key == "command.lock.done"


def test_in_a_locked_room_nobody_multiplies_by_it(hub, bia):
    """They stay one person, however often they are renamed."""
    hub.command("Ana", "lock", "")
    for name in ("Beatriz", "Bea", "Bia"):
        hub.identities.rename(bia, name, PHONE)
    assert [member.id for member in hub.members()][1:] == [bia.id]


def test_an_older_cookie_is_the_same_person(hub, bia):
    """Another tab had its answer later: it is let in by the name that holds."""
    renamed = hub.identities.rename(bia, "Beatriz", PHONE)
    other = hub.identities.log_in("Bia", LAPTOP)
    hub.join("another Bia's", other, LAPTOP)
    assert hub.identities.may_enter(bia, PHONE)
    assert hub.identities.taken(bia) is None
    assert hub.join("second tab", bia, PHONE).you == renamed
    assert [member.name for member in hub.members()] == ["Ana", "Beatriz", "Bia"]


def test_a_restart_knows_the_new_name(start):
    """Nobody else gets it before its page has come back."""
    before = start()
    bia = before.identities.log_in("Bia", PHONE)
    before.join("Bia", bia, PHONE)
    renamed = before.identities.rename(bia, "Beatriz", PHONE)
    before.close()
    after = start()
    with pytest.raises(NameTaken):
        after.identities.log_in("Beatriz", LAPTOP)
    assert after.identities.log_in("Bia", LAPTOP)
    assert after.join("Bia", bia, PHONE).you == renamed


def test_a_name_is_refused_as_at_the_login(hub, bia, audit):
    """It is somebody's, no name, or banned; the old one stays."""
    hub.command("Ana", "ban", "Troll")
    for name, error, reason in (
        ("ANA", NameTaken, "name_taken"),
        ("", NameUnusable, "name_unusable"),
        ("tro11", Banned, "banned"),
    ):
        with pytest.raises(error):
            hub.identities.rename(bia, name, PHONE)
        assert audit.lines[-1] == ("login_refused", name, PHONE, reason)
    assert hub.identities.current(bia) == bia


def test_the_same_name_again_is_no_news(hub, bia, recorder, audit):
    """Nobody is told."""
    lines, told = list(audit.lines), len(recorder.told)
    assert hub.identities.rename(bia, "Bia", PHONE) == bia
    assert (audit.lines, len(recorder.told)) == (lines, told)


def test_who_is_out_has_no_name_to_change(hub, bia):
    """They have logged out, or are banned."""
    hub.command("Ana", "kick", "Bia")
    with pytest.raises(Unauthorized):
        hub.identities.rename(bia, "Beatriz", PHONE)
    carla = hub.identities.log_in("Carla", PHONE)
    hub.command("Ana", "ban", "Carla")
    with pytest.raises(Unauthorized):
        hub.identities.rename(carla, "Beatriz", PHONE)


def test_a_host_finds_who_has_just_changed_their_name(hub, bia):
    """The command was typed with the old one; whoever has that now comes first."""
    hub.identities.rename(bia, "Beatriz", PHONE)
    assert hub.command("Ana", "mute", "bia").params["name"] == "Beatriz"
    other = hub.identities.log_in("Bia", LAPTOP)
    assert hub.command("Ana", "mute", "Bia").params["name"] == other.name
