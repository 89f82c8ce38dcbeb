"""How the things of a chat are written."""

import pytest

from lanchat.chat.model import timestamp


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_763_863_680.1239, "2025-11-23T02:08:00.123Z"),
        (1_763_863_680.9999, "2025-11-23T02:08:00.999Z"),
        (1_763_863_681, "2025-11-23T02:08:01.000Z"),
    ],
)
def test_a_time_has_milliseconds(seconds, written):
    """RFC 3339 in UTC, cut and never rounded up into the next second."""
    assert timestamp(seconds) == written
