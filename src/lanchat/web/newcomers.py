"""What newcomers are answered: the same messages for all of them, encoded once.

The hub gives all who come the same page as long as nothing happens (``chat/newest.py``), and of the
next one, where somebody has said something, all messages but one. So each message is encoded when
it is first told, and who joins costs a copy of these bytes.
"""

from __future__ import annotations

import msgspec

from lanchat.chat.catchup import Snapshot
from lanchat.chat.model import Message, Page
from lanchat.web import answers, outgoing


class Newcomers:
    """Answers to ``new_host``, as JSON."""

    def __init__(self) -> None:
        self._page: Page | None = None
        self._each: dict[int, tuple[Message, bytes]] = {}
        self._all = msgspec.Raw()

    def answer(self, snapshot: Snapshot, invite: dict[str, str] | None) -> msgspec.Raw:
        """The whole answer; ``invite`` is None for who knows better where others can join."""
        answer = answers.snapshot(snapshot, self._messages(snapshot))
        if invite is not None:
            answer["invite"] = invite
        return msgspec.Raw(msgspec.json.encode(answer))

    def _messages(self, snapshot: Snapshot) -> msgspec.Raw | None:
        """All messages of the answer, where they are those that others get, too."""
        page, others = snapshot.page, snapshot.rooms.rooms if snapshot.rooms else []
        if not page.shared or any(each.page.messages for each in others):
            return None
        if page is not self._page:
            self._encode(page)
        return self._all

    def _encode(self, page: Page) -> None:
        before = self._each
        self._each = {
            one.id: known
            if (known := before.get(one.id)) is not None and known[0] is one
            else (one, msgspec.json.encode(outgoing.message(one)))
            for one in page.messages
        }
        texts = [text for _, text in self._each.values()]
        self._all = msgspec.Raw(b"[" + b",".join(texts) + b"]")
        self._page = page
