"""The host goes away and comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.world.command_line import CommandLine
from tests.world.pages import log_out

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]

WITHOUT_WEBSOCKET = """
    WebSocket = class extends WebSocket {
        constructor(url) { super(url.replace("/socket.io/", "/nowhere/")); }
    }
"""


SILENT_WEBSOCKET = """
    WebSocket = class {
        readyState = 0;
        close() {}
        send() {}
    }
"""


@pytest.mark.own_server
def test_both_catch_up_after_a_crash(server: Any, arrive: Arrive, say: Say) -> None:
    """Nothing is missing and nothing double after the server was killed and started again."""
    ana, bia = arrive("Ana"), arrive("Bia")
    say(ana, "before")
    expect(bia.locator(".message__text")).to_have_text(["before"])
    server.kill()
    expect(ana.locator("#status")).to_contain_text("Connection lost")
    say(ana, "during")
    say(bia, "meanwhile")
    expect(ana.locator("#status")).to_contain_text("1 message waits")
    server.start()
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_count(3)
        expect(page.locator(".message__pending")).to_have_count(0)
    say(bia, "after")
    expect(ana.locator(".message__text").last).to_have_text("after")
    ids = _ids(ana)  # what was sent twice, since its answer was late, may leave one free
    assert ids == _ids(bia) == sorted(set(ids))
    assert len(ids) == 4
    assert sorted(_texts(ana)[1:3]) == ["during", "meanwhile"]


@pytest.mark.own_server
def test_queue_keeps_its_order(server: Any, arrive: Arrive, say: Say) -> None:
    """What was written offline arrives once and in the order in which it was written."""
    ana, bia = arrive("Ana"), arrive("Bia")
    server.kill()
    written = [f"line {number}" for number in range(5)]
    for line in written:
        say(ana, line)
    server.start()
    expect(bia.locator(".message__text")).to_have_text(written)
    expect(ana.locator(".message__text")).to_have_text(written)


@pytest.mark.own_server
def test_long_queue_is_sent_without_haste(server: Any, arrive: Arrive, say: Say) -> None:
    """More than the host takes at once: all of it arrives, once, and nobody is thrown out."""
    ana = arrive("Ana")
    server.kill()
    written = [f"line {number}" for number in range(40)]
    for line in written:
        say(ana, line)
    server.start()
    expect(ana.locator(".message__time")).to_have_count(20)
    expect(ana.locator("#composer-limit")).to_contain_text("You can send again in")
    expect(ana.locator(".message__text")).to_have_text(written)
    expect(ana.locator(".message--pending")).to_have_count(0)
    expect(ana.locator(".message__text")).to_have_text(written)
    assert _ids(ana) == list(range(1, 41))
    assert "refused" not in server.log_file.read_text()


@pytest.mark.own_server
def test_queue_survives_a_reload(server: Any, arrive: Arrive, say: Say) -> None:
    """A message that waits for the host is not lost with the page."""
    ana = arrive("Ana")
    server.kill()
    say(ana, "do not lose me")
    expect(ana.locator(".message--pending")).to_have_count(1)
    server.start()
    ana.reload()
    expect(ana.locator(".message__text")).to_have_text(["do not lose me"])
    expect(ana.locator(".message__time")).to_have_count(1)


@pytest.mark.own_server
def test_a_host_that_stops_says_so(server: Any, arrive: Arrive) -> None:
    """Who is left alone is told why, stays in the page, and is back when the host is."""
    ana, _ = arrive("Ana"), arrive("Bia")
    notes = ["Bia joined the room!"]
    expect(ana.locator(".note")).to_have_text(notes)
    server.stop()
    expect(ana.locator("#status")).to_contain_text("The room was stopped")
    server.start()
    expect(ana.locator("#status")).to_have_text("Connected again")
    expect(ana.locator("#status")).to_have_text("")
    expect(ana.locator(".people__name")).to_have_text(["Ana", "Bia"])
    expect(ana.locator(".note")).to_have_text(notes)


@pytest.mark.own_server
@pytest.mark.server_options("--max-clients", "1", "--grace", "0.5")
def test_a_full_room_says_so_and_is_tried_again(
    server: Any, new_context: Callable[..., BrowserContext]
) -> None:
    """Who finds no place waits in the page, and is in as soon as somebody leaves."""
    ana, bia = (new_context(locale="en-GB").new_page() for _ in range(2))
    bia.add_init_script(WITHOUT_WEBSOCKET)
    bia.route("**/socket.io/**", lambda route: route.abort())
    for page, name in ((bia, "Bia"), (ana, "Ana")):
        page.goto(server.url)
        page.fill("#username", name)
        page.keyboard.press("Enter")
        page.wait_for_url("**/chat")
    expect(ana.locator("#people .people__you")).to_have_count(1)
    bia.unroute("**/socket.io/**")
    expect(bia.locator("#status")).to_contain_text("too many connections")
    ana.close()
    expect(bia.locator("#people .people__you")).to_have_count(1)


def test_logging_out_ends_the_other_tab(arrive: Arrive) -> None:
    """A tab whose person has logged out elsewhere leads to the login page."""
    ana = arrive("Ana")
    second = ana.context.new_page()
    second.goto(ana.url)
    expect(second.locator("#people .people__you")).to_have_count(1)
    log_out(ana)
    expect(second.locator("#username")).to_be_visible()


def test_a_lost_name_leads_to_the_login_page(
    arrive: Arrive, person_factory: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """Who was away for longer than the grace period, and somebody was faster."""
    bia = person_factory("Bia")
    bia.join()
    ana = arrive("Ana")
    _fall_asleep(ana)
    bia.hears("host_leave_room", user="Ana")
    person_factory("Ana").join()
    ana.context.set_offline(False)
    expect(ana.locator("#username")).to_have_value("Ana")
    expect(ana.locator("#username-error")).to_contain_text("Ana")


def test_nobody_says_what_somebody_else_wrote(
    server: Any, arrive: Arrive, say: Say, person_factory: Callable[..., Any]
) -> None:
    """Ana's page sleeps with words unsent; meanwhile Bia logs in, in another tab."""
    carla = person_factory("Carla")
    carla.join()
    page = arrive("Ana")
    _fall_asleep(page)
    say(page, "of Ana")
    page.fill("#message", "half a thou")
    page.context.request.post(server.url, form={"username": "Bia"}, max_redirects=0)
    page.context.set_offline(False)
    expect(page.locator("#people li:has(.people__you)")).to_contain_text("Bia")
    expect(page.locator("#message")).to_have_value("")
    say(page, "of Bia")
    assert carla.hears("add_chat_message")["message"] == "of Bia"
    expect(page.locator(".message__text")).to_have_text(["of Bia", "of Ana", "half a thou"])
    why = "Not sent. You wrote it before you logged in again."
    expect(page.locator(".message__why")).to_have_text([why, why])
    page.get_by_role("button", name="Try again").first.click()
    assert carla.hears("add_chat_message", message="of Ana")["user"] == "Bia"


