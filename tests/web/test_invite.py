"""The invitation's picture and the page for a projector, over HTTP."""

import pytest

# With a code there is something to give away.
pytestmark = pytest.mark.server_options("--access-code", "1234", "--advertise", "chat.example")


@pytest.fixture
def ana(person_factory):
    """Ana, who knows the code."""
    ana = person_factory()
    ana.log_in("Ana", code="1234")
    return ana


def test_whoever_is_in_gets_the_picture(ana):
    """It is drawn for the address of this moment, so nobody keeps a copy."""
    answer = ana.get("/invite.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("<svg")


def test_nobody_else_gets_the_code(person_factory):
    """Not even on the computer that runs the server: others may have accounts there."""
    visitor = person_factory()
    page = visitor.get("/invite")
    assert (page.status_code, page.headers["Location"]) == (303, "/")
    assert visitor.get("/invite.svg").status_code == 403


def test_whoever_has_logged_out_is_a_stranger(ana):
    """A copy of the cookie does not open the projector's page."""
    copies = dict(ana.http.cookies)
    ana.log_out()
    ana.http.cookies.update(copies)
    assert ana.get("/invite").status_code == 303
    assert ana.get("/invite.svg").status_code == 403


def test_whoever_joins_learns_the_invitation(ana):
    """A page that was away may have missed that the address is another one."""
    url = f"http://chat.example:{ana.server.port}"
    assert ana.join()["invite"] == {"lanUrl": url, "inviteUrl": f"{url}/#code=1234"}


@pytest.mark.server_options("--trust-proxy")
def test_behind_a_proxy_pages_know_better(person_factory):
    """The proxy's address is the page's own, and not the server's to tell."""
    assert "invite" not in person_factory("Ana").join()
