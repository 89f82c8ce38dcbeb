"""What comes of a change: known later, to whoever waits and to who is called."""

import threading
from typing import Any

import pytest

from lanchat.chat.futures import Future
from lanchat.errors import StoreUnavailable


def _new() -> tuple[Future[Any], list[Any]]:
    """One of which nothing is known yet, and a place for what is heard of it."""
    return Future(), []


def test_a_result_is_given_to_who_asked_before_and_after():
    """Callbacks are called in their order once it is known, and at once afterwards."""
    future, heard = _new()
    future.add_done_callback(lambda done: heard.append(("first", done.result())))
    future.add_done_callback(lambda done: heard.append(("second", done.result())))
    assert not heard
    assert not future.done()
    future.set_result(7)
    future.add_done_callback(lambda done: heard.append(("late", done.result())))
    assert heard == [("first", 7), ("second", 7), ("late", 7)]
    assert future.exception() is None


def test_an_error_is_raised_for_who_asks():
    """A change that came to nothing says why, each time that it is asked."""
    future, _ = _new()
    future.set_exception(StoreUnavailable("the disk is full"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="full"):
            future.result()
    assert isinstance(future.exception(), StoreUnavailable)


def test_who_waits_in_another_thread_is_woken():
    """A thread that waits for the result goes on when it is there."""
    future, found = _new()
    thread = threading.Thread(target=lambda: found.append(future.result(10)))
    thread.start()
    future.set_result("stored")
    thread.join()
    assert found == ["stored"]


def test_who_waits_for_too_long_is_told():
    """Whoever waits for so many seconds only learns that nothing has come of it yet."""
    with pytest.raises(TimeoutError):
        Future().result(0.01)


def test_a_callback_that_fails_holds_up_no_other(caplog):
    """A defect in what follows a change is logged, and the next one is called all the same."""
    future, heard = _new()
    future.add_done_callback(lambda _: 1 / 0)
    future.add_done_callback(heard.append)
    future.set_result(None)
    assert heard == [future]
    assert "ZeroDivisionError" in caplog.text


def test_a_callback_that_is_added_while_it_is_settled_is_called_once():
    """Whichever of two threads is first, what is added in that moment is called, and once."""
    for _ in range(300):
        future, heard = _new()
        add = threading.Thread(target=future.add_done_callback, args=(heard.append,))
        add.start()
        future.set_result(None)
        add.join()
        assert heard == [future]
