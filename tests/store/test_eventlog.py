"""Messages that wait for the same commit share it."""

import threading

import pytest

from lanchat.chat.commit import GroupCommit
from lanchat.chat.model import Draft, Message, Stored
from lanchat.errors import StoreUnavailable


def draft(text):
    """A draft that says the text."""
    return Draft(text, "lobby", "1", "Ana", "127.0.0.1", text, "now")


class SlowDisk:
    """Stores in memory; every append waits until the test lets it go on."""

    def __init__(self):
        self.batches = []
        self.published = []
        self.asked = threading.Event()
        self.go_on = threading.Semaphore(0)

    def append(self, drafts):
        """Take a batch, as a store does."""
        self.asked.set()
        assert self.go_on.acquire(timeout=10)
        self.batches.append([draft.message for draft in drafts])
        first = sum(len(batch) for batch in self.batches[:-1]) + 1
        return [
            Stored(Message(first + index, d.client_id, *_rest(d)), fresh=True)
            for index, d in enumerate(drafts)
        ]


def _rest(draft):
    return draft.room, draft.user_id, draft.user, draft.ip, draft.message, draft.time


@pytest.fixture
def disk():
    """A disk under the test's control."""
    return SlowDisk()


@pytest.fixture
def commits(disk):
    """A group commit on that disk."""
    commits = GroupCommit(disk.append, disk.published.append)
    yield commits
    for _ in range(10):
        disk.go_on.release()
    commits.close()


def test_what_waits_is_committed_together(commits, disk, until):
    """While one commit is under way, nine more messages become one batch."""
    first = commits.submit(draft("0"))
    until(disk.asked.is_set)
    others = [commits.submit(draft(text)) for text in "123456789"]
    disk.go_on.release(2)
    assert first.result(10).id == 1
    assert [message.result(10).id for message in others] == list(range(2, 11))
    assert [len(batch) for batch in disk.batches] == [1, 9]


def test_messages_are_published_in_the_order_of_ids(commits, disk):
    """Everybody sees messages in the order in which they were stored."""
    messages = [commits.submit(draft(text)) for text in "abcdefgh"]
    disk.go_on.release(8)
    assert messages[-1].result(10).message == "h"
    assert [message.id for message in disk.published] == list(range(1, 9))


def test_a_sender_is_answered_after_everybody_was_told(commits, disk):
    """When the future is done the message is stored and published."""
    message = commits.submit(draft("hello"))
    told = []
    message.add_done_callback(lambda _done: told.extend(disk.published))
    disk.go_on.release()
    assert message.result(10) in told


def test_a_failing_store_fails_its_batch_alone():
    """After a full disk the next message is stored as ever."""
    calls = iter([StoreUnavailable("full"), None])

    def append(drafts):
        error = next(calls)
        if error:
            raise error
        return [Stored(Message(1, d.client_id, *_rest(d)), fresh=True) for d in drafts]

    commits = GroupCommit(append, lambda _message: None)
    with pytest.raises(StoreUnavailable):
        commits.submit(draft("lost")).result(10)
    assert commits.submit(draft("kept")).result(10).message == "kept"
    commits.close()


def test_after_the_end_nothing_is_taken():
    """A closed committer says so and does not let its callers wait."""
    commits = GroupCommit(lambda _drafts: [], lambda _message: None)
    commits.close()
    with pytest.raises(StoreUnavailable):
        commits.submit(draft("too late"))
