import gzip
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lanchat.config import default_data_dir, default_log_file
from lanchat.connlog.log_record import encode
from tests.world.command_line import CommandLine


def line(time: datetime, event: str = "join", **fields: object) -> str:
    text = time.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return encode(text.replace("+00:00", "Z"), event, fields) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of twelve people, who came one a minute and the last one a minute ago."""
    path = tmp_path / "connections.log"
    now = datetime.now(timezone.utc)
    path.write_text(
        "".join(
            line(now - timedelta(minutes=12 - n), user=f"Guest {n}", ip=f"10.0.0.{n}")
            for n in range(12)
        )
    )
    return path


def test_the_last_ten(typed: CommandLine, file: Path) -> None:
    """A pipe gets plain lines in local time."""
    ended = typed("log", "tail", file)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert len(lines) == 10
    assert lines[-1].split()[2:] == ["→", "join", "Guest", "11", "10.0.0.11"]
    assert "\x1b" not in ended.stdout


def test_local_time_and_utc(typed: CommandLine, tmp_path: Path) -> None:
    """The time is that of the reader's zone, unless --utc is given."""
    file = tmp_path / "log"
    file.write_text(line(datetime(2026, 11, 23, 2, 8, tzinfo=timezone.utc)))
    assert typed("log", "tail", file, TZ="UTC+3").stdout.startswith("2026-11-22 23:08:00 ")
    assert typed("log", "tail", file, "--utc", TZ="UTC+3").stdout.startswith("2026-11-23 02:08:00Z")


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a test needs POSIX")
def test_an_hour_that_comes_twice(typed: CommandLine, tmp_path: Path) -> None:
    """In the night in which summer time ends, each line and each row is one moment."""
    file = tmp_path / "log"
    hours = [datetime(2026, 10, 25, hour, 30, tzinfo=timezone.utc) for hour in (0, 1, 2)]
    file.write_text("".join(line(hour, user="Ana") for hour in hours))
    zone = "CET-1CEST,M3.5.0,M10.5.0/3"
    shown = ["2026-10-25 02:30:00+02:00", "2026-10-25 02:30:00+01:00", "2026-10-25 03:30:00"]
    tail = typed("log", "tail", file, TZ=zone).stdout.splitlines()
    assert [text.partition("  ")[0] for text in tail] == shown
    rows = typed("log", "export", file, TZ=zone).stdout.splitlines()
    assert [row.partition(",")[0] for row in rows[1:]] == shown


@pytest.mark.parametrize(
    ("options", "guests"),
    [
        (["-n", "2"], [10, 11]),
        (["--since", "210s"], [9, 10, 11]),
        (["--since", "1d"], list(range(12))),
        (["--since", "1d", "-n", "1"], [11]),
        (["--user", "GUEST 1"], [1, 10, 11]),
        (["--ip", "10.0.0.8/31"], [8, 9]),
        (["--event", "leave"], []),
        (["--event", "leave", "--event", "join", "-n", "1"], [11]),
        (["--ip", "10.0.0.3", "--user", "guest"], [3]),
        (["-n", "all"], list(range(12))),
        (["--until", "570s"], [0, 1, 2]),
        (["--since", "510s", "--until", "390s", "-n", "1"], [5]),
        (["--exclude", "join"], []),
        (["--exclude", "leave", "--exclude", "visits", "-n", "1"], [11]),
    ],
)
def test_choosing(options: list[str], guests: list[int], typed: CommandLine, file: Path) -> None:
    """All conditions hold together; --since alone shows everything since then."""
    found = [
        json.loads(text)
        for text in typed("log", "tail", "--json", *options, file).stdout.split("\n")[:-1]
    ]
    assert [record["user"] for record in found] == [f"Guest {n}" for n in guests]


def test_since_a_time(typed: CommandLine, file: Path) -> None:
    """A time in ISO 8601 is local where it has no offset."""
    since = datetime.now(timezone.utc) - timedelta(minutes=3.5)
    for text in (since.isoformat(), f"{since:%Y-%m-%dT%H:%M:%S}"):
        assert len(typed("log", "tail", "--since", text, file).stdout.splitlines()) == 3


def test_json_lines_are_those_of_the_file(typed: CommandLine, file: Path) -> None:
    """The lines are passed on byte by byte."""
    assert typed("log", "tail", "--json", "-n", 12, file).stdout == file.read_text()


