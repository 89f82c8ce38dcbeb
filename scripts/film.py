"""Take the film of the README: a laptop and a phone in one room, with real pages and a real server.

Writes docs/images/talk-light.png and talk-dark.png, which are APNGs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect
from screenshots import IMAGES, PHONE, SCHEMES, arrive, chromium, say, serve

SCALE = 1.5
LAPTOP_SIZE, PHONE_SIZE = (800, 450), (330, 450)
MARGIN, BEZEL = 14, 8
COLOURS = {"light": ("#dfe5e4", "#20302d"), "dark": ("#0d1211", "#3a4a47")}
"""Of what is around the devices, and of their frames."""
SOON, MOMENT, LONG, END = 220, 700, 1200, 2600
"""For how many milliseconds something is to be seen."""
DESKTOP = {"viewport": dict(zip(("width", "height"), LAPTOP_SIZE, strict=True))}
HANDHELD = {"viewport": dict(zip(("width", "height"), PHONE_SIZE, strict=True))}
BEFORE = (
    ("Vera", "Today we measure how long a ping takes. Work in pairs, please."),
    ("Ana", "0.4 ms from here to the switch"),
)
DENSITY: dict[str, Any] = {"device_scale_factor": SCALE}


class Frame(NamedTuple):
    """What the laptop and the phone show at one moment, in both schemes."""

    shots: dict[str, tuple[Image.Image, Image.Image]]
    time: int


def main() -> None:
    """Let people talk, and join what two of them see."""
    with serve() as url, chromium() as browser:
        ana = arrive(browser, url, "Ana", {**DESKTOP, **DENSITY})
        davi = arrive(browser, url, "Davi", {**PHONE, **HANDHELD, **DENSITY})
        others = {name: arrive(browser, url, name, DESKTOP) for name in ("Vera", "Bia")}
        for name, text in BEFORE:
            say({"Ana": ana, **others}[name], text)
        frames = [take(ana, davi, time) for time in talk(ana, davi, **others)]
    for scheme in SCHEMES:
        path = IMAGES / f"talk-{scheme}.png"
        join([stage(frame, scheme) for frame in frames], [each.time for each in frames], path)


def talk(ana: Page, davi: Page, Vera: Page, Bia: Page) -> Iterator[int]:  # noqa: N803
    """What happens; yields for how long the moment is to be seen."""
    yield LONG
    yield from write(davi, "2.1 ms over the Wi-Fi, but one in ten takes 40 ms 🤔")
    expect(ana.locator(".message__text")).to_have_count(3)
    yield MOMENT
    found = ana.locator(".message", has_text="one in ten")
    menu(ana, found).get_by_role("menuitem", name="Reply", exact=True).click()
    expect(ana.locator("#composing")).to_contain_text("Reply to Davi")
    ana.mouse.move(0, 0)  # what shows where the mouse is would be in the way
    yield MOMENT
    yield from write(ana, "Somebody else is talking on the same channel")
    expect(davi.locator(".quoted")).to_be_visible()
    yield MOMENT
    for page, emoji in ((Bia, "👍"), (Vera, "🎉")):
        answer = page.locator(".message", has_text="same channel").last
        menu(page, answer).get_by_role("menuitemcheckbox", name=emoji).click()
        for reader in (ana, davi):
            expect(reader.get_by_role("button", name=f"{emoji} 1")).to_be_visible()
        yield SOON * 2
    yield MOMENT
    send_picture(Bia)
    for reader in (ana, davi):
        picture = reader.locator("button.attachment img").last
        expect(picture).to_be_visible()
        picture.evaluate("image => image.decode()")
    yield LONG
    say(Vera, "Exactly. That is our next chapter.")
    for reader in (ana, davi):
        expect(reader.locator(".message__text").last).to_contain_text("next chapter")
    yield END


def write(page: Page, text: str) -> Iterator[int]:
    """Type it in a few steps, and send it."""
    words = text.split(" ")
    for end in range(3, len(words), 3):
        page.fill("#message", " ".join(words[:end]))
        yield SOON
    page.fill("#message", text)
    yield SOON
    page.press("#message", "Enter")
    expect(page.locator(".message__text").last).to_have_text(text)
    expect(page.locator(".message__pending")).to_have_count(0)


def menu(page: Page, message: Locator) -> Page:
    """The page, with what can be done about the message open in it."""
    message.locator(".message__time").focus()
    page.keyboard.press("Enter")
    return page


def send_picture(page: Page) -> None:
    """How long many pings took, as a chart."""
    image = Image.new("RGB", (840, 340), "#fbfdfc")
    draw = ImageDraw.Draw(image)
    for place, height in enumerate((18, 120, 250, 190, 90, 34, 12, 6, 4, 4, 6, 22, 38, 20, 8)):
        left = 50 + place * 50
        slow = place > 9  # noqa: PLR2004
        colour = "#c2600f" if slow else "#0b7a63"
        draw.rounded_rectangle((left, 290 - height, left + 38, 292), 5, colour)
    draw.line((36, 293, 808, 293), "#7d8a87", 3)
    file = io.BytesIO()
    image.save(file, "PNG")
    payload = FilePayload(name="ping.png", mimeType="image/png", buffer=file.getvalue())
    page.locator("input[type=file]").last.set_input_files([payload])
    expect(page.locator(".tray__facts")).to_contain_text("·")
    page.fill("#message", "A hundred pings, sorted")
    page.press("#message", "Enter")
    expect(page.locator("#tray")).to_be_hidden()


def take(ana: Page, davi: Page, time: int) -> Frame:
    """Both screens in both schemes, at the end of the talk."""
    shots: dict[str, tuple[Image.Image, Image.Image]] = {}
    for scheme in SCHEMES:
        pair = []
        for page in (ana, davi):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.locator("#log").evaluate("log => { log.scrollTop = log.scrollHeight }")
            picture = page.screenshot(animations="disabled", caret="hide")
            pair.append(Image.open(io.BytesIO(picture)).convert("RGB"))
        shots[scheme] = (pair[0], pair[1])
    return Frame(shots, time)


def stage(frame: Frame, scheme: str) -> Image.Image:
    """The devices beside each other."""
    around, edge = COLOURS[scheme]
    gap, rim = round(MARGIN * SCALE), round(BEZEL * SCALE)
    screens = frame.shots[scheme]
    width = sum(each.width + 2 * rim for each in screens) + 3 * gap
    height = max(each.height for each in screens) + 2 * rim + 2 * gap
    picture = Image.new("RGB", (width, height), around)
    draw, left = ImageDraw.Draw(picture), gap
    for screen, radius in zip(screens, (12, 30), strict=True):
        right = left + screen.width + 2 * rim
        draw.rounded_rectangle((left, gap, right, gap + screen.height + 2 * rim), radius, edge)
        mask = Image.new("L", screen.size)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, *screen.size), radius - 6, 255)
        picture.paste(screen, (left + rim, gap + rim), mask)
        left = right + gap
    return picture


def join(pictures: list[Image.Image], times: list[int], path: Path) -> None:
    """One file, of which each picture holds what is new."""
    first, *others = pictures
    first.save(
        path, "PNG", save_all=True, append_images=others, duration=times, loop=0, optimize=True
    )
    seconds = sum(times) / 1000
    print(f"{path.relative_to(IMAGES.parents[1])}: {path.stat().st_size // 1000} kB, {seconds} s")


if __name__ == "__main__":
    main()
