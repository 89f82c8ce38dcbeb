"""The plot of docs/performance.md: an SVG with a background of its own, for light and dark."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from fanout.contenders import LANCHAT, Contender
from fanout.figures import Row

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM = 760, 330, 70, 190, 46, 44
LABEL_HEIGHT = 17

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .label { font-weight: 600 }
  .back { fill: #ffffff; stroke: #d0d7de }
  .grid { stroke: #d8dee4 }
  .line { fill: none; stroke-width: 2 }
  .own { stroke-width: 4 }
  .c0 { --c: #c2410c } .c1 { --c: #2e7d32 } .c2 { --c: #1565c0 }
  .c3 { --c: #8e24aa } .c4 { --c: #8a6d00 } .c5 { --c: #57606a }
  .line { stroke: var(--c) } .dot, text.label { fill: var(--c) }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .back { fill: #0d1117; stroke: #30363d }
    .grid { stroke: #2a313a }
    .c0 { --c: #ff9a5c } .c1 { --c: #6fd08c } .c2 { --c: #79b8ff }
    .c3 { --c: #d9a0f0 } .c4 { --c: #e3c04a } .c5 { --c: #a5adb8 }
  }
"""


class Panel(NamedTuple):
    """One figure against the number of clients, both on logarithmic axes."""

    title: str
    figure: str


PANELS = (
    Panel("Deliveries a second, saturated", "deliveries_per_s"),
    Panel("Until the last client has it, 10 messages a second (median, ms)", "fanout_ms"),
)

Points = dict[Contender, list[tuple[int, float]]]
Place = Callable[[float], float]


def draw(rows: Sequence[Row]) -> str:
    """The whole picture; a panel without any figures is left empty."""
    contenders = list(dict.fromkeys(row.contender for row in rows))
    height = PANEL * len(PANELS)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape('; '.join(panel.title for panel in PANELS))}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, panel in enumerate(PANELS):
        parts.append(f'<g transform="translate(0 {number * PANEL})">')
        parts.extend(_panel(panel, _points(rows, panel.figure), contenders))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _points(rows: Sequence[Row], figure: str) -> Points:
    points: Points = {}
    for row in rows:
        if figure in row.figures:
            points.setdefault(row.contender, []).append((row.clients, row.figures[figure]))
    return points


def _panel(panel: Panel, points: Points, contenders: Sequence[Contender]) -> Iterator[str]:
    yield _text(LEFT - 50, 28, panel.title, "title")
    if not points:
        return
    clients = sorted({x for line in points.values() for x, _ in line})
    values = [y for line in points.values() for _, y in line]
    decades = range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)
    place_x = _scale(clients[0], max(clients[-1], clients[0] + 1), LEFT, WIDTH - RIGHT)
    place_y = _scale(10.0 ** decades[0], 10.0 ** decades[-1], PANEL - BOTTOM, TOP)
    yield from _axes(clients, decades, place_x, place_y)
    ends = {}
    for contender, line in points.items():
        colour = f"c{contenders.index(contender) % 6}"
        own = " own" if contender == LANCHAT else ""
        places = [(place_x(x), place_y(y)) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline class="line {colour}{own}" points="{path}"/>'
        for x, y in places:
            yield f'<circle class="dot {colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
        ends[contender] = places[-1][1]
    for contender, y in _apart(ends).items():
        colour = f"c{contenders.index(contender) % 6}"
        yield _text(WIDTH - RIGHT + 10, y + 4, contender.label, f"label {colour}")


def _axes(clients: Sequence[int], decades: range, place_x: Place, place_y: Place) -> Iterator[str]:
    for decade in decades:
        y = place_y(10.0**decade)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 8, y + 4, _short(10.0**decade), anchor="end")
    for count in clients:
        x = place_x(count)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{PANEL - BOTTOM}"/>'
        yield _text(x, PANEL - BOTTOM + 18, f"{count:,}", anchor="middle")
    yield _text((LEFT + WIDTH - RIGHT) / 2, PANEL - BOTTOM + 36, "clients", anchor="middle")


def _scale(low: float, high: float, start: float, end: float) -> Place:
    width = math.log(high / low) if high > low else 1.0
    return lambda value: start + (end - start) * math.log(value / low) / width


def _apart(ends: dict[Contender, float]) -> dict[Contender, float]:
    """Heights of the labels: in the order of the lines' ends, none over another, all within."""
    order = sorted(ends, key=lambda contender: ends[contender])
    heights: list[float] = []
    for contender in order:
        heights.append(max(ends[contender], heights[-1] + LABEL_HEIGHT if heights else 0.0))
    lowest = float(PANEL - BOTTOM)
    for number in reversed(range(len(heights))):
        heights[number] = min(heights[number], lowest)
        lowest = heights[number] - LABEL_HEIGHT
    return dict(zip(order, heights, strict=True))


def _short(value: float) -> str:
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _text(x: float, y: float, words: str, style: str = "", anchor: str = "start") -> str:
    chosen = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{chosen}>{escape(words)}</text>'
