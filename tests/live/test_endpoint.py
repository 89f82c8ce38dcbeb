"""Requests for sockets; more in tests/conformance and tests/faults/test_bad_packets.py."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest.fixture
def server(shared_server):
    """These tests leave nothing behind."""
    return shared_server


@pytest.fixture
def session(ana, server):
    """The address of a session of Ana's by polling."""
    opened = requests.get(server.url + POLLING, cookies=ana.http.cookies, timeout=60)
    return server.url + POLLING + "&sid=" + json.loads(opened.text[1:])["sid"]


def test_jsonp_is_refused(server):
    """A relic that would hand a session to any page that includes it as a script."""
    assert requests.get(server.url + POLLING + "&j=0", timeout=60).status_code == 400


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "TRACE", "NONSENSE"])
def test_other_methods_are_refused(server, method):
    """GET opens, GET polls, POST sends; there is nothing else."""
    assert requests.request(method, server.url + POLLING, timeout=60).status_code == 400


def test_a_websocket_with_a_body_that_nobody_reads(ana, raw_client, server):
    """It is larger than any that is read: the connection is a WebSocket all the same."""
    client = raw_client(ana, header=["Content-Length: 100000"])
    assert client.join()["ok"]
    client.socket.shutdown()
    assert ana.join()["ok"]
    assert "Traceback" not in server.output()


def test_two_requests_that_send_at_once(ana, session, until):
    """Nobody could tell their order: the session ends, and both are refused."""
    many = "\x1e".join(["3"] * 32_000)

    def send(body):
        return requests.post(session, body, cookies=ana.http.cookies, timeout=60).status_code

    assert send("40") == 200
    with ThreadPoolExecutor(2) as pool:
        until(lambda: 400 in pool.map(send, [many, many]), "the refusal")
    assert requests.get(session, timeout=60).status_code == 400
