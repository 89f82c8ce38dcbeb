"""`lanchat serve` as a process: how it starts, stops and starts again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid

import pytest
import socketio
import websocket

from tests.world.command_line import CommandLine
from tests.world.deadline import DEADLINE
from tests.world.server import start_in_vain

STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if hasattr(signal, "SIGHUP"):
    STOP_SIGNALS.append(signal.SIGHUP)


@pytest.fixture
def refused(tmp_path):
    """Run `lanchat serve` where it cannot start; returns what it says, which is one line."""

    def serve(*options):
        code, said = start_in_vain(tmp_path / f"said-{uuid.uuid4().hex}", *options)
        assert (code, said.count("\n")) == (3, 1), said
        return said

    return serve


@pytest.mark.parametrize("host", ["bad..name", "caf\udce9", "x" * 70])
def test_an_impossible_host_is_one_line(host, refused, tmp_path):
    """Nothing of how names are looked up is shown."""
    refused("--host", host, "--port", "0", "--data-dir", str(tmp_path / "data"))


@pytest.mark.own_server
@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_it_stops_in_order(server, ana, number):
    """Clients are told, departures and the end are logged, the exit code is 0."""
    ana.join()
    ana.say("last words")
    server.process.send_signal(number)
    assert server.process.wait(DEADLINE) == 0
    assert ana.hears("server_stop")
    assert [record["event"] for record in server.records()] == ["start", "join", "leave", "stop"]
    assert server.records()[2]["reason"] == "stop"
    assert "Traceback" not in server.output()


@pytest.mark.own_server
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminal there hangs up")
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGHUP", 0)])
def test_a_terminal_that_closes_is_nobody_in_a_hurry(server, ana, number):
    """A shell and the kernel both say so, and systemd after SIGTERM: the end is in order."""
    ana.join()
    for each in (number, signal.SIGHUP, signal.SIGHUP):
        server.process.send_signal(each)
    assert server.process.wait(DEADLINE) == 0
    assert [record["event"] for record in server.records()] == ["start", "join", "leave", "stop"]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminal there hangs up")
def test_nohup(server_factory, person_factory):
    """Whoever starts it so wants it to go on when the terminal is closed."""
    server = server_factory(launcher=["nohup"])
    ana = person_factory("Ana", server)
    ana.join()
    server.process.send_signal(signal.SIGHUP)
    assert ana.say("still here")["ok"]
    assert server.process.poll() is None
    server.stop()
    assert [record["event"] for record in server.records()][-1] == "stop"


@pytest.mark.own_server
def test_a_second_server_without_the_lock_file(server, refused):
    """It is refused all the same, and the first one is still to be reached from a terminal."""
    (server.data_dir / "lanchat.lock").unlink()
    said = refused("--port", "0", "--data-dir", str(server.data_dir))
    assert f"(process {server.process.pid}, since " in said
    assert server.ask({"do": "list"})["people"] == []


@pytest.mark.own_server
def test_clients_of_a_stopping_server_are_told_to_come_back(server, ana, until):
    """Their connection is closed, not left to time out."""
    ana.join()
    server.stop()
    until(lambda: not ana.socket.connected)


def test_who_has_answered_is_not_waited_for(server_factory, person_factory):
    """A client that has read the goodbye and leaves its end open holds up nothing.

    It is cut off much later here, so that the test would fail by its deadline.
    """
    program = (
        "import sys; from gevent import monkey; monkey.patch_all()\n"
        "from lanchat import backend; from lanchat.live import websocket\n"
        f"backend._GOODBYE_SECONDS = websocket._CLOSE_TIMEOUT = {2 * DEADLINE}\n"
        "from lanchat.cli import main; main(sys.argv[4:])"
    )
    server = server_factory(launcher=[sys.executable, "-c", program])
    ana = person_factory("Ana", server)
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in ana.http.cookies)
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    answering = websocket.create_connection(address, cookie=cookie, timeout=DEADLINE)
    server.process.send_signal(signal.SIGTERM)
    while answering.recv_data(control_frame=True)[0] != websocket.ABNF.OPCODE_CLOSE:
        pass
    assert server.process.wait(DEADLINE) == 0
    answering.shutdown()


@pytest.mark.own_server
def test_a_stuck_client_does_not_keep_it_from_stopping(server, ana):
    """Neither does one that has not finished its request."""
    ana.join()
    stuck = socket.create_connection(("127.0.0.1", server.port))
    stuck.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(DEADLINE) == 0
    stuck.close()


@pytest.mark.own_server
def test_nobody_comes_in_while_it_stops(server, ana, person_factory):
    """Not even through a connection that is still open: 503, and no join after the leave."""
    ana.join()
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in ana.http.cookies)
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    silent = websocket.create_connection(address, cookie=cookie, timeout=DEADLINE)
    late = person_factory()
    assert late.get("/healthz").status_code == 200
    server.process.send_signal(signal.SIGTERM)
    while silent.recv_data(control_frame=True)[0] != websocket.ABNF.OPCODE_CLOSE:
        pass
    assert late.get("/healthz").status_code == 503
    silent.shutdown()
    assert server.process.wait(DEADLINE) == 0
    assert [record["event"] for record in server.records()] == ["start", "join", "leave", "stop"]


@pytest.mark.own_server
def test_a_second_interrupt_quits_at_once(server, ana):
    """While a client takes its time to say goodbye, nobody has to wait for it."""
    ana.log_in("Ana")
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in ana.http.cookies)
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    silent = websocket.create_connection(address, cookie=cookie, timeout=DEADLINE)
    assert silent.recv()
    server.process.send_signal(signal.SIGINT)
    while silent.recv_data(control_frame=True)[0] != websocket.ABNF.OPCODE_CLOSE:
        pass
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(DEADLINE) == 130
    silent.shutdown()


@pytest.mark.own_server
@pytest.mark.server_options("--history", "10000", "--rate", "0")
def test_messages_survive_being_killed(server, ana, bia, until):
    """Every acknowledged message is there after kill -9, once, and ids go on growing."""
    ana.join()
    acknowledged = []
    # Who never reads an answer is cut off, and nobody is shown more than 10,000 messages.
    window = threading.Semaphore(50)

    def answered(answer):
        acknowledged.append(answer["id"])
        window.release()

    def talk():
        with contextlib.suppress(socketio.exceptions.SocketIOError):
            while window.acquire(timeout=2):  # until the server is gone
                ana.socket.emit(
                    "new_message",
                    {"message": "hello", "client_id": str(uuid.uuid4())},
                    callback=answered,
                )

    talker = threading.Thread(target=talk)
    talker.start()
    until(lambda: len(acknowledged) > 200)
    server.kill()
    talker.join()
    server.start()
    served = [message["id"] for message in bia.join()["messages"]]
    assert set(acknowledged) <= set(served)
    assert served == sorted(set(served))
    assert bia.say("after")["id"] > served[-1]


def test_history_in_memory_leaves_nothing_on_disk(server_factory):
    """--no-history writes no message to the data directory."""
    server = server_factory("--no-history")
    assert sorted(path.name for path in server.data_dir.iterdir()) == [
        "control.sock",
        "host-secret",
        "lanchat.lock",
        "lanchat.pid",
        "secret",
    ]


def test_a_second_server_on_the_same_data_is_refused(server, refused):
    """It says who holds the data since when, leaves with exit code 3, and disturbs nobody."""
    since = json.loads((server.data_dir / "lanchat.pid").read_text())["since"]
    for _ in range(2):
        said = refused("--port", "0", "--data-dir", str(server.data_dir))
        assert f"(process {server.process.pid}, since {since})" in said


def test_a_second_server_on_the_same_log_is_refused(server, refused, tmp_path):
    """It says which log that is, leaves with exit code 3, and writes nothing into it."""
    data = ("--data-dir", str(tmp_path / "other"), "--log-file", str(server.log_file))
    starts = server.log_file.read_bytes().count(b'"event": "start"')
    assert f"{server.log_file}: another lanchat writes down there" in refused("--port", "0", *data)
    # The server itself may still be writing what a test before has done.
    assert server.log_file.read_bytes().count(b'"event": "start"') == starts


def test_a_data_folder_of_its_own_has_the_log(tmp_path, until):
    """A second room does not write into the log of the first one, and its log is found."""
    data = ("--data-dir", str(tmp_path / "room13"))
    command = [sys.executable, "-m", "lanchat", "serve", "--port", "0", "--no-mdns", *data]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    log_file = tmp_path / "room13" / "connections.log"
    until(lambda: log_file.exists() and log_file.read_text())
    process.terminate()
    process.communicate(timeout=DEADLINE)
    for name in ("tail", "export", "path"):
        shown = CommandLine(tmp_path)("log", name, *data).stdout
        assert ("start" in shown) or shown == f"{log_file}\n"


def test_a_taken_port_that_was_asked_for(server, refused, tmp_path):
    """One line and exit code 3."""
    said = refused("--port", str(server.port), "--data-dir", str(tmp_path / "data"))
    assert str(server.port) in said


def test_settings_come_from_the_environment(tmp_path):
    """Each option is also LANCHAT_<OPTION>; a wrong value says which one it was."""
    variables = {**os.environ, "LANCHAT_PORT": "many", "LANCHAT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "lanchat", "serve"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert result.returncode == 2
    assert "many" in result.stderr


def test_it_runs_with_nothing_open(tmp_path, until):
    """No stdin, stdout or stderr, as some service managers start programs."""
    log_file = tmp_path / "log"
    command = f"exec {sys.executable} -m lanchat serve --port 0 --no-mdns --data-dir {tmp_path} "
    command += f"--log-file {log_file} <&- >&- 2>&-"
    process = subprocess.Popen(["/bin/sh", "-c", command])
    until(log_file.exists)
    until(log_file.read_text)
    port = json.loads(log_file.read_text())["port"]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in connection.recv(100)
    process.terminate()
    assert process.wait(DEADLINE) == 0


def test_an_ipv6_visitor_has_an_ipv6_address(person_factory):
    """Both families reach the same room."""
    if not socket.has_ipv6:
        pytest.fail("this test needs IPv6 on loopback")
    assert person_factory("Ana", host="[::1]").join()["hosts"][0]["ip"] == "::1"
