"""Who is told that somebody is typing."""

import pytest

from lanchat.chat.crowd import CROWD
from lanchat.chat.events import Typing
from lanchat.chat.model import LOBBY
from lanchat.errors import Muted, NotJoined, UnknownRoom


def test_a_small_room_is_told_and_a_crowd_is_not(hub, come, recorder):
    """Fifty people at most."""
    people = [come(f"Guest {number}") for number in range(CROWD)]
    hub.posting.typing("Guest 0", LOBBY)
    assert recorder.all(Typing) == [Typing(LOBBY, people[0])]
    come("one more")
    hub.posting.typing("Guest 1", LOBBY)
    assert len(recorder.all(Typing)) == 1


@pytest.mark.usefixtures("bia")
def test_who_may_not_write_is_refused(hub, give, recorder):
    """Muted, elsewhere, or not in."""
    give("mute Bia")
    for connection, room, refusal in [
        ("Bia", LOBBY, Muted),
        ("Ana", "elsewhere", UnknownRoom),
        ("nobody", LOBBY, NotJoined),
    ]:
        with pytest.raises(refusal):
            hub.posting.typing(connection, room)
    assert recorder.all(Typing) == []
