"""What people do in the room, in Firefox and WebKit as in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.world.person import Person
from tests.world.pictures import photo, screenshot
from tests.world.visitor import Visitor

NewPerson = Callable[..., Person]

pytestmark = pytest.mark.server_options(
    "--grace", "0.1", "--rate", "0", "--advertise", "chat.example"
)

MARKUP = ["<b>bold</b> &amp;", '<img src="x" onerror="window.broken = true">']


@pytest.fixture
def bia(person_factory: NewPerson) -> Person:
    """Bia, who is in the room; no browser is hers."""
    bia = person_factory("Bia")
    bia.join()
    return bia


def test_two_talk(visitor: Visitor, bia: Person) -> None:
    """From the login, where a taken name is refused, to the logout, which frees one's own.

    Markup is shown to the letter, and an address can be followed.
    """
    visitor.type("Your name", "BIA", Keys.ENTER)
    assert "Somebody here has this name" in visitor.find("alert").text
    visitor.find("textbox", "Your name").clear()
    visitor.log_in("Ana")
    bia.hears("host_join_room", user="Ana")
    for text in MARKUP:
        bia.say(text)
    visitor.shows(*MARKUP)
    visitor.say("See http://192.168.1.20:8080/a?b=c, please", "and answer")
    said = bia.hears("add_chat_message", user="Ana")["message"]
    assert said == "See http://192.168.1.20:8080/a?b=c, please\nand answer"
    visitor.shows(*MARKUP, said, way="confirmed")
    visitor.find("link", "http://192.168.1.20:8080/a?b=c")
    assert visitor.browser.execute_script("return window.broken") is None
    visitor.press("Settings")
    visitor.press("Log out")
    visitor.find("textbox", "Your name")
    bia.hears("host_leave_room", user="Ana")
    bia.log_out()
    assert bia.log_in("Ana").status_code == 303


def test_each_line_goes_its_own_way(ana: Visitor, bia: Person) -> None:
    """By its first letter, and code always from left to right."""
    bia.say("שלום עולם!\nhello there!\n```\nx = f(שלום)[1];\n```\nסוף: `a(b)`")
    assert not ana.goes_right("שלום עולם!")
    assert ana.goes_right("hello there!")
    assert ana.goes_right("x = f(שלום)[1];")
    assert not ana.goes_right("סוף:")


def test_the_invitation_is_seen_and_copied(ana: Visitor) -> None:
    """As a picture for phones, and as an address for whoever types."""
    picture = ana.find("image", "QR code")
    width = "return arguments[0].naturalWidth"
    ana.until(lambda: ana.browser.execute_script(width, picture) > 0, "the picture")
    ana.press("Copy address")
    ana.until(lambda: ana.sees("status", "Address copied"), "the result")
    ana.type("Message", Keys.CONTROL + "v" + Keys.CONTROL)
    field = ana.find("textbox", "Message")
    assert str(field.get_property("value")).startswith("http://chat.example")


def test_language_and_appearance_are_kept(ana: Visitor) -> None:
    """Both are chosen in the room, and hold after a reload."""
    colour = "getComputedStyle(log).color"
    light = ana.ask("log", colour)
    ana.press("Settings")
    ana.find("combobox", "Appearance").send_keys("Dark")
    ana.until(lambda: ana.ask("log", colour) != light, "other colours")
    ana.press("Português", role="link")
    ana.find("textbox", "Mensagem")
    ana.browser.refresh()
    ana.find("textbox", "Mensagem")
    assert ana.ask("log", colour) != light


def test_a_draft_survives_a_reload(ana: Visitor) -> None:
    """What one was writing is still there, and goes out when one says so."""
    ana.type("Message", "half a thou")
    ana.browser.refresh()
    ana.wait_for_room()
    ana.say("ght")
    ana.shows("half a thought", way="confirmed")


def test_news_do_not_move_what_is_being_read(visitor: Visitor, bia: Person) -> None:
    """The end of 200 messages is shown; further up nothing moves, and a button leads back."""
    for number in range(200):
        bia.say(f"line {number}\nand more")
    visitor.log_in("Ana")
    visitor.until(lambda: len(visitor.texts()) == 200, "the history")
    assert visitor.ask("log", _FROM_END) < 2
    visitor.ask("log", "log.scrollTop = log.scrollHeight / 2")
    visitor.find("button", "Newest messages")
    before = visitor.ask("text", _PLACE, 100)
    bia.say("news")
    visitor.find("button", "1 new message")
    assert abs(visitor.ask("text", _PLACE, 100) - before) < 1
    visitor.press("1 new message")
    visitor.until(lambda: visitor.ask("log", _FROM_END) < 2, "the end")
    assert visitor.texts()[-1] == "news"


def test_a_deletion_does_not_move_what_is_being_read(
    ana: Visitor, bia: Person, server: Any
) -> None:
    """A host deletes a message above it."""
    for number in range(30):
        bia.say(f"line {number}\nand\nmore")
    ana.become_host(server)
    ana.until(lambda: len(ana.texts()) == 30, "the history")
    ana.ask("text", "document.querySelectorAll('.message__text')[10].scrollIntoView()")
    ana.find("button", "Newest messages")
    ana.ask("details", "document.querySelectorAll('.message__time')[3].click()")
    before = ana.ask("text", _PLACE, 10)
    ana.until(lambda: ana.browser.execute_script(_DELETE), "the menu")
    ana.press("Delete the message")
    ana.until(lambda: len(ana.texts()) == 29, "the deletion")
    assert abs(ana.ask("text", _PLACE, 9) - before) < 1


def test_a_finger_that_rests_on_enter_deletes_nothing(
    ana: Visitor, bia: Person, server: Any
) -> None:
    """The question stays until it is answered; only what was meant deletes."""
    bia.say("hello")
    ana.become_host(server)
    ana.type("Message", "/clear")
    ana.hold(Keys.ENTER)
    ana.find("dialog")
    assert ana.focused() == "Cancel"
    ana.press("Cancel")
    ana.shows("hello")
    ana.type("Message", "/clear", Keys.ENTER)
    ana.press("Delete everything")
    ana.shows()


_FROM_END = "log.scrollHeight - log.clientHeight - log.scrollTop"
_DELETE = """
const item = document.querySelector("[role=menuitem].overlay__act--danger");
item?.click();
return item !== null;
"""

_PLACE = "document.querySelectorAll('.message__text')[arguments[0]].getBoundingClientRect().top"


def test_a_picture_is_sent_and_seen(ana: Visitor, bia: Person, tmp_path: Path) -> None:
    """It is made smaller by the engine itself, has its small version, and opens large."""
    file = tmp_path / "board.jpg"
    file.write_bytes(photo(2400, 1200))
    ana.choose(file)
    ana.until(lambda: ana.sees("button", "Remove board.jpg"), "the file above the composer")
    ana.type("Message", "the board", Keys.ENTER)
    (sent,) = bia.hears("add_chat_message", user="Ana")["files"]
    assert sent["type"] == "image/jpeg"
    assert (sent["width"], sent["height"]) == (1024, 2048)
    assert sent["thumb"]
    ana.shows("the board", way="confirmed")
    around = "return arguments[0].closest('button')"  # it has an edge, which lies over the picture
    ana.browser.execute_script(around, ana.find("image", "board.jpg")).click()
    picture = ana.find("dialog", "Picture")
    width = "return arguments[0].querySelector('img').naturalWidth"
    ana.until(lambda: ana.browser.execute_script(width, picture) == 1024, "the picture itself")
    ana.press("Close")
    ana.until(lambda: not ana.sees("dialog", "Picture"), "the room")


def test_a_picture_of_another_is_seen(ana: Visitor, bia: Person) -> None:
    """By its small version, at its own size, before one has asked for more."""
    bia.send_file("screen.png", screenshot(), width=800, height=500)
    picture = ana.find("image", "screen.png")
    width = "return arguments[0].naturalWidth"
    ana.until(lambda: ana.browser.execute_script(width, picture) == 800, "the picture")
    box = "const { width, height } = arguments[0].getBoundingClientRect(); return width / height"
    assert abs(ana.browser.execute_script(box, picture) - 1.6) < 0.02
