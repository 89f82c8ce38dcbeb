from __future__ import annotations

from ipaddress import ip_network

import pytest

from lanchat.doctor.facts import Verdict
from lanchat.doctor.probing import Health
from lanchat.doctor.reachability import (
    Target,
    check_resolved,
    check_room,
    follow,
    is_near,
    target,
)
from lanchat.errors import SettingRefused
from tests.world.needs import need
from tests.world.server import ServerProcess


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("http://192.168.1.20:9000", ("192.168.1.20", 9000)),
        ("192.168.1.20", ("192.168.1.20", 8765)),
        ("lanchat.local:9000/chat", ("lanchat.local", 9000)),
        ("http://chat.example/", ("chat.example", 80)),
        ("https://chat.example", ("chat.example", 443)),
        ("[fd00::5]:9000", ("fd00::5", 9000)),
        ("http://chat.example/room12/", ("chat.example", 80, "/room12")),
        ("http://chat.example/room12", ("chat.example", 80, "/room12")),
        ("http://chat.example/a/room12/chat?x#y", ("chat.example", 80, "/a/room12")),
    ],
)
def test_an_address_as_people_write_it(text: str, where: tuple[str, int]) -> None:
    """An address may be copied from the screen, or typed without http:// and port."""
    assert target(text) == Target(*where)


@pytest.mark.parametrize(
    "text", ["", "ftp://x", "http://x:port", "http://[::1", "ht tp://x", "http://x/a b/"]
)
def test_what_is_no_address(text: str) -> None:
    """What is no address is refused, with an example."""
    with pytest.raises(SettingRefused, match=r"192\.168\.1\.20") as refused:
        target(text)
    assert refused.value.value == text


def test_a_room_that_can_be_reached(server: ServerProcess) -> None:
    """Every step of the way to a room that can be reached is ok."""
    need("localhost")
    findings = list(follow(Target("localhost", server.port), []))
    assert [one.check for one in findings] == ["name", "network", "room"]
    assert {one.verdict for one in findings} == {Verdict.OK}


def test_a_name_that_leads_nowhere_ends_it() -> None:
    """Without an address there is nothing to connect to."""
    findings = list(follow(Target("no-such-name.invalid", 8765), []))
    assert [(one.check, one.verdict) for one in findings] == [("name", Verdict.PROBLEM)]
    assert ".local" in check_resolved("x.local", []).text


def test_whether_a_router_lies_between() -> None:
    """The networks of this computer's own addresses tell what is near."""
    networks = [ip_network("192.168.1.0/24")]
    assert is_near({"192.168.1.20"}, networks)
    assert not is_near({"192.168.2.20"}, networks)
    assert not is_near({"fd00::1"}, networks)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health("refused"), "nothing listens"),
        (Health("silent"), "swallows"),
        (Health("unreachable", reason="No route to host"), "No route to host"),
        (Health("other", reason="it answers as something else"), "is no lanchat"),
        (Health("foreign name"), "does not answer to this name"),
    ],
)
def test_what_stops_one(health: Health, words: str) -> None:
    """Each kind of failure has its own explanation and next step."""
    (finding,) = check_room("192.168.1.20:8765", health, near=True)
    assert (finding.verdict, words in finding.text) == (Verdict.PROBLEM, True)
    assert finding.next_step


def test_clocks_that_disagree() -> None:
    """Clocks that are far apart are told, since logins and certificates depend on them."""
    *_, finding = check_room("x:1", Health("lanchat", "1", ahead=-600.0), near=True)
    assert finding.text == "the two clocks are 10 min apart"
