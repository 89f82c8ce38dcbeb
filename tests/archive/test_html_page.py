import re
from collections.abc import Callable
from datetime import datetime, timezone

from lanchat.archive.html_page import Page
from lanchat.chat.model import Attachment, Message, Quoted, Reaction

Said = Callable[..., Message]
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


def page(*messages: Message, lang: str = "en", count: int | None = None) -> str:
    """The whole page with these messages."""
    made = Page(timezone.utc, lang, len(messages) if count is None else count, NOW)
    return made.head() + made.body(messages) + made.foot()


def test_nothing_said_is_markup(said: Said) -> None:
    """Names and messages hold no markup, and control characters are shown."""
    html = page(said("<script>x</script>&amp;\x1b", user='"><img src=x>'))
    assert "&lt;script&gt;x&lt;/script&gt;&amp;amp;\\x1b</p>" in html
    assert "&quot;&gt;&lt;img src=x&gt;</b>" in html
    assert not re.search(r"<(script|img)", html)


def test_an_answer_leads_to_what_it_answers(said: Said) -> None:
    """Its beginning stands above, as text; what was edited says so."""
    quoted = Quoted(3, "u2", "Bia", "<b>")
    answer = said("a")._replace(reply_to=3, quoted=quoted, edited="2026-11-23T02:09:00.123Z")
    html = page(answer)
    assert '<a href="#message-3">Bia: &lt;b&gt;</a>' in html
    assert 'id="message-7"' in html
    assert "<small>edited</small>" in html
    assert "…" in page(answer._replace(quoted=Quoted(3, "", "", "", deleted=True)))


def test_reactions_stand_below_what_was_said(said: Said) -> None:
    """With their numbers, and names that are no markup."""
    reactions = (
        Reaction("👍", 2, (("1", "Ana"), ("2", '"><b>'))),
        Reaction("🎉", 1, (("1", "Ana"),)),
    )
    html = page(said("a")._replace(reactions=reactions))
    assert (
        '<span title="Ana, &quot;&gt;&lt;b&gt;">👍 2</span> <span title="Ana">🎉 1</span>' in html
    )


def test_nothing_else_is_needed(said: Said) -> None:
    """No other file or host is named, and the page forbids itself to ask for one."""
    html = page(said("https://example.org/x"))
    assert "default-src 'none'" in html
    assert not re.search(r"(src|href|url)\s*[=(]", html.replace("default-src '", "'"))


def test_every_day_has_one_heading(said: Said) -> None:
    """A day has one heading, also where it comes in several pieces."""
    made = Page(timezone.utc, "en", 3, NOW)
    first = made.body([said("a"), said("b")])
    second = made.body([said("c"), said("d", time="2026-11-24T00:00:00.000Z")])
    assert re.findall("<h2>(.*?)</h2>", first + second) == ["2026-11-23", "2026-11-24"]


def test_languages(said: Said) -> None:
    """The few words are the reader's, and so are the numbers."""
    assert "1,000 messages, written on 2026-11-24 08:00" in page(said("a"), count=1000)
    portuguese = page(said("a"), lang="pt-BR", count=1000)
    assert '<html lang="pt-BR">' in portuguese
    assert "1.000 mensagens" in portuguese
    assert "1 message," in page(said("a"), count=1)


def test_files_are_named_and_lead_nowhere(said: Said) -> None:
    """One page alone has them not; a quote of a message without a word says what it held."""
    files = (Attachment("1", "<b>.png", "image/png", 2_400_000, thumb=True),)
    quoted = Quoted(3, "u2", "Bia", "", files=files)
    html = page(said("")._replace(files=files), said("a")._replace(reply_to=3, quoted=quoted))
    assert "<bdi>&lt;b&gt;.png</bdi> <small>2.4 MB</small>" in html
    assert '<a href="#message-3">Bia: &lt;b&gt;.png</a>' in html
    assert "<img" not in html
