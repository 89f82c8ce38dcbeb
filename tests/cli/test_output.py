import os
import sys
from pathlib import Path

import pytest

from lanchat.cli.output import counted, writing
from lanchat.errors import OutputExists, OutputUnwritable

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    """Nobody finds half of a file by its name, and nothing else is left behind."""
    file = tmp_path / "a.txt"
    with writing(file, force=False) as write:
        write("Olá")
        assert not file.exists()
    assert file.read_text("utf-8") == "Olá"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_there_stays(tmp_path: Path) -> None:
    """A file that is there is kept, and the refusal says how to replace it."""
    file = tmp_path / "a.txt"
    file.write_text("precious")
    with pytest.raises(OutputExists, match="--force"), writing(file, force=False):
        pass
    assert file.read_text() == "precious"


def test_force_replaces_it_in_the_end(tmp_path: Path) -> None:
    """The old file is there until the new one is whole, and after a failure."""
    file = tmp_path / "a.txt"
    file.write_text("old")
    with pytest.raises(ZeroDivisionError), writing(file, force=True) as write:
        write(f"half {1 / 0}")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
    with writing(file, force=True) as write:
        write("new")
    assert file.read_text() == "new"


@posix
def test_it_is_its_owners(tmp_path: Path) -> None:
    """Nobody else on this machine can read what was said."""
    with writing(tmp_path / "a.txt", force=False) as write:
        write("private")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o600


@posix
def test_a_device_is_written_to(tmp_path: Path) -> None:
    """A device has nothing to replace, and stays what it is."""
    with writing(Path(os.devnull), force=False) as write:
        write("nothing")
    assert Path(os.devnull).is_char_device()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The refusal names the file that was asked for, not the draft of it."""
    file = tmp_path / "none" / "a.txt"
    with pytest.raises(OutputUnwritable) as refused, writing(file, force=False):
        pass
    assert str(refused.value) == f"cannot write {file}: No such file or directory"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
def test_a_full_disk() -> None:
    """A failure is told also where only the last bytes do not fit."""
    full = Path("/dev/full")
    with pytest.raises(OutputUnwritable, match="No space"), writing(full, force=False) as write:
        write("few")


@pytest.mark.parametrize(
    ("number", "thing", "words"),
    [
        (0, "event", "0 events"),
        (1, "event", "1 event"),
        (2000, "event", "2,000 events"),
        (2, "person", "2 people"),
    ],
)
def test_one_is_no_plural(number: int, thing: str, words: str) -> None:
    """A number stands with its thing as people say it."""
    assert counted(number, thing) == words
