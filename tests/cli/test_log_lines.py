from collections.abc import Callable
from datetime import date

import pytest
from rich.cells import cell_len

from lanchat.cli.log_lines import Layout, detail, duration
from lanchat.connlog.log_record import Record, decode, encode


@pytest.fixture
def record() -> Callable[..., Record]:
    """A record of Ana's, unless told otherwise."""

    def make(event: str = "join", day: int = 23, **fields: object) -> Record:
        person = {"user": "Ana", "ip": "192.168.1.33"}
        return decode(encode(f"2026-11-{day}T02:08:00Z", event, {**person, **fields}).encode())

    return make


def shown(record: Record, width: int | None = None, layout: Layout | None = None) -> list[str]:
    layout = layout or Layout(unicode=True, utc=True)
    return list(layout.lines(record, width))


@pytest.mark.parametrize(
    ("event", "fields", "line"),
    [
        ("join", {}, "→ join           Ana           192.168.1.33"),
        (
            "leave",
            {"seconds": 192.4, "reason": "closed"},
            "← leave          Ana           192.168.1.33     after 3 min 12 s",
        ),
        (
            "login_refused",
            {"reason": "name_taken"},
            "✕ login refused  Ana           192.168.1.33     name taken",
        ),
        (
            "refused",
            {"user": "", "reason": "unauthorized"},
            "✕ refused                      192.168.1.33     unauthorized",
        ),
        (
            "start",
            {"user": "", "ip": "", "version": "0.1.0", "port": 8765},
            "● start          version 0.1.0, port 8765",
        ),
        (
            "refused",
            {"user": "", "reason": "host", "count": 4812, "seconds": 60},
            "✕ refused                      192.168.1.33     4,812 times in 1 min 00 s, host",
        ),
        (
            "visits",
            {"user": "", "count": 1, "seconds": 59},
            "↔ visits                       192.168.1.33     once in 59 s",
        ),
        (
            "file",
            {"size": 2_412_345, "type": "image/jpeg"},
            "+ file           Ana           192.168.1.33     2.4 MB, image/jpeg",
        ),
        (
            "file",
            {"user": "", "count": 1, "seconds": 59},
            "+ file                         192.168.1.33     once in 59 s",
        ),
        ("stop", {"user": "", "ip": ""}, "● stop"),
        (
            "rename",
            {"before": "Bel\x1ba"},
            "~ rename         Ana           192.168.1.33     was Bel\\x1ba",
        ),
        (
            "ban",
            {"seconds": 7200, "by": "Rui"},
            "◆ ban            Ana           192.168.1.33     for 2 h 00 min, by Rui",
        ),
        (
            "mute",
            {"seconds": None, "by": "terminal"},
            "◆ mute           Ana           192.168.1.33     for ever, by terminal",
        ),
        (
            "topic",
            {"user": "", "ip": "", "value": "Fractions \x1b[2J", "room": "A", "by": "Rui"},
            "◆ topic          Fractions \\x1b[2J, in A, by Rui",
        ),
        (
            "room_opened",
            {"user": "", "ip": "", "room": "Robots", "by": "Rui"},
            "◆ room opened    Robots, by Rui",
        ),
        (
            "room_renamed",
            {"user": "", "ip": "", "room": "Robots", "value": "Bots", "by": "Rui"},
            "◆ room renamed   Bots, was Robots, by Rui",
        ),
        (
            "leave",
            {"seconds": 5, "reason": "kicked"},
            "← leave          Ana           192.168.1.33     after 5 s, kicked",
        ),
    ],
)
def test_one_line_an_event(
    event: str, fields: dict[str, object], line: str, record: Callable[..., Record]
) -> None:
    """A line has time, symbol, event, name, address, and what else there is to say."""
    assert shown(record(event, **fields)) == [f"2026-11-23 02:08:00Z  {line}"]


def test_symbols_without_unicode(record: Callable[..., Record]) -> None:
    """An ASCII terminal gets signs that it has."""
    layout = Layout(unicode=False, utc=True)
    lines = [shown(record(event), layout=layout)[0] for event in ("join", "leave", "refused")]
    assert [line[22] for line in lines] == [">", "<", "x"]
    assert "\n".join(lines).isascii()


