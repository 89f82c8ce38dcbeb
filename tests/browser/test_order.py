"""A host keeps order, and those concerned see why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.world.violations import violations

Arrive = Callable[..., Page]
Say = Callable[[Page, str], None]


@pytest.fixture
def host(server: Any, arrive: Arrive) -> Arrive:
    """Be in the room by the host link."""

    def open_link(name: str, **options: Any) -> Page:
        secret = (server.data_dir / "host-secret").read_text()
        page = arrive(name, f"/host#{secret}", **options)
        expect(page.locator("#people .badge")).to_have_text("host")
        return page

    return open_link


def test_the_host_link_leads_to_the_room(server: Any, host: Arrive, arrive: Arrive) -> None:
    """Everybody sees who is host; the secret does not stay in the address or the history."""
    bia = arrive("Bia")
    ana = host("Ana")
    expect(bia.locator("#people li", has_text="Ana").locator(".badge")).to_have_text("host")
    assert ana.url == f"{server.url}/chat"
    ana.go_back()
    assert "#" not in ana.url


def test_a_wrong_link_says_so(server: Any, visit: Callable[..., Page]) -> None:
    """And what the right one is shown by."""
    page = visit()
    page.goto(f"{server.url}/host#0123456789abcdef")
    expect(page.locator("#error")).to_contain_text("lanchat host link")
    assert "#" not in page.url


def test_what_a_host_says_has_a_badge(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Beside the name, for everybody."""
    ana, bia = host("Ana"), arrive("Bia")
    say(ana, "listen")
    expect(bia.locator(".message__author .badge")).to_have_text("host")


def test_a_guest_who_is_kicked_sees_why(host: Arrive, arrive: Arrive) -> None:
    """By keyboard alone; the page does not knock again, but one can log in anew."""
    ana, bia = host("Ana"), arrive("Bia")
    ana.get_by_role("button", name="Actions for Bia").press("Enter")
    expect(ana.get_by_role("menuitem", name="Mute")).to_be_focused()
    ana.keyboard.press("ArrowDown")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("button", name="Cancel")).to_be_focused()
    expect(ana.locator("#sure-yes")).to_be_enabled()
    ana.keyboard.press("Tab")
    ana.keyboard.press("Enter")
    expect(bia.locator("#farewell")).to_contain_text("The host has removed you")
    expect(ana.locator(".people__name")).to_have_text(["Ana"])
    bia.click("#farewell-again")
    bia.press("#username", "Enter")
    expect(ana.locator(".people__name")).to_have_text(["Ana", "Bia"])


def test_all_of_a_person_is_deleted_in_the_list(host: Arrive, arrive: Arrive, say: Say) -> None:
    """From the menu beside their name, once it was asked for."""
    ana, bia = host("Ana"), arrive("Bia")
    say(bia, "one")
    say(ana, "two")
    ana.get_by_role("button", name="Actions for Bia").click()
    ana.get_by_role("menuitem", name="Delete all that Bia has said").click()
    ana.get_by_role("button", name="Delete everything").click()
    expect(bia.locator(".message__text")).to_have_text(["two"])


def test_the_list_keeps_the_focus(host: Arrive, arrive: Arrive) -> None:
    """By keyboard one stays at a person while others come, and what was done is seen there."""
    ana, _bia = host("Ana"), arrive("Bia")
    actions = ana.get_by_role("button", name="Actions for Bia")
    actions.focus()
    arrive("Adam")
    expect(ana.locator(".people__name")).to_have_text(["Ana", "Adam", "Bia"])
    expect(actions).to_be_focused()
    ana.keyboard.press("Enter")
    ana.keyboard.press("Enter")
    expect(ana.locator(".badge--quiet")).to_have_text("muted")
    expect(actions).to_be_focused()


