"""Lanes and dots of a class: numbers and states, however much happens."""

from __future__ import annotations

from lanchat.live.classroom.dots import SINGLE, Dot, Dots
from lanchat.live.classroom.lanes import Lanes, Standing, standings

NOBODY = frozenset[str]()


def here(*connections: str) -> Standing:
    """Somebody with these connections."""
    return Standing(frozenset(connections))


def test_the_same_people_have_the_same_numbers_again() -> None:
    """By the secret, not by when they came or by what they are called."""
    people = {f"person {number}": here(str(number)) for number in range(20)}
    first, again, other = Lanes(b"one"), Lanes(b"one"), Lanes(b"two")
    first.begin(people, 0)
    again.begin(dict(reversed(people.items())), 9)
    other.begin(people, 0)
    numbers = [[lanes.known(each) for each in people] for lanes in (first, again, other)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert sorted(numbers[0], key=lambda number: number or 0) == list(range(1, 21)) != numbers[0]
    assert first.known("stranger") is None


def test_who_is_away_comes_back_or_leaves() -> None:
    """With what they have missed; who comes again later has the number of before."""
    lanes = Lanes(b"")
    lanes.begin({"ana": here("a")}, 0)
    assert lanes.compare({"ana": here("a")}, 1) == []
    assert lanes.compare({"ana": Standing(NOBODY, 30)}, 2) == [
        {"lane": 1, "state": "away", "grace": 30, "behind": 0}
    ]
    lanes.told()
    lanes.told()
    assert lanes.all(12) == [{"lane": 1, "state": "away", "grace": 20, "behind": 2}]
    assert lanes.compare({"ana": here("b")}, 14) == [
        {"lane": 1, "state": "back", "away": 12, "behind": 2}
    ]
    assert lanes.compare({"ana": here("b", "c")}, 15) == []
    assert lanes.compare({"ana": here("d")}, 16) == [
        {"lane": 1, "state": "back", "away": 0, "behind": 0}
    ]
    assert lanes.compare({"bia": here("e")}, 17) == [
        {"lane": 2, "state": "open"},
        {"lane": 1, "state": "left"},
    ]
    came = lanes.compare({"bia": here("e"), "ana": here("f")}, 18)
    assert came == [{"lane": 1, "state": "open"}]


def test_a_network_that_is_too_slow_is_told_once() -> None:
    """And when it is over."""
    lanes = Lanes(b"")
    lanes.begin({"ana": here("a")}, 0)
    slow = {"lane": 1, "state": "open", "behind": 12, "again": 3}
    assert lanes.troubles({"ana": (12, 3)}) == [slow]
    assert lanes.troubles({"ana": (12, 3)}) == []
    assert lanes.troubles({}) == [{"lane": 1, "state": "open", "behind": 0, "again": 0}]


def test_who_waits_at_another_server_has_no_lane() -> None:
    """Unless they were here before."""
    lanes = Lanes(b"")
    lanes.begin({}, 0)
    assert lanes.compare(standings([], {"ana": 5.0}), 1) == []
    assert standings([("ana", "a"), ("ana", "b")], {"ana": 5.0}) == {"ana": here("a", "b")}


def test_a_crowd_is_summed_up() -> None:
    """Each one's dot is told while they are few; of the rest who, how many, and when."""
    dots = Dots(lambda at: at)
    for number in range(1, 101):
        dots.add(Dot(number / 100, "browser", "message", number))
        dots.add(Dot(number / 100, "server", "copy", None, number, 100))
    facts = dots.take()
    assert len(facts) == SINGLE + 2
    assert facts[0] == {"kind": "dot", "from": "browser", "what": "message", "at": 0.01, "lane": 1}
    copy = {"kind": "dot", "from": "server", "what": "copy", "at": 0.01}
    assert facts[1] == {**copy, "lanes": "all", "of": 1, "copies": 100}
    rest = range(SINGLE // 2 + 1, 101)
    assert facts[-2] == {
        "kind": "dots",
        "from": "browser",
        "what": "message",
        "lanes": list(rest),
        "count": len(rest),
        "copies": 0,
        "at": rest[0] / 100,
        "until": 1.0,
    }
    assert facts[-1]["lanes"] == "all"
    assert facts[-1]["copies"] == 100 * len(rest)
    assert dots.take() == []
