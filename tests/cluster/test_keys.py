"""What one server signs, the others believe."""

import threading
from contextlib import closing

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.keys import SharedKeys


def test_servers_that_start_together_have_the_same_secrets(address):
    """256 bits for the cookies, 128 for who types a link off a screen."""
    found = []

    def start():
        with closing(PostgresDatabase(address)) as database:
            keys = SharedKeys(database)
            found.append((keys.sessions, keys.host_link))

    servers = [threading.Thread(target=start) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert [len(secret) for secret in found[0]] == [64, 32]
