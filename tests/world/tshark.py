"""Wireshark's program for the terminal, which reads files of packets."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.world.needs import need

_CHECKED = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")


def read(path: Path, *fields: str) -> list[list[str]]:
    """The values of these fields, a row for each packet."""
    asked = [part for field in fields for part in ("-e", field)]
    command = [need("tshark"), "-r", str(path), *_CHECKED, "-T", "fields", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]
