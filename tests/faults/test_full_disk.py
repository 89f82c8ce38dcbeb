"""A disk that is full, or that nobody may write: the room lives on.

A small disk of its own is a tmpfs that only the server sees. Where a test may not make one, the
largest size that the server's files may have takes its place.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import requests

from tests.world.deadline import DEADLINE
from tests.world.sender import Sender

ON_A_SMALL_DISK = ("unshare", "--map-root-user", "--mount", "sh", "-c")
MOUNT = 'mkdir -p "$0" && mount -t tmpfs -o "$1" tmpfs "$0" && shift && exec "$@"'


def small_disk(folder, options="size=1m"):
    """The launcher that puts a small disk at the folder."""
    return [*ON_A_SMALL_DISK, MOUNT, str(folder), options]


@pytest.fixture
def disk_folder(tmp_path):
    """Where a small disk can be."""
    folder = tmp_path / "server0" / "data"
    launcher = small_disk(tmp_path / "try")
    if sys.platform != "linux" or subprocess.run([*launcher, "true"], check=False).returncode:
        pytest.skip("a disk of one's own needs Linux, and leave to make namespaces")
    return folder


class TmpfsDisk:
    """The small disk of a running server, seen through its process."""

    def __init__(self, server, folder):
        self._ballast = Path(f"/proc/{server.process.pid}/root{folder}/ballast")

    def fill(self):
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def empty(self):
        self._ballast.unlink()


class SizeLimit:
    """No file of the server's may grow beyond the one that messages are appended to."""

    def __init__(self, server):
        self._server = server

    def fill(self):
        self._set((self._server.data_dir / "messages.db-wal").stat().st_size)

    def empty(self):
        self._set(-1)

    def _set(self, size):
        import resource  # not on Windows

        resource.prlimit(self._server.process.pid, resource.RLIMIT_FSIZE, (size, -1))


@pytest.fixture(params=["small disk", "size limit"])
def server(request, server_factory):
    """A server whose disk can be filled."""
    if request.param == "size limit":
        if sys.platform != "linux":
            pytest.skip("setting another process's limits is Linux's")
        server = server_factory("--grace", "0.5")
        server.disk = SizeLimit(server)
    else:
        folder = request.getfixturevalue("disk_folder")
        server = server_factory("--grace", "0.5", launcher=small_disk(folder))
        server.disk = TmpfsDisk(server, folder)
    return server


ON_A_LASTING_DISK = pytest.mark.parametrize("server", ["size limit"], indirect=True)
"""The other one goes with its server."""


def test_the_room_lives_on_while_the_disk_is_full(server, ana, bia, person_factory):
    """Sending says why it does not work; coming, going and reading go on."""
    ana.join()
    ana.say("before")
    server.disk.fill()
    answer = ana.say("too much")
    assert answer["error"]["code"] == "unavailable"
    assert "cannot store messages just now" in answer["error"]["message"]
    assert [message["message"] for message in bia.join()["messages"]] == ["before"]
    assert ana.hears("host_join_room", user="Bia")
    carla = person_factory("Carla")
    assert [host["name"] for host in carla.join()["hosts"]] == ["Ana", "Bia", "Carla"]
    assert "Traceback" not in server.output()


def ask(server, cookies):
    """What the chat page answers to these cookies."""
    url = server.url + "/chat"
    return requests.get(url, cookies=cookies, allow_redirects=False, timeout=DEADLINE).status_code


@ON_A_LASTING_DISK
def test_a_logout_is_not_undone_by_a_kill(server, ana, bia):
    """It cannot be stored: then no cookie of before leads in, rather than that one, too."""
    server.disk.fill()
    cookies = dict(ana.http.cookies)
    assert ana.log_out().status_code == 303
    server.kill()
    server.start()
    assert [ask(server, known) for known in (cookies, bia.http.cookies)] == [303, 303]


@ON_A_LASTING_DISK
def test_a_logout_is_stored_when_there_is_space(server, ana, bia, until):
    """Then the cookies of all others outlive a restart again."""
    key = server.data_dir / "secret"
    before = key.read_bytes()
    server.disk.fill()
    cookies = dict(ana.http.cookies)
    assert ana.log_out().status_code == 303
    server.disk.empty()
    until(lambda: key.exists() and key.read_bytes() == before)
    server.kill()
    server.start()
    assert [ask(server, known) for known in (cookies, bia.http.cookies)] == [303, 200]
    assert server.output().count("a restart logs everybody out") == 1


def test_it_works_again_when_there_is_space(server, ana, bia):
    """Without a restart: a message that was refused can be sent again and is said once."""
    ana.join()
    bia.join()
    retried = str(uuid.uuid4())
    server.disk.fill()
    assert not ana.say("again and again", retried)["ok"]
    assert not ana.say("again and again", retried)["ok"]
    server.disk.empty()
    assert ana.say("again and again", retried)["ok"]
    ana.say("after")
    bia.hears("add_chat_message", message="after")
    assert bia.messages() == ["again and again", "after"]


@ON_A_LASTING_DISK
def test_a_file_waits_for_space(server, ana):
    """It stays where it was, and goes on without a restart."""
    sender, content = Sender(ana), bytes(3_000_000)
    path = sender.begin(len(content)).headers["Location"]
    sender.write(path, 0, content[:1_000])
    server.disk.fill()
    refused = sender.write(path, 1_000, content[1_000:])
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "disk_full")
    assert sender.offset(path) == 1_000
    server.disk.empty()
    assert sender.write(path, 1_000, content[1_000:]).status_code == 204


@pytest.mark.parametrize("server", ["small disk"], indirect=True)
def test_the_last_space_is_for_messages(server, ana):
    """A small disk takes no files, and goes on taking what is said."""
    refused = Sender(ana).begin(1)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "disk_full")
    ana.join()
    assert ana.say("and yet")["ok"]
    assert "nobody can send files" in server.output()


def test_a_full_disk_below_the_log(disk_folder, server_factory, person_factory, until):
    """The chat goes on, one line says so, another one when it is over."""
    log_file = disk_folder.parent / "log" / "connections.log"
    server = server_factory("--log-file", str(log_file), launcher=small_disk(log_file.parent))
    ana = person_factory("Ana", server)
    ana.join()
    disk = TmpfsDisk(server, log_file.parent)
    disk.fill()
    topic = {"do": "command", "name": "topic"}
    for number in range(40):  # a page of the log may be left
        server.ask({**topic, "text": f"{number} {'x' * 90}"})
    until(lambda: "cannot be written" in server.output())
    assert ana.say("we do not mind")["ok"]
    disk.empty()
    server.ask({**topic, "text": "It is over"})
    until(lambda: "is written again; " in server.output())
    assert server.output().count("cannot be written") == 1
    assert "Traceback" not in server.output()


@pytest.mark.parametrize("options", ["ro", "size=4k"])
def test_a_disk_that_cannot_be_written_from_the_start(disk_folder, refused, options):
    """Nobody is let into a room that could keep nothing."""
    launcher = small_disk(disk_folder, options)
    line = refused(disk_folder, *launcher)
    assert str(disk_folder) in line
    assert "--data-dir" in line


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other permissions")
def test_a_folder_of_somebody_else(tmp_path, refused):
    """The same, with the way out."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    line = refused(folder, *(drop if os.geteuid() == 0 else []))
    assert "make it writable or choose another --data-dir" in line
