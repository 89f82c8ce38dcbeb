"""Room for connections: each one is an open file to the system, which counts them."""

from __future__ import annotations

import logging
import sys

_log = logging.getLogger(__name__)

SPARE = 200
"""Descriptors for everything but sockets that stay: files, pages that are being loaded."""

if sys.platform == "win32":

    def make_room_for(_connections: int) -> None:
        """Windows has no such limit."""

else:
    import resource

    def make_room_for(connections: int) -> None:
        """Let this process open so many connections (0: as many as the system allows).

        Where the system allows fewer, a warning says so.
        """
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        # "Unlimited" is below every other number here.
        most = sys.maxsize if hard == resource.RLIM_INFINITY else hard
        wanted = connections + SPARE if connections else most
        if soft != resource.RLIM_INFINITY and soft < wanted:
            limit = hard if wanted >= most else wanted
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            except (OSError, ValueError):  # macOS allows fewer than it says
                most = soft
        if connections and most < wanted:
            _log.warning(
                "the system allows this program %d open files, too few for %d connections; "
                "allow more (ulimit -n) or ask for fewer with --max-clients",
                most,
                connections,
            )
