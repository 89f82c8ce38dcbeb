"""The servers that files go to and come from, each with a folder of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fanout.process import Process, free_port
from fanout.programs import BUILD, CannotMeasure

RIVAL = "copyparty"


class Server(NamedTuple):
    """A server by the name that results have for it; ``command`` takes its port and folder."""

    name: str
    command: Callable[[int, Path], list[str]]

    def start(self, folder: Path) -> Process:
        """Run it; everything that it writes goes into the folder."""
        folder.mkdir(exist_ok=True)
        port = free_port()
        command = self.command(port, folder)
        output = folder.with_suffix(".txt")
        return Process(command, port, output, None, XDG_CONFIG_HOME=str(folder.parent))


def _lanchat(port: int, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--no-mdns"]
    command += ["--port", str(port), "--data-dir", str(folder), "--rate", "0"]
    command += ["--max-file-size", "2GB", "--file-quota", "50GB", "--file-quota-person", "50GB"]
    return [*command, "--log-file", str(folder / "connections.log")]


def _http_server(port: int, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return [*command, "--directory", str(folder)]


def _copyparty(port: int, folder: Path) -> list[str]:
    command = [str(_rival()), "-m", RIVAL, "-q", "-p", str(port), "-i", "127.0.0.1"]
    return [*command, "--wram", "-v", f"{folder}::A"]  # also into memory


def _rival() -> Path:
    """The Python that has copyparty, installed where it is not yet. Raises CannotMeasure."""
    folder = BUILD / RIVAL
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", RIVAL]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure(f"pip cannot install {RIVAL}: {done.stderr.strip()[-300:]}")
        (folder / "installed").touch()
    return python


LANCHAT = Server("lanchat", _lanchat)
HTTP_SERVER = Server("http.server", _http_server)
COPYPARTY = Server(RIVAL, _copyparty)
