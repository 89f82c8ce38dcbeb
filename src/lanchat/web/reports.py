"""Reports, as clients send them, and as hosts ask for them."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.phrases import Answer
from lanchat.web import answers
from lanchat.web.connections import Visitor
from lanchat.web.incoming import Report, parse
from lanchat.web.site import Site


class ReportHandlers:
    """The handlers of what is about reports. All of them wait for the disk."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def report(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked, reports = parse(arguments, Report), self._site.hub.reports
        if asked.dismiss:
            reports.dismiss(connection, asked.id)
            return {"ok": True}
        self._site.limits.reporting(visitor.person)
        return {"ok": True, "hosts": reports.report(connection, asked.id)}

    def reports(self, connection: str, _: Visitor, __: Sequence[object]) -> Answer:
        return answers.reports(*self._site.hub.reports.waiting(connection))
