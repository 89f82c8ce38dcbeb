"""Results as a table on the screen, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.box import SIMPLE
from rich.table import Table

from fanout.figures import Ratio, Row

BEGIN, END = "<!-- results: made by `make bench` -->", "<!-- end of the results -->"

PLOT = "images/fanout.svg"
"""Where the plot lies, seen from the document."""


class Column(NamedTuple):
    """One figure of a row, and how it is written."""

    figure: str
    title: str
    write: Callable[[float], str]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _digits(value: float) -> str:
    return f"{value:,.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - three digits


def _share(value: float) -> str:
    return f"{value:.0%}"


FAN_OUT = (
    Column("deliveries_per_s", "delivered a second", _whole),
    Column("cpu_us", "CPU-µs each", _digits),
    Column("server_share", "CPU of server", _share),
    Column("load_share", "CPU of load", _share),
    Column("fanout_ms", "all have it, ms", _digits),
    Column("fanout_p99_ms", "p99, ms", _digits),
)
JOINING = (
    Column("connections_per_s", "joins/s", _whole),
    Column("memory_kb", "kB/client", _digits),
)
ACKNOWLEDGEMENTS = (
    Column("acks_per_s", "acks/s", _whole),
    Column("ack_ms", "median, ms", _digits),
    Column("ack_p99_ms", "p99, ms", _digits),
)

TABLES = {"Fan-out": FAN_OUT, "Joining": JOINING, "Acknowledgements": ACKNOWLEDGEMENTS}


def _cells(row: Row, columns: Sequence[Column]) -> list[str]:
    values = [row.figures.get(column.figure) for column in columns]
    return [
        "-" if value is None else column.write(value)
        for column, value in zip(columns, values, strict=True)
    ]


def _with(rows: Iterable[Row], columns: Sequence[Column]) -> list[Row]:
    return [row for row in rows if columns[0].figure in row.figures]


def screen(title: str, rows: Iterable[Row], columns: Sequence[Column]) -> Table:
    """The rows that have these figures, a section for each number of clients."""
    table = Table(title=title, title_justify="left", box=SIMPLE, show_edge=False, padding=0)
    table.add_column("clients", justify="right")
    table.add_column("server", no_wrap=True)
    for column in columns:
        table.add_column(column.title, justify="right")
    clients = 0
    for row in _with(rows, columns):
        if row.clients != clients:
            table.add_section()
        first = f"{row.clients:,}" if row.clients != clients else ""
        clients = row.clients
        table.add_row(first, row.contender.label, *_cells(row, columns))
    return table


def markdown(rows: Iterable[Row], columns: Sequence[Column]) -> str:
    """The same table for a document."""
    titles = ["clients", "server", *(column.title for column in columns)]
    cells = [
        [f"{row.clients:,}", row.contender.label, *_cells(row, columns)]
        for row in _with(rows, columns)
    ]
    lines = [titles, ["--:", "---", *["--:"] * len(columns)], *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def section(rows: Sequence[Row], told: Sequence[Ratio], machine: dict[str, str]) -> str:
    """What stands between the marks of docs/performance.md."""
    failed = [row for row in rows if row.error]
    parts = [
        f"![Deliveries a second and fan-out times against clients]({PLOT})\n",
        "".join(f"- {name}: {value}\n" for name, value in machine.items()),
        markdown(rows, FAN_OUT),
        markdown(rows, JOINING),
        "Ten clients, each waiting for the acknowledgement of its message before the next one:\n",
        markdown(rows, ACKNOWLEDGEMENTS),
        "".join(f"- {ratio.words}: {ratio.value:.2f}\n" for ratio in told),
        "".join(f"- {row.contender.label}, {row.clients:,}: {row.error}\n" for row in failed),
    ]
    return "\n".join(part for part in parts if part)


def inserted(document: str, text: str) -> str:
    """The document with the text between its marks. Raises ValueError without marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def results(rows: Sequence[Row], told: Sequence[Ratio], machine: dict[str, str]) -> str:
    """Everything as JSON."""
    content = {
        "machine": machine,
        "results": [row.as_json() for row in rows],
        "ratios": {ratio.words: round(ratio.value, 3) for ratio in told},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
