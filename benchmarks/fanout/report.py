"""Results as a table on the screen, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.box import SIMPLE
from rich.table import Table

from fanout.figures import CROWD, Ratio, Row

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
ACKNOWLEDGEMENTS = (
    Column("acks_per_s", "acks/s", _whole),
    Column("ack_ms", "median, ms", _digits),
    Column("ack_p99_ms", "p99, ms", _digits),
)
IDLE = (
    Column("memory_kb", "kB/client", _digits),
    Column("connections_per_s", "joins/s", _whole),
    Column("join_cpu_us", "CPU-µs/join", _whole),
)


class Sheet(NamedTuple):
    """A table of words and figures; the columns with these places are words."""

    title: str
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    words: Sequence[int]

    def screen(self) -> Table:
        """For a terminal. What a line has in common with the one before it is not said again."""
        table = Table(
            title=self.title, title_justify="left", box=SIMPLE, show_edge=False, padding=0
        )
        for place, head in enumerate(self.heads):
            words = place in self.words
            table.add_column(head, justify="left" if words else "right", no_wrap=words)
        first = None
        for line in self.lines:
            table.add_row("" if line[0] == first else line[0], *line[1:])
            first = line[0]
        return table

    def markdown(self) -> str:
        """For a document."""
        rule = ["---" if place in self.words else "--:" for place in range(len(self.heads))]
        return "".join(f"| {' | '.join(line)} |\n" for line in (self.heads, rule, *self.lines))


def standing(told: Sequence[Ratio]) -> Sheet:
    """The ratios, with a column for each number of clients."""
    crowds = sorted({ratio.clients for ratio in told})
    values = {(ratio.words, ratio.rival, ratio.clients): ratio.value for ratio in told}
    lines = [
        [words, f"to {rival.label}", *_cells([values.get((words, rival, n)) for n in crowds])]
        for words, rival in dict.fromkeys((ratio.words, ratio.rival) for ratio in told)
    ]
    heads = ["lanchat's", "clients:", *(f"{clients:,}" for clients in crowds)]
    return Sheet("lanchat's figures, divided by those of the others", heads, lines, (0, 1))


def measured(title: str, rows: Iterable[Row], columns: Sequence[Column]) -> Sheet:
    """The rows that have these figures, a line for each."""
    lines = [
        [
            f"{row.clients:,}",
            row.contender.label,
            *(_cell(row.figures.get(column.figure), column.write) for column in columns),
        ]
        for row in rows
        if columns[0].figure in row.figures
    ]
    heads = ["clients", "server", *(column.title for column in columns)]
    return Sheet(title, heads, lines, (1,))


def idle(rows: Sequence[Row]) -> Sheet:
    """What a client needs of the server, with columns for each number of clients from CROWD on."""
    known = {(row.contender, row.clients): row.figures for row in rows if row.clients >= CROWD}
    crowds = sorted({clients for _, clients in known})
    places = [(column, clients) for column in IDLE for clients in crowds]
    lines = [
        [
            contender.label,
            *(
                _cell(known.get((contender, clients), {}).get(column.figure), column.write)
                for column, clients in places
            ),
        ]
        for contender in dict.fromkeys(contender for contender, _ in known)
    ]
    heads = ["server", *(f"{column.title} at {clients:,}" for column, clients in places)]
    return Sheet("Idle clients, and joining", heads, lines if crowds else [], (0,))


def sheets(rows: Sequence[Row], told: Sequence[Ratio]) -> list[Sheet]:
    """All tables that have something to tell, in the order in which they are read."""
    everything = [
        standing(told),
        measured("Fan-out", rows, FAN_OUT),
        idle(rows),
        measured("Acknowledgements, of ten clients who wait for theirs", rows, ACKNOWLEDGEMENTS),
    ]
    return [sheet for sheet in everything if sheet.lines]


def _cell(value: float | None, write: Callable[[float], str]) -> str:
    return "-" if value is None else write(value)


def _cells(values: Sequence[float | None]) -> list[str]:
    return [_cell(value, _digits) for value in values]


def section(rows: Sequence[Row], told: Sequence[Ratio], machine: dict[str, str]) -> str:
    """What stands between the marks of docs/performance.md."""
    tables = [f"{sheet.title}:\n\n{sheet.markdown()}" for sheet in sheets(rows, told)]
    failed = [row for row in rows if row.error]
    parts = [
        *tables[:1],
        f"![Deliveries a second and fan-out times, by server and number of clients]({PLOT})\n",
        *tables[1:],
        "".join(f"- {row.contender.label}, {row.clients:,}: {row.error}\n" for row in failed),
        "".join(f"- {name}: {value}\n" for name, value in machine.items()),
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
        "ratios": [ratio.as_json() for ratio in told],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
