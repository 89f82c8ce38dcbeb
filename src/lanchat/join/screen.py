"""The chat in a terminal: what happens goes by above a line in which one types."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import datetime

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.shortcuts import CompleteStyle

from lanchat.join.lines import Line, Part, cut, day_of, parts, wrapped
from lanchat.join.people import listed
from lanchat.join.session import Session
from lanchat.join.typed import OWN, of_the_room
from lanchat.terminal import printable

_MOST_NAMED = 3
_ROWS = 20
"""Of a message that is longer the beginning is shown: nobody shall push away what others say."""

_FILES = PathCompleter(expanduser=True)


class Screen:
    """Shows lines from any thread; ``take_part`` is for the main one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._day = datetime.now().astimezone().date()
        self._prompt: PromptSession[str] | None = None

    def show(self, lines: list[Line]) -> None:
        """Print them above what is being typed; with a bell where they concern who types."""
        width = shutil.get_terminal_size().columns
        written: list[Part] = []
        for line in lines:
            written += [
                *self._day_before(line),
                *wrapped(parts(line, self._url, width, _ROWS), width),
            ]
            written.append(("", "\n"))
        print_formatted_text(FormattedText(written), end="")
        if any(line.concerns_you for line in lines) and self._prompt is not None:
            self._prompt.app.output.bell()

    def _day_before(self, line: Line) -> list[Part]:
        """What stands above the first message of a day."""
        moment = day_of(line)
        if moment is None or moment.date() == self._day:
            return []
        self._day = moment.date()
        return [("ansibrightblack", f"── {moment:%Y-%m-%d}\n")]

    def take_part(self, session: Session) -> None:
        """Until one has had enough, or is not let in any more."""
        prompt = self._prompt = PromptSession[str](
            completer=_Words(session),
            complete_style=CompleteStyle.READLINE_LIKE,
            bottom_toolbar=lambda: _bar(session),
            refresh_interval=1.0,
            erase_when_done=True,
        )
        prompt.default_buffer.on_text_changed += lambda buffer: _tell(session, buffer.text)
        threading.Thread(target=self._run, args=[session], daemon=True).start()
        while not session.is_over:
            try:
                line = prompt.prompt(
                    lambda: f"{printable(session.talk.rooms.name_of(session.talk.rooms.shown))}> "
                )
            except (EOFError, KeyboardInterrupt):
                session.end()
                break
            session.typed(line)
        end = time.monotonic() + 3
        while not session.is_over and time.monotonic() < end:
            time.sleep(0.05)

    def _run(self, session: Session) -> None:
        session.run()
        app = self._prompt.app if self._prompt is not None else None
        if app is not None and app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(lambda: app.exit(exception=EOFError))


class _Words(Completer):
    """Completes commands, and names of people and rooms."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._commands = sorted({*OWN, *of_the_room()})

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        before = document.text_before_cursor
        talk = self._session.talk
        if before.startswith("/") and " " not in before:
            yield from _completed(before, [f"/{name} " for name in self._commands])
            return
        command, _, rest = before.partition(" ")
        people = talk.people.names()
        at = before.rfind("@")
        if command == "/file":
            yield from _FILES.get_completions(Document(rest), event)
        elif at == 0 or (at > 0 and before[at - 1].isspace()):
            yield from _completed(before[at:], [f"@{name} " for name in people])
        elif command == "/go":
            rooms = [talk.rooms.name_of(room) for room in [*talk.rooms.own, *talk.rooms.others]]
            yield from _completed(rest, rooms)
        elif before.startswith("/"):
            yield from _completed(rest, people)


def _completed(begun: str, words: list[str]) -> Iterator[Completion]:
    key = begun.casefold()
    for word in words:
        if word.casefold().startswith(key):
            yield Completion(printable(word), start_position=-len(begun))


def _tell(session: Session, text: str) -> None:
    if text and not text.startswith("/"):
        session.is_typing()


def _bar(session: Session) -> str:
    """Below the line: whether there is a connection, what is new elsewhere, who is writing."""
    talk = session.talk
    people, rooms = talk.people, talk.rooms
    said = [f"{len(people.here)} here" if session.is_connected else "no connection"]
    said += [
        f"{rooms.name_of(room_id)}: {room['unread']} new"
        for room_id, room in list(rooms.own.items())
        if room.get("unread")
    ]
    if people.hands:
        said.append(f"hands up: {listed(list(people.hands.values()), _MOST_NAMED)}")
    if writing := people.typing(rooms.shown, time.monotonic()):
        said.append(f"{', '.join(writing[:_MOST_NAMED])} …")
    return cut(printable(" · ".join(said)), shutil.get_terminal_size().columns)
