"""The chat in a terminal: what happens goes by above a line in which one types."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.shortcuts import CompleteStyle

from lanchat.join.lines import cut, parts
from lanchat.join.session import Session
from lanchat.join.talk import Line
from lanchat.join.typed import OWN, of_the_room
from lanchat.terminal import printable

_MOST_TYPING = 3


class Screen:
    """Shows lines from any thread; ``take_part`` is for the main one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._prompt: PromptSession[str] | None = None

    def show(self, line: Line) -> None:
        """Print a line above what is being typed; with a bell where it concerns who types."""
        width = shutil.get_terminal_size().columns
        print_formatted_text(FormattedText(parts(line, self._url, width)))
        if line.concerns_you and self._prompt is not None:
            self._prompt.app.output.bell()

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
                    lambda: f"{printable(session.talk.name_of(session.talk.room))}> "
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

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        before = document.text_before_cursor
        talk = self._session.talk
        if before.startswith("/") and " " not in before:
            yield from _completed(before, [f"/{name} " for name in self._commands])
            return
        people = sorted(talk.people.values(), key=str.casefold)
        at = before.rfind("@")
        if at == 0 or (at > 0 and before[at - 1].isspace()):
            yield from _completed(before[at:], [f"@{name} " for name in people])
        elif before.startswith("/go "):
            rooms = [talk.name_of(room) for room in [*talk.rooms, *talk.others]]
            yield from _completed(before.partition(" ")[2], rooms)
        elif before.startswith("/"):
            yield from _completed(before.partition(" ")[2], people)


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
    said = [f"{len(talk.people)} here" if session.is_connected else "no connection"]
    said += [
        f"{talk.name_of(room_id)}: {room['unread']} new"
        for room_id, room in list(talk.rooms.items())
        if room.get("unread")
    ]
    if writing := talk.typing(time.monotonic()):
        said.append(f"{', '.join(writing[:_MOST_TYPING])} …")
    return cut(printable(" · ".join(said)), shutil.get_terminal_size().columns)
