"""A session that has not joined is closed after a while, and one address cannot have many."""

import json
import socket
import sys

import pytest
import requests
import websocket

from lanchat.live import stack
from tests.world.deadline import DEADLINE

FEW_FILES = ["sh", "-c", 'ulimit -n 1000; exec "$@"', "sh"]
"""Let the server open so few files that all together may have 100 silent sessions."""

POLLING = "/socket.io/?EIO=4&transport=polling"

IMPATIENT = """
import sys
from gevent import monkey
monkey.patch_all()
from lanchat.live import endpoint, stack
stack.SILENT_SECONDS = endpoint.UPGRADE_SECONDS = 1.0
from lanchat.cli import main
del sys.argv[1:4]
main()
"""
"""Runs the command that follows with a second in place of ten."""


@pytest.fixture
def server(server_with):
    """A server that waits for a second only."""
    return server_with(launcher=[sys.executable, "-c", IMPATIENT])


@pytest.fixture
def ask(ana):
    """Ask for Engine.IO by polling, as Ana."""

    def request(more=""):
        url = ana.server.url + POLLING + more
        return requests.get(url, cookies=ana.http.cookies, timeout=DEADLINE)

    return request


def sid_of(opened):
    return json.loads(opened.text[1:])["sid"]


def test_the_figures():
    """What the documents promise."""
    assert (stack.SILENT_SECONDS, stack.MAX_SILENT_SESSIONS) == (10.0, 200)


def test_a_websocket_that_never_connects(ana, raw_client):
    """It is closed in order, with a close code."""
    assert raw_client(ana).close_code() == 1000


def test_one_that_was_refused(person_factory, raw_client):
    """Without a login there is nothing to wait for."""
    client = raw_client(person_factory())
    client.socket.send("40")
    assert client.receive() == '44{"message":"unauthorized"}'
    assert client.close_code() == 1000


def test_one_that_has_left(ana, raw_client):
    """DISCONNECT is a return to silence."""
    client = raw_client(ana)
    client.join()
    client.socket.send("41")
    assert client.close_code() == 1000


def test_one_that_has_joined_may_be_silent(ana, bia, raw_client):
    """Who listens is no burden: Ana outlives a connection that was opened after hers."""
    client = raw_client(ana)
    client.join()
    assert raw_client(bia).close_code() == 1000
    assert client.say("still here")["ok"]


def test_polling_that_never_connects(ask):
    """The poll that waits is told: Engine.IO's close, and then there is no such session."""
    session = "&sid=" + sid_of(ask())
    assert ask(session).text == "1"
    assert ask(session).status_code == 400


def test_an_upgrade_that_stays_half_done(ana, ask):
    """Its WebSocket is closed; the session goes on polling."""
    session = "&sid=" + sid_of(ask())
    requests.post(ana.server.url + POLLING + session, b"40", timeout=DEADLINE)
    url = ana.server.url.replace("http", "ws") + POLLING.replace("polling", "websocket") + session
    probe = websocket.create_connection(url, timeout=DEADLINE)
    probe.send("2probe")
    assert probe.recv() == "3probe"
    assert probe.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    probe.shutdown()
    requests.post(ana.server.url + POLLING + session, b'427["unknown"]', timeout=DEADLINE)
    assert "437[" in ask(session).text


def open_many(server, count, source="127.0.0.1"):
    """Open silent sessions, all in one breath; returns what was answered."""
    request = f"GET {POLLING} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answers = b""
    where = ("127.0.0.1", server.port)
    with socket.create_connection(where, DEADLINE, source_address=(source, 0)) as connection:
        connection.sendall(request * count)
        while answers.count(b"HTTP/1.1 ") < count:
            answers += connection.recv(65536)
    return answers


def test_an_address_with_many_silent_sessions(server_factory, person_factory, raw_client, until):
    """One more is refused with 429; who has joined is not counted, and goes on."""
    server = server_factory()
    client = raw_client(person_factory("Ana", other_server=server))
    client.join()
    answers = open_many(server, 201)
    assert (answers.count(b"HTTP/1.1 200 "), answers.count(b"HTTP/1.1 429 ")) == (200, 1)
    assert b"Retry-After: 10" in answers
    assert client.say("undisturbed")["ok"]
    url = server.url + POLLING
    until(
        lambda: requests.get(url, timeout=DEADLINE).status_code == 200, "the end of the silent ones"
    )


def test_who_has_logged_in_comes_before_those_who_have_not(server_factory, person_factory):
    """Strangers behind the same address fill their places, and not those of the class."""
    server = server_factory()
    ana = person_factory("Ana", other_server=server)
    open_many(server, 250)
    assert requests.get(server.url + POLLING, timeout=DEADLINE).status_code == 429
    assert ana.join()["ok"]
    ana.socket.disconnect()
    ana.socket = ana.new_socket()
    ana.connect(["polling"])
    assert ana.join()["ok"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs all of 127.0.0.0/8")
def test_many_addresses_share_a_bound(server_factory, person_factory):
    """A thousand say nothing at most, wherever they come from, and who is known still gets in."""
    server = server_factory("--max-clients", "500", launcher=FEW_FILES)
    answers = b"".join(open_many(server, 60, f"127.0.0.{number}") for number in range(2, 5))
    assert (answers.count(b"HTTP/1.1 200 "), answers.count(b"HTTP/1.1 429 ")) == (100, 80)
    assert person_factory("Ana", other_server=server).join()["ok"]
