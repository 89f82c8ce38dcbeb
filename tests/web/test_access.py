"""The access code: who knows it is let in, and who guesses is stopped soon."""

from __future__ import annotations

import hmac
import json
import re
import socket
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import socketio

from lanchat.errors import TooManyTries, WrongCode
from lanchat.web.access_code import AccessCode
from lanchat.web.tries import TRIES, Tries
from tests.world.deadline import DEADLINE

CODE = "Sésamo 7B"

# Its people have yet to find out that it asks for the code.
pytestmark = pytest.mark.server_options("--access-code", CODE)


@pytest.fixture
def access():
    """The code of a server that nobody has tried yet."""
    return AccessCode(CODE, b"secret")


def guess(access, address, count=TRIES):
    """Try wrong codes."""
    for number in range(count):
        with pytest.raises(WrongCode):
            access.check(str(number), address)


@pytest.mark.parametrize("typed", [CODE, f"  {CODE}\n", "Se\u0301samo 7B", "Sésamo \uff17B"])
def test_the_code_counts_however_it_is_typed(access, typed):
    """Keyboards differ in how they write an accent or a digit."""
    access.check(typed, "192.0.2.1")


@pytest.mark.parametrize("typed", ["", " ", "Sésamo 7", "sésamo 7b", "Sésamo 7B!", "\ud800"])
def test_anything_else_is_wrong(access, typed):
    """Nothing at all is no code either."""
    with pytest.raises(WrongCode):
        access.check(typed, "192.0.2.1")


def test_codes_are_compared_in_constant_time(access, monkeypatch):
    """How long an answer takes must not tell how much of a guess is right."""
    compared = []

    def compare(one, other):
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    access.check(CODE, "192.0.2.1")
    assert compared == [(CODE.encode(), CODE.encode())]


def test_after_ten_wrong_codes_none_is_looked_at(access):
    """Not even the right one, or the guessing could go on; it says when to try again."""
    guess(access, "192.0.2.1")
    with pytest.raises(TooManyTries) as refusal:
        access.check(CODE, "192.0.2.1")
    assert 590 < refusal.value.retry_after <= 600


class HesitantTries(Tries):
    """Counting takes its time, in which others run."""

    def wrong(self, address, known=None):
        time.sleep(0.01)
        super().wrong(address, known)


def test_guesses_at_the_same_time_are_counted_too():
    """Who sends twenty at once gets ten tries like everybody."""
    access = AccessCode(CODE, b"secret", HesitantTries())

    def refusal(number):
        try:
            access.check(str(number), "192.0.2.1")
        except (WrongCode, TooManyTries) as error:
            return type(error)

    with ThreadPoolExecutor(20) as guessers:
        refusals = list(guessers.map(refusal, range(20)))
    assert refusals.count(WrongCode) == TRIES


def test_nothing_is_no_guess(access):
    """Who has yet to find out that there is a code does not have to wait for it."""
    for _ in range(3 * TRIES):
        with pytest.raises(WrongCode):
            access.check(" ", "192.0.2.1")
    access.check(CODE, "192.0.2.1")


def test_a_right_code_is_no_try(access):
    """A whole class may come in from behind one address."""
    for _ in range(3 * TRIES):
        access.check(CODE, "192.0.2.1")
    guess(access, "192.0.2.1")


def test_each_address_has_tries_of_its_own(access):
    """Who guesses locks nobody else out."""
    guess(access, "192.0.2.1")
    access.check(CODE, "192.0.2.2")


def test_the_digest_tells_codes_apart_and_servers(access):
    """A cookie is good for one code of one server."""
    others = (AccessCode("other", b"secret"), AccessCode(CODE, b"another"))
    assert len({access.digest, *(other.digest for other in others)}) == 3
    assert AccessCode(None, b"secret").digest is None


def test_who_knows_the_code_gets_in(person_factory):
    """Name and code lead to the chat, and the room."""
    ana = person_factory()
    assert 'name="code"' in ana.get("/").text
    assert ana.log_in("Ana", code=CODE).headers["Location"] == "/chat"
    assert ana.join()["ok"]


def test_what_is_inside_is_told_to_who_knows_the_code(person_factory):
    """Where the name is taken, the page says how many are in, and a wrong code hides it."""
    ana, bia = person_factory(), person_factory()
    ana.log_in("Bia", code=CODE)
    ana.join()
    assert "1 person is in" not in bia.get("/").text
    assert "1 person is in" not in bia.log_in("Bia", code="0000").text
    assert "1 person is in" in bia.log_in("Bia", code=CODE).text


@pytest.mark.parametrize("fields", [{}, {"code": "0000"}])
def test_who_does_not_is_asked_again(person_factory, server, until, fields):
    """403 with the reason at the field, no session, and a line in the log."""
    ana = person_factory()
    answer = ana.log_in("Ana", **fields)
    assert answer.status_code == 403
    assert "code-error" in answer.text
    assert 'value="Ana"' in answer.text
    assert ana.get("/chat").status_code == 303
    until(lambda: '"reason": "code"' in server.log())


