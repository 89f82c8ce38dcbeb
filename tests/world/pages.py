"""What tests do to a page that its own buttons do not."""

from __future__ import annotations

import uuid

from playwright.sync_api import Page


def put_into_queue(page: Page, *texts: str) -> None:
    """Have the page send what its own composer would not let through, or not so fast."""
    drafts = [{"client_id": str(uuid.uuid4()), "text": text, "error": None} for text in texts]
    page.evaluate(
        """drafts => {
            const { user } = JSON.parse(document.getElementById("lanchat-config").textContent);
            const queue = drafts.map((draft) => ({ ...draft, by: user.id }));
            sessionStorage.setItem("lanchat.outbox", JSON.stringify(queue));
        }""",
        drafts,
    )
    page.reload()


def log_out(page: Page) -> None:
    """By the settings."""
    page.click("#open-settings")
    page.click("#log-out button")
