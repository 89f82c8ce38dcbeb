"""People talk through a real server: the events of docs/protocol.md."""


def test_a_message_reaches_everybody(ana, bia):
    """What Ana says arrives at Bia and at Ana herself, with its id and who said it."""
    ana.join()
    bia.join()
    answer = ana.say("Olá, turma!")
    heard = bia.hears("add_chat_message", message="Olá, turma!")
    assert heard["id"] == answer["id"]
    assert (heard["user"], heard["room"], heard["ip"]) == ("Ana", "lobby", "127.0.0.1")
    ana.hears("add_chat_message", id=answer["id"])


def test_a_newcomer_gets_what_was_said(ana, bia):
    """Messages from before are in the answer to new_host, oldest first."""
    ana.join()
    for text in ("one", "two", "three"):
        ana.say(text)
    welcome = bia.join()
    assert [message["message"] for message in welcome["messages"]] == ["one", "two", "three"]
    assert welcome["complete"] is True


def test_catching_up_begins_after_the_last_id(ana, bia):
    """Whoever was away gets what was said since, and nothing twice."""
    ana.join()
    first = ana.say("before")
    ana.say("meanwhile")
    welcome = bia.join(last_id=first["id"])
    assert [message["message"] for message in welcome["messages"]] == ["meanwhile"]


def test_the_same_client_id_is_one_message(ana, bia):
    """A retry gets the first answer again and is not said twice."""
    ana.join()
    bia.join()
    client_id = "00000000-0000-4000-8000-000000000001"
    first = ana.say("once", client_id)
    assert ana.say("once", client_id) == first
    ana.say("after")
    bia.hears("add_chat_message", message="after")
    assert bia.messages() == ["once", "after"]


def test_a_person_arrives_once_however_many_tabs(ana, bia):
    """The second tab of a person is no second arrival, and its end no departure."""
    bia.join()
    ana.join()
    bia.hears("host_join_room", user="Ana")
    tab = ana.new_socket()
    tab.connect(ana.server.url, transports=["websocket"])
    tab.call("new_host", {})
    tab.disconnect()
    ana.say("still here")
    bia.hears("add_chat_message", message="still here")
    assert len(bia.events("host_join_room")) == 2  # Bia herself and Ana
    assert bia.events("host_leave_room") == []


def test_leaving_is_announced_after_the_grace_period(ana, bia):
    """The last connection's end is a departure once the grace period has passed."""
    ana.join()
    bia.join()
    ana.socket.disconnect()
    assert bia.hears("host_leave_room", user="Ana")["ip"] == "127.0.0.1"


def test_coming_back_in_time_is_no_departure(ana, bia):
    """A reload within the grace period is neither a leave nor a join."""
    ana.join()
    bia.join()
    ana.socket.disconnect()
    ana.socket = ana.new_socket()
    ana.join()
    ana.say("back")
    bia.hears("add_chat_message", message="back")
    assert bia.events("host_leave_room") == []


def test_polling_clients_talk_too(ana, bia):
    """A network that swallows WebSockets leaves HTTP long-polling."""
    ana.connect(["polling"])
    ana.join()
    bia.join()
    ana.say("through HTTP")
    bia.hears("add_chat_message", message="through HTTP")
    bia.say("answer")
    ana.hears("add_chat_message", message="answer")
