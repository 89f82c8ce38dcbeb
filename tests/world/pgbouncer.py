"""A PgBouncer of the tests' own in front of their PostgreSQL; it listens at no network."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

import psycopg

from tests.world.deadline import wait_for
from tests.world.postgres import Postgres

_SETTINGS = """
[databases]
* = host={postgres}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = 5432
auth_type = any
pool_mode = {mode}
server_round_robin = {round_robin}
ignore_startup_parameters = extra_float_digits
"""


@contextlib.contextmanager
def pgbouncer(
    program: str, postgres: Postgres, address: str, mode: str, *, round_robin: bool = False
) -> Iterator[str]:
    """Start one that pools in this mode; gives the address by which the database is behind it."""
    with postgres.folder_for_ordinary() as folder:
        settings = folder / "settings"
        words = _SETTINGS.format(
            postgres=postgres.folder, folder=folder, mode=mode, round_robin=int(round_robin)
        )
        # Unlike PostgreSQL it does not call whoever asks by a name: every one is this user.
        settings.write_text(words.replace("* = ", "* = user=lanchat_tests "), "utf-8")
        process = subprocess.Popen(
            [program, "--quiet", str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **postgres.user,
        )
        shared = address.replace(str(postgres.folder), str(folder))
        try:
            wait_for(lambda: _answers(shared))
            yield shared
        finally:
            process.terminate()
            process.wait()


def _answers(address: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(address).close()
        return True
    return False
