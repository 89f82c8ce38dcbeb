"""From rounds to figures: medians, their spread, and what is held against what."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any, NamedTuple

from fanout.contenders import GEVENT, GROUPED, LANCHAT, LIMIT, NODE, SQLITE, Contender
from fanout.rounds import Figures, Measured

CROWD = 1_000
"""With fewer clients memory and joins say more about what happened to be freed than of clients."""


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


class Held(NamedTuple):
    """A figure of lanchat's that is held against that of rivals, from so many clients on."""

    words: str
    figure: str
    rivals: tuple[Contender, ...]
    least: int = 0


HELD = (
    Held("deliveries a second", "deliveries_per_s", (GROUPED, SQLITE, NODE, GEVENT, LIMIT)),
    Held("time until all have it", "fanout_ms", (GROUPED, NODE, LIMIT)),
    Held("processor time a delivery", "cpu_us", (GROUPED, NODE, LIMIT)),
    Held("joins a second", "connections_per_s", (GROUPED, NODE), CROWD),
    Held("memory a client", "memory_kb", (GROUPED, NODE), CROWD),
)
"""What a reader wants to know first; of the rivals those with the same promise come first."""


class Ratio(NamedTuple):
    """lanchat's figure divided by a rival's, with so many clients."""

    words: str
    rival: Contender
    clients: int
    value: float

    def as_json(self) -> dict[str, Any]:
        """What is written into the file of results."""
        known = {"figure": self.words, "to": self.rival.label, "clients": self.clients}
        return {**known, "ratio": round(self.value, 3)}


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


def ratios(rows: Iterable[Row]) -> list[Ratio]:
    """How lanchat stands, in the order of HELD; only what was measured is told."""
    known = {(row.contender, row.clients): row.figures for row in rows}
    crowds = sorted(clients for contender, clients in known if contender == LANCHAT)
    return [
        Ratio(held.words, rival, clients, known[LANCHAT, clients][held.figure] / measured)
        for held in HELD
        for rival in held.rivals
        for clients in crowds
        if clients >= held.least
        and held.figure in known[LANCHAT, clients]
        and (measured := known.get((rival, clients), {}).get(held.figure))
    ]


def typical_spread(rows: Iterable[Row]) -> float:
    """The median of the rows' spreads: how much a figure here changes from round to round."""
    spreads = [row.spread for row in rows if row.figures]
    return statistics.median(spreads) if spreads else 0.0