def test_names_are_read_beside_badges(host: Arrive) -> None:
    """A host's own name, too, on the smallest phone; their own address they need not see."""
    ana = host("Anastasia", viewport={"width": 320, "height": 640})
    ana.click("#open-panel")
    name = ana.locator(".people__name")
    expect(name).to_be_in_viewport(ratio=1)
    assert name.evaluate("e => e.scrollWidth <= e.clientWidth")
    for beside in (".people__you", ".badge"):
        expect(ana.locator(f".people__person {beside}")).to_be_in_viewport(ratio=1)
    expect(ana.locator(".people__ip")).to_have_count(0)


def test_a_banned_guest_reads_until_when(host: Arrive, arrive: Arrive, say: Say) -> None:
    """In the page that was open, and when trying another name."""
    ana, bia = host("Ana"), arrive("Bia")
    say(ana, "/ban Bia 2h")
    expect(ana.locator("#sure")).to_contain_text("/ban Bia 2h")
    ana.click("#sure-yes")
    expect(bia.locator("#farewell")).to_contain_text("banned you from the room until")
    bia.click("#farewell-again")
    expect(bia.locator("[role=alert]")).to_contain_text("banned you from this room until")
    bia.fill("#username", "Somebody else")
    bia.press("#username", "Enter")
    expect(bia.locator("[role=alert]")).to_contain_text("banned you from this room until")


def test_until_when_is_said_by_each_readers_clock(
    server: Any, host: Arrive, arrive: Arrive, say: Say
) -> None:
    """In the answer, in the page and where one logs in; the server is in a third zone."""
    ana = host("Ana", timezone_id="America/Sao_Paulo")
    bia = arrive("Bia", timezone_id="Asia/Tokyo")
    say(ana, "/ban Bia 1h")
    ana.click("#sure-yes")
    expect(bia.locator("#farewell")).to_contain_text("until")
    until = server.ask({"do": "list"})["bans"][0]["until"]
    show = """(until) => new Intl.DateTimeFormat(
        "en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(until))"""
    sao_paulo, tokyo = ana.evaluate(show, until), bia.evaluate(show, until)
    assert sao_paulo != tokyo
    expect(ana.locator(".note").last).to_contain_text(sao_paulo)
    expect(bia.locator("#farewell")).to_contain_text(tokyo)
    bia.click("#farewell-again")
    expect(bia.locator("[role=alert]")).to_contain_text(tokyo)
    say(ana, "/bans")
    expect(ana.locator(".note--list")).to_contain_text(sao_paulo)
    for page in (ana, bia):
        expect(page.locator("body")).not_to_contain_text("UTC")


