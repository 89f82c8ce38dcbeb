"""A host asks everybody to send something at once."""

import pytest

from lanchat.chat.cues import CUE_LIMIT
from lanchat.chat.events import CueGiven
from lanchat.errors import Forbidden, MessageTooLong, NotJoined, PayloadInvalid
from tests.chat.conftest import PHONE


def test_everybody_is_asked(hub, ana, bia, recorder):
    """Once, by whom, and to send what; nothing is said for anybody."""
    assert hub.cues.give("Ana", "👋") == len(hub.members())
    assert recorder.all(CueGiven) == [CueGiven(ana, "👋")]
    assert CueGiven(ana, "👋") in recorder.heard("Bia")
    assert hub.join("Bia", bia, PHONE).page.messages == []


@pytest.mark.parametrize(
    ("who", "text", "refusal"),
    [
        ("Bia", "👋", Forbidden),
        ("nobody", "👋", NotJoined),
        ("Ana", "x" * (CUE_LIMIT + 1), MessageTooLong),
        ("Ana", " ", PayloadInvalid),
    ],
)
@pytest.mark.usefixtures("ana", "bia")
def test_what_is_refused(hub, recorder, who, text, refusal):
    """A guest's, a stranger's, and what nobody could say."""
    with pytest.raises(refusal):
        hub.cues.give(who, text)
    assert recorder.all(CueGiven) == []
