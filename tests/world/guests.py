"""A process of its own that some people are connected to, as a server has them, with gevent.

Called with the address of the database, the lease and the grace period in seconds, and names, which
are ids at the same time; it says a line when all of them are in.
"""

from __future__ import annotations

import sys

from gevent import monkey


def main(address: str, lease: str, grace: str, *names: str) -> None:
    """Have these people until somebody ends this process."""
    monkey.patch_all()
    import threading
    import time

    from lanchat.chat.model import Origin, User
    from lanchat.cluster.database import PostgresDatabase
    from lanchat.cluster.directory import PostgresDirectory
    from tests.world.drafts import NOON

    directory = PostgresDirectory(PostgresDatabase(address), float(grace), lease=float(lease))
    origin = Origin("192.0.2.1")
    for name in names:
        directory.connect(User(name, name), name, origin, time.monotonic(), NOON, "guest")
    sys.stdout.write("here\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
