"""Group commit: messages that wait for the same commit share it.

A commit to disk takes about as long for a hundred messages as for one. So one committer takes
every draft that is waiting, stores them together, publishes them in the order of their ids and
only then answers their senders; what arrives meanwhile is the next batch. Nothing waits for
a timer: a single message is committed at once.
(DeWitt et al., "Implementation techniques for main memory database systems", 1984.)
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from time import perf_counter

from lanchat.chat.model import Draft, Message, Stored
from lanchat.chat.tally import Tally
from lanchat.errors import LanchatError, StoreUnavailable

_log = logging.getLogger(__name__)

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


class GroupCommit:
    """Stores drafts in batches, in one thread of its own (under gevent, a greenlet).

    ``append`` stores a batch and may raise StoreUnavailable; ``publish`` is called once for
    each newly stored message, in the order of ids.
    """

    def __init__(
        self,
        append: Callable[[Sequence[Draft]], list[Stored]],
        publish: Callable[[Message], None],
    ) -> None:
        self._append = append
        self._publish = publish
        self._waiting: list[tuple[Draft, Future[Message]]] = []
        self._changed = threading.Condition()
        self._closed = False
        self.seconds = Tally(_SECONDS)
        """How long commits took that succeeded."""
        self.sizes = Tally(_SIZES)
        """How many messages were in each batch, stored or not."""
        self.messages = 0
        """How many are stored since the start, each once however often it was sent."""
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, draft: Draft) -> Future[Message]:
        """The message once it is stored, or StoreUnavailable as the future's exception.

        Futures are done in the order of ids. Raises StoreUnavailable once closed.
        """
        message: Future[Message] = Future()
        with self._changed:
            if self._closed:
                raise StoreUnavailable("the server is stopping")
            self._waiting.append((draft, message))
            self._changed.notify()
        return message

    def close(self) -> None:
        """Commit what is waiting, then take nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._take():
            self._commit(batch)

    def _take(self) -> list[tuple[Draft, Future[Message]]]:
        """Everything that waits now; empty only when closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            batch, self._waiting = self._waiting, []
        return batch

    def _commit(self, batch: list[tuple[Draft, Future[Message]]]) -> None:
        stored: list[Stored] = []
        start = perf_counter()
        try:
            stored = self._append([draft for draft, _ in batch])
            self.seconds.add(perf_counter() - start)
            for entry in stored:
                if entry.fresh:
                    self.messages += 1
                    self._publish(entry.message)
        except LanchatError as error:
            _log.warning("%s", error)
        except Exception:  # noqa: BLE001
            # A defect here must not end the committer: nobody could speak any more.
            _log.exception("a batch of %d messages failed", len(batch))
        self.sizes.add(len(batch))
        for index, (_, message) in enumerate(batch):
            if index < len(stored):
                message.set_result(stored[index].message)
            else:
                message.set_exception(StoreUnavailable("the message could not be stored"))
