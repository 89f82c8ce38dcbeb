"""Where in a log a time begins: found from its end, without a look at more than the times."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import BinaryIO

from lanchat.connlog.log_files import BLOCK, read_between
from lanchat.connlog.log_record import VERSION

STALE_LINES = 1_000
"""So many older records in a row, and nothing before them is looked at.

One is not enough: the clock of a machine without a battery jumps.
"""

_TIMES = re.compile(rf'^{{"v": {VERSION}, "time": "([^"\n]*Z)"'.encode(), re.MULTILINE)
"""As this program writes them, by which they can be compared."""


class Start:
    """Looks for ``since`` in the files of a log, the newest first."""

    def __init__(self, since: datetime | None) -> None:
        self._stale = 0
        self._since = b""
        if since is not None:
            text = since.astimezone(timezone.utc).isoformat(timespec="milliseconds")
            self._since = text.replace("+00:00", "Z").encode()

    def offset(self, file: BinaryIO, end: int) -> int:
        """From which offset on there can be something since then, in the file's part up to ``end``.

        With 0 it can be in older files, too; otherwise the line there may be half a one.
        """
        while self._since and end > 0:
            begin = max(0, end - BLOCK)
            for time in reversed(_TIMES.findall(read_between(file, begin, end))):
                self._stale = self._stale + 1 if time < self._since else 0
            if self._stale > STALE_LINES:
                return max(1, begin)
            end = begin
        return 0
