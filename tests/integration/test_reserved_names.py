"""Your name stays yours: over reloads, crashes, restarts and tabs, until you log out."""

import pytest

# Nobody's grace period ends during a test.
pytestmark = pytest.mark.server_options("--grace", "600")


def hang_up(person):
    """End the connection as a browser does that crashes: without a word."""
    person.forget(person.socket)
    person.socket.eio.ws.shutdown()
    person.socket = person.new_socket()


def is_refused(stranger, name):
    """Whether somebody else is offered another name, which they then can have."""
    answer = stranger.log_in(name)
    return (answer.status_code, f"{name} 2" in answer.text) == (409, True)


def test_a_crashed_browser_takes_its_name_back(ana, person_factory):
    """The cookie is enough, at once; meanwhile the name is nobody else's."""
    ana.join()
    hang_up(ana)
    assert is_refused(person_factory(), "Ana")
    assert ana.get("/chat").status_code == 200
    assert ana.join()["you"]["name"] == "Ana"


def test_a_second_tab_has_the_same_name(ana, person_factory):
    """Another tab of the same browser needs no login, another device needs another name."""
    first = ana.join()
    tab = ana.new_socket()
    tab.connect(ana.server.url, transports=["websocket"])
    assert tab.call("new_host", {})["you"] == first["you"]
    stranger = person_factory()
    assert is_refused(stranger, "Ana")
    assert stranger.log_in("Ana 2").status_code == 303


@pytest.mark.own_server
@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("joined", [True, False])
def test_a_restart_keeps_a_name_for_its_owner(ana, server, person_factory, end, joined):
    """Whoever is faster than Ana's page does not get her name, and she does."""
    if joined:
        ana.join()
        hang_up(ana)
    getattr(server, end)()
    server.start()
    assert is_refused(person_factory(), "Ana")
    assert ana.get("/chat").status_code == 200
    assert ana.join()["you"]["name"] == "Ana"


@pytest.mark.own_server
def test_a_restart_announces_who_comes_back_and_nobody_else(ana, bia, server, person_factory):
    """The others see her arrive when she does; until then she is not in the list."""
    ana.join()
    bia.join()
    server.kill()
    server.start()
    hang_up(ana)
    hang_up(bia)
    assert [host["name"] for host in bia.join()["hosts"]] == ["Bia"]
    ana.join()
    bia.hears("host_join_room", user="Ana")
    assert bia.events("host_leave_room") == []


@pytest.mark.own_server
def test_logging_out_frees_the_name_over_a_restart(ana, server, person_factory):
    """Even where the server is killed right after; the old cookie is worth nothing."""
    ana.join()
    old = dict(ana.http.cookies)
    ana.log_out()
    server.kill()
    server.start()
    ana.http.cookies.update(old)
    assert ana.get("/chat").headers["Location"] == "/"
    assert person_factory().log_in("Ana").status_code == 303


def test_a_logout_closes_tabs_that_have_not_joined_yet(ana, until):
    """A connection that was open, but not in the room, ends when another tab logs out."""
    ana.connect()
    ana.log_out()
    until(lambda: not ana.socket.connected)


@pytest.mark.own_server
@pytest.mark.server_options("--no-history")
def test_without_history_a_restart_knows_nobody(server, ana, person_factory):
    """--no-history leaves no names on disk: the cookie is good, but the name waits for no one."""
    server.kill()
    server.start()
    assert ana.get("/chat").status_code == 200
    assert person_factory("Ana").join()["you"]["name"] == "Ana"
    assert ana.get("/chat").headers["Location"] == "/"
