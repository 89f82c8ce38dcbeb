"""`/metrics`: figures for Prometheus, read when it asks from counts that are kept anyway.

So nothing that happens in the chat costs more because somebody measures it. What is counted and
where is said at each family below.
"""

from __future__ import annotations

import hmac
import re
import time
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
from lanchat.chat.hub import Hub
from lanchat.chat.ports import Histogram
from lanchat.live.delivery import SocketDelivery
from lanchat.live.stack import Traffic
from lanchat.web import session

Events = Mapping[tuple[str, str], int]
"""How often each event of the connection log happened, by its name and its reason."""

_OF_PROXIES = re.compile(
    r"(?:x|cf|cdn|fastly|fly)-(?!prometheus-)|via$|.*(?:forward|proxy|client|(?:^|-)ip$)",
    re.IGNORECASE,
)
"""Names of headers by which a proxy tells for whom it asks, or that it does.

Each has names of its own, so it is any ``X-`` header but those of Prometheus itself.
"""


class Figures(Collector):
    """What is known of a running server, in the families of Prometheus."""

    def __init__(
        self,
        hub: Hub,
        delivery: SocketDelivery,
        traffic: Callable[[], Traffic],
        events: Events,
    ) -> None:
        self._hub = hub
        self._delivery = delivery
        self._traffic = traffic
        self._events = events
        self._start = time.time()

    def collect(self) -> Iterator[Metric]:
        """Called for each request."""
        yield InfoMetricFamily("lanchat", "What runs.", {"version": lanchat.__version__})
        yield _gauge("start_time_seconds", "When it began, since 1970.", self._start)
        yield _gauge("people", "Who is here, however many tabs they have.", self._hub.count())
        yield from self._from_connections()
        yield from self._from_messages()
        yield from self._from_log()

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


class MetricsPage:
    """Answers who may know: this computer, or with a token whoever has it."""

    def __init__(self, figures: Figures, token: str | None) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(figures)
        ProcessCollector("", lambda: "self", "/proc", self._registry)
        self._token = token

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/metrics", "metrics", self.metrics)

    def metrics(self) -> Response:
        """All figures, or in plain words why not."""
        if self._token is None:
            if not _is_from_here(flask.request):
                words = "Figures are told on this computer alone; --metrics-token lets others ask."
                return Response(f"{words}\n", 403)
        elif not self._knows_token(flask.request):
            words = "Figures are told to those who send the token: Authorization: Bearer TOKEN"
            return Response(f"{words}\n", 401, {"WWW-Authenticate": "Bearer"})
        encode, content_type = choose_encoder(flask.request.headers.get("Accept", ""))
        return Response(encode(self._registry), content_type=content_type)

    def _knows_token(self, request: flask.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        right = str(self._token).encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), right)


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
