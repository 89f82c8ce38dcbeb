"""A folder of lanchat 0.1.0 is taken over, and whoever was in its room notices nothing.

tests/store/data/make.py says how the folder was made.
"""

import hashlib
import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner

from lanchat.store.schema import MIGRATIONS
from tests.world.person import Person
from tests.world.server import ServerProcess

FOLDER = Path(__file__).parents[1] / "store" / "data" / "lanchat-0.1.0"
FIRST, DELETED, NEWEST = 7, 8, 9
"""The ids of its messages; all before them were cleared."""


def signed_now(cookie, secret):
    """The cookie as 0.1.0 would sign it today: a session lasts 90 days, and the folder longer."""
    signer = TimestampSigner(
        secret, salt="cookie-session", key_derivation="hmac", digest_method=hashlib.sha1
    )
    return signer.sign(signer.unsign(cookie)).decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Today's server on a copy of the folder."""
    place = tmp_path_factory.mktemp("upgrade")
    shutil.copytree(FOLDER, place / "data")
    with closing(sqlite3.connect(place / "data" / "messages.db")) as database:
        # As with the cookies: logouts are remembered as long as a session lasts.
        database.execute("UPDATE logout SET time = ?", [time.time()])
        database.commit()
    server = ServerProcess(place, "--grace", "600", "--rate", "0")
    yield server
    server.kill()


@pytest.fixture
def returning(server):
    """Somebody whose page was open when 0.1.0 ended, with the cookie that it gave them."""
    people = []

    def come_back(name):
        person = Person(server, None)
        people.append(person)
        secret = (FOLDER / "secret").read_bytes()
        for cookie, value in json.loads((FOLDER / "cookies.json").read_text())[name].items():
            person.http.cookies.set(cookie, signed_now(value, secret), domain="127.0.0.1")
        return person

    yield come_back
    for person in people:
        for socket in person._sockets:
            socket.disconnect()
        person.http.close()


def join(person, **shown):
    """What a page of 0.1.0 gets that comes back."""
    person.connect()
    return person.call("new_host", {"batches": True, **shown})


def test_it_is_said_on_the_terminal(server):
    """A large history takes its time, and an older lanchat cannot read it afterwards."""
    lines = server.output().splitlines()
    said = [line for line in lines if "bringing the messages up to date" in line]
    assert len(said) == 1
    assert f"schema 4 to {len(MIGRATIONS)}" in said[0]
    banner = next(number for number, line in enumerate(lines) if "http://" in line)
    assert lines.index(said[0]) < banner


def test_a_host_comes_back_as_host(returning):
    """With their name and id, the topic and the bans."""
    ana = returning("Ana")
    assert ana.get("/chat").status_code == 200
    answer = join(ana)
    assert answer["you"]["name"] == "Ana"
    (line,) = [host for host in answer["hosts"] if host["id"] == answer["you"]["id"]]
    assert (line["role"], line["muted"]) == ("host", False)
    known = {"topic": "Fractions ½", "locked": False, "readonly": False, "slow": 5}
    known |= {"edits": True, "files": True, "private": "hosts", "rooms": "hosts", "hands": False}
    assert answer["room"] == known
    assert answer["bans"][0] == {"name": "Davi", "until": None}


def test_an_open_page_goes_on(returning):
    """It gets what it has missed, and learns what is gone."""
    bia = returning("Bia 🦊")
    answer = join(bia, last_id=DELETED)
    # Another test may have said something more.
    assert answer["messages"][0]["id"] == NEWEST
    assert answer["messages"][0]["message"] == "Bom dia 🦊\nand a second line"
    assert (answer["complete"], answer["deleted"], answer["cleared"]) == (
        True,
        [DELETED],
        FIRST - 1,
    )
    answer = bia.call("new_host", {"batches": True, "last_id": 2})
    assert [message["id"] for message in answer["messages"]][:2] == [FIRST, NEWEST]


def test_what_is_sent_again_has_its_old_id(returning):
    """The acknowledgement got lost when 0.1.0 ended; what was deleted stays so."""
    bia = returning("Bia 🦊")
    join(bia)
    answer = bia.say("what was deleted", client_id="00000000-0000-4000-8000-000000000002")
    assert (answer["ok"], answer["id"]) == (True, DELETED)
    shown = bia.call("new_host", {"batches": True})["messages"]
    assert [message["id"] for message in shown][:2] == [FIRST, NEWEST]
    assert bia.say("new")["ok"]
    assert bia.say("too fast")["error"]["code"] == "slow_mode"


def test_new_ids_follow_the_old_ones(returning):
    """A page that shows an old one shows the new one below it."""
    ana = returning("Ana")
    join(ana, last_id=NEWEST)
    assert ana.say("good afternoon")["id"] > NEWEST


def test_a_name_is_still_reserved(server, returning):
    """Nobody takes it before its owner's page has come back; who is muted stays so."""
    stranger = Person(server, None)
    assert stranger.log_in("Carla").status_code == 409
    stranger.http.close()
    carla = returning("Carla")
    join(carla)
    assert carla.say("hello")["error"]["code"] == "muted"


def test_a_ban_holds(server, returning):
    """For the browser under any name, and for the name."""
    davi = returning("Davi")
    assert davi.get("/chat").status_code != 200
    assert davi.log_in("Somebody").status_code == 403
    stranger = Person(server, None)
    assert stranger.log_in("DAVI").status_code == 403
    stranger.http.close()


def test_who_has_logged_out_stays_out(returning):
    """Their cookie is signed and not over, and worth nothing."""
    eva = returning("Eva")
    assert eva.get("/chat").status_code != 200
