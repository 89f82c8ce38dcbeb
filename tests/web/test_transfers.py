"""How many files are on their way at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import gevent
import pytest

from lanchat.errors import TooManyTransfers
from lanchat.web.transfers import (
    IN_ALL,
    OF_A_PERSON,
    OF_AN_ADDRESS,
    SMALL,
    Transfers,
    streams,
)


@pytest.fixture
def transfers() -> Transfers:
    """Nobody waits long for a place."""
    return Transfers(0.01)


@pytest.fixture
def patient() -> Iterator[tuple[Transfers, Callable[[str], None]]]:
    """Places that are waited for, and people who wait for one."""
    transfers = Transfers(60)
    waiting: list[gevent.Greenlet[..., object]] = []

    def wait(person: str) -> None:
        waiting.append(gevent.spawn(transfers.take, person, person, None))
        gevent.sleep(0)

    yield transfers, wait
    gevent.killall(waiting)


@pytest.mark.parametrize(
    ("method", "path", "streamed"),
    [
        ("PATCH", "/files/0a1b", True),
        ("POST", "/files/0a1b", True),
        ("PATCH", "/files", False),
        ("PUT", "/files/0a1b/thumb", False),
        ("POST", "/files", False),
        ("PATCH", "/filesystem/0a1b", False),
        ("POST", "/", False),
    ],
)
def test_pieces_of_files_are_read_as_they_come(method: str, path: str, streamed: bool) -> None:
    """Everything else is small, and there before it is looked at."""
    assert streams(method, path) is streamed


def test_a_person_has_three_at_a_time(transfers: Transfers) -> None:
    """The next one is refused, and comes when one of them is over; others have their own."""
    with ExitStack() as first:
        first.enter_context(transfers.place("ana", "home", None))
        places = [transfers.take("ana", "home", SMALL) for _ in range(OF_A_PERSON.places - 1)]
        with pytest.raises(TooManyTransfers) as refused:
            transfers.take("ana", "home", SMALL)
        assert refused.value.retry_after
        transfers.take("bia", "home", SMALL)()
    transfers.take("ana", "home", SMALL)()
    for give_back in places:
        give_back()
    assert len(transfers) == 0


def test_all_together_have_twenty_four(transfers: Transfers) -> None:
    """However many people they are."""
    for number in range(IN_ALL.places):
        transfers.take(str(number), str(number), None)
    with pytest.raises(TooManyTransfers):
        transfers.take("one more", "elsewhere", None)
    assert len(transfers) == IN_ALL.places


def test_an_address_has_no_more_than_half(transfers: Transfers) -> None:
    """However many people somebody there seems to be; where all have one address, it has all."""
    for number in range(OF_AN_ADDRESS.places):
        transfers.take(str(number), "home", None)
    with pytest.raises(TooManyTransfers):
        transfers.take("one more", "home", None)
    transfers.take("one more", "elsewhere", None)
    behind_one = Transfers(0.01, by_address=False)
    for number in range(IN_ALL.places):
        behind_one.take(str(number), "proxy", None)


def test_what_is_small_needs_no_place(transfers: Transfers) -> None:
    """A page has many small pictures, which come while its person sends something large."""
    large = [transfers.take("ana", "home", None) for _ in range(OF_A_PERSON.places)]
    small = [transfers.take("ana", "home", SMALL - 1) for _ in range(OF_A_PERSON.small)]
    with pytest.raises(TooManyTransfers):
        transfers.take("ana", "home", 0)
    large.pop()()
    transfers.take("ana", "home", 0)()
    for give_back in large + small:
        give_back()
    assert len(transfers) == 0


def test_a_place_is_waited_for(patient: tuple[Transfers, Callable[[str], None]]) -> None:
    """It is had as soon as another one is given back."""
    transfers, _wait = patient
    places = [transfers.take("ana", "home", None) for _ in range(OF_A_PERSON.places)]
    waiting = gevent.spawn(transfers.take, "ana", "home", None)
    gevent.sleep(0)
    assert not waiting.ready()
    places[0]()
    waiting.get(timeout=60)()
    assert len(transfers) == OF_A_PERSON.places - 1


def test_few_of_a_person_wait(patient: tuple[Transfers, Callable[[str], None]]) -> None:
    """Who waits holds a connection."""
    transfers, wait = patient
    for _ in range(OF_A_PERSON.places + OF_A_PERSON.waiting):
        wait("ana")
    with pytest.raises(TooManyTransfers):
        transfers.take("ana", "home", None)


def test_not_everybody_waits(patient: tuple[Transfers, Callable[[str], None]]) -> None:
    """Nor do all together."""
    transfers, wait = patient
    for number in range(IN_ALL.places + IN_ALL.waiting):
        wait(str(number))
    with pytest.raises(TooManyTransfers):
        transfers.take("one more", "elsewhere", None)


def test_who_stops_waiting_leaves_nothing_behind() -> None:
    """As when the server stops."""
    transfers = Transfers(60)
    places = [transfers.take("ana", "home", None) for _ in range(OF_A_PERSON.places)]
    waiting = gevent.spawn(transfers.take, "ana", "home", None)
    gevent.sleep(0)
    waiting.kill()
    assert len(transfers) == OF_A_PERSON.places
    for give_back in places:
        give_back()
    assert len(transfers) == 0
