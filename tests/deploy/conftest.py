"""lanchat as deploy/ sets it up, and behind a real nginx with the committed site."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.world.needs import need

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
SITE_NAME = "chat.example.org"


@pytest.fixture(scope="session")
def nginx_program() -> str:
    """The nginx of this machine."""
    return need("nginx")


@pytest.fixture
def deploy() -> Path:
    """The folder with what people copy."""
    return DEPLOY


@pytest.fixture
def start(tmp_path: Path, until: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Run a command line that serves, with its file's variables, on any free port or this one."""
    processes: list[subprocess.Popen[bytes]] = []

    def run(
        command: list[str], variables: dict[str, str], output: Path | None = None, port: int = 0
    ) -> Any:
        console = tmp_path / f"output-{len(processes)}.txt"
        output = output or console
        mine = {"LANCHAT_PORT": str(port), "LANCHAT_NO_MDNS": "1"}
        environment = {**os.environ, **variables, **mine}
        with console.open("wb") as file:
            process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        processes.append(process)
        said = until(lambda: output.exists() and re.search(r"http://\S+:(\d+)", output.read_text()))
        return SimpleNamespace(process=process, port=int(said[1]))

    yield run
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def behind_nginx(server_factory: Callable[..., Any]) -> Any:
    """The server as deploy/nginx.conf asks for it."""
    options = ["--host", "127.0.0.1", "--trust-proxy", "--allow-host", SITE_NAME]
    return server_factory(*options, "--grace", "0.5")


@pytest.fixture
def prefix() -> str:
    """The path below which nginx has the room: none, where no test says otherwise."""
    return ""


@pytest.fixture
def several(server_factory: Callable[..., Any], new_room: Callable[[], str]) -> list[Any]:
    """Two servers of one chat, as both proxies ask for them."""
    options = ["--host", "127.0.0.1", "--trust-proxy", "--allow-host", SITE_NAME]
    database = new_room()
    return [server_factory(*options, "--database", database) for _ in range(2)]


@pytest.fixture
def others() -> list[Any]:
    """Further servers behind the same nginx, of the same chat: none, where no test says so."""
    return []


@pytest.fixture
def server(  # noqa: PLR0917
    behind_nginx: Any,
    others: list[Any],
    nginx_program: str,
    prefix: str,
    tmp_path: Path,
    until: Callable[..., Any],
) -> Iterator[SimpleNamespace]:
    """What people reach: nginx with the committed site, on a port of its own."""
    port = free_port()
    folder = tmp_path / "nginx"
    folder.mkdir()
    site = _moved_site(port, [each.port for each in (behind_nginx, *others)], prefix)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(_main_file(folder))
    command = [nginx_program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    until(lambda: process.poll() is not None or listens(port), "nginx")
    yield SimpleNamespace(
        url=f"http://127.0.0.1:{port}{prefix}", log_file=behind_nginx.log_file, process=process
    )
    process.terminate()
    process.wait()


def _moved_site(port: int, backends: list[int], prefix: str) -> str:
    """The committed site with the ports of this test, and below a path as the guide has it."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    for theirs, ours in {
        "    listen 80;\n": f"    listen 127.0.0.1:{port};\n",
        "    listen [::]:80;\n": "",
        "    server 127.0.0.1:8765;\n": "".join(f"    server 127.0.0.1:{p};\n" for p in backends),
        "http://lanchat;": f"http://lanchat{prefix and '/'};",
        "location / {": f"location {prefix}/ {{",
        'Prefix "";': f'Prefix "{prefix}";',
    }.items():
        assert site.count(theirs) == 1
        site = site.replace(theirs, ours)
    return site


def _main_file(folder: Path) -> str:
    """What stands around a site, with everything that nginx writes below the folder."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    # As root, nginx would work as a user who may not enter the test's folder.
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    return f"""
        {user}
        daemon off;
        worker_processes 1;
        pid {folder}/nginx.pid;
        events {{}}
        http {{
            access_log off;
            {temporary}
            include site.conf;
        }}
    """


def free_port() -> int:
    """A port of this computer that nobody has; another program could take it, and none does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
