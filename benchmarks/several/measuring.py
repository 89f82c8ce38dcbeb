"""What one measurement of logs says, in short."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from several.database import Usage, throwaway
from several.processes import talk


class Measured(NamedTuple):
    """What so many processes did; processor time in seconds for each message.

    ``speaker`` is that of those who talk, all together, ``listener`` of each who only listens.
    """

    messages: float
    commits: float
    acknowledged: float
    speaker: float
    listener: float
    database: float


def measure(senders: Sequence[int], seconds: float) -> Measured:
    """Let as many processes talk through a PostgreSQL as there are numbers of senders."""
    with throwaway() as postgres, postgres.databases() as new_database:
        usage = Usage(postgres.pid)
        talked = talk("postgresql", new_database(), senders, seconds, usage)
    speakers = [each for each, number in zip(talked, senders, strict=True) if number]
    idle = [each for each, number in zip(talked, senders, strict=True) if not number]
    acknowledged = list(chain.from_iterable(each.acknowledged for each in speakers))
    said, took = len(acknowledged), max(each.seconds for each in speakers)
    return Measured(
        messages=said / took,
        commits=sum(each.commits for each in speakers) / took,
        acknowledged=statistics.median(acknowledged),
        speaker=sum(each.cpu for each in speakers) / said,
        listener=sum(each.cpu for each in idle) / said / max(len(idle), 1),
        database=usage.seconds / said,
    )
