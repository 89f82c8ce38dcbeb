from __future__ import annotations

from pathlib import Path

import click
import pytest

from lanchat.cli.serve import config_from_environment, serve
from lanchat.cli.serve_config import config_from, secret
from lanchat.config import ServeConfig
from lanchat.errors import SettingRefused
from tests.world.command_line import CommandLine

BOTH = pytest.mark.parametrize("option", ["access-code", "metrics-token"])
"""The options that may name a secret or a file with one."""


def config_of(*arguments: str, banner: bool = True) -> ServeConfig:
    """What the command makes of its arguments, without serving."""
    with serve.make_context("serve", list(arguments)) as context:
        return config_from(context, banner=banner)


def test_without_options_the_defaults_hold() -> None:
    """The command's own defaults are those of ServeConfig."""
    assert config_of() == ServeConfig()


def test_options_become_settings(tmp_path: Path) -> None:
    """Each option finds its setting."""
    config = config_of(
        *("--host", "127.0.0.1", "-p", "0", "--name", "7B", "--history", "5", "--no-history"),
        *("--data-dir", str(tmp_path), "--log-file", str(tmp_path / "log"), "--lang", "PT-br"),
        *("--interface", "wlan0", "--advertise", "chat.example", "--grace", "2.5"),
        *("--allow-host", "a.example", "--allow-host", "b.example", "--trust-proxy"),
        *("--rate", "9", "--max-per-ip", "3", "--max-clients", "0"),
        *("--access-code", "1234", "--mdns-name", "sala-7b", "--rooms", "all", "--private", "off"),
    )
    assert config == ServeConfig(
        host="127.0.0.1",
        port=0,
        name="7B",
        history=5,
        keep_history=False,
        data_dir=tmp_path,
        log_file=tmp_path / "log",
        lang="pt-BR",
        interface="wlan0",
        advertise="chat.example",
        grace=2.5,
        allow_hosts=("a.example", "b.example"),
        trust_proxy=True,
        rate=9,
        max_per_ip=3,
        max_clients=0,
        access_code="1234",
        mdns_name="sala-7b",
        rooms="all",
        private="off",
    )


def test_no_mdns_is_no_name() -> None:
    """Whoever wants no announcement has none, whatever the name."""
    assert config_of("--no-mdns", "--mdns-name", "sala-7b").mdns_name is None


def test_the_environment_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's server is set up by variables alone."""
    monkeypatch.setenv("LANCHAT_PORT", "9000")
    monkeypatch.setenv("LANCHAT_NO_HISTORY", "1")
    monkeypatch.setenv("LANCHAT_ALLOW_HOST", "a.example b.example")
    config = config_from_environment()
    assert (config.port, config.keep_history) == (9000, False)
    assert config.allow_hosts == ("a.example", "b.example")


def test_an_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed counts more than what is set."""
    monkeypatch.setenv("LANCHAT_NAME", "from the shell")
    assert config_of("--name", "typed").name == "typed"


def test_folders_are_absolute_and_know_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde in a variable is not expanded by any shell."""
    monkeypatch.setenv("LANCHAT_DATA_DIR", "~/chat")
    config = config_of("--log-file", "connections.log")
    assert config.data_dir == Path.home() / "chat"
    assert config.log_file == Path.cwd() / "connections.log"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "70000"),
        ("--history", "-1"),
        ("--grace", "-1"),
        ("--rate", "-1"),
        ("--max-per-ip", "-1"),
        ("--max-clients", "-1"),
        ("--mdns-name", "sala.local"),
        ("--mdns-name", "-"),
        ("--name", " "),
        ("--name", "two\nlines"),
    ],
)
def test_an_impossible_setting_is_refused(arguments: tuple[str, str]) -> None:
    """The refusal names the setting, before anything is started."""
    with pytest.raises(SettingRefused, match=arguments[0].removeprefix("--")):
        config_of(*arguments)


@pytest.mark.parametrize("arguments", [("--port", "many"), ("--lang", "xx"), ("--nonsense",)])
def test_a_mistyped_option_is_bad_usage(arguments: tuple[str, ...]) -> None:
    """What is no value of its type is refused by click."""
    with pytest.raises(click.UsageError):
        config_of(*arguments)


def test_without_the_option_there_is_no_code() -> None:
    """A classroom is open unless the teacher wants it closed."""
    assert config_of().access_code is None


def test_the_host_chooses() -> None:
    """What is typed is the code."""
    assert config_of("--access-code", "recreio 7B").access_code == "recreio 7B"


def test_a_generated_code_can_be_read_aloud() -> None:
    """A generated code has eight digits, and others each time."""
    codes = {str(config_of("--access-code", "auto").access_code) for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 8 and code.isdecimal() for code in codes)