def test_names_from_right_to_left_keep_the_columns(record: Callable[..., Record]) -> None:
    """The address after them does not change sides, and the columns stay as wide."""
    hebrew, latin = (shown(record(user=user))[0] for user in ("דני", "Ana"))
    assert "דני\u200e   " in hebrew
    assert cell_len(hebrew) == cell_len(latin)


def test_columns_are_as_wide_as_the_longest_name(record: Callable[..., Record]) -> None:
    """With room made before, short and long names are aligned, wide characters too."""
    records = [record(user=user) for user in ("Ana", "李小龍李小龍李小龍", "x" * 32)]
    layout = Layout(unicode=True, utc=True)
    layout.make_room(records)
    lines = [shown(record, 120, layout)[0] for record in records]
    assert len({cell_len(line[: line.index("192.168")]) for line in lines}) == 1


def test_a_hostile_name_is_one_harmless_line(record: Callable[..., Record]) -> None:
    """What could paint the terminal is shown as escapes, in names, addresses and reasons."""
    bad = "a\nb\x1b[31m\u202e[red]\ud800\x9b"
    (line,) = shown(record("refused", user=bad, ip=bad, reason=bad))
    assert line.count(r"a\nb\x1b[31m\u202e[red]\ud800\x9b") == 3
    assert line.isprintable()


def test_a_pipe_gets_everything(record: Callable[..., Record]) -> None:
    """A long name is cut on a screen only."""
    assert "x" * 100 in shown(record(user="x" * 100))[0]
    assert "x" * 31 + "…" in shown(record(user="x" * 100), 120)[0]


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_what_does_not_fit_is_folded_between_words(
    width: int, record: Callable[..., Record]
) -> None:
    """However narrow, no line is longer than the terminal, and everything is there."""
    leave = record("leave", user="n" * 32, ip="fe80::1ff:fe23:4567:890a", seconds=9000)
    lines = shown(leave, width)
    assert max(map(len, lines)) <= width
    for part in ("leave", "n" * 32, "fe80::1ff:fe23:4567:890a", "after 2 h 30 min"):
        assert any(part in line for line in lines)


@pytest.mark.parametrize("width", [100, 110, 130])
@pytest.mark.parametrize(
    "other", [{"user": "n" * 32}, {"ip": "2001:db8:1234:5678:9abc:def0:1234:5678"}]
)
def test_somebodys_long_name_or_address_folds_nobody_elses_lines(
    width: int, other: dict[str, object], record: Callable[..., Record]
) -> None:
    """Columns grow into what room the terminal has, and not at the cost of ordinary lines."""
    layout = Layout(unicode=True, utc=False)
    layout.make_room([record(**other)])
    (line,) = shown(record("leave", seconds=2640, reason="logout"), width, layout)
    assert line.endswith("after 44 min 00 s, logged out")


@pytest.mark.parametrize(
    ("width", "ip"), [(80, "192.168.1.33"), (120, "2001:db8:1234:5678:9abc:def0:1234:5678")]
)
def test_a_line_leaves_the_columns_rather_than_be_folded(
    width: int, ip: str, record: Callable[..., Record]
) -> None:
    """What would fit but for the columns is one line."""
    layout = Layout(unicode=True, utc=True)
    layout.make_room([record(user="n" * 32)])
    leave = record("leave", ip=ip, seconds=2640, reason="logout")
    assert "Ana" in shown(leave, width, layout)[-1]
    assert "leave" in shown(leave, width, layout)[-1]


def test_a_narrow_terminal_has_a_line_a_day(record: Callable[..., Record]) -> None:
    """The date is said once, then only times."""
    layout = Layout(unicode=True, utc=True)
    lines = [shown(record(day=day), 80, layout) for day in (23, 23, 24)]
    assert [len(found) for found in lines] == [2, 1, 2]
    assert lines[0][0] == f"{date(2026, 11, 23)} UTC"
    assert lines[1][0].startswith("02:08:00  → join")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (192, "3 min 12 s"),
        (7500, "2 h 05 min"),
        (273600, "3 d 4 h"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    """A duration has at most two units, the larger one first."""
    assert duration(seconds) == words


def test_an_unknown_reason_is_shown_as_it_is(record: Callable[..., Record]) -> None:
    """A later version may know more reasons."""
    assert detail(record("leave", reason="kicked_out")) == "kicked out"
