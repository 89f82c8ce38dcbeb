"""The compose file: what stands in it fits together. Docker itself is not needed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.world.command_line import all_commands

SERVERS = ("one", "two")


@pytest.fixture
def services(deploy: Path) -> dict[str, Any]:
    """The services of the committed file, by their names."""
    found: dict[str, Any] = yaml.safe_load((deploy / "compose.yaml").read_text("utf-8"))
    networks, volumes = set(found["networks"]), set(found["volumes"])
    for service in found["services"].values():
        assert set(service["networks"]) <= networks
        assert set(service.get("depends_on", ())) <= set(found["services"])
        named = {each.partition(":")[0] for each in service["volumes"]}
        assert {name for name in named if not name.startswith(".")} <= volumes
    return dict(found["services"])


def test_images_have_a_version(services: dict[str, Any]) -> None:
    """Tomorrow's would be another database; and nothing says where images come from."""
    for service in services.values():
        assert "build" in service or re.fullmatch(r"[a-z]+:\d+(\.\d+)?", service["image"])


def test_haproxy_finds_the_servers(services: dict[str, Any], deploy: Path) -> None:
    """They have the addresses that its configuration names."""
    theirs = [services[name]["networks"]["inside"]["ipv4_address"] for name in SERVERS]
    configuration = (deploy / "haproxy.cfg").read_text("utf-8")
    assert re.findall(r"^    server \w+ (\S+):8765$", configuration, re.MULTILINE) == theirs
    mounted = services["proxy"]["volumes"][0].partition(":")[0]
    assert (deploy / mounted).samefile(deploy / "haproxy.cfg")


@pytest.mark.parametrize("name", SERVERS)
def test_its_servers_are_told_what_there_is(
    services: dict[str, Any], name: str, deploy: Path
) -> None:
    """Their options and variables are those of `lanchat serve`, and the recipe builds them."""
    service = services[name]
    (serve,) = [each.command for each in all_commands() if each.command_path == "lanchat serve"]
    command, *options = service["command"]
    assert command == "serve"
    assert set(options) <= {each for param in serve.params for each in param.opts}
    assert set(service["environment"]) <= {str(param.envvar) for param in serve.params}
    recipe = deploy / service["build"]["context"] / service["build"]["dockerfile"]
    assert recipe.samefile(deploy / "Dockerfile")
    assert service["volumes"] == [f"{name}:/data", "files:/files"]
    assert re.search(r"install -d -o lanchat .*/data /files$", recipe.read_text(), re.MULTILINE)
    assert "[metrics,postgres]" in recipe.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the image is one of Linux")
def test_its_servers_serve(
    services: dict[str, Any],
    tmp_path: Path,
    start: Callable[..., Any],
    new_database: Callable[[], str],
) -> None:
    """With a database of this test, and under the name that visitors come by."""
    environment = services["one"]["environment"]
    assert re.fullmatch(
        r"postgresql://chat:\$\{\w+\}@database/room12", environment["LANCHAT_DATABASE"]
    )
    name = re.sub(r"\$\{\w+:-(.+)\}", r"\1", environment["LANCHAT_ALLOW_HOST"])
    variables = {**environment, "LANCHAT_DATABASE": new_database(), "LANCHAT_ALLOW_HOST": name}
    assert variables["LANCHAT_FILES_DIR"] == "/files"
    files = tmp_path / "files"
    files.mkdir()
    variables |= {"LANCHAT_DATA_DIR": str(tmp_path), "LANCHAT_LOG_FILE": str(tmp_path / "log")}
    variables |= {"LANCHAT_FILES_DIR": str(files)}
    server = start([sys.executable, "-m", "lanchat", *services["one"]["command"]], variables)
    page = f"http://127.0.0.1:{server.port}/"
    assert requests.get(page, headers={"Host": name}, timeout=60).status_code == 200
    assert list(files.iterdir())
