"""The work sheets of docs/teaching, done as they stand there: each step, in both languages.

What a step asks for is read by `tests.world.work_sheets`. What takes people minutes is shorter
here: the server pings more often and forgets sooner who is away, and nobody waits for nothing.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.world.heartbeat import beating
from tests.world.needs import need
from tests.world.work_sheets import Deed, sheets, steps

NAMES = {"A": "Ana", "B": "Bia", "teacher": "Rui"}
LONG_SECONDS = 60
"""Who is away for so long has left."""


@pytest.fixture
def server(server_with: Callable[..., Any]) -> Any:
    """One that pings every second; who is away for longer has left."""
    return server_with("--grace", "1", launcher=beating(interval=1, timeout=20))


@pytest.fixture
def walk(server: Any, arrive: Callable[..., Page], tmp_path: Path) -> Callable[..., Walk]:
    """People who do what a sheet of this language says."""
    return lambda language, **device: Walk(server, arrive, tmp_path, locale=language, **device)


@pytest.mark.parametrize("sheet", sheets("en"), ids=lambda sheet: sheet.stem)
def test_every_step_can_be_done(walk: Callable[..., Walk], sheet: Path) -> None:
    """In the order of the sheet, by the names that it gives things, and it shows what it says."""
    do(walk("en"), sheet, "en")


@pytest.mark.long
@pytest.mark.parametrize("sheet", sheets("pt-BR"), ids=lambda sheet: sheet.stem)
def test_every_step_can_be_done_in_portuguese(walk: Callable[..., Walk], sheet: Path) -> None:
    do(walk("pt-BR"), sheet, "pt-BR")


@pytest.mark.long
@pytest.mark.parametrize("sheet", sheets("pt-BR"), ids=lambda sheet: sheet.stem)
def test_every_step_can_be_done_on_phones(
    walk: Callable[..., Walk], sheet: Path, phone: dict[str, Any]
) -> None:
    """Where one view is seen at a time."""
    do(walk("pt-BR", **phone), sheet, "pt-BR")


def do(people: Walk, sheet: Path, language: str) -> None:
    """All steps of a sheet, one after the other."""
    for step in steps(sheet, language):
        for deed in step.deeds:
            with told(f"{sheet.name}, step {step.number}: {step.text}"):
                people.do(deed)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Say at which step it was that something failed."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"{where}\n{error}") from error


class Walk:
    """The people of a sheet, and the pages that they have before them."""

    def __init__(
        self, server: Any, arrive: Callable[..., Page], folder: Path, **options: Any
    ) -> None:
        self._server = server
        self._arrive = arrive
        self._options = options
        self._chats: dict[str, Page] = {}
        self._wires: dict[str, Page] = {}
        self._capture = folder / "lanchat.pcapng"

    def do(self, deed: Deed) -> None:
        """What one sentence asks for."""
        act = getattr(self, "_" + re.sub(r"\W+", "_", deed.name.lower()))
        for person in {"all": "AB", "half": "A"}.get(deed.who, [deed.who]):
            act(person, deed)

    def chat(self, person: str) -> Page:
        """Their chat."""
        if person not in self._chats:
            page = self._arrive(NAMES[person], **self._options)
            if person == "teacher":
                secret = {"secret": self._server.host_secret}
                assert page.request.post(self._server.url + "/host", form=secret).ok
            self._chats[person] = page
        return self._chats[person]

    def wire(self, person: str) -> Page:
        """Their page that shows what their connections carry."""
        return self._wires[person]

    def _look(self, person: str, deed: Deed) -> None:
        chat = self.chat(person)
        for name in deed.values[:-1]:
            self._control(chat, name).click()
        with chat.context.expect_page() as opened:
            self._control(chat, deed.values[-1]).click()
        chat.keyboard.press("Escape")
        self._wires[person] = page = opened.value
        expect(page.locator(".ladder__entry[data-event=new_host]")).to_have_count(1)

    def _open(self, person: str, deed: Deed) -> None:
        self._turn_to(person, deed.values[0])

    def _press(self, person: str, deed: Deed) -> None:
        page = self._wires.get(person) or self.chat(person)
        control = self._control(page, deed.values[0])
        if control.get_attribute("download") is not None:
            with page.expect_download() as started:
                control.click()
            started.value.save_as(self._capture)
            return
        checks = control.get_attribute("id") == "exercise-check"
        control.click()
        if checks:
            expect(page.locator(".exercise__result--right")).to_be_visible()

    def _say(self, person: str, deed: Deed) -> None:
        """And be sure that it went, whatever is shown."""
        page = self.wire(person)
        shown = page.get_by_role("tab", selected=True).inner_text()
        self._turn_to(person, self._ladder(page))
        said, heard = (
            page.locator(f".ladder__entry[data-event={name}]")
            for name in ("new_message", "add_chat_message")
        )
        before = said.count()
        self._draft(person, deed)
        page.keyboard.press("Enter")
        expect(said).to_have_count(before + 1)
        expect(heard.last).to_be_visible()
        self._turn_to(person, shown)

    def _draft(self, person: str, deed: Deed) -> None:
        page = self.wire(person)
        page.get_by_role("textbox", name=deed.values[1], exact=True).fill(deed.values[0])
        expect(page.locator(".ladder__entry--next")).to_have_count(3)

    def _enter(self, person: str, _: Deed) -> None:
        page = self.wire(person)
        page.keyboard.press("Enter")
        expect(page.locator(".ladder__entry--next")).to_have_count(0)

    def _say_in_the_chat(self, person: str, deed: Deed) -> None:
        chat = self.chat(person)
        chat.fill("#message", deed.values[0])
        chat.press("#message", "Enter")
        expect(chat.locator(".message__time").last).to_be_visible()

    def _choose(self, person: str, deed: Deed) -> None:
        line = self._line(person, *deed.values)
        line.click()
        if self.wire(person).locator("#tab-ladder").is_visible():
            expect(line).to_be_hidden()  # on a phone its frame takes the place of all lines
        else:
            expect(line).to_have_attribute("aria-current", "true")

    def _work_out(self, person: str, deed: Deed) -> None:
        """Byte by byte, as the page writes the two that are to be joined."""
        task = self.wire(person).locator("section", has_text=deed.values[0]).last
        for row in task.locator(".exercise__row").all():
            bits = [
                re.findall("[01]{8}", each)
                for each in row.locator(".exercise__operand").all_inner_texts()
            ]
            wire, key = (int(each[0], 2) for each in bits)
            row.locator("input").fill(f"{wire ^ key:02x}")

    def _wait_for(self, person: str, deed: Deed) -> None:
        self._line(person, *deed.values)

    def _find(self, person: str, deed: Deed) -> None:
        panel = self._turn_to(person, deed.values[0])
        for text in deed.texts:
            expect(panel).to_contain_text(text)

    def _miss(self, person: str, deed: Deed) -> None:
        ladder = self._turn_to(person, deed.values[0])
        expect(ladder.locator(".ladder__entry").first).to_be_visible()
        expect(ladder.get_by_role("button", name=deed.values[1])).to_have_count(0)

    def _paper(self, person: str, deed: Deed) -> None:
        self._see(person, deed)

    def _compare(self, person: str, deed: Deed) -> None:
        self._see(person, deed)

    def _walk(self, person: str, deed: Deed) -> None:
        self._see(person, deed)

    def _see(self, person: str, deed: Deed) -> None:
        for text in deed.texts + deed.controls:
            shown = self.wire(person).locator("main")
            expect(shown).to_contain_text(text, use_inner_text=True)

    def _run(self, person: str, deed: Deed) -> None:
        """The lines, with the key that the page shows; it shows their answer, too."""
        shown = self.wire(person).locator("main").inner_text()
        found = re.search(r"Sec-WebSocket-Key: (\S{24})", shown)
        assert found, shown
        for line in deed.code:
            command = ["bash", "-c", line.replace("KEY", found[1])]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            assert f"Sec-WebSocket-Accept: {done.stdout.strip()}" in shown

    def _wi_fi_off(self, person: str, _: Deed) -> None:
        self.chat(person).context.set_offline(True)
        expect(self.chat(person).locator("#status")).not_to_be_empty()

    def _wi_fi_on(self, person: str, _: Deed) -> None:
        page = self.wire(person)
        self._turn_to(person, self._ladder(page))
        joined = page.locator(".ladder__entry[data-event=new_host]")
        before = joined.count()
        self.chat(person).context.set_offline(False)
        expect(joined).not_to_have_count(before)

    def _pass(self, _: str, deed: Deed) -> None:
        """Only after a long time the others do not see them any more."""
        if int(deed.values[0]) >= LONG_SECONDS:
            people = self.chat("B").locator("#people .people__name")
            expect(people.filter(has_text=NAMES["A"])).to_have_count(0)

    def _another_tab(self, person: str, _: Deed) -> None:
        page = self.chat(person).context.new_page()
        page.goto(self._server.url + "/chat")
        expect(page.locator("#people .people__you")).to_have_count(1)
        page.close()

    def _wireshark(self, _: str, deed: Deed) -> None:
        """Each filter leaves something: counted for all of them in one go."""
        counted = ",".join(["io", "stat", "0", *deed.texts])
        command = [need("tshark"), "-q", "-r", str(self._capture), "-z", counted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        _, *cells = done.stdout.strip().splitlines()[-2].strip("| ").split("|")
        frames = dict(zip(deed.texts, map(int, cells[::2]), strict=True))
        assert all(frames.values()), frames

    def _on_the_projector(self, person: str, deed: Deed) -> None:
        self.chat("B")
        if person not in self._wires:
            page = self.chat(person).context.new_page()
            page.goto(self._server.url + "/inspect/class")
            self._wires[person] = page
        self._control(self.wire(person), deed.values[0]).click()

    def _ladder(self, page: Page) -> str:
        return page.locator("#tab-ladder").text_content() or ""

    def _line(self, person: str, ladder: str, text: str) -> Locator:
        """The last line of the ladder with this text."""
        shown = self._turn_to(person, ladder)
        line = shown.locator("button.ladder__entry", has_text=text)
        expect(line.last).to_be_visible()
        return line.last

    def _control(self, page: Page, name: str) -> Locator:
        """What one can press by that name; the sign of a layer may stand before it."""
        named = re.compile(rf"(?:^|\b|[A-Z]){re.escape(name)}$".replace("/", r"\/"))
        choice = page.locator("label", has=page.get_by_text(name, exact=True))
        for role in ("button", "link"):
            choice = choice.or_(page.get_by_role(role, name=named))
        return choice.locator("visible=true").first

    def _turn_to(self, person: str, name: str) -> Locator:
        """The view of that name; on a phone there is one at a time, and tabs lead to them."""
        page = self.wire(person)
        tab = page.get_by_role("tab", name=name, exact=True)
        if tab.is_visible():
            tab.click()
        view = page.get_by_role("tabpanel", name=name, exact=True)
        expect(view).to_be_visible()
        return view
