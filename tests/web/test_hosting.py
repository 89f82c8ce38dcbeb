"""The host link, and commands over the wire."""

import stat
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import socketio

from lanchat.web.tries import TRIES


@pytest.fixture
def secret(server):
    """The secret of the host link, as it lies in the data directory."""
    return (server.data_dir / "host-secret").read_text()


@pytest.fixture
def host(ana, secret):
    """Ana, who has opened the host link and joined."""
    become_host(ana, secret)
    ana.join()
    return ana


def become_host(person, secret):
    """Post the secret as the link's page does."""
    return person.http.post(person.server.url + "/host", data={"secret": secret})


def command(whose, name, text="", **fields):
    """Let the host carry out a command."""
    return whose.call("host_command", {"name": name, "text": text, **fields})


@pytest.mark.own_server
def test_the_secret_is_the_hosts_alone(server, secret):
    """Others who use the computer cannot read it; it stands in the banner and outlives it."""
    mode = (server.data_dir / "host-secret").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert f"/host#{secret}" in server.output()
    server.stop()
    server.start()
    assert (server.data_dir / "host-secret").read_text() == secret


def test_who_opens_the_link_is_host(ana, bia, secret):
    """Everybody hears it; who comes later sees it in the list."""
    ana.join()
    bia.join()
    assert become_host(ana, secret).status_code == 204
    assert bia.hears("person_changed", user="Ana")["role"] == "host"
    assert ana.hears("notice", code="host")
    roles = {host["name"]: host["role"] for host in bia.join()["hosts"]}
    assert roles == {"Ana": "host", "Bia": "guest"}


def test_the_link_may_be_opened_before_the_login(person_factory, secret):
    """Whoever logs in next in that browser is host."""
    ana = person_factory()
    assert become_host(ana, secret).status_code == 204
    ana.log_in("Ana")
    assert ana.join()["hosts"][0]["role"] == "host"


def test_a_login_at_a_hosts_browser_is_a_guests(host, until):
    """A pupil who finds a login page there gets no power; nor does who logs out and in."""
    host.log_in("Pupil")
    until(lambda: not host.socket.connected, "the end of the host's connection")
    assert host.join()["hosts"][-1]["role"] == "guest"


@pytest.mark.own_server
def test_a_host_whose_name_was_taken_meanwhile_is_host_by_another_one(host, person_factory, until):
    """The login page asks for one; it is the same person, who has not logged out."""
    host.socket.disconnect()
    until(lambda: person_factory().log_in("Ana").status_code == 303)
    assert host.log_in("Ana 2").status_code == 303
    assert host.join()["hosts"][-1]["role"] == "host"


@pytest.mark.server_options("--access-code", "1234")
def test_the_link_opens_a_room_with_an_access_code(person_factory, secret):
    """It is the better key."""
    ana = person_factory()
    become_host(ana, secret)
    assert ana.log_in("Ana").headers["Location"] == "/chat"


@pytest.mark.own_server
def test_a_wrong_link_makes_nobody_host(ana, server, secret, until):
    """403, a line in the log, and after ten tries 429 also for the right one."""
    for _ in range(TRIES):
        assert become_host(ana, "0" * 32).status_code == 403
    answer = become_host(ana, secret)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 590
    assert ana.join()["hosts"][0]["role"] == "guest"
    until(lambda: '"host_link"' in server.log())


@pytest.mark.own_server
def test_a_host_is_host_after_a_restart(host, server):
    """As are the rules of the room."""
    assert command(host, "topic", "Fractions")["ok"]
    server.kill()
    server.start()
    host.socket = host.new_socket()
    answer = host.join()
    assert answer["hosts"][0]["role"] == "host"
    assert answer["room"]["topic"] == "Fractions"


def test_guests_may_not(host, bia):
    """And they are told so in their language."""
    bia.get("/chat?lang=pt-BR")
    bia.join()
    error = command(bia, "kick", "Ana")["error"]
    assert (error["code"], error["message"]) == ("forbidden", "Só responsáveis podem fazer isso.")


def test_a_command_says_what_it_did(host, bia):
    """Or how it is written."""
    bia.join()
    assert command(host, "mute", "bia forever")["message"] == "Bia is muted."
    assert command(host, "slow", "soon")["error"]["message"].endswith("/slow time|off")
    assert "/kick name" in command(host, "help")["message"]


@pytest.mark.parametrize(
    "payload", [None, {}, {"name": 7}, {"name": "x" * 33}, {"name": "kick", "person": ""}]
)
def test_a_bad_command_gets_an_error_answer(host, payload):
    """As for messages."""
    assert host.call("host_command", payload)["error"]["code"] == "invalid"


def test_who_is_kicked_learns_why_and_may_come_back(host, bia, until):
    """First the reason, then the end; the old cookie is worth nothing."""
    bia.join()
    command(host, "kick", "Bia")
    bia.hears("notice", code="kicked")
    until(lambda: not bia.socket.connected)
    assert host.hears("host_leave_room", user="Bia")
    assert bia.get("/chat").headers["Location"] == "/"
    assert bia.log_in("Bia").status_code == 303


@pytest.fixture
def banned(host, bia, until):
    """Bia, whom the host has banned."""
    bia.join()
    command(host, "ban", "Bia 2h")
    until(lambda: not bia.socket.connected)
    return bia


