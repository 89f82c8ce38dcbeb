import subprocess
import sys

import pytest

from lanchat.terminal import beside, console, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("João 李小龍 😀", "João 李小龍 😀"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd\x00\x7f", r"a\nb\tc\rd\x00\x7f"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("a\u200bb\u200d\u2060\ufeff\u00ad", r"a\u200bb\u200d\u2060\ufeff\xad"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\ud800", r"\ud800"),
        ("\U000e0041\ue000", r"\U000e0041\ue000"),
        ("\u3164\u115f\u2800\U000e0100", r"\u3164\u115f\u2800\U000e0100"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    """What could move, hide or reorder output is shown as an escape, and all else as it is."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Søren", "Søren"),
        ("דני", "דני\u200e"),
        ("Ana علي", "Ana علي\u200e"),
        ("\u202eאx", "\\u202eאx\u200e"),
    ],
)
def test_text_from_right_to_left_stays_on_its_side(text: str, shown: str) -> None:
    """What stands beside it is no part of it, whatever a terminal knows of directions."""
    assert beside(text) == shown


def test_printable_leaves_nothing_behind_that_controls_a_terminal() -> None:
    """Of all characters there are, no control, format or surrogate character remains."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert printable(everything).isprintable()


def test_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in rich's markup or emoji code is printed letter by letter."""
    console("always").print("[bold red]x[/] :smile: 42")
    assert capsys.readouterr().out == "[bold red]x[/] :smile: 42\n"


def test_a_pipe_gets_long_lines_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody looks, nothing is wrapped or cut."""
    console().print("word " * 100)
    assert capsys.readouterr().out.rstrip("\n") == "word " * 100


@pytest.mark.parametrize(
    ("color", "variables", "coloured"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", {}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("always", {"TERM": "dumb"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    color: str,
    variables: dict[str, str],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pipe is plain unless colours are asked for, and ``always`` outdoes NO_COLOR."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    console(color).print("text", style="red")  # type: ignore[arg-type]  # parametrised
    assert ("\x1b[31m" in capsys.readouterr().out) is coloured


def test_what_the_encoding_cannot_say_is_escaped() -> None:
    """An ASCII terminal shows a name, too."""
    program = "from lanchat.terminal import console; console().print('João')"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert shown.stdout.rstrip() == rb"Jo\xe3o"


@pytest.mark.skipif(sys.platform == "win32", reason="no shell with >&-")
def test_a_closed_stream_swallows_everything() -> None:
    """Printing to what the shell closed is no error."""
    program = "from lanchat.terminal import console; console().print('x'); console(stderr=True)"
    command = f"'{sys.executable}' -c \"{program}\" >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0
