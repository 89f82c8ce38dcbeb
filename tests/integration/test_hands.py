"""Raised hands over real sockets."""

import pytest

from lanchat.web.event_packets import LISTED

# It takes a class from one address.
pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0", "--max-per-ip", "0")


@pytest.fixture
def host(host):
    """Ana, who is in, too."""
    host.join()
    return host


def hand(who, **asked):
    """What the server answers."""
    answer = who.call("hand", asked)
    return True if answer["ok"] else answer["error"]["code"]


def up(person):
    """The names in the last list that somebody was told, none before there is one."""
    told = person.events("hands_changed")
    return [one["user"] for one in told[-1]["hands"]] if told else None


def test_a_class_raises_its_hands(host, bia, person_factory, server, until):
    """First come first, for everybody; a host lowers them, and who comes later sees them."""
    bia.join()
    caio = person_factory("Caio")
    caio.join()
    assert [hand(bia, up=True), hand(caio, up=True), hand(bia, up=True)] == [True] * 3
    until(lambda: up(host) == up(bia) == up(caio) == ["Bia", "Caio"])
    late = person_factory("Davi").join()["hands"]
    assert [sorted(one) for one in late] == [["id", "since", "user"]] * 2
    assert late[0]["since"] <= late[1]["since"]
    first = late[0]["id"]
    for asked in ({"person": first}, {"all": True}):
        assert hand(caio, up=False, **asked) == "forbidden"
    assert hand(host, person=first, up=False) is True
    until(lambda: up(bia) == ["Caio"])
    assert hand(host, all=True, up=False) is True
    until(lambda: up(caio) == [])
    assert {record["event"] for record in server.records()} <= {"start", "host", "join"}


@pytest.mark.parametrize(
    "payload",
    [
        *({}, {"up": "yes"}, {"up": True, "all": True}, {"up": True, "person": "x"}),
        *({"up": False, "all": True, "person": "x"}, {"up": False, "person": ""}),
    ],
)
def test_what_means_nothing_is_invalid(ana, payload):
    """Nobody raises the hand of somebody else."""
    ana.join()
    assert hand(ana, **payload) == "invalid"


def test_a_hand_outlives_a_reload_and_a_name(host, bia, until):
    """On another connection it is the same person's; leaving ends it."""
    bia.join()
    hand(bia, up=True)
    bia.socket.disconnect()
    mine = bia.join()["hands"]
    assert [one["user"] for one in mine] == ["Bia"]
    assert bia.http.post(bia.url + "/name", data={"username": "Bela"}).status_code == 204
    assert [one["user"] for one in bia.join()["hands"]] == ["Bela"]
    assert up(host) == ["Bia"]
    bia.socket.disconnect()
    host.hears("host_leave_room", user="Bela")
    until(lambda: up(host) == [])


def test_many_hands_are_told_by_what_becomes_of_them(host, person_factory, until):
    """A list of all would be told to all again and again."""
    people = [person_factory(f"Guest {number}") for number in range(LISTED + 2)]
    for person in people:
        person.join()
        assert hand(person, up=True) is True
    until(lambda: host.events("hands_changed")[-1].get("count") == LISTED + 2)
    told = host.events("hands_changed")
    lists = [each["hands"] for each in told if "hands" in each]
    raised = [one["user"] for each in told if "hands" not in each for one in each["raised"]]
    assert [one["user"] for one in lists[-1]] + raised == [person.name for person in people]
    assert hand(people[0], up=False) is True
    until(lambda: host.events("hands_changed")[-1].get("lowered") == [lists[-1][0]["id"]])
    assert host.events("hands_changed")[-1]["raised"] == []
    assert hand(people[1], up=False) is True
    until(lambda: len(host.events("hands_changed")[-1].get("hands", ())) == LISTED)


@pytest.mark.server_options("--grace", "0.5")
def test_who_does_it_all_the_time_is_slowed_down(ana):
    """And is not sent away for it."""
    ana.join()
    answers = [hand(ana, up=number % 2 == 0) for number in range(15)]
    assert answers == [True] * 10 + ["too_fast"] * 5
    assert ana.say("still here")["ok"]


def test_a_large_button_is_a_rule_of_the_room(host, bia):
    """Everybody learns of it, and who comes later."""
    assert bia.join()["room"]["hands"] is False
    assert host.command("hands", "on")["ok"]
    assert bia.hears("room_changed", hands=True)["files"] is True
    assert bia.join()["room"]["hands"] is True
