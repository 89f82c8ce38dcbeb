"""`/metrics` of a real server, read as Prometheus reads it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_new
from prometheus_client.parser import text_string_to_metric_families as parse

import lanchat
from tests.world.deadline import DEADLINE

TOKEN = "a-token-of-32-characters-in-all."
SMALL_BUFFER = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)]


# A server that tells this computer its figures.
pytestmark = pytest.mark.server_options("--metrics", "--grace", "0.2", "--rate", "0")


def figures(server: Any, **headers: str) -> dict[str, float]:
    """What Prometheus makes of the answer: name and labels, and the value."""
    answer = requests.get(f"{server.url}/metrics", headers=headers, timeout=DEADLINE)
    assert answer.status_code == 200, answer.text
    return {
        sample.name + "".join(f" {label}" for label in sample.labels.values()): sample.value
        for family in parse(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def gained(server: Any, until: Callable[..., Any]) -> Callable[[], dict[str, float]]:
    """By how much each figure is greater than before the test; it begins without connections."""

    def are_closed(told: dict[str, float]) -> dict[str, float] | None:
        sockets = told["lanchat_connections websocket"] + told["lanchat_connections polling"]
        return None if sockets else told

    before: dict[str, float] = until(lambda: are_closed(figures(server)), "the last one's end")
    return lambda: {name: now - before.get(name, 0) for name, now in figures(server).items()}


def test_people_connections_and_messages(ana, bia, gained, until):
    """Two people, one of whom polls, say three things, one of them twice."""
    ana.join()
    bia.connect(["polling"])
    bia.join()
    for number in (1, 2, 2):
        ana.say("hello", client_id=f"00000000-0000-4000-8000-00000000000{number}")
    bia.say("hello")
    until(lambda: len(bia.events("add_chat_message")) == 3)
    told = gained()
    assert told["lanchat_people"] == 2
    assert told["lanchat_connections websocket"] == told["lanchat_connections polling"] == 1
    assert told["lanchat_messages_total"] == 3
    assert told["lanchat_deliveries_total"] == 6
    assert told["lanchat_joins_total"] == 2


def test_the_version_is_told(server):
    """So that a graph can show when lanchat was updated."""
    assert figures(server)[f"lanchat_info {lanchat.__version__}"] == 1


def test_commits_are_counted_by_size_and_time(ana, gained):
    """Somebody who waits for each answer makes a commit of one each time."""
    ana.join()
    for _ in range(3):
        ana.say("hello")
    told = gained()
    assert told["lanchat_commit_messages_bucket 1.0"] == 3
    assert told["lanchat_commit_messages_bucket +Inf"] == told["lanchat_commit_messages_sum"] == 3
    assert told["lanchat_commit_seconds_count"] == 3
    assert 0 < told["lanchat_commit_seconds_sum"] < 3 * 45


def test_what_is_refused_is_counted_by_its_reason(server, ana, gained, person_factory, until):
    """Logins, connections and requests; and who left, how."""
    person_factory().log_in("ANA")
    person_factory().log_in(" ")
    requests.get(server.url, headers={"Host": "evil.example"}, timeout=DEADLINE)
    ana.join()
    ana.log_out()
    told = gained()
    assert told["lanchat_logins_refused_total name_taken"] == 1
    assert told["lanchat_logins_refused_total name_unusable"] == 1
    assert told["lanchat_requests_refused_total host"] == 1
    assert told["lanchat_leaves_total logout"] == 1
    until(lambda: figures(server)["lanchat_people"] == 0)


def test_what_waits_for_a_slow_client_is_seen_until_it_is_closed(
    ana, bia, gained, raw_client, until
):
    """It takes nothing: its queue grows, then it is gone and counted."""
    ana.join()
    slow = raw_client(bia, sockopt=SMALL_BUFFER)
    slow.join()
    longest = 0.0

    def closed() -> bool:
        nonlocal longest
        for _ in range(15):  # less than may wait for one client
            ana.say("x" * 4_000)
        told = gained()
        longest = max(longest, told["lanchat_queue_longest_bytes"])
        assert told["lanchat_queue_bytes"] >= told["lanchat_queue_longest_bytes"]
        return told["lanchat_slow_clients_total"] == 1

    until(closed)
    assert longest > 100_000
    until(lambda: gained()["lanchat_queue_bytes"] == 0)


def test_what_waits_for_a_poll_is_seen(server, ana, bia, until):
    """Somebody whose phone has fallen asleep takes nothing."""
    address = f"{server.url}/socket.io/?EIO=4&transport=polling"
    address += f"&sid={json.loads(bia.http.get(address, timeout=DEADLINE).text[1:])['sid']}"
    bia.http.post(address, data="40", timeout=DEADLINE)
    bia.http.get(address, timeout=DEADLINE)
    bia.http.post(address, data='421["new_host",{}]', timeout=DEADLINE)
    until(lambda: figures(server)["lanchat_queue_packets"] == 2)  # the answer, and that she came
    ana.join()
    ana.say("x" * 4_000)
    told = figures(server)
    assert told["lanchat_queue_packets"] == 4
    assert told["lanchat_queue_bytes"] == told["lanchat_queue_longest_bytes"] > 4_000


def test_both_forms_that_prometheus_asks_for(server):
    """The plain one and OpenMetrics, with every family described."""
    answer = requests.get(
        f"{server.url}/metrics",
        headers={"Accept": "application/openmetrics-text"},
        timeout=DEADLINE,
    )
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    ours = [each for each in parse_new(answer.text) if each.name.startswith("lanchat")]
    assert len(ours) == 17
    assert all(family.documentation for family in ours)


@pytest.mark.parametrize(
    "header",
    [
        *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix"),
        *("X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded", "Forwarded", "Forwarded-For"),
        *("Via", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP"),
        *("X-Cluster-Client-IP", "Fastly-Client-IP", "Fly-Client-IP", "X-Original-Forwarded-For"),
        *("X-ProxyUser-Ip", "WL-Proxy-Client-IP", "Proxy-Connection", "X-Envoy-External-Address"),
        *("X-Request-ID", "X-Original-URI", "x-real-ip"),
    ],
)
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
def test_others_are_told_nothing(server, header, value):
    """Not who comes through a proxy on this computer, whatever it says of itself."""
    answer = requests.get(f"{server.url}/metrics", headers={header: value}, timeout=DEADLINE)
    assert (answer.status_code, "lanchat_" in answer.text) == (403, False)
    assert answer.text.startswith("Figures are told on this computer alone")


def test_prometheus_itself_is_told(server):
    """It has headers of its own, and browsers have theirs."""
    scrape = {
        "X-Prometheus-Scrape-Timeout-Seconds": "10",
        "Accept-Encoding": "gzip",
        "User-Agent": "Prometheus/3.0",
        "Sec-Fetch-Mode": "navigate",
    }
    answer = requests.get(f"{server.url}/metrics", headers=scrape, timeout=DEADLINE)
    assert answer.status_code == 200


def test_other_computers_are_told_nothing(namespace, server_factory):
    """Asked by the address of the network, it says why not; so does it to a real guest."""
    server = server_factory("--metrics", launcher=namespace.launcher)
    url = f"http://192.0.2.10:{server.port}/metrics"
    program = f"import requests; print(requests.get('{url}', timeout={DEADLINE}).status_code)"
    command = [*namespace.launcher, sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"403\n"


@pytest.mark.server_options("--metrics", "--metrics-token", TOKEN)
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_with_a_token_only_who_knows_it_is_told(server, given):
    """Also on this computer, where others may have accounts."""
    headers = {"Authorization": given.encode("latin-1")}
    answer = requests.get(f"{server.url}/metrics", headers=headers, timeout=DEADLINE)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert figures(server, Authorization=f"Bearer {TOKEN}")["lanchat_people"] == 0


def test_without_the_option_there_is_no_such_page(shared_server):
    """And nothing of Prometheus is imported."""
    answer = requests.get(f"{shared_server.url}/metrics", timeout=DEADLINE)
    assert answer.status_code == 404
    program = "import sys, lanchat.server; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"


def test_a_missing_package_is_named(tmp_path):
    """One line says how to get it, before anybody could come."""
    program = (
        "import sys; sys.modules['prometheus_client'] = None; "
        "from lanchat.cli import main; main(sys.argv[1:])"
    )
    serve = ["serve", "--metrics", "--port", "0", "--no-mdns"]
    serve += ["--data-dir", str(tmp_path), "--log-file", str(tmp_path / "log")]
    command = [sys.executable, "-c", program, *serve]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "pip install prometheus-client" in done.stderr
    assert "pipx inject lanchat prometheus-client" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.own_server
@pytest.mark.server_options("--metrics", "--metrics-token", TOKEN)
def test_who_guesses_at_the_token_is_slowed_down(server):
    """It is limited like an access code: even the right one is not looked at then."""

    def ask(token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{server.url}/metrics", headers=headers, timeout=DEADLINE)

    assert [ask(f"guess {number}").status_code for number in range(10)] == [401] * 10
    answer = ask(TOKEN)
    assert answer.status_code == 429
    assert 590 < int(answer.headers["Retry-After"]) <= 600


@pytest.mark.parametrize("token", ["short", "with spaces in between", "é" * 20])
def test_a_token_that_is_no_token_is_refused(token):
    """It is not shown again, either."""
    command = [sys.executable, "-m", "lanchat", "serve", "--metrics-token", token]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "metrics-token cannot be" in done.stderr
    assert token not in done.stderr


def test_a_token_alone_is_refused():
    """Else somebody would wait for figures that nobody tells."""
    command = [sys.executable, "-m", "lanchat", "serve", "--metrics-token", TOKEN]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "it is for --metrics; give that, too" in done.stderr
