"""The folder with a Python of its own, as far as this kind of computer can tell."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import folder_main
import pytest


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform != "win32" and not sysconfig.get_config_var("Py_ENABLE_SHARED"),
    reason="PyInstaller takes a Python that is a library",
)
def test_it_serves_and_brings_every_licence(wheel: Path, project: Path, tmp_path: Path) -> None:
    """Whoever unpacks it logs in and posts, and reads the log by its own program."""
    scripts, python = project / "scripts", [sys.executable]
    make = [*python, str(scripts / "make_folder.py"), str(wheel), f"--out={tmp_path}"]
    subprocess.run(make, check=True)
    (built,) = tmp_path.glob("lanchat-*")
    check = [*python, str(scripts / "check_wheel.py"), str(built)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    if built.suffix == ".gz":
        with tarfile.open(built) as archive:
            names = archive.getnames()
        for project_name in ("flask", "gevent", "cryptography", "lanchat"):
            assert [name for name in names if f"/licenses/{project_name}-" in name.lower()]


def test_its_program_is_python_for_what_lanchat_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Code and modules, each with the words that follow."""
    code = "import sys; print(sys.argv[1:])"
    (tmp_path / "module_that_speaks.py").write_text(code, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for words in (["-c", code], ["-m", "module_that_speaks"]):
        monkeypatch.setattr(sys, "argv", ["lanchat", *words, "a", "-b"])
        folder_main.main()
    assert capsys.readouterr().out == "['a', '-b']\n" * 2
