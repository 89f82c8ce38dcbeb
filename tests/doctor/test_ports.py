from __future__ import annotations

from dataclasses import replace

import pytest

from lanchat.doctor.finding import Verdict
from lanchat.doctor.holder import Holder
from lanchat.doctor.ports import check_port
from lanchat.doctor.probe import Health

US = Health("lanchat", "0.1.0")
NOBODY = Health("refused", reason="connection refused")
SOMEBODY = Health("other", reason="it answers as something else")
EVERYWHERE = Holder(("::",), "python3", 7)
HERE = Holder(("127.0.0.1", "::1"), "python3", 7)


@pytest.mark.parametrize(
    ("holder", "local", "lan", "verdict", "words"),
    [
        (EVERYWHERE, US, US, Verdict.OK, "lanchat 0.1.0 answers at port 8765, python3 (process 7)"),
        (None, US, US, Verdict.OK, "lanchat 0.1.0 answers"),
        (None, replace(US, encrypted=True), US, Verdict.OK, "lanchat 0.1.0 (https) answers"),
        (HERE, US, NOBODY, Verdict.PROBLEM, "for this computer alone"),
        (None, US, NOBODY, Verdict.PROBLEM, "not at 192.168.1.20"),
        (Holder(("192.168.1.20",)), NOBODY, US, Verdict.OK, "lanchat 0.1.0 answers"),
        (None, NOBODY, NOBODY, Verdict.WARNING, "free"),
        (Holder(("*",), "nginx", 3), SOMEBODY, SOMEBODY, Verdict.PROBLEM, "taken by nginx"),
        (Holder(("0.0.0.0",)), SOMEBODY, SOMEBODY, Verdict.PROBLEM, "of another user"),
        (None, SOMEBODY, NOBODY, Verdict.PROBLEM, "taken by another program"),
    ],
)
def test_who_is_there(
    holder: Holder | None, local: Health, lan: Health, verdict: Verdict, words: str
) -> None:
    """Ours for everybody, ours for this computer alone, nobody's, or somebody else's."""
    finding = check_port(8765, holder, {"localhost": local, "192.168.1.20": lan})
    assert (finding.verdict, words in finding.text) == (verdict, True), finding
