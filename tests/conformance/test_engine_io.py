"""Engine.IO, protocol version 4: the suite's cases in its order."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import websocket

HANDSHAKE = {"pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 65536}


def test_polling_opens_a_session(door):
    """handshake, HTTP long-polling: successfully opens a session."""
    opened = door.request("EIO=4&transport=polling")
    value = json.loads(opened.text.removeprefix("0"))
    sid = value.pop("sid")
    assert (opened.status_code, opened.text[0], type(sid)) == (200, "0", str)
    assert value == {**HANDSHAKE, "upgrades": ["websocket"]}


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling"])
def test_polling_needs_a_version(door, query):
    """handshake, HTTP long-polling: fails with an invalid 'EIO' query parameter."""
    assert door.request(query).status_code == 400


@pytest.mark.parametrize("query", ["EIO=4", "EIO=4&transport=abc"])
def test_polling_needs_a_transport(door, query):
    """handshake, HTTP long-polling: fails with an invalid 'transport' query parameter."""
    assert door.request(query).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_polling_opens_by_get_alone(door, method):
    """handshake, HTTP long-polling: fails with an invalid request method."""
    assert door.request("EIO=4&transport=polling", method).status_code == 400


def test_a_websocket_opens_a_session(door):
    """handshake, WebSocket: successfully opens a session."""
    opened = door.websocket().recv()
    value = json.loads(opened.removeprefix("0"))
    assert (opened[0], type(value.pop("sid"))) == ("0", str)
    assert value == {**HANDSHAKE, "upgrades": []}


@pytest.mark.parametrize("query", ["transport=websocket", "EIO=abc&transport=websocket"])
def test_a_websocket_needs_a_version(door, query):
    """handshake, WebSocket: fails with an invalid 'EIO' query parameter."""
    with pytest.raises(websocket.WebSocketBadStatusException):
        door.websocket(query)


@pytest.mark.parametrize("query", ["EIO=4", "EIO=4&transport=abc"])
def test_a_websocket_needs_a_transport(door, query):
    """handshake, WebSocket: fails with an invalid 'transport' query parameter."""
    with pytest.raises(websocket.WebSocketBadStatusException):
        door.websocket(query)


def test_polling_carries_a_packet(door):
    """message, HTTP long-polling: sends and receives a payload containing one plain text packet."""
    session = door.polling()
    sent = session.send("40")
    assert (sent.status_code, sent.text) == (200, "ok")
    polled = session.poll()
    assert polled.status_code == 200
    assert polled.text.startswith('40{"sid":')


def test_polling_carries_several_packets(door):
    """message, HTTP long-polling: sends and receives a payload containing several plain text packets."""  # noqa: E501
    session = door.polling()
    sent = session.send("40", '420["unknown"]', '421["unknown"]')
    assert (sent.status_code, sent.text) == (200, "ok")
    packets = session.poll().text.split("\x1e")
    assert [packet[:3] for packet in packets] == ["40{", "430", "431"]


def test_polling_carries_text_and_binary_packets(door):
    """message, HTTP long-polling: sends and receives a payload containing plain text and binary packets."""  # noqa: E501
    session = door.polling()
    placeholder = '{"_placeholder":true,"num":0}'
    sent = session.send("40", f'451-["message",{placeholder}]', "bAQIDBA==", '427["unknown"]')
    assert (sent.status_code, sent.text) == (200, "ok")
    packets = session.poll().text.split("\x1e")
    assert packets[1:] == [f'451-["message-back",{placeholder}]', "bAQIDBA=="]


def test_polling_ends_with_an_invalid_packet(door):
    """message, HTTP long-polling: closes the session upon invalid packet format."""
    session = door.polling()
    assert session.send("abc").status_code == 400
    assert session.poll().status_code == 400


def test_polling_ends_with_a_second_poll(door):
    """message, HTTP long-polling: closes the session upon duplicate poll requests."""
    session = door.polling()
    with ThreadPoolExecutor(2) as pool:
        polls = [answer.result() for answer in [pool.submit(session.poll) for _ in range(2)]]
    assert min((poll.status_code, poll.text[:1]) for poll in polls) == (200, "1")
    assert max(poll.status_code for poll in polls) == 400
    assert session.poll().status_code == 400


def test_a_websocket_carries_a_packet(door):
    """message, WebSocket: sends and receives a plain text packet."""
    socket = door.namespace()
    socket.send('427["unknown"]')
    assert socket.recv().startswith("437[")


def test_a_websocket_carries_a_binary_packet(door):
    """message, WebSocket: sends and receives a binary packet."""
    socket = door.namespace()
    socket.send('451-["message",{"_placeholder":true,"num":0}]')
    socket.send_binary(b"\1\2\3\4")
    socket.send('427["unknown"]')
    assert socket.recv().startswith("451-")
    assert socket.recv() == b"\1\2\3\4"


def test_a_websocket_ends_with_an_invalid_packet(door, closed):
    """message, WebSocket: closes the session upon invalid packet format."""
    socket = door.websocket()
    assert socket.recv()
    socket.send("abc")
    assert closed(socket)


def test_polling_has_a_heartbeat(quick_door):
    """heartbeat, HTTP long-polling: sends ping/pong packets."""
    session = quick_door.polling()
    for _ in range(3):
        polled = session.poll()
        assert (polled.status_code, polled.text) == (200, "2")
        assert session.send("3").status_code == 200


def test_polling_ends_without_a_pong(impatient_door, closed):
    """heartbeat, HTTP long-polling: closes the session upon ping timeout."""
    session = impatient_door.polling()
    clock = impatient_door.websocket()  # opened later: when its time is over, so is the session's
    assert closed(clock)
    assert session.poll().status_code == 400


def test_a_websocket_has_a_heartbeat(quick_door):
    """heartbeat, WebSocket: sends ping/pong packets."""
    socket = quick_door.websocket()
    assert socket.recv()
    for _ in range(3):
        assert socket.recv() == "2"
        socket.send("3")


def test_a_websocket_ends_without_a_pong(impatient_door, closed):
    """heartbeat, WebSocket: closes the session upon ping timeout."""
    assert closed(impatient_door.websocket())


def test_polling_can_be_closed(door, until):
    """close, HTTP long-polling: forcefully closes the session."""

    def close_while_a_poll_waits():
        session = door.polling()
        with ThreadPoolExecutor(1) as pool:
            poll = pool.submit(session.poll)
            assert session.send("1").status_code == 200
        assert session.poll().status_code == 400
        # The poll may come too late.
        return poll.result() if poll.result().status_code == 200 else None

    assert until(close_while_a_poll_waits).text == "6"


def test_a_websocket_can_be_closed(door, closed):
    """close, WebSocket: forcefully closes the session."""
    socket = door.websocket()
    assert socket.recv()
    socket.send("1")
    assert closed(socket)


def test_polling_is_upgraded_to_a_websocket(door):
    """upgrade: successfully upgrades from HTTP long-polling to WebSocket."""
    session = door.polling()
    socket = session.upgrade()
    socket.send("2probe")
    assert socket.recv() == "3probe"
    polled = session.poll()
    assert (polled.status_code, polled.text) == (200, "6")
    socket.send("5")
    socket.send("40")
    assert socket.recv().startswith("40{")


@pytest.fixture
def upgraded(door, until):
    """A session and the WebSocket that it has moved to."""
    session = door.polling()
    socket = session.upgrade()
    socket.send("2probe")
    assert socket.recv() == "3probe"
    socket.send("5")
    socket.send("40")
    assert socket.recv().startswith("40{")
    return session, socket


def test_polling_is_over_after_the_upgrade(upgraded):
    """upgrade: ignores HTTP requests with same sid after upgrade."""
    session, socket = upgraded
    assert session.poll().status_code == 400
    socket.send('427["unknown"]')
    assert socket.recv().startswith("437[")


def test_there_is_one_upgrade(upgraded):
    """upgrade: ignores WebSocket connection with same sid after upgrade."""
    session, socket = upgraded
    with pytest.raises(websocket.WebSocketBadStatusException):
        session.upgrade()
    socket.send('427["unknown"]')
    assert socket.recv().startswith("437[")


def test_every_exception_is_a_case():
    """What ``exceptions.json`` lists stands in one of the two files."""
    listed = json.loads(Path(__file__).with_name("exceptions.json").read_text("utf-8"))
    cases = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in listed if f"def {name}(" not in cases] == []
