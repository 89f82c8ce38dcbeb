"""A PostgreSQL of the tests' own: it lies in a temporary folder and listens at no network."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from lanchat.cluster.database import PostgresDatabase
from tests.world.deadline import wait_for
from tests.world.postgres_content import Content

_ADMINISTRATOR = "lanchat_tests"


class Postgres:
    """A server with its files; a test gets a database of its own in it.

    ``program`` is the path of ``postgres``, beside which ``initdb`` lies. What it says is stored is
    on disk, as it is by default. It may be the standby of an ``origin``.
    """

    def __init__(self, program: str, origin: Postgres | None = None) -> None:
        self._program = Path(program).resolve()  # its siblings lie beside it
        # Paths of sockets are short, which those of pytest's folders are not.
        self.folder = Path(tempfile.mkdtemp(prefix="lanchat-pg-"))
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._become_ordinary()
        self._data = self.folder / "data"
        if origin is None:
            self._initialize()
        else:
            self._follow(origin)
        self._process: subprocess.Popen[bytes] | None = None
        self._free: list[str] = []
        self._ready: list[tuple[str, Content]] = []
        self.start()

    def start(self) -> None:
        """Start the server, and return once it can be asked."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(self._program), "-D", str(self._data), "-k", str(self.folder)),
                    # None is there for so long that what it deletes should be looked for.
                    *("-c", "listen_addresses=", "-c", "autovacuum=off"),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.user,
            )
        wait_for(self._answers)

    @property
    def pid(self) -> int:
        """The process that starts one more for each connection."""
        assert self._process
        return self._process.pid

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: connections are cut; by SIGQUIT as a failing power does it, the disk aside."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop it, and keep nothing of it."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def databases(self) -> Iterator[Callable[[], str]]:
        """Make empty databases, and say their addresses; afterwards others get the same ones."""
        taken: list[str] = []

        def take() -> str:
            taken.append(self._take_empty())
            return self.address(taken[-1])

        yield take
        for name in taken:
            self._empty(name)

    @contextlib.contextmanager
    def rooms(self) -> Iterator[Callable[[], str]]:
        """The same of databases with lanchat's tables as they are at first.

        To make and to delete these takes half of all that a short test does.
        """
        taken: list[tuple[str, Content]] = []

        def take() -> str:
            taken.append(self._ready.pop() if self._ready else self._new_room())
            return self.address(taken[-1][0])

        yield take
        for name, content in taken:
            with self._alone(name) as connection:
                is_restored = content.restore(connection)
            if is_restored:
                self._ready.append((name, content))
            else:
                self._empty(name)

    def _new_room(self) -> tuple[str, Content]:
        name = self._take_empty()
        PostgresDatabase(self.address(name)).close()
        with psycopg.connect(self.address(name)) as connection:
            return name, Content(connection)

    def _take_empty(self) -> str:
        return self._free.pop() if self._free else self._new_database()

    def _new_database(self) -> str:
        """Three hundred files, which take longer to make and to delete than most tests."""
        name = f"chat_{secrets.token_hex(6)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def _empty(self, name: str) -> None:
        with self._alone(name) as connection:
            connection.execute("SET client_min_messages = error; DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
        self._free.append(name)

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        """Whoever still has it, a server that a test has not stopped yet, is kept out meanwhile."""
        opened = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        with (
            psycopg.connect(self.address("postgres"), autocommit=True) as doorman,
            psycopg.connect(self.address(name), autocommit=True) as connection,
        ):
            doorman.execute(opened.format(sql.Identifier(name), False))
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            yield connection
            doorman.execute(opened.format(sql.Identifier(name), True))

    @contextlib.contextmanager
    def folder_for_ordinary(self) -> Iterator[Path]:
        """A folder for who runs it, beside it in everything."""
        folder = Path(tempfile.mkdtemp(prefix="lanchat-pg-"))
        if self.user:
            os.chown(folder, self.user["user"], self.user["group"])
        yield folder
        shutil.rmtree(folder, ignore_errors=True)

    def address(self, database: str) -> str:
        """Where a database of this server is found."""
        return f"postgresql://{_ADMINISTRATOR}@/{database}?host={self.folder}"

    def standby(self) -> Postgres:
        """Another server that follows this one."""
        return Postgres(str(self._program), self)

    def promote(self) -> None:
        """Let a standby take over."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def _initialize(self) -> None:
        initdb = self._program.with_name("initdb")
        options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run(str(initdb), f"--username={_ADMINISTRATOR}", *options, str(self._data))

    def _follow(self, origin: Postgres) -> None:
        copy = self._program.with_name("pg_basebackup")
        where = (f"--host={origin.folder}", f"--username={_ADMINISTRATOR}")
        options = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self._run(str(copy), *where, *options, f"--pgdata={self._data}")

    def _answers(self) -> bool:
        assert self._process
        assert self._process.poll() is None, (self.folder / "log").read_text("utf-8")
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.address("postgres")).close()
            return True
        return False

    def _become_ordinary(self) -> None:
        """As root it refuses to run: it is given to the user that Debian has for it, or nobody."""
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            user = pwd.getpwnam("nobody")
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self.folder, check=False, capture_output=True, text=True, **self.user
        )
        assert done.returncode == 0, done.stderr
