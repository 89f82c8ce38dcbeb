"""Login, chat, logout and health over HTTP."""

import http.client
import json
import re
import socket
from contextlib import closing

import pytest
import socketio

from lanchat import i18n
from tests.world.deadline import DEADLINE
from tests.world.needs import need


def config_of(page):
    """The configuration that the chat page carries for its client."""
    element = r'<script type="application/json" id="lanchat-config">(.*?)</script>'
    (configuration,) = re.findall(element, page.text, re.DOTALL)
    return json.loads(configuration)


def test_the_first_page_asks_for_a_name(person_factory):
    """Without a session there is the login page and no chat."""
    visitor = person_factory()
    assert 'name="username"' in visitor.get("/").text
    chat = visitor.get("/chat")
    assert (chat.status_code, chat.headers["Location"]) == (303, "/")


def test_logging_in_leads_to_the_chat(person_factory):
    """303 to /chat with a cookie that scripts cannot read and other sites cannot use."""
    visitor = person_factory()
    answer = visitor.log_in("Ana")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/chat")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert visitor.get("/").headers["Location"] == "/chat"


@pytest.mark.server_options("--trust-proxy")
def test_a_session_over_tls_stays_there(person_factory):
    """Behind a trusted proxy that speaks https the cookie is Secure."""
    visitor = person_factory()
    visitor.http.headers["X-Forwarded-Proto"] = "https"
    assert "Secure" in visitor.log_in("Ana").headers["Set-Cookie"]


def test_the_chat_page_configures_its_client(ana):
    """Nobody edits a file: address, person, language and limits stand in the page."""
    config = config_of(ana.get("/chat", headers={"Accept-Language": "pt-BR,pt;q=0.9"}))
    assert config["serverUrl"] == ana.server.url
    assert re.fullmatch(r"http://\S+:\d+", config["lanUrl"])
    assert config["user"]["name"] == "Ana"
    assert config["lang"] == "pt-BR"
    assert config["limits"] == {"message": 4000, "rate": 5, "edit": 900, "file": 100_000_000}
    assert config["strings"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_the_client_connects_to_where_the_page_came_from(person_factory, host):
    """So that the cookie goes along, whatever the address the page was opened by."""
    if host == "localhost":
        need(host)
    ana = person_factory("Ana", host=host)
    assert config_of(ana.get("/chat"))["serverUrl"] == f"http://{host}:{ana.server.port}"


@pytest.mark.parametrize("name", ["", "   ", "x" * 33, "A\u202ena", "Аna", "A·na", "..."])
def test_an_unusable_name_is_refused_with_the_reason(person_factory, name):
    """400 and the login page again, with what was typed."""
    answer = person_factory().log_in(name)
    assert answer.status_code == 400
    assert "username-error" in answer.text


def test_a_browser_that_refuses_cookies_is_told(person_factory):
    """The form says that the page came with one; the name stays free, and a second try works."""
    visitor = person_factory()
    page = visitor.get("/")
    assert "Set-Cookie" in page.headers
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page.text))
    visitor.http.cookies.clear()
    refused = visitor.log_in("Ana", **form)
    assert (refused.status_code, "has not kept the cookie" in refused.text) == (403, True)
    assert 'value="Ana"' in refused.text
    assert person_factory("Ana").get("/chat").status_code == 200
    assert visitor.log_in("Bia", **form).headers["Location"] == "/chat"


def test_a_taken_name_is_refused_with_a_free_one(ana, person_factory):
    """409 with a suggestion, in the visitor's language, for look-alikes too."""
    visitor = person_factory()
    visitor.http.headers["Accept-Language"] = "pt-BR"
    answer = visitor.log_in("ANA")
    assert answer.status_code == 409
    assert "já tem este nome, ou um parecido. “ANA 2” está livre." in answer.text
    assert '<html lang="pt-BR">' in answer.text


def test_logging_in_again_under_the_same_name_is_no_conflict(ana):
    """The person who has the name may post the form twice."""
    assert ana.log_in("Ana").headers["Location"] == "/chat"


def test_another_name_replaces_the_first(ana, person_factory):
    """Whoever logs in again as somebody else gives the first name back."""
    assert ana.log_in("Ana Maria").status_code == 303
    assert person_factory().log_in("Ana").status_code == 303


def test_logging_out_frees_the_name_at_once(ana, person_factory):
    """No grace period, and the session is gone."""
    ana.join()
    answer = ana.log_out()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert ana.get("/chat").status_code == 303
    assert person_factory().log_in("Ana").status_code == 303


def test_logging_out_closes_the_other_tabs(ana, bia, until):
    """Their sockets are disconnected, and everybody is told at once."""
    ana.join()
    bia.join()
    ana.log_out()
    bia.hears("host_leave_room", user="Ana")
    until(lambda: not ana.socket.connected)


def test_an_old_cookie_gives_way_to_who_has_the_name_now(ana, bia, person_factory):
    """Somebody who was away too long is asked for another name."""
    bia.join()
    ana.join()
    ana.socket.disconnect()
    bia.hears("host_leave_room", user="Ana")
    assert person_factory().log_in("Ana").status_code == 303
    assert ana.get("/chat").headers["Location"] == "/"
    assert "Ana 2" in ana.get("/").text


def test_an_old_cookie_of_who_logged_out_is_nobody(ana):
    """A copy of it, kept by another tab or by somebody else, opens neither page nor socket."""
    copies = dict(ana.http.cookies)
    ana.log_out()
    ana.http.cookies.update(copies)
    assert ana.get("/chat").headers["Location"] == "/"
    with pytest.raises(socketio.exceptions.ConnectionError):
        ana.connect()


