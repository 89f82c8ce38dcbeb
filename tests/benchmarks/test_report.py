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
from fanout.contenders import GEVENT, GROUPED, LANCHAT, LIMIT, NODE
from fanout.figures import Row, ratios, summarize
from fanout.rounds import Measured
from rich.console import Console

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def rows() -> list[Row]:
    """Three rounds of lanchat and its rivals with 100 and 1,000 clients; once Node failed."""
    results = [
        Measured(contender, clients, _figures(rate, factor))
        for factor in (1.1, 0.9, 1.0)
        for clients in (1_000, 100)
        for contender, rate in ((LANCHAT, 4e5), (GROUPED, 5e4), (NODE, 1e5), (LIMIT, 8e5))
    ]
    return summarize([*results, Measured(NODE, 10, {}, "it was cut off")])


def _figures(rate, factor):
    return {
        "deliveries_per_s": rate * factor,
        "fanout_ms": 1e6 / rate,
        "memory_kb": 1e6 / rate,
        "connections_per_s": rate / 100,
        "join_cpu_us": 500.0,
    }


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
    """For each figure that both have; memory and joins where there are enough clients."""
    told = {(ratio.words, ratio.rival, ratio.clients): ratio.value for ratio in ratios(rows)}
    assert told["deliveries a second", GROUPED, 100] == pytest.approx(8)
    assert told["deliveries a second", LIMIT, 1_000] == pytest.approx(0.5)
    assert told["time until all have it", NODE, 1_000] == pytest.approx(0.25)
    assert told["joins a second", NODE, 1_000] == pytest.approx(4)
    assert told["memory a client", GROUPED, 1_000] == pytest.approx(0.125)
    assert ("joins a second", NODE, 100) not in told
    assert not [rival for _, rival, _ in told if rival == GEVENT]


def test_the_ratios_come_first(rows):
    """What a reader wants to know, before what it was made from."""
    first, *others = report.sheets(rows, ratios(rows))
    assert [*first.heads] == ["lanchat's", "clients:", "100", "1,000"]
    assert first.lines[0] == ["deliveries a second", "to Node grouped", "8.00", "8.00"]
    assert [sheet.title for sheet in others] == ["Fan-out", "Idle clients, and joining"]


def test_idle_clients_and_joins_have_columns_by_the_size_of_the_crowd(rows):
    """A line for each server; crowds too small to tell are not among them."""
    sheet = report.idle(rows)
    assert sheet.heads[1:3] == ["kB/client at 1,000", "joins/s at 1,000"]
    assert sheet.lines[0] == ["lanchat", "2.50", "4,000", "500"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_tables_fit_a_narrow_terminal(rows, number):
    """Whole numbers and whole names in 80 columns."""
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    console.print(report.sheets(rows, ratios(rows))[number].screen())
    shown = screen.getvalue()
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
    assert written.index("to Node grouped") < written.index("fanout.svg") < written.index("400,000")
    assert "- Node, 10: it was cut off" in written
    assert "old" not in written


def test_results_can_be_read_by_programs(rows):
    """JSON, a row for each server and number of clients."""
    content = json.loads(report.results(rows, ratios(rows), {"system": "Linux"}))
    failed, first, *_ = content["results"]
    assert failed["error"] == "it was cut off"
    assert first["deliveries_per_s"] == 400_000


def test_the_plot_has_a_panel_for_each_number_of_clients(rows):
    """Well-formed, each as wide as the others, with a bar for each server in both charts."""
    drawn = ET.fromstring(plot.draw(rows))  # noqa: S314 - our own words
    heads = [text for text in drawn.iter(f"{SVG}text") if text.get("class") == "head"]
    assert [head.text for head in heads] == ["100 clients", "1,000 clients"] * 2
    assert len([bar for bar in drawn.iter(f"{SVG}rect") if bar.get("height") == "13"]) == 16
    assert sorted(label.text or "" for label in labels(drawn)) == sorted(
        ["lanchat", "Node grouped", "Node", "joined limit"] * 2
    )


def test_a_bar_that_dwarfs_the_others_is_cut(rows):
    """The limit is twice as fast as lanchat: the bars of those who are compared stay long."""
    drawn = ET.fromstring(plot.draw(rows))  # noqa: S314 - our own words
    widths = [float(bar.get("width", "")) for bar in drawn.iter(f"{SVG}rect")]
    own, _, _, limit = widths[1:5]
    assert own < limit < 1.2 * own
    assert [path.get("class") for path in drawn.iter(f"{SVG}path")].count("cut") > 0


def test_nothing_measured_is_drawn_as_nothing():
    """Where each server failed there is a picture all the same, and the results say why."""
    failed = summarize([Measured(LANCHAT, 10, {}, "it was cut off")])
    ET.fromstring(plot.draw(failed))  # noqa: S314 - our own words
    assert "- lanchat, 10: it was cut off" in report.section(failed, ratios(failed), {})