@pytest.mark.parametrize("code", ["", "  ", "x" * 129, "two\nlines", "\x1b[31m"])
def test_an_impossible_code_is_refused(code: str) -> None:
    """What nobody could type is no code."""
    with pytest.raises(SettingRefused, match="access-code"):
        config_of("--access-code", code)


def test_a_generated_code_needs_a_banner(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --quiet and under another program's server nobody would ever see it."""
    with pytest.raises(SettingRefused, match="banner"):
        config_of("--access-code", "auto", banner=False)
    monkeypatch.setenv("LANCHAT_ACCESS_CODE", "auto")
    with pytest.raises(SettingRefused, match="banner"):
        config_from_environment()


def secret_of(option: str, *arguments: str) -> str | None:
    """What the command makes of its arguments."""
    with serve.make_context("serve", list(arguments)) as context:
        return secret(context, option)


@BOTH
def test_a_secret_may_lie_in_a_file(option: str, tmp_path: Path) -> None:
    """The first line of the file counts; the arguments of a program can be seen by all users."""
    file = tmp_path / "secret"
    for encoding in ("utf-8", "utf-8-sig"):  # Notepad may begin it with a byte order mark
        file.write_text("segredo\nand a remark\n", encoding)
        assert secret_of(option, f"--{option}-file", str(file)) == "segredo"
    assert secret_of(option) is None


@BOTH
@pytest.mark.parametrize("text", [b"", b"\n\n", b"  \ncode", b"\xff\xfe"])
def test_a_file_without_a_secret_is_refused(option: str, tmp_path: Path, text: bytes) -> None:
    """An empty secret would let everybody in, and silently."""
    file = tmp_path / "secret"
    file.write_bytes(text)
    with pytest.raises(SettingRefused, match=f"{option}-file"):
        secret_of(option, f"--{option}-file", str(file))


@BOTH
def test_a_secret_in_no_file_is_refused(option: str, tmp_path: Path) -> None:
    """The refusal says why the file cannot be read."""
    with pytest.raises(SettingRefused, match="No such file"):
        secret_of(option, f"--{option}-file", str(tmp_path / "nowhere"))


@BOTH
def test_two_secrets_are_refused(option: str, tmp_path: Path) -> None:
    """A secret and a file with one are refused where chance would choose."""
    with pytest.raises(SettingRefused, match="one of the two"):
        secret_of(option, f"--{option}", "1234", f"--{option}-file", str(tmp_path / "code"))


def test_a_variable_yields_to_a_file_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret and its file are one setting, and what is typed counts more."""
    file = tmp_path / "code"
    file.write_text("in the file\n")
    monkeypatch.setenv("LANCHAT_ACCESS_CODE", "in a variable")
    assert secret_of("access-code", "--access-code-file", str(file)) == "in the file"
    monkeypatch.setenv("LANCHAT_ACCESS_CODE_FILE", str(file))
    assert secret_of("access-code", "--access-code", "typed") == "typed"


@pytest.mark.parametrize(
    ("arguments", "variables", "settings", "said"),
    [
        (["--port", "x"], {}, "", "--port: 'x' is not a valid integer; see lanchat"),
        (["-p", "70000"], {}, "", "--port cannot be 70000: "),
        ([], {"LANCHAT_PORT": "x"}, "", "LANCHAT_PORT: 'x' is not a valid integer; see lanchat"),
        ([], {"LANCHAT_PORT": "70000"}, "", "LANCHAT_PORT cannot be 70000: "),
        ([], {"LANCHAT_DATABASE": "x"}, "", "LANCHAT_DATABASE cannot be 'that': "),
        ([], {}, "port = 70000", "{file}: port cannot be 70000: "),
        ([], {}, "lang = 'xx'", "{file}: lang: 'xx' is not one of "),
        (["--interface", "none"], {}, "", "--interface cannot be 'none': "),
        ([], {"LANCHAT_TLS_CERT": "/none.pem"}, "", "LANCHAT_TLS_CERT cannot be '/none.pem': "),
    ],
)
def test_a_refusal_says_where_the_value_came_from(
    arguments: list[str],
    variables: dict[str, str],
    settings: str,
    said: str,
    tmp_path: Path,
) -> None:
    """In one line: the option, the variable or the file, by what serve would take."""
    file = tmp_path / "settings.toml"
    file.write_text(settings)
    typed = CommandLine(tmp_path)
    usual = {"LANCHAT_CONFIG": str(file), "LANCHAT_DATA_DIR": str(tmp_path), **variables}
    ended = typed("config", "show", *arguments, **usual)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("lanchat: " + said.format(file=file))
