"""Changing one's name: what others, other tabs and older cookies learn of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from lanchat.web.limits import RENAMES


def rename(person, name):
    """Post the form of the page."""
    return person.http.post(
        person.server.url + "/name", data={"username": name}, allow_redirects=False
    )


def test_who_is_in_changes_their_name(ana, bia):
    """All see it live; connections that are open speak by it, and the page has it."""
    bia.join()
    you = ana.join()["you"]
    answer = rename(ana, "Anita")
    assert answer.status_code == 204
    changed = bia.hears("person_changed", id=you["id"])
    assert changed == {"id": you["id"], "user": "Anita", "role": "guest", "muted": False}
    assert ana.say("it is me")["ok"]
    heard = bia.hears("add_chat_message", message="it is me")
    assert (heard["user"], heard["user_id"]) == ("Anita", you["id"])
    assert bia.events("host_leave_room") == []
    assert '"name": "Anita"' in ana.get("/chat").text


def test_an_older_copy_of_the_cookie_goes_on(ana, person_factory):
    """Another tab's answer may come later; the name that was given up is free for others."""
    ana.join()
    old = dict(ana.http.cookies)
    assert rename(ana, "Anita").status_code == 204
    person_factory("Ana")
    ana.http.cookies.clear()
    ana.http.cookies.update(old)
    assert '"name": "Anita"' in ana.get("/chat").text
    tab = ana.new_socket()
    tab.connect(ana.server.url, transports=["websocket"])
    assert tab.call("new_host", {})["you"]["name"] == "Anita"


def test_who_is_not_in_has_no_name_to_change(person_factory):
    """There is no session that would know it."""
    answer = rename(person_factory(), "Ana")
    assert (answer.status_code, answer.text) == (403, "Please log in again.")


@pytest.mark.own_server
def test_a_name_that_cannot_be_had_is_explained(ana, bia):
    """In plain text, in the reader's language; a free name is suggested."""
    bia.join()
    for name, status, why in (("BIA", 409, "BIA 2"), ("", 400, "name"), ("\u202e", 400, "name")):
        answer = rename(ana, name)
        assert (answer.status_code, answer.headers["Content-Type"][:10]) == (status, "text/plain")
        assert why in answer.text
    assert ana.join()["you"]["name"] == "Ana"


@pytest.mark.own_server
def test_nobody_changes_it_all_the_time(ana, bia):
    """Everybody is told each time, so a name would be a way to talk."""
    bia.join()
    statuses = [rename(ana, f"Ana {number}").status_code for number in range(RENAMES)]
    assert statuses == [204] * RENAMES
    answer = rename(ana, "Ana again")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert ana.log_in("Anita").status_code == 303
    assert rename(ana, "Ana again").status_code == 429  # it counts the browser


def test_many_changes_at_once_leave_one_person(ana, bia):
    """The name that all see in the end is the one that holds."""
    bia.join()
    user_id = ana.join()["you"]["id"]
    cookies = dict(ana.http.cookies)

    def change(number):
        form, url = {"username": f"Ana {number}"}, ana.server.url + "/name"
        return requests.post(
            url, data=form, cookies=cookies, allow_redirects=False, timeout=30
        ).status_code

    with ThreadPoolExecutor(RENAMES) as tabs:
        statuses = list(tabs.map(change, range(RENAMES)))
    assert statuses == [204] * RENAMES
    people = {person["id"]: person["name"] for person in bia.join()["hosts"]}
    assert len(people) == 2
    told = [event["user"] for event in bia.events("person_changed") if event["id"] == user_id]
    assert told[-1] == people[user_id]
