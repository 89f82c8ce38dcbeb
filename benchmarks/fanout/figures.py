"""From rounds to figures: medians, their spread, and what is held against what."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any, NamedTuple

from fanout.contenders import GEVENT, LANCHAT, LIMIT, NODE, Contender
from fanout.rounds import Figures, Measured

AIMS = 1_000
"""The number of clients that ratios are told for."""


class Row(NamedTuple):
    """One contender with so many clients: the medians of so many rounds.

    ``spread`` is the distance between the best and the worst round's deliveries a second, as a
    share of the median.
    """

    contender: Contender
    clients: int
    figures: Figures
    rounds: int
    spread: float
    error: str

    def as_json(self) -> dict[str, Any]:
        """What is written into the file of results."""
        rounded = {name: float(f"{value:.4g}") for name, value in self.figures.items()}
        known = {"server": self.contender.name, "label": self.contender.label}
        found = (
            {**rounded, "rounds": self.rounds, "spread": round(self.spread, 3)}
            if rounded
            else {"error": self.error}
        )
        return {**known, "clients": self.clients, **found}


class Ratio(NamedTuple):
    """lanchat's figure divided by another one's; ``words`` say which."""

    words: str
    value: float


def summarize(results: Iterable[Measured]) -> list[Row]:
    """The medians of all rounds, by number of clients and then as the contenders were given."""
    groups: dict[tuple[int, Contender], list[Measured]] = {}
    for measured in results:
        groups.setdefault((measured.clients, measured.contender), []).append(measured)
    return [
        _row(contender, clients, rounds)
        for (clients, contender), rounds in sorted(groups.items(), key=lambda item: item[0][0])
    ]


def _row(contender: Contender, clients: int, rounds: list[Measured]) -> Row:
    good = [measured.figures for measured in rounds if not measured.error]
    error = next((measured.error for measured in rounds if measured.error), "")
    if not good:
        return Row(contender, clients, {}, 0, 0.0, error)
    medians = {name: statistics.median(each[name] for each in good) for name in good[0]}
    rates = [each["deliveries_per_s"] for each in good]
    spread = (max(rates) - min(rates)) / medians["deliveries_per_s"]
    return Row(contender, clients, medians, len(good), spread, error)


def ratios(rows: Iterable[Row], clients: int = AIMS) -> list[Ratio]:
    """How lanchat stands with so many clients; only what was measured is told."""
    by_contender = {row.contender: row.figures for row in rows if row.clients == clients}
    own = by_contender.get(LANCHAT, {})
    wanted = [
        ("deliveries_per_s", "deliveries a second", (NODE, GEVENT, LIMIT)),
        ("cpu_us", "processor time a delivery", (NODE, GEVENT, LIMIT)),
        ("fanout_ms", "calm fan-out time", (NODE, GEVENT, LIMIT)),
    ]
    return [
        Ratio(f"{what}, to {other.label}", own[name] / by_contender[other][name])
        for name, what, others in wanted
        for other in others
        if name in own and by_contender.get(other, {}).get(name)
    ]


def typical_spread(rows: Iterable[Row]) -> float:
    """The median of the rows' spreads: how much a figure here changes from round to round."""
    spreads = [row.spread for row in rows if row.figures]
    return statistics.median(spreads) if spreads else 0.0
