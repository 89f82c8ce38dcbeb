"""Settings out of a file, through the commands that take them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.cli import ExitCode, run
from lanchat.cli.config_file import file_with_secrets
from lanchat.cli.export_import import export
from lanchat.cli.serve import config_from_environment, serve
from lanchat.cli.serve_config import config_from
from lanchat.config import ServeConfig
from lanchat.errors import ConfigFileRefused, SettingRefused

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of settings; returns its path."""

    def settings(text: str) -> str:
        file = tmp_path / "lanchat.toml"
        file.write_text(text, "utf-8")
        return str(file)

    return settings


def config_of(*arguments: str) -> ServeConfig:
    """What the command makes of its arguments, without serving."""
    with serve.make_context("serve", list(arguments)) as context:
        return config_from(context)


def test_what_a_list_may_not_hold_is_told_with_the_file(write: Write) -> None:
    """It is looked for where it stands."""
    with pytest.raises(SettingRefused, match=r"lanchat\.toml: allow-host cannot be 'x:80'"):
        config_of("--config", write('allow-host = ["x", "x:80"]'))


def test_every_kind_of_setting(write: Write) -> None:
    """Texts, numbers, switches, lists and times stand by the options' long names."""
    file = write(
        'name = "Sala 7B"\nport = 9000\ngrace = 4\nno-history = true\nno-mdns = true\n'
        'allow-host = ["a.example", "b.example"]\nretention = "30d"\nlang = "pt-BR"\n'
    )
    config = config_of("--config", file)
    assert (config.name, config.port, config.grace) == ("Sala 7B", 9000, 4.0)
    assert (config.keep_history, config.mdns_name) == (False, None)
    assert config.allow_hosts == ("a.example", "b.example")
    assert (config.retention, config.lang) == (30 * 86_400, "pt-BR")


def test_a_flag_beats_a_variable_beats_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearer to the person who starts it, the more it counts."""
    file = write('name = "file"\nhistory = 1\nrate = 1\n')
    monkeypatch.setenv("LANCHAT_HISTORY", "2")
    monkeypatch.setenv("LANCHAT_RATE", "2")
    config = config_of("--config", file, "--rate", "3")
    assert (config.name, config.history, config.rate) == ("file", 2, 3)


def test_paths_lie_beside_the_file(write: Write, tmp_path: Path) -> None:
    """A service is started in another folder than the person who tried it."""
    config = config_of("--config", write('data-dir = "room"\nlog-file = "~/log"\n'))
    assert (config.data_dir, config.log_file) == (tmp_path / "room", Path.home() / "log")


def test_an_access_code_yields_to_a_file_that_is_named_elsewhere(
    write: Write, tmp_path: Path
) -> None:
    """The two are one setting; only where they come from the same place they contradict."""
    code = tmp_path / "code"
    code.write_text("from the file with a code\n")
    file = write('access-code = "from the settings"\n')
    config = config_of("--config", file, "--access-code-file", str(code))
    assert config.access_code == "from the file with a code"
    file = write('access-code = "one"\naccess-code-file = "code"\n')
    with pytest.raises(SettingRefused, match="choose one of the two"):
        config_of("--config", file)


def test_it_is_named_by_a_variable(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """LANCHAT_CONFIG names the file, so that gunicorn's worker finds it, too."""
    monkeypatch.setenv("LANCHAT_CONFIG", write('name = "Sala 7B"\n'))
    assert config_from_environment().name == "Sala 7B"


def test_the_usual_place_counts_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the file there need not name it; where none is, nothing is missed."""
    place = tmp_path / "config.toml"
    monkeypatch.delenv("LANCHAT_CONFIG")
    monkeypatch.setattr("lanchat.cli.config_file.default_config_file", lambda: place)
    assert config_of().name == "lanchat"
    place.write_text('name = "Sala 7B"\n')
    assert config_of().name == "Sala 7B"


def test_other_commands_take_what_they_know(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Messages are exported from where the server keeps them, and the log is read there."""
    file = write('port = 9000\ndata-dir = "room"\nlog-file = "log"\n')
    monkeypatch.setenv("LANCHAT_CONFIG", file)
    with export.make_context("export", []) as context:
        assert context.params["data_dir"] == tmp_path / "room"


def test_the_log_is_read_where_the_file_says(
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`lanchat log tail` finds what `lanchat serve` writes; the variable counts more."""
    monkeypatch.setenv("LANCHAT_CONFIG", write('log-file = "log"\n'))
    assert run(["log", "path"]) == ExitCode.OK
    assert capsys.readouterr().out == f"{tmp_path / 'log'}\n"
    monkeypatch.setenv("LANCHAT_LOG_FILE", str(tmp_path / "other"))
    run(["log", "path"])
    assert capsys.readouterr().out == f"{tmp_path / 'other'}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 9000", "there is no setting 'prot'; did you mean port?"),
        ('access_code = "x"', "there is no setting 'access_code'; did you mean access-code?"),
        ("zzzz = 1", "there is no setting 'zzzz'; there are access-code, "),
        ('config = "other.toml"', "there is no setting 'config'; "),
        ("[serve]", "settings stand below no heading; leave out [serve]"),
        ("no-qr = true", "there is no setting 'no-qr'; write qr = false"),
        ("history = 1e3", "history has to be a whole number, not a number with a point"),
        ('log-file = "/"', "log-file: File '/' is a directory"),
        ('port = "9000"', "port has to be a whole number, not a text"),
        ("port = true", "port has to be a whole number, not a switch"),
        ("no-mdns = 1", "no-mdns has to be true or false, not a number"),
        ("access-code = 1234", "access-code has to be a text in quotes, not a number"),
        ('allow-host = "a"', "allow-host has to be a list of texts in quotes, not a text"),
        ("allow-host = [1]", "allow-host has to be a list of texts in quotes, not a list of "),
        ("name = 2026-11-23", "name has to be a text in quotes, not a table or a date"),
        ('retention = "soon"', "retention: 'soon' is not a duration such as 90s, "),
        ('lang = "xx"', "lang: 'xx' is not one of 'en', "),
        ("port = 70000", "port cannot be 70000: a port lies between 0 and 65535"),
        ("port = ", "it is no TOML: "),
        (f"port = {'9' * 5_000}", "it is no TOML: "),
        (f"port = {'[' * 5_000}", "it is no TOML: "),
    ],
)
def test_what_cannot_be_used_is_one_line(
    write: Write, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    """A refusal names the file, the key and what would be possible."""
    file = write(text)
    assert run(["serve", "--config", file]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith(f"lanchat: {file}: {said}")
    assert error.count("\n") == 1


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    """Nobody serves with other settings than those of the file that was named."""
    with pytest.raises(ConfigFileRefused, match="file of settings cannot be read: No such file"):
        config_of("--config", str(tmp_path / "none.toml"))


def test_other_encodings(write: Write, tmp_path: Path) -> None:
    """A byte order mark of Windows' editors is skipped; what is not UTF-8 is refused."""
    file = write('\ufeffname = "São João"\n')
    assert config_of("--config", file).name == "São João"
    (tmp_path / "lanchat.toml").write_bytes('name = "São"'.encode("latin-1"))
    with pytest.raises(ConfigFileRefused, match="UTF-8"):
        config_of("--config", file)


def test_secrets_in_it_are_known(write: Write) -> None:
    """Only secrets that count are known, and none that an option overrules."""
    file = write('access-code = "1234"\nname = "Sala 7B"\n')
    for options, found in (([], Path(file)), (["--access-code", "5678"], None)):
        with serve.make_context("serve", ["--config", file, *options]) as context:
            assert file_with_secrets(context) == found