@pytest.mark.own_server
def test_a_banned_browser_stays_out(banned, server):
    """By another name, after a logout, over a restart; the page says until when."""
    banned.log_out()
    server.kill()
    server.start()
    answer = banned.log_in("Somebody else")
    assert answer.status_code == 403
    assert "The host has banned you from this room until" in answer.text
    assert "banned you" not in banned.get("/").text  # nobody is known there any more


def test_a_banned_name_stays_out(banned, person_factory):
    """From another browser, which is not called the banned one."""
    answer = person_factory().log_in("BIA")
    assert answer.status_code == 403
    assert "This name cannot be used here until" in answer.text


def test_who_is_banned_is_told_so_by_the_login_page(banned):
    """Not only after another try."""
    assert "The host has banned you from this room until" in banned.get("/").text


def test_a_ban_can_be_lifted(banned, host):
    """And hosts are told who is banned."""
    assert [ban["name"] for ban in host.join()["bans"]] == ["Bia"]
    assert command(host, "unban", "Bia")["ok"]
    assert banned.log_in("Bia").status_code == 303


def test_the_host_link_ends_a_ban(banned, secret):
    """Whoever has it is the host, whatever a host by name did."""
    become_host(banned, secret)
    assert banned.log_in("Bia").status_code == 303
    assert banned.join()["ok"]


def test_the_login_page_says_what_is_inside(host, person_factory):
    """How many are in and the topic, as long as anybody could come in and see it."""
    command(host, "topic", "Fractions")
    visitor = person_factory()
    page = visitor.get("/").text
    assert "1 person is in" in page
    assert "Fractions" in page
    command(host, "lock")
    page = visitor.get("/").text
    assert "1 person is in" not in page
    assert "Fractions" not in page


def test_a_locked_room_says_so(host, person_factory):
    """At the login."""
    command(host, "lock")
    answer = person_factory().log_in("Carla")
    assert answer.status_code == 403
    assert "The host has locked the room" in answer.text


@pytest.mark.own_server
def test_nobody_multiplies_in_a_locked_room(host, bia):
    """Nine logins by one session at once are one person in the end."""
    bia.join()
    command(host, "lock")
    cookies = dict(bia.http.cookies)

    def log_in(number):
        form = {"username": f"Guest {number}"}
        url = bia.server.url + "/"
        answer = requests.post(url, data=form, cookies=cookies, allow_redirects=False, timeout=30)
        return answer.status_code

    with ThreadPoolExecutor(9) as browsers:
        statuses = sorted(browsers.map(log_in, range(9)))
    assert statuses == [303] + [403] * 8


@pytest.mark.parametrize("line", ["ban", "mute"])
def test_who_has_just_logged_in_is_known_by_their_device(host, person_factory, line):
    """Before their first connection, and by a cookie that is their first one."""
    carla = person_factory("Carla")
    assert command(host, line, "Carla")["ok"]
    carla.log_out()
    answer = carla.log_in("Somebody else")
    if line == "ban":
        assert answer.status_code == 403
    else:
        carla.join()
        assert carla.say("hello")["error"]["code"] == "muted"


def test_refused_messages_say_when_to_try_again(host, bia):
    """Muted people and hasty ones in slow mode."""
    bia.join()
    command(host, "slow", "30s")
    assert bia.say("one")["ok"]
    hasty = bia.say("two")["error"]
    assert (hasty["code"], 25 < hasty["retry_after"] <= 30) == ("slow_mode", True)
    command(host, "mute", "Bia 5m")
    muted = bia.say("three")["error"]
    assert (muted["code"], 290 < muted["retry_after"] <= 300) == ("muted", True)


def test_a_deletion_reaches_who_is_here_and_who_was_away(host, bia):
    """By an event, or with the answer to new_host."""
    bia.join()
    first, second = host.say("one")["id"], host.say("two")["id"]
    command(host, "delete", str(first))
    bia.hears("message_deleted", id=first)
    answer = bia.join(second)
    assert (answer["deleted"], answer["messages"], answer["complete"]) == ([first], [], True)


def test_a_cleared_history_is_gone_for_all(host, bia):
    """Newcomers get nothing of it, others learn up to where."""
    bia.join()
    last = host.say("one")["id"]
    command(host, "clear")
    bia.hears("history_cleared", up_to=last)
    answer = bia.join(last)
    assert (answer["cleared"], answer["messages"]) == (last, [])


def test_everything_is_in_the_log(host, bia, server, until):
    """Who did what to whom."""
    bia.join()
    command(host, "mute", "Bia 5m")
    found = until(lambda: [one for one in server.records() if one["event"] == "mute"])
    (record,) = found
    assert (record["by"], record["user"], record["seconds"]) == ("Ana", "Bia", 300.0)


def test_a_command_by_id_means_that_person(host, bia):
    """As the menu beside a name sends it."""
    person = bia.join()["you"]["id"]
    assert command(host, "kick", "", person=person)["ok"]
    assert command(host, "kick", "", person=str(uuid.uuid4()))["error"]["code"] == "command"


def test_a_banned_cookie_gets_no_socket(banned):
    """The wire has no other door."""
    banned.socket = banned.new_socket()
    with pytest.raises(socketio.exceptions.ConnectionError):
        banned.connect()
