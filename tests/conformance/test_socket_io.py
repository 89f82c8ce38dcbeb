"""Socket.IO, protocol version 5: the suite's cases in its order.

Its first part is the Engine.IO suite once more, which ``test_engine_io.py`` tries on the same
path. lanchat has the main namespace alone, and tells nobody what was sent as ``auth``.
"""

import json

import pytest

ECHO = '["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
MARK, MARKED = '429["unknown"]', "439["


def connect(door, packet):
    """A WebSocket with this as its first packet, and the answer to it."""
    socket = door.websocket()
    assert socket.recv().startswith("0{")
    socket.send(packet)
    return socket, socket.recv()


def test_the_main_namespace(door):
    """connect: should allow connection to the main namespace."""
    _, answer = connect(door, "40")
    assert answer.startswith("40{")
    assert list(json.loads(answer[2:])) == ["sid"]


def test_the_main_namespace_with_a_payload(door):
    """connect: should allow connection to the main namespace with a payload."""
    _, answer = connect(door, '40{"token":"123"}')
    assert answer.startswith("40{")
    assert list(json.loads(answer[2:])) == ["sid"]


def test_a_custom_namespace(door):
    """connect: should allow connection to a custom namespace."""
    _, answer = connect(door, "40/custom,")
    assert answer.startswith("40/custom,")


def test_a_custom_namespace_with_a_payload(door):
    """connect: should allow connection to a custom namespace with a payload."""
    _, answer = connect(door, '40/custom,{"token":"abc"}')
    assert answer.startswith("40/custom,")


def test_an_unknown_namespace(door):
    """connect: should disallow connection to an unknown namespace."""
    _, answer = connect(door, "40/random")
    assert answer == '44/random,{"message":"Invalid namespace"}'


def test_an_invalid_handshake(door, closed):
    """connect: should disallow connection with an invalid handshake."""
    socket = door.websocket()
    assert socket.recv().startswith("0{")
    socket.send("4abc")
    assert closed(socket)


def test_no_handshake(quick_door, closed):
    """connect: should close the connection if no handshake is received."""
    assert closed(quick_door.websocket(), answer_pings=True)


def test_leaving_the_main_namespace(quick_door):
    """disconnect: should disconnect from the main namespace."""
    socket, answer = connect(quick_door, "40")
    assert answer.startswith("40{")
    socket.send("41")
    assert socket.recv() == "2"


def test_leaving_a_custom_namespace(door):
    """disconnect: should connect then disconnect from a custom namespace."""
    socket = door.namespace()
    socket.send("40/custom")
    assert socket.recv().startswith("40/custom,")
    socket.send("41/custom")
    socket.send(MARK)
    assert socket.recv().startswith(MARKED)


def test_an_event(door):
    """message: should send a plain-text packet."""
    socket = door.namespace()
    socket.send('42["message",1,"2",{"3":[true]}]')
    socket.send(MARK)
    assert socket.recv() == '42["message-back",1,"2",{"3":[true]}]'


def test_an_event_of_lanchat(door):
    """message: should send a plain-text packet, said with an event that lanchat has."""
    socket = door.namespace()
    socket.send('42["new_host",{}]')
    event, payload = json.loads(socket.recv()[2:])
    assert (event, payload["user"]) == ("host_join_room", "Ana")


def test_an_event_with_attachments(door):
    """message: should send a packet with binary attachments."""
    socket = door.namespace()
    socket.send("452-" + ECHO)
    socket.send_binary(b"\1\2\3")
    socket.send_binary(b"\4\5\6")
    socket.send(MARK)
    assert socket.recv() == "452-" + ECHO.replace("message", "message-back")
    assert [socket.recv(), socket.recv()] == [b"\1\2\3", b"\4\5\6"]


def test_an_acknowledgement(door):
    """message: should send a plain-text packet with an ack."""
    socket = door.namespace()
    socket.send('42456["new_message",1,"2",{"3":[false]}]')
    answer = socket.recv()
    assert answer.startswith("43456[")
    assert json.loads(answer[5:])[0]["error"]["code"] == "invalid"


def test_attachments_with_an_acknowledgement(door):
    """message: should send a packet with binary attachments and an ack."""
    socket = door.namespace()
    socket.send("452-789" + ECHO)
    socket.send_binary(b"\1\2\3")
    socket.send_binary(b"\4\5\6")
    answer = socket.recv()
    assert answer.startswith("43789[")
    assert json.loads(answer[5:])[0]["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    "packet",
    ["4abc", "42{}", '42abc["new_host",1,"2",{"3":[false]}]'],
    ids=["unknown packet type", "invalid payload format", "invalid ack id"],
)
def test_an_invalid_format(door, closed, packet):
    """message: should close the connection upon invalid format."""
    socket = door.namespace()
    socket.send(packet)
    assert closed(socket)