@pytest.mark.own_server
def test_a_restart_logs_nobody_out(ana, server):
    """The secret that signs the cookies is kept."""
    server.kill()
    server.start()
    assert ana.get("/chat").status_code == 200
    assert ana.join()["you"]["name"] == "Ana"


def test_a_forged_cookie_is_nobody(ana):
    """A cookie whose signature is wrong counts as none."""
    (cookie,) = ana.http.cookies
    cookie.value = cookie.value[:-3] + "xxx"
    assert ana.get("/chat").status_code == 303


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_chosen_language_is_remembered(person_factory, lang):
    """A link to ?lang=, which needs no script, sets a cookie and leads back to the page."""
    visitor = person_factory()
    assert f'href="?lang={lang}"' in visitor.get("/").text
    answer = visitor.get(f"/?lang={lang}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = visitor.get("/").text
    assert f'<html lang="{lang}">' in page
    assert i18n.translate(lang, "page.join") in page


@pytest.mark.parametrize(
    "path",
    [
        *["/x%0d%0aSet-Cookie:%20a=b", "/%0d%0a", "/%0a", "/%00", "//evil.example/", "/%2f%2fevil"],
        *[
            "/\\evil.example",
            "/%5cevil.example",
            "/https://evil.example",
            "/chat%0d%0a",
            "/%e2%80%a8",
        ],
    ],
)
@pytest.mark.parametrize("query", ["", "?lang=en", "?lang=%0d%0aX:y", "?x=%0d%0a&lang=en"])
def test_what_is_asked_for_stands_in_no_header(server, path, query):
    """Neither line breaks nor another host's name come back: such pages are not there."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)) as asking:
        asking.putrequest("GET", path.encode().decode("latin-1") + query)
        asking.endheaders()
        answer = asking.getresponse()
        assert answer.status in (400, 404)
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("query", [b"lang=\xff", b"\xed\xbf\xbf", b"lang=%ff", b"\xc3\xa4=b"])
def test_a_query_of_any_bytes_is_no_error(server, query):
    """It is read as far as it can be: the page is shown, or shown without it."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as asking:
        asking.sendall(b"GET /?%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % query)
        assert asking.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 303")
    assert "Traceback" not in server.output()


@pytest.mark.server_options("--lang", "pt-BR")
def test_the_hosts_language_comes_before_the_browsers(person_factory):
    """--lang speaks to everybody who has not chosen otherwise."""
    visitor = person_factory()
    visitor.http.headers["Accept-Language"] = "en"
    assert '<html lang="pt-BR">' in visitor.get("/").text
    visitor.get("/?lang=en")
    assert '<html lang="en">' in visitor.get("/").text


def test_health(person_factory):
    """No session is needed."""
    answer = person_factory().get("/healthz").json()
    assert answer["status"] == "ok"
    assert answer["version"]


def test_pages_allow_nothing_from_elsewhere(ana):
    """A strict policy, no sniffing, no referrer, no copies of the page in a cache."""
    headers = ana.get("/chat").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/nowhere", "/static/nowhere.js"])
def test_a_page_that_is_not_there(person_factory, path):
    """404 and nothing else."""
    assert person_factory().get(path).status_code == 404


def test_a_huge_form_is_refused(person_factory):
    """A login form has no megabyte in it."""
    assert person_factory().log_in("x" * 1_000_000).status_code == 413


@pytest.mark.parametrize("path", ["/", "/logout"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_another_site_can_neither_log_in_nor_out(ana, path, origin):
    """A form on a foreign page that posts here is refused, whatever cookie comes along."""
    form, headers = {"username": "Eva"}, {"Origin": origin}
    answer = ana.http.post(ana.server.url + path, data=form, headers=headers)
    assert answer.status_code == 403
    assert "Ana" in ana.get("/chat").text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/healthz", "application/json"),
        ("/static/js/chat.js", "text/javascript"),
        ("/static/vendor/highlight/languages/py.js", "text/javascript"),
        ("/static/css/page-chat.css", "text/css"),
        ("/static/favicon.svg", "image/svg+xml"),
    ],
)
def test_files_have_the_right_type_and_no_banner(person_factory, path, kind):
    """A browser told not to sniff needs the type; nobody needs to know the server's version."""
    headers = person_factory().get(path).headers
    assert headers["Content-Type"].startswith(kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/logout", 405),
        ("PUT", "/", 405),
        ("GET", "/invite.svg", 403),
        ("POST", "/", 413),
    ],
)
def test_an_error_is_no_dead_end(person_factory, method, path, status):
    """It is said in the reader's language, and there is a way back to the room."""
    visitor = person_factory()
    answer = visitor.http.request(
        method,
        visitor.url + path,
        headers={"Accept-Language": "pt"},
        data="x" * 20_000 if status == 413 else None,
    )
    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)
    assert '<html lang="pt-BR">' in answer.text
    assert 'href="/">Ir para a sala</a>' in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_who_types_another_name_reads_why_in_their_language(person_factory):
    """A school's own name for the computer, for instance."""
    headers = {"Host": "school.example", "Accept-Language": "pt"}
    answer = person_factory().get("/", headers=headers)
    assert answer.status_code == 403
    assert answer.text.startswith("Este lanchat não responde pelo nome 'school.example'.\n")


def test_a_page_is_compressed_for_who_takes_it(ana):
    """It has all words of a language: they are most of its size."""
    whole = ana.get("/chat", headers={"Accept-Encoding": "identity"})
    packed = ana.get("/chat", headers={"Accept-Encoding": "gzip"})
    assert packed.text == whole.text
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in whole.headers
    assert int(packed.headers["Content-Length"]) * 3 < int(whole.headers["Content-Length"])
    assert "Accept-Encoding" in packed.headers["Vary"]
