"""js/state.js, the page's pure core, in the browser that it is written for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

State = dict[str, Any]
Reduce = Callable[..., State]

ANA = {"id": "a", "name": "Ana"}


@pytest.fixture
def reduced(scripts_url: str, page: Page) -> Reduce:
    """Apply actions, one after the other, to the state of a fresh page of Ana's."""
    page.goto(f"{scripts_url}/state.js")

    def apply(*actions: dict[str, Any]) -> State:
        state: State = page.evaluate(
            """async ([script, you, actions]) => {
                const { initial, reduce } = await import(script);
                return actions.reduce(reduce, initial({ you }));
            }""",
            [page.url, ANA, list(actions)],
        )
        return state

    return apply


def test_live_message_before_the_catch_up_takes_its_place(reduced: Reduce) -> None:
    """Messages stand in the order of their ids, each once, in whatever order they come."""
    state = reduced(_live(7), _joined(5, 6, 7), _live(6), _live(8))
    assert _ids(state) == [5, 6, 7, 8]
    assert state["seen"] == 8


def test_live_message_before_the_catch_up_is_not_progress(reduced: Reduce) -> None:
    """If the connection breaks now, what lies between must be asked for again."""
    state = reduced(_joined(1), {"type": "link", "link": "offline"}, _live(9))
    assert state["seen"] == 1


def test_answer_to_an_own_message_is_not_progress(reduced: Reduce) -> None:
    """An earlier message of somebody else may still be on its way."""
    state = reduced(_joined(1), _queued("x"), _stored("x", 3))
    assert (_ids(state), state["seen"], state["outbox"]) == ([1, 3], 1, [])


def test_catch_up_takes_a_stored_draft_out_of_the_queue(reduced: Reduce) -> None:
    """The host had it although its answer never came."""
    message = {**_message(2), "user_id": "a", "client_id": "x"}
    state = reduced(_queued("x"), {"type": "joined", "answer": _answer([message])})
    assert (_ids(state), state["outbox"]) == ([2], [])


def test_somebody_elses_client_id_takes_nothing_out(reduced: Reduce) -> None:
    """Nobody can make another's message disappear by sending its client_id."""
    message = {**_message(2), "user_id": "evil", "client_id": "x"}
    state = reduced(_joined(1), _queued("x"), {"type": "message", "message": message})
    assert [draft["client_id"] for draft in state["outbox"]] == ["x"]


def test_gap_in_the_catch_up_is_marked(reduced: Reduce) -> None:
    """Where older messages were left out, the reader can see it."""
    state = reduced(_joined(1, 2), _joined(50, 51, complete=False))
    assert (_ids(state), state["gaps"]) == ([1, 2, 50, 51], [50])


@pytest.mark.parametrize("ids", [[], [1, 2]])
def test_new_history_replaces_the_old(reduced: Reduce, ids: list[int]) -> None:
    """Ids below those shown mean that the host began anew."""
    state = reduced(_joined(40, 41), _joined(*ids, complete=False))
    assert (_ids(state), state["seen"]) == (ids, max(ids, default=0))


@pytest.mark.parametrize(("link", "waits"), [("stopped", True), ("online", False)])
def test_what_a_stopping_host_refuses_waits(reduced: Reduce, link: str, waits: bool) -> None:
    """A message that came in the host's last second is sent again when it is back."""
    refused = {"type": "refused", "client_id": "x", "error": {"code": "unavailable"}}
    state = reduced(_joined(1), _queued("x"), {"type": "link", "link": link}, refused)
    assert (state["outbox"][0]["error"] is None) == waits


def test_everybody_is_listed_once(reduced: Reduce) -> None:
    """One's own arrival is told, too, and is no second person."""
    state = reduced(_joined(), _arrived("a"))
    assert [host["id"] for host in state["hosts"]] == ["a"]


def test_who_comes_back_with_the_host_is_no_news(reduced: Reduce) -> None:
    """After a restart everybody arrives anew; only who was not here before is told of."""
    lost = {"type": "link", "link": "offline"}
    state = reduced(_joined(), _arrived("b"), lost, *map(_arrived, "ac"), _joined(), _arrived("b"))
    assert [note["user"] for note in state["notes"]] == ["b", "c"]
    assert state["expected"] == []


def test_who_left_is_news_again(reduced: Reduce) -> None:
    """A lost connection silences one arrival of a person, not all that follow."""
    lost = {"type": "link", "link": "offline"}
    left = {**_arrived("b"), "type": "left"}
    state = reduced(_joined(), _arrived("b"), lost, _joined(), left, _arrived("b", minute=9))
    assert [note["kind"] for note in state["notes"]] == ["joined", "left", "joined"]


def test_a_crowd_shares_a_line(reduced: Reduce) -> None:
    """It goes on with the next moment, until something else is to be told."""
    state = reduced(_joined(), _crowd("bc"), _crowd("d"), _live(1), _crowd("ef", left="b"))
    notes = [(note["kind"], note["user"], note["others"]) for note in state["notes"]]
    assert notes == [("joined", "b", 2), ("left", "b", 0), ("joined", "e", 1)]
    assert [host["id"] for host in state["hosts"]] == ["a", "c", "d", "e", "f"]


