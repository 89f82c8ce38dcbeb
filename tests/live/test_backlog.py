"""What waits for a polling client is bounded; of a WebSocket's backlog see test_writer.py."""

import gevent
import pytest
from engineio.packet import CLOSE, MESSAGE, Packet

from lanchat.live.backlog import MAX_BACKLOG_BYTES, MAX_BACKLOG_FRAMES, BoundedQueue, SlowClients


@pytest.fixture
def slow_clients():
    """The count of those who were closed."""
    return SlowClients()


@pytest.fixture
def queue(slow_clients):
    """The queue of one client."""
    return BoundedQueue(slow_clients)


def test_a_polling_client_that_is_away_too_long_is_closed(queue, slow_clients):
    """Past the bound all that waits becomes one CLOSE packet, and put never blocks."""
    for number in range(MAX_BACKLOG_FRAMES + 10):
        queue.put(Packet(MESSAGE, str(number)))
    assert queue.get(block=False).packet_type == CLOSE
    assert queue.qsize() == 0
    assert slow_clients.count == 1


def test_long_messages_fill_a_queue_sooner(queue):
    """The bound in bytes is that of a WebSocket."""
    for _ in range(MAX_BACKLOG_BYTES // 10_000 + 1):
        queue.put(Packet(MESSAGE, "x" * 10_000))
    assert queue.get(block=False).packet_type == CLOSE
    assert queue.qsize() == 0


def test_a_queue_with_room_keeps_its_packets(queue):
    """Up to the bound nothing is dropped, and the end marker always gets in."""
    for number in range(MAX_BACKLOG_FRAMES):
        queue.put(Packet(MESSAGE, str(number)))
    queue.put(None)
    assert queue.get(block=False).data == "0"
    assert queue.qsize() == MAX_BACKLOG_FRAMES


def test_joining_a_bounded_queue_still_works(queue):
    """engine.io waits with join() until everything was taken: what is dropped counts as taken."""
    for number in range(MAX_BACKLOG_FRAMES + 10):
        queue.put(Packet(MESSAGE, str(number)))
    queue.get(block=False)
    queue.task_done()
    with gevent.Timeout(5):
        queue.join()
