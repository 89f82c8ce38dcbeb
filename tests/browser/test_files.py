"""Pictures and files are sent, and seen by the others."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.world.deadline import wait_for
from tests.world.pictures import is_bare, noise, opened, photo, screenshot
from tests.world.violations import violations

Arrive = Callable[..., Page]

pytestmark = pytest.mark.server_options("--grace", "0.5", "--rate", "0")

_LARGE = 6_000_000
"""Bytes of a file that is sent in pieces, the first of which has 1 MiB."""

_PIECES = re.compile(r"/files/\w+$")

_TRANSFER = """([event, files]) => {
    const data = new DataTransfer();
    for (const [name, type, content] of files) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
    }
    const how = { bubbles: true, cancelable: true };
    const made = event === "paste"
        ? new ClipboardEvent("paste", { ...how, clipboardData: data })
        : new DragEvent(event, { ...how, dataTransfer: data });
    return !document.activeElement.dispatchEvent(made);
}"""


def give(page: Page, event: str, *files: FilePayload) -> None:
    """Paste files, or drag them over the page, or drop them."""
    told = [(f["name"], f["mimeType"], base64.b64encode(f["buffer"]).decode()) for f in files]
    assert page.evaluate(_TRANSFER, [event, told])


def choose(page: Page, *files: FilePayload) -> None:
    """By the button, and wait until they stand above the composer."""
    page.locator("input[type=file]").last.set_input_files(list(files))
    expect(page.locator(".tray__facts")).to_have_text([re.compile("·")] * len(files))


def send(page: Page, caption: str = "") -> None:
    """Press Enter."""
    page.fill("#message", caption)
    page.press("#message", "Enter")
    expect(page.locator("#tray")).to_be_hidden()


def confirmed(page: Page) -> None:
    """Nothing waits any more, and something was said."""
    expect(page.locator(".message__time").last).to_be_attached()
    expect(page.locator(".message--pending")).to_have_count(0)


def content_of(page: Page, address: str) -> bytes:
    """What the page gets there."""
    response = page.request.get(f"{page.url.rsplit('/', 1)[0]}/{address}")
    assert response.ok
    return response.body()


def picture_of(page: Page) -> bytes:
    """The last picture of the room, as others get it."""
    button = page.locator("button.attachment").last
    file, name = button.get_attribute("data-file"), button.get_attribute("data-name")
    return content_of(page, f"files/{file}/{name}")


def until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait for what the page's requests bring about, which come in while it waits."""

    def holds() -> bool:
        page.wait_for_timeout(20)
        return condition()

    wait_for(holds, what)


def as_file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


PHOTO = as_file("board.jpg", "image/jpeg", photo())
SCREENSHOT = as_file("image.png", "image/png", screenshot())