def test_hostile_names(typed: CommandLine, tmp_path: Path) -> None:
    """Whatever a name holds, its event is one harmless line, pretty and raw."""
    file = tmp_path / "log"
    name = "x\ny\x1b]0;t\x07\u202e[bold]\ud800\x9b31m"
    file.write_text(line(datetime.now(timezone.utc), user=name, ip="::1"))
    for option in ("--utc", "--json"):
        output = typed("log", "tail", option, "--color", "always", file).stdout
        assert output.count("\n") == 1
        assert not {"\x07", "\u202e", "\x9b"} & set(output)
        assert "\x1b]" not in output
        assert "[bold]" in output


@pytest.mark.parametrize(
    ("options", "variables", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"LANCHAT_COLOR": "always"}, True),
        ([], {"LANCHAT_COLOR": "always", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    options: list[str],
    variables: dict[str, str],
    coloured: bool,
    typed: CommandLine,
    file: Path,
) -> None:
    """NO_COLOR loses only to what was typed."""
    assert ("\x1b[32m" in typed("log", "tail", *options, file, **variables).stdout) is coloured


def test_an_ascii_terminal(typed: CommandLine, file: Path) -> None:
    """Symbols and names that the terminal's encoding cannot say are replaced."""
    with file.open("a") as log:
        log.write(line(datetime.now(timezone.utc), user="João"))
    output = typed("log", "tail", "-n", 1, file, encoding="ascii").stdout
    assert output.split()[2:] == [">", "join", r"Jo\xe3o"]


def test_unreadable_lines_are_counted_at_the_end(typed: CommandLine, file: Path) -> None:
    """One line on stderr counts them, and it is a success all the same."""
    with file.open("a") as log:
        log.write("junk\n{\n")
    ended = typed("log", "tail", file)
    assert (ended.returncode, len(ended.stdout.splitlines())) == (0, 10)
    assert ended.stderr == f"lanchat: 2 lines of {file} could not be read\n"


def test_no_log_yet(typed: CommandLine, tmp_path: Path) -> None:
    """One line says where it looked."""
    ended = typed("log", "tail", tmp_path / "none")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert str(tmp_path / "none") in ended.stderr


def test_the_environment_names_the_log(typed: CommandLine, file: Path) -> None:
    """LANCHAT_LOG_FILE holds for both commands; a FILE goes before it."""
    assert typed("log", "path", LANCHAT_LOG_FILE=str(file)).stdout == f"{file}\n"
    assert "Guest 11" in typed("log", "tail", LANCHAT_LOG_FILE=str(file)).stdout
    assert "Guest 11" in typed("log", "tail", file, LANCHAT_LOG_FILE="none").stdout


@pytest.mark.parametrize("command", ["tail", "export", "stats"])
def test_the_log_of_a_room(command: str, typed: CommandLine, file: Path, tmp_path: Path) -> None:
    """It is named as `lanchat serve` and `lanchat host` name it, in any order."""
    room = tmp_path / "room"
    room.mkdir()
    (room / "connections.log").write_bytes(file.read_bytes())
    for options in (["--data-dir", room], ["--log-file", file, "--data-dir", tmp_path / "x"]):
        assert "Guest " in typed("log", command, *options).stdout
    assert "Guest " in typed("log", command, LANCHAT_DATA_DIR=str(room)).stdout
    assert "Guest " in typed("log", command, file, "--data-dir", tmp_path / "x").stdout
    assert typed("log", command, file, "--log-file", file).returncode == 2


def test_the_usual_data_folder_has_the_usual_log() -> None:
    """Whoever names it says nothing new: the log stays where it was."""
    assert default_log_file(default_data_dir()) == default_log_file()


def test_the_environment_knows_the_home(typed: CommandLine, file: Path) -> None:
    """No shell replaces a ~ in a unit of systemd, so lanchat does."""
    variables = {"HOME": str(file.parent), "USERPROFILE": str(file.parent)}
    variables["LANCHAT_LOG_FILE"] = f"~/{file.name}"
    assert typed("log", "path", **variables).stdout == f"{file}\n"
    assert "Guest 11" in typed("log", "tail", **variables).stdout


def test_path_is_the_default_one(typed: CommandLine) -> None:
    """The path stands alone on stdout, and is where tail looks."""
    path = typed("log", "path").stdout.removesuffix("\n")
    assert Path(path).is_absolute()
    assert path in typed("log", "tail").stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--since", "tomorrow"],
        ["--ip", "here"],
        ["--event", "dance"],
        ["--lines", "-1"],
        ["--what"],
    ],
)
def test_misuse_is_one_line(options: list[str], typed: CommandLine, file: Path) -> None:
    """The line names the option and where to find help."""
    ended = typed("log", "tail", *options, file)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith("lanchat: ")
    assert options[0] in ended.stderr
    assert "lanchat log tail --help" in ended.stderr


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    """The logs of two servers."""
    paths = [tmp_path / "hall.log", tmp_path / "n2.log"]
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
    for path, minutes in zip(paths, ((0, 2), (1,)), strict=True):
        times = [noon + timedelta(minutes=each) for each in minutes]
        path.write_text("".join(line(each, user_id=str(each.minute)) for each in times))
    return paths


