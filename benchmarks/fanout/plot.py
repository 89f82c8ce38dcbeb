"""The plot of docs/performance.md: an SVG with a background of its own, for light and dark.

Each number of clients has a panel as large as the others, with a bar for each server: a room of
ten people is as much of a room as one of a thousand. Bars that would dwarf lanchat's and Node's are
cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from fanout.contenders import GROUPED, LANCHAT, LIMIT, LIMIT_SINGLE, NODE, SQLITE, Contender
from fanout.figures import Row

NAMES, PANEL, GAP, MARGIN = 110, 170, 14, 16
BAR, PITCH, TITLE, HEAD = 13, 21, 34, 24
LONGEST, CUT = 0.6, 0.68
"""Shares of a panel: the longest whole bar, and one that is cut; the figure stands behind it."""

SCALE = {LANCHAT, GROUPED, SQLITE, NODE}
"""Whose bars are whole: those that are to be compared at a glance."""

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .head { font-weight: 600 }
  .back { fill: #ffffff; stroke: #d0d7de } .cut { stroke: #ffffff; stroke-width: 3 }
  .foot { stroke: #d8dee4 }
  .own { --c: #c2410c } .same { --c: #1565c0 } .less { --c: #8b949e } .limit { --c: #2e7d32 }
  .bar { fill: var(--c) } text.label { fill: var(--c); font-weight: 600 }
  text.less { --c: #57606a }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .back { fill: #0d1117; stroke: #30363d } .cut { stroke: #0d1117 }
    .foot { stroke: #2a313a }
    .own { --c: #ff9a5c } .same { --c: #79b8ff } .less { --c: #6e7681 } .limit { --c: #6fd08c }
    text.less { --c: #a5adb8 }
  }
"""

LEGEND = (
    ("own", "lanchat"),
    ("same", "the same promise: on disk before anybody sees it"),
    ("less", "nothing is stored"),
    ("limit", "the kernel's limit"),
)


class Chart(NamedTuple):
    """One figure, for each server and number of clients."""

    title: str
    figure: str


CHARTS = (
    Chart("Deliveries a second, saturated: longer is better", "deliveries_per_s"),
    Chart(
        "Until the last client has it, ten messages a second, median in ms: shorter is better",
        "fanout_ms",
    ),
)


def draw(rows: Sequence[Row]) -> str:
    """The whole picture; a chart without any figures is left out."""
    charts = [chart for chart in CHARTS if any(chart.figure in row.figures for row in rows)]
    servers = list(dict.fromkeys(row.contender for row in rows if row.figures))
    crowds = sorted({row.clients for row in rows if row.figures})
    height_of_one = TITLE + HEAD + PITCH * len(servers) + MARGIN
    width = max(NAMES + (PANEL + GAP) * len(crowds), 560) + MARGIN
    height = height_of_one * len(charts) + HEAD + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape('; '.join(chart.title for chart in charts))}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, chart in enumerate(charts):
        parts.append(f'<g transform="translate(0 {number * height_of_one})">')
        parts.extend(_chart(chart, rows, servers, crowds))
        parts.append("</g>")
    parts.extend(_legend(height - MARGIN))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _chart(
    chart: Chart, rows: Sequence[Row], servers: Sequence[Contender], crowds: Sequence[int]
) -> Iterator[str]:
    yield _text(MARGIN, TITLE - 8, chart.title, "title")
    top = TITLE + HEAD
    for place, server in enumerate(servers):
        y = top + place * PITCH + BAR - 2
        yield _text(NAMES - 8, y, server.label, f"label {_kind(server)}", "end")
    for column, clients in enumerate(crowds):
        left = NAMES + column * (PANEL + GAP)
        values = {
            row.contender: row.figures[chart.figure]
            for row in rows
            if row.clients == clients and chart.figure in row.figures
        }
        yield _text(left, top - 8, f"{clients:,} clients", "head")
        yield f'<path class="foot" d="M{left - 0.5} {top - 2}v{PITCH * len(servers)}"/>'
        whole = [value for server, value in values.items() if server in SCALE]
        longest = max(whole or values.values(), default=1.0)
        for place, server in enumerate(servers):
            if server in values:
                y = top + place * PITCH
                yield from _bar(left, y, values[server], longest, _kind(server))


def _bar(left: float, y: float, value: float, longest: float, kind: str) -> Iterator[str]:
    share = LONGEST * value / longest
    cut = share > CUT
    length = max(PANEL * (CUT if cut else share), 1)
    yield f'<rect class="bar {kind}" x="{left}" y="{y}" width="{length:.1f}" height="{BAR}"/>'
    if cut:
        x = left + length - 12
        yield f'<path class="cut" d="M{x:.1f} {y + BAR + 2}l6 -{BAR + 4}"/>'
    yield _text(left + length + 5, y + BAR - 2, _short(value))


def _legend(y: float) -> Iterator[str]:
    x = float(MARGIN)
    for kind, words in LEGEND:
        yield f'<rect class="bar {kind}" x="{x:.1f}" y="{y - 10}" width="11" height="11"/>'
        yield _text(x + 16, y, words)
        x += 16 + 6.4 * len(words) + 16


def _kind(server: Contender) -> str:
    if server == LANCHAT:
        return "own"
    if server in {GROUPED, SQLITE}:
        return "same"
    return "limit" if server in {LIMIT, LIMIT_SINGLE} else "less"


def _short(value: float) -> str:
    """Three digits at most, as 1.2 M, 865 k, 12.4."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:,.0f}" if value >= 1e3 else f"{value:.3g}"  # noqa: PLR2004 - k is above


def _text(x: float, y: float, words: str, style: str = "", anchor: str = "start") -> str:
    chosen = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{chosen}>{escape(words)}</text>'