def test_a_muted_guest_can_only_read(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Why stands in the field's place, and what they wrote stays; then they can go on."""
    ana, bia = host("Ana"), arrive("Bia", locale="pt-BR")
    bia.fill("#message", "mas")
    ana.fill("#message", "/mute b")
    ana.press("#message", "Enter")
    expect(ana.locator("#message")).to_have_value("/mute Bia ")
    ana.press("#message", "Enter")
    expect(bia.locator("#composer-barred")).to_contain_text("silenciou você até")
    expect(bia.locator("#composer-barred")).to_be_focused()
    expect(bia.locator("#message")).to_be_hidden()
    say(ana, "/unmute Bia")
    expect(bia.locator("#message")).to_be_focused()
    bia.click("#send")
    expect(ana.locator(".message__text")).to_have_text(["mas"])


def test_the_rules_of_the_room_are_seen(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Above the chat, and in a line when they change."""
    ana, bia = host("Ana"), arrive("Bia")
    say(ana, "/topic Fractions")
    say(ana, "/readonly")
    expect(bia.locator("#composer-barred")).to_have_text("Only hosts can write now.")
    carla = arrive("Carla")
    for page in (bia, carla):
        expect(page.locator("#rules")).to_have_text("Only hosts write")
        expect(page.locator("#topic-text")).to_have_text("Fractions")
    say(ana, "still me")
    expect(carla.locator(".message__text")).to_have_text(["still me"])


def test_slow_mode_sends_one_after_the_other(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Nothing is lost and nobody has to press a button again."""
    ana, bia = host("Ana"), arrive("Bia")
    say(ana, "/slow 5s")
    expect(bia.locator("#rules")).to_have_text("Slow mode: 5 s")
    say(bia, "one")
    say(bia, "two")
    expect(bia.locator("#composer-limit")).to_contain_text("Slow mode")
    expect(bia.locator(".message__pending")).to_contain_text("Sends in")
    expect(ana.locator(".message__text")).to_have_text(["one", "two"])


def test_what_waits_goes_when_slow_mode_ends(host: Arrive, arrive: Arrive, say: Say) -> None:
    """A guest need not sit out a rule that holds no longer."""
    ana, bia = host("Ana"), arrive("Bia")
    say(ana, "/slow 1h")
    expect(bia.locator("#rules")).to_be_visible()
    say(bia, "one")
    expect(ana.locator(".message__text")).to_have_text(["one"])
    say(bia, "two")
    expect(bia.locator(".message__pending")).to_contain_text("Sends in")
    say(ana, "/slow off")
    expect(ana.locator(".message__text")).to_have_text(["one", "two"])
    expect(bia.locator("#composer-limit")).to_be_empty()


def test_a_deleted_message_is_gone_everywhere(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Its author is told; a page that comes later never had it."""
    ana, bia = host("Ana"), arrive("Bia")
    say(bia, "ugly")
    say(bia, "nice")
    expect(ana.locator(".message__text")).to_have_text(["ugly", "nice"])
    ana.locator(".message__time").first.press("Enter")
    ana.get_by_role("menuitem", name="Delete this message").click()
    ana.click("#sure-yes")
    for page in (ana, bia, arrive("Carla")):
        expect(page.locator(".message__text")).to_have_text(["nice"])
    expect(bia.locator(".note--told")).to_have_text("The host has deleted a message of yours.")


def test_clearing_is_asked_for(host: Arrive, arrive: Arrive, say: Say) -> None:
    """A no changes nothing, a yes empties every page."""
    ana, bia = host("Ana"), arrive("Bia")
    say(bia, "hello")
    expect(ana.locator(".message__text")).to_have_count(1)
    say(ana, "/clear")
    ana.get_by_role("button", name="Cancel").click()
    expect(bia.locator(".message__text")).to_have_count(1)
    say(ana, "/clear")
    ana.click("#sure-yes")
    for page in (ana, bia):
        expect(page.locator(".message__text")).to_have_count(0)
        expect(page.locator(".note").last).to_contain_text("deleted what was said")


def test_a_finger_that_rests_on_enter_deletes_nothing(host: Arrive, say: Say) -> None:
    """Nor does one that presses twice: the question stays until it is answered."""
    ana = host("Ana")
    say(ana, "hello")
    expect(ana.locator(".message__time")).to_have_count(1)
    ana.fill("#message", "/clear")
    ana.focus("#message")
    for _ in range(5):
        ana.keyboard.down("Enter")  # from the second time on a repeat
    ana.keyboard.up("Enter")
    expect(ana.get_by_role("button", name="Cancel")).to_be_focused()
    ana.keyboard.press("Enter")
    expect(ana.locator("#sure-yes")).to_have_text("Delete everything")
    expect(ana.locator("#sure-yes")).to_be_enabled()
    for _ in range(5):
        ana.keyboard.press("Tab")
        expect(ana.locator("#sure")).to_contain_text("Delete everything")
        assert ana.evaluate("document.querySelector('#sure').contains(document.activeElement)")
    ana.keyboard.press("Escape")
    expect(ana.locator("#sure")).to_be_hidden()
    expect(ana.locator("#message")).to_be_focused()
    expect(ana.locator(".message__text")).to_have_text(["hello"])


@pytest.mark.server_options("--rate", "0")  # one person says it all
def test_deleting_leaves_all_other_rows_where_they_are(
    host: Arrive, person_factory: Callable[..., Any]
) -> None:
    """What is being read does not move, what is selected stays so, and the focus goes on."""
    ana, bia = host("Ana"), person_factory("Bia")
    bia.join()
    for number in range(24):
        bia.say(f"line {number}\nand\nmore")
    expect(ana.locator(".message__time")).to_have_count(24)
    ana.locator("#log").evaluate("log => { log.style.overflowAnchor = 'none' }")
    ana.locator(".message", has_text="line 7").evaluate(
        """row => {
            row.scrollIntoView();
            getSelection().selectAllChildren(row.querySelector(".message__text"));
            window.touched = [];
            new MutationObserver((changes) => window.touched.push(
                ...changes.flatMap(({ addedNodes, removedNodes }) =>
                    [...addedNodes, ...removedNodes]
                        .filter((node) => node.classList.contains("message"))
                        .map((node) => node.textContent)),
            )).observe(row.parentNode, { childList: true });
        }"""
    )
    expect(ana.locator("#newest")).to_be_visible()
    place = "rows => rows[7].getBoundingClientRect().top"
    before = ana.locator(".message").evaluate_all(place)
    ana.locator(".message__time").nth(3).evaluate("button => button.click()")
    ana.get_by_role("menuitem", name="Delete this message").click()
    opened = ana.locator(".message").evaluate_all(place)
    ana.click("#sure-yes")
    expect(ana.locator(".message")).to_have_count(23)
    after = ana.locator(".message").evaluate_all("rows => rows[6].getBoundingClientRect().top")
    assert abs(after - opened) < 1, (before, opened, after)
    assert "line 7" in ana.evaluate("String(getSelection())")
    [gone] = ana.evaluate("window.touched")
    assert "line 3" in gone
    expect(ana.locator(".message__time").nth(3)).to_be_focused()


def test_commands_complete_themselves(host: Arrive) -> None:
    """What fits is listed; the keys choose."""
    ana = host("Ana")
    ana.focus("#message")
    ana.keyboard.type("/un")
    expect(ana.locator("#commands [role=option]")).to_have_count(5)
    ana.keyboard.press("ArrowDown")
    ana.keyboard.press("ArrowUp")
    ana.keyboard.press("Tab")
    expect(ana.locator("#message")).to_have_value("/unmute ")
    expect(ana.locator("#commands")).to_contain_text("/unmute name")
    ana.keyboard.type("Ulla")
    ana.keyboard.press("Enter")
    expect(ana.locator("#composer-limit")).to_have_text("Nobody called Ulla is here.")
    expect(ana.locator("#message")).to_have_value("/unmute Ulla")


def test_the_last_command_can_be_reached_by_keys(host: Arrive) -> None:
    """The list has room for some; the arrow keys go through all, and around."""
    ana = host("Ana")
    ana.focus("#message")
    ana.keyboard.type("/")
    ana.keyboard.press("ArrowUp")
    expect(ana.locator("#commands [aria-selected=true]")).to_contain_text("/help")
    ana.keyboard.press("ArrowDown")
    expect(ana.locator("#commands [aria-selected=true]")).to_contain_text("/mute")


def test_a_guest_has_no_commands_of_hosts(arrive: Arrive, say: Say) -> None:
    """Neither in the list nor by typing them; what looks like one is not said either."""
    ana = arrive("Ana")
    for line in ("/kick Ana", "/mtue Ana", "/msg Ana a secret"):
        say(ana, line)
        expect(ana.locator("#composer-limit")).to_contain_text(line.split()[0])
        expect(ana.locator("#message")).to_have_value(line)
    ana.fill("#message", "/")
    expect(ana.locator("#commands [role=option]")).to_have_count(1)
    expect(ana.locator(".message")).to_have_count(0)


def test_what_begins_with_a_slash_is_said_as_it_was_typed(arrive: Arrive, say: Say) -> None:
    """Paths and code, and with a space before it what would be a command."""
    ana = arrive("Ana")
    lines = ["/home/ana", "// main.c\nint main;", "//etc/hosts", "/* a */", " /kick Ana"]
    for line in lines:
        say(ana, line)
    expect(ana.locator(".message__time")).to_have_count(len(lines))
    texts = ana.locator(".message__text").evaluate_all("all => all.map((one) => one.textContent)")
    assert texts == lines


def test_help_lists_what_one_can_do(host: Arrive) -> None:
    """In a card above the field, which goes away again."""
    ana = host("Ana")
    ana.fill("#message", "/help")
    ana.press("#message", "Enter")
    expect(ana.get_by_role("dialog", name="Commands")).to_contain_text("/kick name")
    ana.keyboard.press("Escape")
    expect(ana.get_by_role("dialog")).to_have_count(0)
    expect(ana.locator("#message")).to_be_focused()


def test_rules_are_switches(host: Arrive, arrive: Arrive) -> None:
    """The host's menu shows what holds and changes it, by keys alone; a guest has none."""
    ana, bia = host("Ana"), arrive("Bia")
    expect(bia.locator("#open-order")).to_be_hidden()
    ana.locator("#open-order").press("Enter")
    ana.keyboard.press("Space")
    expect(ana.get_by_role("switch", name="Lock")).to_have_attribute("aria-checked", "true")
    expect(bia.locator("#rules")).to_have_text("Locked")
    ana.get_by_label("Between two messages").select_option("30")
    expect(bia.locator("#rules")).to_contain_text("Slow mode: 30 s")
    ana.get_by_label("Topic").fill("Fractions")
    ana.keyboard.press("Enter")
    expect(bia.locator("#topic-text")).to_have_text("Fractions")
    ana.keyboard.press("Escape")
    expect(ana.locator("#open-order")).to_be_focused()


def test_what_is_pinned_stands_above_the_talk(host: Arrive, arrive: Arrive, say: Say) -> None:
    """Also for who comes later; a click leads to it."""
    ana = host("Ana")
    say(ana, "read this first")
    for number in range(10):
        say(ana, f"line {number}\nand\nmore\nof\nit")
    expect(ana.locator(".message__time")).to_have_count(11)
    first = str(ana.locator(".message").first.get_attribute("id")).removeprefix("message-")
    say(ana, f"/pin {first}")
    expect(ana.locator("#pins .board__text")).to_have_text("Ana: read this first")
    bia = arrive("Bia")
    expect(bia.locator("#pins .board__text")).to_have_text("Ana: read this first")
    expect(bia.locator(".message").first).not_to_be_in_viewport()
    bia.click("#pins .board__line")
    expect(bia.locator(".message").first).to_be_in_viewport()
    say(ana, f"/unpin {first}")
    expect(bia.locator("#board")).to_be_hidden()


def test_keeping_order_is_accessible(host: Arrive, arrive: Arrive, say: Say) -> None:
    """With everything open that a host can open."""
    ana = host("Ana")
    bia = arrive("Bia")
    say(bia, "hello")
    say(ana, "/topic Fractions")
    say(ana, "/mute Bia")
    expect(ana.locator(".badge--quiet")).to_be_visible()
    for opener in ("Manage the room", "Settings", "Invite", "Actions for Bia"):
        ana.get_by_role("button", name=opener).click()
        assert violations(ana) == ""
        ana.keyboard.press("Escape")
    ana.locator(".message__time").first.click()
    expect(ana.get_by_role("menuitem", name="Delete this message")).to_be_visible()
    assert violations(ana) == ""
    ana.keyboard.press("Escape")
    ana.focus("#message")
    ana.keyboard.type("/")
    expect(ana.locator("#commands")).to_be_visible()
    assert violations(ana) == ""
    ana.get_by_role("button", name="Actions for Bia").click()
    ana.get_by_role("menuitem", name="Remove from the room").click()
    expect(ana.locator("#sure-yes")).to_be_enabled()  # axe judges no colour of what is disabled
    assert violations(ana) == ""
    ana.click("#sure-yes")
    expect(bia.locator("#farewell")).to_be_visible()
    assert violations(bia) == ""
