"""What is written for Slack, as words."""

import pytest

from lanchat.errors import PayloadInvalid
from lanchat.web.slack import slack_text


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (
            {"text": "Build <https://ci/7|7> &amp; <https://ci/8>"},
            "Build 7 (https://ci/7) & https://ci/8",
        ),
        ({"text": "<mailto:a@b.c|a@b.c> 1 < 2 > 1"}, "a@b.c (mailto:a@b.c) 1 < 2 > 1"),
        ({"text": "", "attachments": [{"title": "Disk", "text": "full"}]}, "Disk\nfull"),
        ({"text": "One\n", "attachments": [{"fallback": "Two"}, 3, {}]}, "One\nTwo"),
        ({"text": "One", "attachments": "Two", "blocks": []}, "One"),
    ],
)
def test_words_are_kept(payload, said):
    """Links, too, with what they are called."""
    assert slack_text(payload) == said


@pytest.mark.parametrize(
    "payload", [[], "text", None, {}, {"text": " "}, {"text": 1}, {"attachments": [{}]}]
)
def test_there_have_to_be_some(payload):
    """Else nothing is said."""
    with pytest.raises(PayloadInvalid):
        slack_text(payload)
