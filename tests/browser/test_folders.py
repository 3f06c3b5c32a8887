"""What was moved away by POP3 or IMAP: seen on the page, brought back, and deleted for good."""

from __future__ import annotations

import poplib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, rows, send

Visit = Callable[..., Page]


def poll(node: Node) -> None:
    """Read everything and delete it, as an application that polls does."""
    client = poplib.POP3("127.0.0.1", node.ports["pop3"], timeout=20)
    client.user("default")
    client.pass_("x")
    for number in range(1, client.stat()[0] + 1):
        client.dele(number)
    client.quit()


def test_what_an_app_deleted_by_pop3_is_seen_and_brought_back(
    run: Callable[..., Node], visit: Visit, tmp_path: Path
) -> None:
    node = run(pop3="127.0.0.1:0")
    page = visit(node.url)
    send(node, mail("First report"), mail("Second report"))
    expect(rows(page)).to_have_count(2)
    folders = page.get_by_role("list", name="Folders")
    expect(folders).to_have_count(0)

    poll(node)

    expect(rows(page)).to_have_count(0)
    expect(folders.get_by_role("link")).to_have_text(["Trash2"])
    folders.get_by_role("link", name="Trash").click()
    expect(page.get_by_role("heading", name="Trash")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    row(page, "First report").click()
    page.screenshot(path=tmp_path / "trash.png")
    page.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Move to the inbox").click()
    expect(rows(page)).to_have_count(1)
    expect(folders.get_by_role("link")).to_have_text(["Trash1"])

    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="Empty Trash…").click()
    page.get_by_role("button", name="Delete 1 message").click()
    expect(rows(page)).to_have_count(0)
    page.get_by_role("link", name="All", exact=False).first.click()
    expect(row(page, "First report")).to_be_visible()
