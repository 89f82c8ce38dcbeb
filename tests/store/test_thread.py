"""The database's thread: one call at a time, in order, and the event loop goes on meanwhile."""

import threading
from functools import partial

import gevent
import gevent.socket
import pytest

from lanchat.errors import StoreUnavailable
from lanchat.store.thread import DatabaseThread, turn_of_loop


@pytest.fixture
def thread():
    """A thread that ends with the test."""
    thread = DatabaseThread()
    yield thread
    thread.kill()


def test_a_call_is_answered_from_another_thread(thread):
    """What a call returns comes back, and it was made in a thread that stays the same."""
    first, second = thread(threading.get_ident), thread(threading.get_ident)
    assert first == second != threading.get_ident()


def test_an_error_is_raised_where_the_call_was_made(thread):
    """What a call raises is raised for who has made it, and the next call is answered."""
    with pytest.raises(ZeroDivisionError):
        thread(lambda: 1 / 0)
    assert thread(lambda: 7) == 7


def test_calls_are_done_one_at_a_time_in_their_order(thread):
    """Of many greenlets' calls none begins before the one before it has ended."""
    done, busy = [], threading.Lock()

    def call(number):
        assert busy.acquire(blocking=False)
        done.append(number)
        busy.release()
        return number

    asking = [gevent.spawn(thread, partial(call, number)) for number in range(50)]
    gevent.joinall(asking, raise_error=True)
    assert done == [each.value for each in asking] == list(range(50))


def test_the_loop_goes_on_while_a_call_blocks(thread):
    """Other greenlets run while the thread waits for something."""
    going_on = threading.Event()
    asking = gevent.spawn(thread, lambda: going_on.wait(10))
    gevent.spawn(going_on.set).join()
    assert asking.get(timeout=10)


def test_who_is_killed_while_it_waits_loses_its_answer_only(thread):
    """A greenlet that ends before its answer comes leaves the next answers as they are."""
    going_on = threading.Event()
    asking = gevent.spawn(thread, lambda: going_on.wait(10))
    gevent.sleep(0)
    asking.kill()
    going_on.set()
    assert thread(lambda: 7) == 7


def test_what_was_asked_for_is_done_before_the_end():
    """A thread that is told to end finishes the calls that wait."""
    thread = DatabaseThread()
    asking = [gevent.spawn(thread, partial(abs, number)) for number in range(5)]
    gevent.sleep(0)
    thread.kill()
    assert [each.get(timeout=10) for each in asking] == list(range(5))


def test_nobody_waits_for_a_thread_that_has_ended():
    """Who asks then is told that it is too late."""
    thread = DatabaseThread()
    thread.kill()
    with gevent.Timeout(10), pytest.raises(StoreUnavailable):
        thread(lambda: 7)


def test_in_a_turn_of_the_loop_what_has_arrived_is_read():
    """Whoever waits for a socket has what is in it after one turn."""
    ours, theirs = gevent.socket.socketpair()
    heard = []
    with ours, theirs:
        reading = gevent.spawn(lambda: heard.append(theirs.recv(10)))
        gevent.sleep(0)
        ours.send(b"hello")
        turn_of_loop()
        assert heard == [b"hello"]
        reading.kill()