@pytest.mark.own_server
def test_a_new_history_replaces_the_old(server: Any, arrive: Arrive, say: Say) -> None:
    """A host that lost its messages gets no mixture of two histories."""
    ana = arrive("Ana")
    for line in ("one", "two", "three"):
        say(ana, line)
    expect(ana.locator(".message__time")).to_have_count(3)
    server.kill()
    for file in server.data_dir.glob("*.db*"):
        file.unlink()
    server.start()
    expect(ana.locator(".message__text")).to_have_count(0)
    say(ana, "again")
    expect(ana.locator(".message__text")).to_have_text(["again"])


def test_a_sleeping_page_drops_a_history_that_was_begun_anew(
    server: Any, arrive: Arrive, say: Say, person_factory: Callable[..., Any]
) -> None:
    """A page that slept takes no new message for one that it has seen, whatever its id."""
    ana = arrive("Ana")
    say(ana, "of yesterday")
    expect(ana.locator(".message__time")).to_have_count(1)
    _fall_asleep(ana)
    server.stop()
    for file in server.data_dir.glob("*.db*"):
        file.unlink()
    server.start()
    _talk(person_factory, "new one", "new two", "new three")
    ana.context.set_offline(False)
    expect(ana.locator(".message__text")).to_have_text(["new one", "new two", "new three"])


