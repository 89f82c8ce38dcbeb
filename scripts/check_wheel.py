"""Try what was built as a stranger would: check_wheel.py dist/lanchat-X.whl, or dist/lanchat.pyz.

Installs a wheel into an empty environment away from this checkout, or unpacks a folder with its own
Python, starts it, logs in, posts, reads the message back and the log, and stops it. Standard
library alone: what speaks to the server here is no part of what is tried.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LATER = ("js/search.js", "js/highlighter.js", "vendor/highlight/languages/py.js")
"""Some of what a page loads when it is needed."""

DEADLINE = 60.0  # seconds, for everything that is waited for
PACKETS = "\x1e"  # what stands between Engine.IO packets in one polling answer
if sys.platform == "win32":
    NEW_GROUP, STOP = subprocess.CREATE_NEW_PROCESS_GROUP, signal.CTRL_BREAK_EVENT
else:
    NEW_GROUP, STOP = 0, signal.SIGTERM

ADDRESS = re.compile(r"https?://\S+?:(\d+)")


def main() -> None:
    """Go through it all; the first thing that does not hold ends it."""
    built = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="lanchat-wheel-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        command = ready(built, home)
        log = home / "connections.log"
        with serve(command, home, log) as url:
            guest = Guest(url)
            guest.log_in("Ana")
            guest.connect()
            guest.ask("new_host", {})
            answer = guest.ask(
                "new_message", {"message": "Olá, rede!", "client_id": str(uuid.uuid4())}
            )
            check(answer.get("ok"), f"the message was not stored: {answer}")
            again = guest.ask("new_host", {})
            said = [message["message"] for message in again["messages"]]
            check(said == ["Olá, rede!"], f"the history is {said}")
            check_log(command, home, log)
    say(f"{built.name} starts, talks, remembers, logs and stops.")


def ready(built: Path, home: Path) -> list[str]:
    """Return the command of what was built, which lies below ``home`` where it is unpacked."""
    if built.suffix == ".pyz":
        return [sys.executable, str(built)]
    if built.suffix == ".whl":
        return [str(install(built, home / "venv"))]
    shutil.unpack_archive(built, home / "folder")
    return [str(home / "folder" / "lanchat" / "lanchat")]


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into an empty environment; return its command."""
    say(f"Installing {wheel.name} into an empty environment")
    venv.create(folder, with_pip=True)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [commands / "python", "-m", "pip", "--disable-pip-version-check", "install", "-qq", wheel],
        check=True,
    )
    return commands / "lanchat"


@contextlib.contextmanager
def serve(command: list[str], home: Path, log: Path) -> Iterator[str]:
    """Run the server; yield its address, and check that it ends well."""
    output = home / "serve.txt"
    with output.open("wb") as file:
        server = subprocess.Popen(
            [
                *command,
                "serve",
                "--port=0",
                "--no-mdns",
                f"--data-dir={home / 'data'}",
                f"--log-file={log}",
            ],
            cwd=home,
            env=stranger(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            creationflags=NEW_GROUP,
        )
    try:
        yield listening(server, output)
        server.send_signal(STOP)
        code = server.wait(DEADLINE)
        check(code == 0, f"the server ended with {code}")
        check("Traceback" not in output.read_text("utf-8", "replace"), "there is a traceback")
    except BaseException:
        server.kill()
        server.wait(DEADLINE)
        say(output.read_text("utf-8", "replace"))
        raise


def stranger() -> dict[str, str]:
    """Return an environment that knows nothing of this checkout and of a user's settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LANCHAT_", "PYTHONPATH"))
    }


def listening(server: subprocess.Popen[bytes], output: Path) -> str:
    """Wait for the banner and for the first answer; return the address on this machine."""
    end = time.monotonic() + DEADLINE
    trouble = "it shows no address"
    while (left := end - time.monotonic()) > 0 and server.poll() is None:
        if found := ADDRESS.search(output.read_text("utf-8", "replace")):
            url = f"http://127.0.0.1:{found[1]}"
            try:
                with urllib.request.urlopen(f"{url}/healthz", timeout=left) as answer:
                    say(f"It listens on {url}: {json.load(answer)}")
                    return url
            except OSError as error:
                trouble = f"{url}: {error}"
        time.sleep(0.1)
    code = server.poll()
    state = f"runs after {DEADLINE:g} s" if code is None else f"has ended with {code}"
    size = output.stat().st_size
    raise SystemExit(
        f"The server does not answer: {trouble}. It {state} and has printed {size} bytes"
    )


class Guest:
    """A person with a browser, reduced to HTTP long polling."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.polling = ""
        self.packets: list[str] = []
        self.asked = 0
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def log_in(self, name: str) -> None:
        """Fill in the form; look at the page and at every file of its first layer."""
        form = urllib.parse.urlencode({"username": name}).encode()
        with self.opener.open(f"{self.url}/", form, timeout=DEADLINE) as page:
            check(page.url == f"{self.url}/chat", f"logging in led to {page.url}")
            text = page.read().decode()
        files = set(re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", text))
        check(files, "the chat page names no files")
        later = [f"/static/{name}" for name in LATER]
        for file in [*files, *later]:
            with self.opener.open(self.url + file, timeout=DEADLINE) as answer:
                check(answer.read(), f"{file} is empty")
        say(f"{name} is logged in, and {len(files) + len(later)} files of the page are there")

    def connect(self) -> None:
        """Open the Engine.IO session, and in it Socket.IO's default namespace."""
        self.polling = f"{self.url}/socket.io/?EIO=4&transport=polling"
        session = json.loads(self.request()[1:])
        self.polling += f"&sid={session['sid']}"
        self.request("40")
        self.wait_for("40")

    def ask(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send an event; return the server's acknowledgement."""
        self.asked += 1
        self.request(f"42{self.asked}{json.dumps([event, payload])}")
        answer = json.loads(self.wait_for(f"43{self.asked}["))
        return dict(answer[0])

    def wait_for(self, start: str) -> str:
        """Poll until a packet begins so; return the packet from its last expected sign on."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            while self.packets:
                packet = self.packets.pop(0)
                if packet == "2":
                    self.request("3")
                elif packet.startswith(start):
                    return packet[len(start.rstrip("[")) :]
            self.packets = self.request().split(PACKETS)
        raise SystemExit(f"No packet {start} came")

    def request(self, body: str | None = None) -> str:
        """Make one polling request: a POST where there is a body."""
        data = None if body is None else body.encode()
        with self.opener.open(self.polling, data, timeout=DEADLINE) as answer:
            return str(answer.read().decode())


def check_log(command: list[str], home: Path, log: Path) -> None:
    """Tail the log until it tells that Ana came."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        tail = subprocess.run(
            [*command, "log", "tail", log],
            cwd=home,
            env=stranger(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if "join" in tail.stdout and "Ana" in tail.stdout:
            say(tail.stdout.rstrip())
            return
        time.sleep(0.1)
    raise SystemExit(f"The log does not tell of Ana: {tail.stdout}{tail.stderr}")


def check(holds: object, complaint: str) -> None:
    """End with the complaint where something does not hold."""
    if not holds:
        raise SystemExit(f"It fails: {complaint}")


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
