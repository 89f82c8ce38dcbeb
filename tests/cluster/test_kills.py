"""Processes that are killed in the midst of speaking leave what they have acknowledged."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from lanchat.chat.events import MessagePosted
from tests.world.drafts import say

PROJECT = Path(__file__).parents[2]
ENOUGH = 100


class Speaker:
    """A process that speaks; ``heard`` is what was acknowledged to it by then."""

    def __init__(self, address, word, place):
        self.file = place / f"{word}.txt"
        with self.file.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.world.speaker", address, word],
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
            )

    def acknowledged(self):
        """Its messages by their ids; the last line may not be whole."""
        *lines, _ = self.file.read_text("utf-8").split("\n")
        return {int(number): text for number, text in (line.split(" ", 1) for line in lines)}

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.mark.slow
def test_kills_cost_nothing_that_was_acknowledged(join, address, tmp_path, until, long):
    """Who stays hears everything, in one order, and can speak at once."""

    def wait_for_more(speaker):
        there = len(speaker.acknowledged())
        until(lambda: len(speaker.acknowledged()) > there + ENOUGH)

    witness = join()
    known: dict[int, str] = {}
    for turn in range(20 if long else 2):
        speakers = [Speaker(address, f"{word}{turn}", tmp_path) for word in "ab"]
        with ExitStack() as undo:
            for speaker in speakers:
                undo.callback(speaker.kill)
            for speaker in speakers:
                wait_for_more(speaker)
            speakers[0].kill()
            wait_for_more(speakers[1])
        for speaker in speakers:
            known |= speaker.acknowledged()
    (last,) = say(witness.log, ["the end"])
    told = [each.message for each in witness.told if isinstance(each, MessagePosted)]
    assert [message.id for message in told] == list(range(told[0].id, last.id + 1))
    assert told == witness.log.newest("lobby", len(told)).messages
    assert {each.id: each.message for each in told if each.id in known} == known