def test_several_logs(typed: CommandLine, pair: list[Path]) -> None:
    """Each line names its server, in a column; one that is missing is named."""
    lines = typed("log", "tail", *pair).stdout.splitlines()
    assert [text.split()[2:4] for text in lines] == [["hall", "→"], ["n2", "→"], ["hall", "→"]]
    assert len({text.index("→") for text in lines}) == 1
    raw = typed("log", "tail", "--json", *pair).stdout.splitlines()
    assert [json.loads(text)["server"] for text in raw] == ["hall", "n2", "hall"]
    ended = typed("log", "tail", *pair, "none.log")
    assert ended.returncode == 1
    assert "none.log" in ended.stderr


def test_several_logs_in_a_table_and_in_sums(typed: CommandLine, pair: list[Path]) -> None:
    """The table has one column more, which that of one log does not have."""
    rows = typed("log", "export", *pair).stdout.splitlines()
    assert rows[0].endswith(",size,server")
    assert [row.rpartition(",")[2] for row in rows[1:]] == ["hall", "n2", "hall"]
    assert typed("log", "export", pair[0]).stdout.splitlines()[0].endswith(",size")
    raw = typed("log", "export", "--format", "jsonl", *pair).stdout.splitlines()
    assert [json.loads(text)["server"] for text in raw] == ["hall", "n2", "hall"]
    assert json.loads(typed("log", "stats", "--json", *pair).stdout)["open_visits"] == 3


def test_a_log_through_a_pipe(typed: CommandLine, file: Path) -> None:
    """It is read as a file is, and with --follow shown as it comes, to its end."""
    for options in ([], ["--since", "150s"], ["-n", "all"], ["--json"]):
        as_file = typed("log", "tail", file, *options).stdout
        assert typed("log", "tail", "-", *options, given=file.read_text()).stdout == as_file
    followed = typed("log", "tail", "-f", "-", given=file.read_text())
    assert (followed.returncode, len(followed.stdout.splitlines())) == (0, 12)
    assert typed("log", "stats", "-", given=file.read_text()).stdout.startswith("1 person,")
    ended = typed("log", "tail", "-f", "-", file, given=file.read_text())
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)


def test_a_log_that_is_compressed(typed: CommandLine, file: Path, tmp_path: Path) -> None:
    """Alone, among those to which a log has moved, and where its end is missing."""
    packed = tmp_path / "connections.log.2.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    for options in (["-n", "10"], ["--since", "570s"]):
        as_file = typed("log", "tail", file, "-n", "10").stdout
        assert typed("log", "tail", packed, *options).stdout in as_file
        assert "Guest 11" in typed("log", "tail", packed, *options).stdout
    # As the shell makes a list of all: they are one log, and it is read once.
    shown = typed("log", "tail", "-n", "all", file, packed, "--utc").stdout.splitlines()
    assert len(shown) == 24
    assert shown[0].split()[2] == "→"
    packed.write_bytes(packed.read_bytes()[:-20])
    ended = typed("log", "tail", packed)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "its end is missing" in ended.stderr


@pytest.mark.parametrize("command", [["tail"], ["tail", "-n", "all"], ["export"], ["stats"]])
def test_a_file_that_is_no_log(command: list[str], typed: CommandLine, tmp_path: Path) -> None:
    """One line says so, also of what comes through a pipe."""
    (tmp_path / "notes.txt").write_text("milk\neggs\n" * 10_000)
    for file in ("notes.txt", "-"):
        ended = typed("log", *command, file, given="milk\n")
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        name = "standard input" if file == "-" else file
        assert f"{name}: it is no connection log" in ended.stderr