def test_without_the_code_there_is_no_socket(person_factory):
    """The wire has no other door."""
    ana = person_factory()
    ana.log_in("Ana", code="wrong")
    with pytest.raises(socketio.exceptions.ConnectionError):
        ana.connect()


@pytest.mark.own_server
def test_guessing_ends_in_429(person_factory, server):
    """With the time to wait as a header and in the visitor's language."""
    ana = person_factory()
    ana.http.headers["Accept-Language"] = "pt-BR"
    for number in range(TRIES):
        assert ana.log_in("Ana", code=str(number)).status_code == 403
    answer = ana.log_in("Ana", code=CODE)
    assert answer.status_code == 429
    assert 590 < int(answer.headers["Retry-After"]) <= 600
    assert "Tentativas demais. Espere 10 min" in answer.text
    server.stop()  # what is beyond ten lines for an address is summed up
    assert '"too_many"' in server.log()


def guess_from_many(server, addresses):
    """Guess from further addresses of loopback, as fast as may be; returns what was answered."""
    answers: Counter[int] = Counter()
    body = b"username=Eve&code=0000"
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n" % len(body)
    head += b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    for number in range(10 * addresses):
        source = (f"127.0.1.{number % addresses + 1}", 0)
        where = ("127.0.0.1", server.port)
        with socket.create_connection(where, DEADLINE, source_address=source) as connection:
            connection.sendall(head + body)
            answers[int(connection.recv(12)[9:])] += 1
    return answers


@pytest.mark.own_server
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs all of 127.0.0.0/8")
def test_many_addresses_share_a_ceiling(person_factory, server):
    """43 addresses are looked at 300 times at most; a known browser and a new address come in."""
    ana = person_factory()
    ana.log_in("Ana", code=CODE)
    ana.log_out()
    answers = guess_from_many(server, 43)
    assert 100 < answers[403] < 300
    assert answers[403] + answers[429] == 430
    assert ana.log_in("Ana", code=CODE).status_code == 303
    assert person_factory().log_in("Bia", code=CODE).status_code == 303


@pytest.mark.own_server
def test_a_known_browser_is_counted_by_itself(person_factory):
    """Its address may have guessed too often, and a logout makes no stranger of it."""
    ana, eve = person_factory(), person_factory()
    ana.log_in("Ana", code=CODE)
    ana.log_out()
    for number in range(TRIES):
        assert eve.log_in("Eve", code=str(number)).status_code == 403
    assert eve.log_in("Eve", code=CODE).status_code == 429
    assert ana.log_in("Ana", code=CODE).status_code == 303


@pytest.mark.own_server
def test_a_logout_makes_nobody_known(person_factory):
    """It gives a browser an id, and proves nothing."""
    eve = person_factory()
    eve.log_out()
    for number in range(TRIES):
        assert eve.log_in("Eve", code=str(number)).status_code == 403
    other = person_factory()
    other.log_out()
    assert other.log_in("Eve", code=CODE).status_code == 429


def test_a_right_code_is_not_asked_for_twice(person_factory):
    """Where only the name is refused, the code stays in its field."""
    assert person_factory().log_in("Ana", code=CODE).status_code == 303
    answer = person_factory().log_in("Ana", code=CODE)
    assert answer.status_code == 409
    assert f'value="{CODE}"' in answer.text


@pytest.mark.own_server
def test_who_is_in_stays_in_over_a_restart(person_factory, server):
    """The same code keeps the sessions that it opened."""
    ana = person_factory()
    ana.log_in("Ana", code=CODE)
    server.kill()
    server.start()
    assert ana.get("/chat").status_code == 200
    assert ana.join()["you"]["name"] == "Ana"


@pytest.mark.parametrize("before", [[], ["--access-code", "old"]])
def test_a_new_code_shuts_old_sessions_out(server_factory, person_factory, before):
    """Page and socket ask for the new code; with it the name is theirs again."""
    server = server_factory(*before, folder="room")
    ana = person_factory(None, server)
    ana.log_in("Ana", code="old")
    ana.join()
    server.kill()
    ana.server = server_factory("--access-code", "new", folder="room")
    assert ana.get("/chat").headers["Location"] == "/"
    ana.socket = ana.new_socket()
    with pytest.raises(socketio.exceptions.ConnectionError):
        ana.connect()
    assert ana.log_in("Ana", code="old").status_code == 403
    assert ana.log_in("Ana", code="new").status_code == 303
    assert ana.join()["you"]["name"] == "Ana"


def test_an_invitation_carries_the_code(person_factory):
    """In the fragment, which no request contains; the bare address stays what it was."""
    ana = person_factory()
    ana.log_in("Ana", code=CODE)
    page = ana.get("/chat").text
    (found,) = re.findall(r'id="lanchat-config">(.*?)</script>', page, re.DOTALL)
    config = json.loads(found)
    assert config["inviteUrl"] == config["lanUrl"] + "/#code=S%C3%A9samo%207B"


def test_the_code_is_not_told_to_who_is_outside(person_factory):
    """Neither the login page nor its refusals have it."""
    visitor = person_factory()
    pages = (visitor.get("/"), visitor.log_in("Ana", code="wrong"))
    assert not any("samo" in answer.text for answer in pages)
