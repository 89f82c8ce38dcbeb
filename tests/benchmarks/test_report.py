"""Results become tables, ratios and a picture."""

from __future__ import annotations

import io
import json
import sys
import xml.etree.ElementTree as ET

import pytest

if sys.platform != "linux":
    pytest.skip("the benchmarks are Linux's", allow_module_level=True)

from fanout import plot, report
from fanout.contenders import LANCHAT, LIMIT, NODE
from fanout.figures import Row, ratios, summarize
from fanout.rounds import Measured
from rich.console import Console

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def rows() -> list[Row]:
    """Three rounds of lanchat and its rivals with 100 and 1,000 clients; once Node failed."""
    results = [
        Measured(contender, clients, {"deliveries_per_s": rate * factor, "fanout_ms": 1e6 / rate})
        for factor in (1.1, 0.9, 1.0)
        for clients in (1_000, 100)
        for contender, rate in ((LANCHAT, 4e5), (NODE, 1e5), (LIMIT, 8e5))
    ]
    return summarize([*results, Measured(NODE, 10, {}, "it was cut off")])


def labels(drawn: ET.Element) -> list[ET.Element]:
    """The names at the ends of the lines."""
    return [text for text in drawn.iter(f"{SVG}text") if "label" in text.get("class", "")]


def test_the_median_of_the_rounds_counts(rows):
    """And their distance is told beside it."""
    first = rows[1]
    assert (first.clients, first.contender.name) == (100, "lanchat")
    assert first.figures["deliveries_per_s"] == 4e5
    assert first.spread == pytest.approx(0.2)


def test_lanchat_is_held_against_the_others(rows):
    """With 1,000 clients, for each figure that both have."""
    told = {ratio.words: ratio.value for ratio in ratios(rows)}
    assert told["deliveries a second, to Node"] == pytest.approx(4)
    assert told["deliveries a second, to joined limit"] == pytest.approx(0.5)
    assert told["calm fan-out time, to Node"] == pytest.approx(0.25)
    assert not [words for words in told if "gevent" in words]


def test_the_table_fits_a_narrow_terminal(rows):
    """Whole numbers and whole names in 80 columns."""
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    console.print(report.screen("Fan-out", rows, report.FAN_OUT))
    shown = screen.getvalue()
    assert "400,000" in shown
    assert "joined limit" in shown
    assert "…" not in shown


def test_a_document_keeps_what_stands_around_the_results(rows):
    """Old results go, new ones come, failures are told."""
    document = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    text = report.section(rows, ratios(rows), {"system": "Linux"})
    written = report.inserted(document, text)
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "| 1,000 | lanchat | 400,000 |" in written
    assert "- Node, 10: it was cut off" in written
    assert "old" not in written


def test_results_can_be_read_by_programs(rows):
    """JSON, a row for each server and number of clients."""
    content = json.loads(report.results(rows, ratios(rows), {"system": "Linux"}))
    failed, first, *_ = content["results"]
    assert failed["error"] == "it was cut off"
    assert first["deliveries_per_s"] == 400_000


def test_the_plot_has_a_line_for_each_server_in_each_panel(rows):
    """Well-formed, with a label at the end of each line."""
    drawn = ET.fromstring(plot.draw(rows))  # noqa: S314 - our own words
    assert len(list(drawn.iter(f"{SVG}polyline"))) == 2 * 3
    assert sorted(label.text or "" for label in labels(drawn)) == sorted(
        ["lanchat", "Node", "joined limit"] * 2
    )


def test_labels_of_the_plot_lie_apart(rows):
    """Also where lines end at the same place."""
    same = [row._replace(figures={"deliveries_per_s": 100.0}) for row in rows]
    drawn = ET.fromstring(plot.draw(same))  # noqa: S314 - our own words
    heights = [float(label.get("y", "")) for label in labels(drawn)]
    assert len(heights) == 3
    assert all(abs(a - b) >= 16 for i, a in enumerate(heights) for b in heights[:i])
