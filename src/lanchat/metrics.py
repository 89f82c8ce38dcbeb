"""`/metrics`: figures for Prometheus, read when it asks from counts that are kept anyway.

So nothing that happens in the chat costs more because somebody measures it. What is counted and
where is said at each family below.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from itertools import accumulate

import flask
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response

import lanchat
from lanchat.chat.figures import Histogram
from lanchat.chat.hub import Hub
from lanchat.cluster.figures import DatabaseFigures
from lanchat.errors import TooManyTries, WrongCode
from lanchat.live.delivery import SocketDelivery
from lanchat.live.stack import Traffic
from lanchat.web import session
from lanchat.web.access_code import AccessCode

Events = Mapping[tuple[str, str], int]
"""How often each event of the connection log happened, by its name and its reason."""

_OF_PROXIES = re.compile(
    r"(?:x|cf|cdn|fastly|fly)-(?!prometheus-)|via$|.*(?:forward|proxy|client|(?:^|-)ip$)",
    re.IGNORECASE,
)
"""Names of headers by which a proxy tells for whom it asks, or that it does.

Each has names of its own, so it is any ``X-`` header but those of Prometheus itself.
"""

_KNOWN = 100
"""So many addresses that had the right token are known; guesses from elsewhere do not slow them."""


class Figures(Collector):
    """What is known of a running server, in the families of Prometheus."""

    def __init__(
        self,
        hub: Hub,
        delivery: SocketDelivery,
        traffic: Callable[[], Traffic],
        events: Events,
        database: Callable[[], DatabaseFigures] | None = None,
    ) -> None:
        self._hub = hub
        self._delivery = delivery
        self._traffic = traffic
        self._events = events
        self._database = database
        self._start = time.time()

    def collect(self) -> Iterator[Metric]:
        """Called for each request."""
        yield InfoMetricFamily("lanchat", "What runs.", {"version": lanchat.__version__})
        yield _gauge("start_time_seconds", "When it began, since 1970.", self._start)
        yield _gauge("people", "Who is here, however many tabs they have.", self._hub.count())
        yield self._from_rooms()
        yield from self._from_connections()
        yield from self._from_messages()
        yield from self._from_log()
        if self._database is not None:
            yield from _from_database(self._database())

    def _from_rooms(self) -> Metric:
        family = GaugeMetricFamily("lanchat_rooms", "Open rooms, by kind.", labels=["kind"])
        counts = self._hub.rooms.counts()
        for kind in ("open", "group", "direct"):
            family.add_metric([kind], counts[kind])
        return family

    def _from_connections(self) -> Iterator[Metric]:
        traffic = self._traffic()
        connections = GaugeMetricFamily(
            "lanchat_connections", "Open connections, by transport.", labels=["transport"]
        )
        connections.add_metric(["websocket"], traffic.websockets)
        connections.add_metric(["polling"], traffic.polling)
        yield connections
        yield _gauge("queue_packets", "What waits for clients to take it.", traffic.waiting_packets)
        yield _gauge("queue_bytes", "The same in bytes.", traffic.waiting_bytes)
        yield _gauge("queue_longest_bytes", "What waits for the slowest of them.", traffic.longest)
        yield _counter(
            "slow_clients", "Clients closed because too much waited for them.", traffic.slow
        )

    def _from_messages(self) -> Iterator[Metric]:
        commits = self._hub.statistics
        yield _counter("messages", "Messages stored.", commits.messages)
        yield _counter(
            "deliveries",
            "Connections that were told of a message, added up over all messages.",
            self._delivery.deliveries,
        )
        yield _histogram("commit_seconds", "How long it took to store a batch.", commits.seconds)
        yield _histogram("commit_messages", "How many messages a batch had.", commits.sizes)

    def _from_log(self) -> Iterator[Metric]:
        yield _counter("joins", "Arrivals.", self._events.get(("join", ""), 0))
        for event, name, words in (
            ("leave", "leaves", "Departures, by reason."),
            ("login_refused", "logins_refused", "Logins refused, by reason."),
            ("refused", "requests_refused", "Requests and connections refused, by reason."),
        ):
            family = CounterMetricFamily(f"lanchat_{name}", words, labels=["reason"])
            for (happened, reason), count in sorted(self._events.items()):
                if happened == event:
                    family.add_metric([reason], count)
            yield family


def _from_database(told: DatabaseFigures) -> Iterator[Metric]:
    yield _gauge("database_up", "Whether it can be used: 1, or 0.", told.is_reachable)
    yield _gauge("database_position", "All up to this position was told here.", told.told)
    yield _gauge(
        "database_position_lag",
        "How many positions there are behind that one, as far as was heard.",
        told.heard - told.told,
    )
    yield _gauge(
        "database_lease_age_seconds", "How long ago the lease was renewed.", told.lease_age
    )
    yield _histogram(
        "database_notify_seconds",
        "How long what was stored here waited to be notified of, and told here.",
        told.told_seconds,
    )


class MetricsPage:
    """Answers who may know: this computer, or with a token whoever has it."""

    def __init__(self, figures: Figures, token: str | None) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(figures)
        ProcessCollector("", lambda: "self", "/proc", self._registry)
        # Its comparison, and its limits for those who guess.
        self._token = AccessCode(token, b"")
        self._knew_it: deque[str] = deque(maxlen=_KNOWN)

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/metrics", "metrics", self.metrics)

    def metrics(self) -> Response:
        """All figures, or in plain words why not."""
        if refusal := self._refuse(flask.request):
            return refusal
        encode, content_type = choose_encoder(flask.request.headers.get("Accept", ""))
        return Response(encode(self._registry), content_type=content_type)

    def _refuse(self, request: flask.Request) -> Response | None:
        if not self._token.needed:
            words = "Figures are told on this computer alone; --metrics-token lets others ask.\n"
            return None if _is_from_here(request) else Response(words, 403)
        try:
            self._check_token(request)
        except TooManyTries as refusal:
            words = f"Too many wrong tokens; try again in {refusal.retry_after} s.\n"
            return Response(words, 429, {"Retry-After": str(refusal.retry_after)})
        except WrongCode:
            words = "Figures are told to those who send the token: Authorization: Bearer TOKEN\n"
            return Response(words, 401, {"WWW-Authenticate": "Bearer"})
        return None

    def _check_token(self, request: flask.Request) -> None:
        """Let the right token pass. Raises WrongCode or TooManyTries."""
        address = session.origin(request.environ).ip
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = address if address in self._knew_it else None
        self._token.check(token if scheme.lower() == "bearer" else "", address, known)
        if known is None:
            self._knew_it.append(address)


def _is_from_here(request: flask.Request) -> bool:
    """Whether a program on this computer asks, for itself and not for somebody elsewhere."""
    try:
        address = ip_address(session.origin(request.environ).ip)
    except ValueError:  # behind a Unix socket nobody has an address
        return False
    return address.is_loopback and not any(map(_OF_PROXIES.match, request.headers.keys()))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"lanchat_{name}", words, value)


def _counter(name: str, words: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"lanchat_{name}", words, value)


def _histogram(name: str, words: str, histogram: Histogram) -> HistogramMetricFamily:
    bounds = [*map(str, map(float, histogram.bounds)), "+Inf"]
    buckets = list(zip(bounds, accumulate(histogram.counts), strict=True))
    return HistogramMetricFamily(f"lanchat_{name}", words, buckets, histogram.total)