def test_a_sleeping_page_drops_what_a_backup_does_not_have(
    server: Any, arrive: Arrive, say: Say, person_factory: Callable[..., Any], tmp_path: Path
) -> None:
    """After a restore, what was said since the backup goes, and what is there now comes."""
    ana = arrive("Ana")
    say(ana, "kept")
    expect(ana.locator(".message__time")).to_have_count(1)
    typed = CommandLine(tmp_path)
    assert typed("backup", "room.zip", "--data-dir", server.data_dir).returncode == 0
    say(ana, "lost with the disk")
    expect(ana.locator(".message__time")).to_have_count(2)
    _fall_asleep(ana)
    server.stop()
    ended = typed("restore", "room.zip", "--force", "--data-dir", server.data_dir)
    assert (ended.returncode, ended.stderr) == (0, "")
    server.start()
    _talk(person_factory, "said since")
    ana.context.set_offline(False)
    expect(ana.locator(".message__text")).to_have_text(["kept", "said since"])


@pytest.mark.own_server
def test_a_websocket_that_never_opens_is_not_waited_for(
    server: Any, visit: Callable[..., Page], say: Say
) -> None:
    """At first, after a reload and after an outage, as in Firefox, which delays them then."""
    page = visit()
    page.add_init_script(SILENT_WEBSOCKET)
    page.fill("#username", "Ana")
    page.press("#username", "Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    server.stop()
    server.start()
    expect(page.locator("#status")).to_have_text("Connected again")
    say(page, "hello")
    expect(page.locator(".message__time")).to_have_count(1)


@pytest.mark.own_server
def test_a_page_that_comes_back_by_polling_goes_on_by_websocket(
    server: Any, visit: Callable[..., Page]
) -> None:
    """Polling is how it reconnects, and not how it stays."""
    page = visit()
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    page.fill("#username", "Ana")
    page.press("#username", "Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    assert "sid=" not in opened[0]
    server.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    page.wait_for_event("requestfailed", lambda request: "transport=polling" in request.url)
    with page.expect_event("websocket", lambda socket: "sid=" in socket.url):
        server.start()


@pytest.mark.own_server
def test_requests_that_nobody_answers_are_not_waited_for(server: Any, arrive: Arrive) -> None:
    """They keep others waiting in some browsers; the page comes back by a WebSocket then."""
    ana = arrive("Ana")
    server.kill()
    expect(ana.locator("#status")).to_contain_text("Connection lost")
    ana.route("**/socket.io/**", lambda _: None)
    server.start()
    expect(ana.locator("#status")).to_have_text("Connected again")


@pytest.mark.own_server
def test_a_page_that_asks_for_too_much_asks_when_it_may(
    server: Any, new_context: Callable[..., BrowserContext], person_factory: Callable[..., Any]
) -> None:
    """The server says in how many seconds; the page neither asks before that nor gives up."""
    ana, bia = person_factory("Ana"), person_factory("Bia")
    bia.join()
    for number in range(20):
        bia.say(f"{number} " + 3_990 * "\N{GRINNING FACE}")
    context = new_context(locale="en-GB")
    for cookie in ana.http.cookies:
        context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": server.url}])
    page = context.new_page()
    said: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: said.append(str(sent))))
    while ana.join(0)["ok"]:
        pass
    page.goto(f"{server.url}/chat")
    expect(page.locator("#people .people__you")).to_have_count(1)
    assert sum("new_host" in frame for frame in said) <= 2, said


def test_works_where_websockets_do_not(visit: Callable[..., Page], say: Say) -> None:
    """Behind a proxy that lets no WebSocket through the page falls back to polling."""
    page = visit()
    page.add_init_script(WITHOUT_WEBSOCKET)
    page.fill("#username", "Ana")
    page.keyboard.press("Enter")
    expect(page.locator("#people .people__you")).to_have_count(1)
    say(page, "hello")
    expect(page.locator(".message__time")).to_have_count(1)


def _fall_asleep(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#status")).to_contain_text("Connection lost")


def _talk(person_factory: Callable[..., Any], *lines: str) -> None:
    """Let Bia come in and say these, while the page sleeps."""
    bia = person_factory("Bia")
    bia.join()
    for line in lines:
        bia.say(line)


def _texts(page: Page) -> list[str]:
    return page.locator(".message__text").all_inner_texts()


def _ids(page: Page) -> list[int]:
    ids = page.locator(".message[id]").evaluate_all("rows => rows.map((row) => row.id)")
    return [int(each.removeprefix("message-")) for each in ids]
