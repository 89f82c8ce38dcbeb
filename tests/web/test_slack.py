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
        ({"text": "&amp;lt; https://ci/?a=1&copy=2"}, "&lt; https://ci/?a=1&copy=2"),
        ({"text": f"&#{'9' * 5_000};"}, f"&#{'9' * 5_000};"),
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


@pytest.mark.parametrize("begun", ["<http", "<http|"])
def test_links_that_are_only_begun_take_no_time(begun):
    """Many of them: each is looked at up to the next one, and not to the end."""
    text = begun * 200_000
    assert slack_text({"text": text}) == text
