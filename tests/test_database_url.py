"""The address of a database is shown without its password, and refused without being shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.config import ServeConfig
from lanchat.database_url import check, without_password
from lanchat.errors import SettingRefused

ADDRESS = "postgresql://chat:s3cret@db.example:5433/room"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (ADDRESS, "postgresql://chat@db.example:5433/room"),
        ("postgres://chat:s%2F3%40@[fd00::1]/room", "postgres://chat@[fd00::1]/room"),
        ("postgresql://a:5432,b:5433/room", "postgresql://a:5432,b:5433/room"),
        (
            "postgresql://chat@/room?host=/run/postgresql&password=s3cret",
            "postgresql://chat@/room?host=/run/postgresql",
        ),
        ("postgresql:///?service=room", "postgresql:///?service=room"),
    ],
)
def test_it_is_shown_without_its_password(address: str, shown: str) -> None:
    """Hosts, several of them, sockets and names are what somebody looks for."""
    check("database", address)
    assert without_password(address) == shown


@pytest.mark.parametrize(
    "address",
    [
        "mysql://chat:s3cret@db.example/room",
        "chat:s3cret@db.example",
        "postgresql//chat:s3cret@db.example/room",
        "postgresql:chat:s3cret",
        "postgresql://chat:s3/cret@db.example/room",
        "postgresql://chat:s3#cret@db.example/room",
        "postgresql://[chat:s3cret@db.example/room",
        "host=db.example password=s3cret",
        "",
    ],
)
def test_what_is_none_is_refused_without_being_shown(address: str) -> None:
    """A slash in the password is a mistake that is easily made."""
    with pytest.raises(SettingRefused, match="as %2F %3A %40") as no:
        check("database", address)
    assert "cret" not in str(no.value)
    assert without_password(address) == "not shown"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"reuse_port": True}, "reuse-port .* by a database that they share"),
        ({"sticky": True}, "sticky .* for --database"),
        ({"files_dir": Path("shared")}, "files-dir .*shared.* without one, files are kept in"),
        ({"database": ADDRESS, "keep_history": False}, "no-history .* leave one of the two out"),
        ({"database": "s3cret"}, "database cannot be 'that'"),
    ],
)
def test_what_does_not_go_together_is_refused(settings: dict[str, object], reason: str) -> None:
    """With the reason."""
    with pytest.raises(SettingRefused, match=reason):
        ServeConfig(**settings)  # type: ignore[arg-type]


def test_it_stands_in_no_log() -> None:
    """Neither does the settings' own text have it."""
    assert "s3cret" not in repr(ServeConfig(database=ADDRESS))
