"""Who learns of what."""

import pytest

from lanchat.chat import events
from lanchat.chat.model import Message, User
from lanchat.chat.room_settings import Policies, Rules, State

ANA = User("1", "Ana")
MESSAGE = Message(7, "c", "attic", "1", "Ana", "192.0.2.1", "hello", "then", 9)


@pytest.mark.parametrize(
    ("event", "channel"),
    [
        (events.MessagePosted(MESSAGE), "room:attic"),
        (events.MessageChanged(MESSAGE), "room:attic"),
        (events.HistoryCleared(9, "attic", 7), "room:attic"),
        (events.SettingsChanged(9, State(), State()), "room:lobby"),
        (events.RulesChanged("attic", Rules(), Policies()), "room:attic"),
        (events.MemberJoined(ANA, "192.0.2.1", "then"), "room:lobby"),
        (events.MemberLeft(ANA, "192.0.2.1", "then"), "room:lobby"),
        (events.MembersChanged([], []), "room:lobby"),
        (events.HandsChanged((), (), ()), "room:lobby"),
        (events.MemberChanged(ANA, "guest", muted=False), "room:lobby"),
        (events.Notice("1", "kicked"), "user:1"),
        (events.ConnectionsClosed("1"), "user:1"),
        (events.InvitationChanged("a", "b"), "room:lobby"),
        (events.ServerStopping("then"), "room:lobby"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_an_event_knows_its_channel(event, channel):
    """A room's is for everybody in it, a user's for that person alone."""
    assert event.channel == channel


def test_what_comes_from_the_log_has_its_position():
    """A message's is the one at which it last changed."""
    assert events.MessagePosted(MESSAGE).seq == events.MessageChanged(MESSAGE).seq == 9