class Held:
    """The pieces of a page's files, but for the first, are kept until one lets them go."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(_PIECES, self._take)

    def wait(self, share: str = "1 MB of 6 MB") -> None:
        """Until the first piece is there and the second is not."""
        line = self._page.locator(".sending__text")
        expect(line).to_have_text(re.compile(f"^{share}"))
        until(self._page, lambda: bool(self._routes), "the next piece")

    def let_go(self) -> None:
        """Those that are kept, and all that come."""
        for route in self._routes:
            route.continue_()
        self.end()

    def end(self) -> None:
        """Keep none of those that come."""
        self._page.unroute(_PIECES)

    def _take(self, route: Route) -> None:
        if route.request.method == "PATCH" and int(route.request.headers["upload-offset"]) > 0:
            self._routes.append(route)
        else:
            route.continue_()


def test_a_pasted_screenshot_is_seen_by_all(arrive: Arrive) -> None:
    """It stands above the composer, then in both pages, as sharp as it was; and is answered."""
    ana, bia = arrive("Ana"), arrive("Bia")
    give(ana, "paste", SCREENSHOT)
    expect(ana.locator(".tray__name")).to_have_text("image.png")
    expect(ana.locator(".tray__facts")).to_contain_text("PNG")
    assert violations(ana) == ""
    send(ana)
    confirmed(ana)
    picture = bia.get_by_role("img", name="image.png")
    expect(picture).to_be_visible()
    assert opened(picture_of(bia)).size == (800, 500)
    bia.locator(".message time").click()
    bia.get_by_role("menuitem", name="Reply").click()
    choose(bia, as_file("notes.txt", "text/plain", b"read me"))
    send(bia, "what I wrote")
    parts = ana.locator(".message").last.locator(".quoted, .file-card, .message__text")
    expect(parts).to_have_text([re.compile("Picture"), re.compile("notes"), "what I wrote"])
    assert violations(bia) == ""


def test_pictures_have_their_place_before_they_come(arrive: Arrive) -> None:
    """A message is as high without its picture as with it."""
    ana, bia = arrive("Ana"), arrive("Bia")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    bia.route("**/thumb", hold)
    choose(ana, PHOTO)
    send(ana, "the board")
    expect(bia.locator(".message__text")).to_have_text("the board")
    until(bia, lambda: bool(held), "the request for the picture")
    height = "node => node.offsetHeight"
    before = bia.locator(".message").evaluate(height)
    held[0].continue_()
    loaded = "document.querySelector('.attachment__image').naturalWidth > 0"
    until(bia, lambda: bia.evaluate(loaded), "the picture")
    assert bia.locator(".message").evaluate(height) == before


def test_files_are_dropped_and_saved(arrive: Arrive) -> None:
    """Two at once with a caption, called as the others read it; they get the same bytes."""
    ana, bia = arrive("Ana"), arrive("Bia")
    content = noise(70_000)
    files = (
        as_file("Übung 3.bin", "", content),
        as_file("no\u202etes.txt", "text/plain", b"read me"),
    )
    give(ana, "dragenter", *files)
    expect(ana.locator(".aim")).to_have_text("Drop here to send")
    give(ana, "drop", *files)
    expect(ana.locator(".aim")).to_be_hidden()
    expect(ana.locator(".tray__name")).to_have_text(["Übung 3.bin", "notes.txt"])
    send(ana, "for tomorrow")
    expect(bia.locator(".message__text")).to_have_text("for tomorrow")
    expect(bia.locator(".file-card__facts")).to_have_text(["BIN · 70 kB", "TXT · 7 bytes"])
    with bia.expect_download() as download:
        bia.locator(".file-card").first.click()
    assert download.value.suggested_filename == "Übung 3.bin"
    assert download.value.path().read_bytes() == content


def test_pictures_lose_what_their_camera_says(arrive: Arrive) -> None:
    """They are smaller, upright and bare, unless one sends the original."""
    ana = arrive("Ana")
    choose(ana, PHOTO)
    send(ana)
    confirmed(ana)
    small = picture_of(ana)
    assert opened(small).size == (1365, 2048)
    assert is_bare(small)
    choose(ana, PHOTO)
    ana.get_by_role("switch", name="Send originals").click()
    expect(ana.get_by_text("may tell where")).to_be_visible()
    send(ana)
    expect(ana.locator(".message__time")).to_have_count(2)
    assert picture_of(ana) == PHOTO["buffer"]


def test_what_could_run_is_saved_and_not_opened(arrive: Arrive) -> None:
    """Also by whoever opens its address."""
    ana = arrive("Ana")
    script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='run'</script></svg>"
    page = b"<!doctype html><script>document.title = 'run'</script>"
    choose(ana, as_file("a.svg", "image/svg+xml", script), as_file("b.html", "text/html", page))
    send(ana)
    confirmed(ana)
    expect(ana.locator("a.file-card")).to_have_count(2)
    for card in ana.locator("a.file-card").all():
        with ana.expect_download():
            ana.evaluate("address => { location.href = address }", card.get_attribute("href"))
    assert ana.title() != "run"


def test_an_upload_outlives_the_network(arrive: Arrive) -> None:
    """It waits while there is none, and goes on where it was; words need not wait for it."""
    ana, bia = arrive("Ana"), arrive("Bia")
    content, held = noise(_LARGE), Held(ana)
    choose(ana, as_file("film.bin", "", content))
    send(ana)
    held.wait()
    ana.context.set_offline(True)
    held.let_go()
    expect(ana.locator(".sending__text")).to_have_text("Waiting for the connection…")
    ana.fill("#message", "meanwhile")
    ana.press("#message", "Enter")
    asked: list[str] = []
    ana.on("request", lambda request: asked.append(request.method))
    ana.context.set_offline(False)
    expect(bia.locator("a.file-card")).to_be_visible()
    expect(bia.locator(".message__text").filter(has_text="meanwhile")).to_be_visible()
    assert content_of(bia, str(bia.locator("a.file-card").get_attribute("href"))) == content
    assert "POST" not in asked[asked.index("HEAD") :]
    confirmed(ana)


def test_the_first_file_may_be_chosen_without_a_network(arrive: Arrive) -> None:
    """By who has begun to write before; it waits as words do."""
    ana, bia = arrive("Ana"), arrive("Bia")
    with ana.expect_request_finished(lambda request: request.url.endswith("/page-files.css")):
        ana.type("#message", "h")
    ana.context.set_offline(True)
    choose(ana, as_file("notes.txt", "text/plain", b"read me"))
    send(ana, "the notes")
    expect(ana.locator(".sending__text")).to_have_text("Waiting for the connection…")
    ana.context.set_offline(False)
    expect(bia.locator("a.file-card")).to_be_visible()


def test_uploads_outlive_a_reload(arrive: Arrive) -> None:
    """What is small enough is kept by the browser, also before its turn, and goes on by itself."""
    ana = arrive("Ana")
    contents, held = [noise(_LARGE), noise(_LARGE), noise(9)], Held(ana)
    choose(ana, *(as_file(f"{n}.bin", "", each) for n, each in enumerate(contents)))
    send(ana, "the films")
    held.wait("2.1 MB of 12 MB")
    held.end()
    ana.reload()
    expect(ana.locator(".message__text")).to_have_text("the films")
    confirmed(ana)
    expect(ana.locator("a.file-card")).to_have_count(3)
    for card, content in zip(ana.locator("a.file-card").all(), contents, strict=True):
        assert content_of(ana, str(card.get_attribute("href"))) == content


def test_a_message_on_its_way_can_be_called_off(arrive: Arrive) -> None:
    """Nothing of it is left, here or on the server."""
    ana = arrive("Ana")
    held = Held(ana)
    choose(ana, as_file("film.bin", "", noise(_LARGE)))
    send(ana)
    held.wait()
    with ana.expect_request(lambda request: request.method == "DELETE"):
        ana.get_by_role("button", name="Cancel").click()
    expect(ana.locator(".message")).to_have_count(0)


def test_the_viewer_goes_by_the_keyboard(arrive: Arrive) -> None:
    """From picture to picture and back to the message; the back button closes it, too."""
    ana = arrive("Ana")
    choose(ana, SCREENSHOT, as_file("second.png", "image/png", screenshot(400, 300)))
    send(ana)
    confirmed(ana)
    ana.press("#message", "Shift+Tab")
    ana.keyboard.press("ArrowRight")
    ana.keyboard.press("Enter")
    viewer = ana.get_by_role("dialog", name="Picture")
    expect(viewer.get_by_role("img")).to_have_attribute("alt", "image.png")
    assert violations(ana) == ""
    ana.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img")).to_have_attribute("alt", "second.png")
    ana.keyboard.press("Tab")
    assert viewer.evaluate("node => node.contains(document.activeElement)")
    ana.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(ana.locator("button.attachment").first).to_be_focused()
    ana.keyboard.press("Enter")
    expect(viewer).to_be_visible()
    ana.go_back()
    expect(viewer).to_be_hidden()
    assert ana.url.endswith("/chat")


def test_all_files_of_the_room_are_in_one_card(arrive: Arrive) -> None:
    """By their kind, the newest first; each leads to its message."""
    ana, bia = arrive("Ana"), arrive("Bia")
    choose(ana, SCREENSHOT)
    send(ana)
    confirmed(ana)
    choose(ana, as_file("notes.txt", "text/plain", b"read me"))
    send(ana, "the notes")
    expect(bia.locator(".message")).to_have_count(2)
    bia.click("#open-search")
    bia.get_by_role("button", name="All files of the room").click()
    names = bia.locator(".gallery .file-card__name")
    expect(names).to_have_text(["notes.txt", "image.png"])
    assert violations(bia) == ""
    bia.get_by_role("dialog").get_by_role("combobox").select_option("Others")
    expect(names).to_have_text(["notes.txt"])
    bia.get_by_role("button", name="Go to the message: notes.txt").click()
    expect(bia.locator(".message--flash .message__text")).to_have_text("the notes")


def test_a_room_without_files_says_so(arrive: Arrive, server: Any) -> None:
    """Its host decides by a switch; guests have no buttons then, and pasting says why.

    So does what stands above the composer already.
    """
    secret = (server.data_dir / "host-secret").read_text()
    ana, bia = arrive("Ana", f"/host#{secret}"), arrive("Bia")
    expect(bia.get_by_role("button", name="Send files")).to_be_visible()
    choose(bia, SCREENSHOT)
    ana.click("#open-order")
    ana.get_by_role("switch", name="Guests may send files").click()
    expect(bia.locator("#tray")).to_contain_text("Only hosts can send files")
    expect(bia.get_by_role("button", name="Send files")).to_be_hidden()
    give(bia, "paste", SCREENSHOT)
    expect(bia.locator(".note--told").last).to_contain_text("Only hosts can send files")
    expect(ana.get_by_role("button", name="Send files")).to_be_visible()


def test_a_picture_that_is_shown_large_goes_with_its_message(arrive: Arrive) -> None:
    """Those beside it go, too; whoever looks at it sees it no longer."""
    ana, bia = arrive("Ana"), arrive("Bia")
    for caption in ("one", "two"):
        choose(ana, SCREENSHOT)
        send(ana, caption)
        confirmed(ana)
    bia.locator("button.attachment").last.click()
    viewer = bia.get_by_role("dialog", name="Picture")
    expect(viewer).to_contain_text("2/2")
    for caption in ("one", "two"):
        ana.locator(".message", has_text=caption).locator("time").click()
        ana.get_by_role("menuitem", name="Delete this message").click()
        ana.get_by_role("button", name="Delete the message").click()
        expect(ana.locator(".message", has_text=caption)).to_have_count(0)
        if caption == "one":
            expect(viewer).not_to_contain_text("/2")
    expect(viewer).to_be_hidden()
    assert bia.url.endswith("/chat")


@pytest.mark.own_server
def test_files_of_before_are_named_where_none_are_taken(
    arrive: Arrive, server: Any, server_factory: Callable[..., Any], new_page: Callable[..., Page]
) -> None:
    """A server that has none now opens no addresses of any; nor does the page ask for them."""
    ana = arrive("Ana")
    choose(ana, SCREENSHOT, as_file("notes.txt", "text/plain", b"read me"))
    send(ana, "the notes")
    confirmed(ana)
    server.stop()
    other = server_factory("--grace", "0.5", "--no-files", folder=server.data_dir.parent.name)
    bia = new_page()
    asked: list[str] = []
    bia.on("request", lambda request: asked.append(request.url))
    bia.request.post(other.url, form={"username": "Bia"})
    bia.goto(f"{other.url}/chat")
    expect(bia.locator("div.file-card")).to_contain_text(["image.png", "notes.txt"])
    bia.click("#open-search")
    expect(bia.get_by_role("search")).to_be_visible()
    expect(bia.get_by_role("button", name="All files of the room")).to_be_hidden()
    assert [url for url in asked if "/files/" in url and "/js/" not in url] == []
