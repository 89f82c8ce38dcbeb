"""The application under gunicorn."""

import os
import re
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.world.look import Look

pytestmark = pytest.mark.slow

GUNICORN = [sys.executable, "-m", "gunicorn", "-k", "gevent", "lanchat.wsgi:app"]


@pytest.fixture
def environment(tmp_path):
    """Settings by LANCHAT_*, as gunicorn's users give them, and the name in a file."""
    file = tmp_path / "lanchat.toml"
    file.write_text('name = "Room 12"\n')
    return {
        **os.environ,
        "LANCHAT_DATA_DIR": str(tmp_path / "data"),
        "LANCHAT_LOG_FILE": str(tmp_path / "connections.log"),
        "LANCHAT_CONFIG": str(file),
        "LANCHAT_NO_MDNS": "1",
    }


@pytest.fixture
def free_port():
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def gunicorn(environment, free_port, tmp_path, until):
    """lanchat under gunicorn, with what a Person needs of a server."""
    output = (tmp_path / "output.txt").open("w+")
    command = [*GUNICORN, "-w", "1", "-b", f"127.0.0.1:{free_port}"]
    process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    log_file = tmp_path / "connections.log"
    until(log_file.exists)
    yield SimpleNamespace(url=f"http://127.0.0.1:{free_port}", log_file=log_file, process=process)
    process.kill()
    process.wait()
    output.close()


@pytest.fixture
def server(gunicorn):
    """People of this module use gunicorn."""
    return gunicorn


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_people_talk(ana, bia, transport):
    """Both transports work."""
    look = Look(ana)
    ana.connect([transport])
    ana.join()
    bia.join()
    ana.say("through gunicorn")
    bia.hears("add_chat_message", message="through gunicorn")
    assert "Room 12" in ana.get("/chat").text
    if transport == "websocket":
        look.sees_event("new_message", said="through gunicorn")
        assert not look.sees("handshake")["as_sent"]
    look.close()


def test_it_stops_in_order(ana, gunicorn):
    """SIGTERM to gunicorn writes departures down, as `lanchat serve` does."""
    ana.join()
    gunicorn.process.send_signal(signal.SIGTERM)
    assert gunicorn.process.wait(10) == 0
    assert '"event":"stop"' in gunicorn.log_file.read_text().replace(" ", "")


def test_more_than_one_worker_is_refused(environment, free_port):
    """The second one says why, and gunicorn gives up."""
    command = [*GUNICORN, "-w", "2", "-b", f"127.0.0.1:{free_port}"]
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode != 0
    assert "lanchat: one worker only: gunicorn -k gevent -w 1 'lanchat.wsgi:app'" in result.stderr
    assert "another lanchat" not in result.stderr


def test_somebody_elses_folder_is_refused(server_factory, environment, free_port):
    """Where the other server is no worker of this gunicorn, it says which one it is."""
    other = server_factory()
    result = subprocess.run(
        [*GUNICORN, "-w", "1", "-b", f"127.0.0.1:{free_port}"],
        env={**environment, "LANCHAT_DATA_DIR": str(other.data_dir)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode != 0
    assert f"in use by another lanchat (process {other.process.pid}, since" in result.stderr


@pytest.mark.parametrize("worker", ["sync", "gthread"])
def test_a_worker_without_gevent_is_refused(environment, free_port, worker):
    """One line says which worker it needs."""
    command = [*GUNICORN[:3], "-k", worker, "lanchat.wsgi:app", "-b", f"127.0.0.1:{free_port}"]
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode != 0
    assert "lanchat: needs a gevent worker" in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LANCHAT_HISTORY", "many", "LANCHAT_HISTORY: 'many'"),
        ("LANCHAT_TLS", "1", "gunicorn that encrypts"),
    ],
)
def test_a_bad_setting_is_one_line(environment, free_port, variable, value, words):
    """Not a traceback of click."""
    command = [*GUNICORN, "-w", "1", "-b", f"127.0.0.1:{free_port}"]
    result = subprocess.run(
        command,
        env={**environment, variable: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode != 0
    assert re.search(rf"^lanchat: .*{words}", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr


def test_neighbours_find_it(namespace, environment, tmp_path, until):
    """The worker announces the room, too, and takes that back when it ends."""
    command = [*namespace.launcher, *GUNICORN, "-w", "1", "-b", "0.0.0.0:8765"]
    output = (tmp_path / "output.txt").open("w+")
    variables = {**environment, "LANCHAT_NO_MDNS": ""}
    process = subprocess.Popen(command, env=variables, stdout=output, stderr=output)
    look = [*namespace.launcher, sys.executable, "-m", "lanchat", "discover", "--timeout", "2"]
    found = until(lambda: subprocess.run(look, capture_output=True, check=False).stdout)
    assert b"Room 12  http://192.0.2.10:8765" in found
    process.terminate()
    assert process.wait(45) == 0
    output.close()
    assert subprocess.run(look, capture_output=True, check=False).returncode == 1