def test_a_crowd_is_no_news_to_who_found_it_there(reduced: Reduce) -> None:
    """The moment began before the list of people was made, or before the host came back."""
    lost = {"type": "link", "link": "offline"}
    state = reduced(_joined(), _crowd("a", left="x"), _arrived("b"), lost, _joined(), _crowd("abc"))
    notes = [(note["kind"], note["user"], note["others"]) for note in state["notes"]]
    assert notes == [("joined", "b", 0), ("joined", "c", 0)]
    assert state["expected"] == []


def test_who_goes_and_comes_back_in_a_moment_is_here(reduced: Reduce) -> None:
    """These have left, then these have come."""
    state = reduced(_joined(), _crowd("b"), _crowd("b", left="b"))
    assert [host["id"] for host in state["hosts"]] == ["a", "b"]
    assert [note["kind"] for note in state["notes"]] == ["joined", "left", "joined"]


def test_trimming_keeps_the_newest(reduced: Reduce) -> None:
    """A page that is open for days does not grow for ever."""
    state = reduced(_joined(*range(1, 11)), {"type": "trimmed", "keep": 3})
    assert (_ids(state), state["gaps"]) == ([8, 9, 10], [8])


def _message(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "client_id": f"client {number}",
        "user_id": "b",
        "user": "Bia",
        "message": f"message {number}",
        "time": "2026-11-23T02:08:00.123Z",
    }


def _answer(messages: list[dict[str, Any]], *, complete: bool = True) -> dict[str, Any]:
    host = {**ANA, "ip": "192.0.2.1", "since": "2026-11-23T02:08:00.123Z"}
    return {"ok": True, "you": ANA, "hosts": [host], "messages": messages, "complete": complete}


def _joined(*ids: int, complete: bool = True) -> dict[str, Any]:
    messages = [_message(number) for number in ids]
    return {"type": "joined", "answer": _answer(messages, complete=complete)}


def _arrived(user_id: str, *, minute: int = 8) -> dict[str, Any]:
    time = f"2026-11-23T02:0{minute}:00.123Z"
    arrival = {"id": user_id, "user": user_id, "ip": "192.0.2.1", "time": time}
    return {"type": "arrived", "arrival": arrival}


def _crowd(joined: str, *, left: str = "") -> dict[str, Any]:
    """One letter is one person."""
    came, went = ([_arrived(name)["arrival"] for name in names] for names in (joined, left))
    return {"type": "crowd", "changes": {"joined": came, "left": went}}


def test_the_invitation_follows_the_network(reduced: Reduce) -> None:
    """As it is told, and as whoever was away learns it; an answer without one changes nothing."""
    first, second = ({"lanUrl": url, "inviteUrl": url} for url in ("http://a", "http://b"))
    assert reduced({"type": "invited", "invite": first})["invite"] == first
    back = _joined(1)
    back["answer"]["invite"] = second
    assert reduced({"type": "invited", "invite": first}, back)["invite"] == second
    assert reduced({"type": "invited", "invite": first}, _joined(1))["invite"] == first


def test_a_deleted_message_does_not_come_back(reduced: Reduce) -> None:
    """An answer that was on its way when the host deleted it still has it."""
    state = reduced(_live(5), {"type": "deleted", "id": 6}, _joined(4, 5, 6, 7))
    assert _ids(state) == [4, 5, 7]


def test_who_was_away_learns_what_was_deleted(reduced: Reduce) -> None:
    """With the answer to the next join, singly or up to an id."""
    joined = _joined(8)
    joined["answer"] |= {"deleted": [6], "cleared": 4}
    state = reduced(_joined(3, 4, 5, 6, 7), joined)
    assert _ids(state) == [5, 7, 8]


def test_rules_that_change_are_a_line_each(reduced: Reduce) -> None:
    """Those that came with the join are none."""
    rules = {"topic": "", "locked": True, "readonly": False, "slow": 0}
    joined = _joined(1)
    joined["answer"]["room"] = rules
    ruled = {"type": "ruled", "room": {**rules, "locked": False, "slow": 5}, "now": 0}
    says = [note["say"][0] for note in reduced(joined, ruled)["notes"]]
    assert says == ["client.room_unlocked", "client.room_slow"]


def test_who_is_shown_out_stays_out(reduced: Reduce) -> None:
    """Losing the connection then is nothing to be told."""
    notice = {"type": "noticed", "notice": {"code": "kicked", "until": None}, "now": 0}
    state = reduced(_joined(1), notice, {"type": "link", "link": "offline"})
    assert state["link"] == "removed"


def _live(number: int) -> dict[str, Any]:
    return {"type": "message", "message": _message(number)}


def _queued(client_id: str) -> dict[str, Any]:
    return {"type": "queued", "draft": {"client_id": client_id, "text": "hello"}}


def _stored(client_id: str, number: int) -> dict[str, Any]:
    time = "2026-11-23T02:08:00.123Z"
    return {"type": "stored", "client_id": client_id, "id": number, "time": time, "now": 0}


def _ids(state: State) -> list[int]:
    return [message["id"] for message in state["messages"]]
