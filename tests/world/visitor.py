"""Somebody at a browser of any engine, who finds what the pages have as people do.

That is by what it is, what it is called and what it says. Where there is no such name, a way to it
stands in WAYS, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from tests.world.deadline import wait_for
from tests.world.server import ServerProcess

WAYS = {
    "log": "[role=log]",
    "text": ".message__text",  # what was said, of each message
    "confirmed": ".message:has(.message__time) .message__text",
    "details": ".message__time",  # of each message
}

# What a role is here. Only what is seen and can be used counts, and a name is how it begins.
FIND = """
const WAYS = {
  alert: "[role=alert]",
  button: "button, [role=button]",
  combobox: "select",
  dialog: "dialog, [role=dialog], [role=alertdialog]",
  image: "img",
  link: "a[href]",
  status: "[role=status]",
  textbox: "textarea, input:not([type])",
};
const words = (node) => node.textContent.trim().replace(/\\s+/g, " ");
// Not node.labels: WebKit 2.50 aborts where it frees such a list after its page has gone
// (https://bugs.webkit.org/show_bug.cgi?id=300692): in every thirtieth test.
const labelOf = (node) =>
  node.closest("label") ?? (node.id && document.querySelector(`label[for="${node.id}"]`));
const nameOf = (node) =>
  node.getAttribute("aria-label") ?? node.getAttribute("alt") ?? words(labelOf(node) || node);
const seen = (node) => node.checkVisibility() && node.getClientRects().length > 0;
const [role, name] = arguments;
return [...document.querySelectorAll(WAYS[role])].find(
  (node) => seen(node) && !node.disabled && nameOf(node).startsWith(name)) ?? null;
"""

# Where the first and the last letter of some words are seen.
ENDS = """
const [way, words] = arguments;
const walker = document.createTreeWalker(document.querySelector(way), NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
  const at = node.data.indexOf(words);
  if (at < 0) continue;
  const range = document.createRange();
  const x = (offset) => {
    range.setStart(node, offset);
    range.setEnd(node, offset + 1);
    return range.getBoundingClientRect().left;
  };
  return [x(at), x(at + words.length - 1)];
}
"""


class Visitor:
    """Somebody who has opened the login page; afterwards the browser is as if nobody had."""

    def __init__(self, browser: WebDriver, server: ServerProcess) -> None:
        self.browser = browser
        self.url = server.url
        self.go("/?lang=en")

    def go(self, path: str) -> None:
        self.browser.get(self.url + path)

    @property
    def path(self) -> str:
        """Of the page that they see now."""
        return urlsplit(self.browser.current_url).path

    def log_in(self, name: str) -> None:
        """Until the room is there."""
        self.type("Your name", name, Keys.ENTER)
        self.wait_for_room()

    def wait_for_room(self) -> None:
        self.until(self.is_in_room, "the room")

    def is_in_room(self) -> bool:
        """Whether the page has heard what was said so far."""
        return self.path == "/chat" and self.ask("log", "log.ariaBusy") == "false"

    def become_host(self, server: ServerProcess) -> None:
        """By the link that the terminal shows."""
        self.go(f"/host#{(server.data_dir / 'host-secret').read_text()}")
        self.wait_for_room()

    def leave(self) -> None:
        """Close the page, and let the browser forget everything about it."""
        with suppress(WebDriverException):  # where the server is gone, nobody comes back to it
            self.go("/static/favicon.svg")
            self.browser.execute_script("sessionStorage.clear(); localStorage.clear()")
        self.browser.delete_all_cookies()
        self.browser.get("about:blank")

    def find(self, role: str, name: str = "") -> WebElement:
        """What has this role, and a name that begins so, as soon as it is seen."""
        found: WebElement = self.until(
            lambda: self.browser.execute_script(FIND, role, name), f"the {role} {name!r}"
        )
        return found

    def sees(self, role: str, name: str = "") -> bool:
        return self.browser.execute_script(FIND, role, name) is not None

    def press(self, name: str, role: str = "button") -> None:
        self.find(role, name).click()

    def type(self, label: str, *keys: str) -> None:
        self.find("textbox", label).send_keys(*keys)

    def say(self, *lines: str) -> None:
        """Write a message and send it."""
        field = self.find("textbox", "Message")
        field.send_keys((Keys.SHIFT + Keys.ENTER + Keys.SHIFT).join(lines), Keys.ENTER)

    def choose(self, file: Path) -> None:
        """Send a file along, as by its button."""
        with self.browser.file_detector_context(
            UselessFileDetector
        ):  # the browser is on this machine
            self.browser.find_element("css selector", "input[type=file]").send_keys(str(file))

    def hold(self, key: str, times: int = 3) -> None:
        """Let a finger rest on a key; Chromium's driver presses it anew, WebKit's once only."""
        actions = ActionChains(self.browser, duration=0)
        for _ in range(times):
            actions.key_down(key)
        actions.key_up(key).perform()

    def texts(self, way: str = "text") -> list[str]:
        """All that is said in the room, as it is seen."""
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"
        texts: list[str] = self.browser.execute_script(script, WAYS[way])
        return texts

    def shows(self, *texts: str, way: str = "text") -> None:
        """Wait until the room shows these messages and nothing else."""
        self.until(lambda: self.texts(way) == list(texts), f"{texts}")

    def status(self) -> str:
        """What the page says about the connection."""
        return str(self.find("status").text) if self.sees("status") else ""

    def until_quiet(self) -> None:
        """Wait until the page has nothing more to say about the connection."""
        self.until(lambda: self.status() == "", "quiet")

    def focused(self) -> str:
        """The words on what has the focus."""
        return str(self.browser.switch_to.active_element.text)

    def ask(self, way: str, expression: str, *arguments: Any) -> Any:
        """What the page's JavaScript says of one element, which is called as its way is."""
        script = f"const {way} = document.querySelector({WAYS[way]!r}); return {expression}"
        return self.browser.execute_script(script, *arguments)

    def goes_right(self, words: str) -> bool:
        """Whether these words of a message are seen from left to right."""
        ends = self.until(lambda: self.browser.execute_script(ENDS, WAYS["log"], words), words)
        return bool(ends[0] < ends[1])

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait for it; where a page goes and another one comes, nothing can be asked."""

        def asked() -> Any:
            try:
                return condition()
            except WebDriverException:
                return None

        return wait_for(asked, what)
