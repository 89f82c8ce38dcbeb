"""A process of its own that speaks in a database of PostgreSQL, and says what was acknowledged.

It waits as a server does, with gevent; several people speak at the same time.
Called with the address of the database, and a word that all of its messages begin with.
"""

from __future__ import annotations

import sys

from gevent import monkey

_PEOPLE = 4


def main(address: str, word: str) -> None:
    """Speak until somebody ends this process."""
    monkey.patch_all()
    import threading

    from lanchat.cluster.database import PostgresDatabase
    from lanchat.cluster.eventlog import PostgresEventLog
    from tests.world.deadline import DEADLINE
    from tests.world.drafts import draft

    log = PostgresEventLog(PostgresDatabase(address))

    def speak(person: int) -> None:
        number = 0
        while True:
            text = f"{word} {person} {number}"
            message = log.append(draft(text)).result(DEADLINE).message
            sys.stdout.write(f"{message.id} {text}\n")
            sys.stdout.flush()
            number += 1

    for person in range(_PEOPLE):
        threading.Thread(target=speak, args=(person,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
