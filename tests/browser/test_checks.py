"""Checks on the page: mail programs, links, a spam filter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from mailpit_py.resources import compatibility_data
from tests.browser.post import mail, row, send
from tests.browser.test_keyboard import violations
from tests.checks.test_spam import SPAMD
from tests.outbound.servers import web
from tests.outbound.test_spam_filter import saying

Visit = Callable[..., Page]
Run = Callable[..., Node]


def opened(node: Node, visit: Visit, html: str) -> Page:
    """The page with a message of this HTML open."""
    send(node, mail(html=html))
    page = visit(node.url)
    row(page, "Hello").click()
    return page


@pytest.mark.skipif(not compatibility_data().is_file(), reason="needs the data that the build fetches")
def test_what_mail_programs_do_not_show_is_listed_and_explained(node: Node, visit: Visit) -> None:
    page = opened(node, visit, '<p style="display:flex">x</p><link rel="stylesheet" href="http://127.0.0.1:9/a.css">')
    page.get_by_role("tab", name="Clients").click()
    region = page.get_by_role("region", name="What mail programs show")
    expect(region).to_contain_text("The message links to 1 style sheet, not looked at yet.")
    region.get_by_text("display:flex").click()
    expect(region.get_by_role("row", name="Outlook Windows").first).to_be_visible()
    expect(region.get_by_role("link", name="More at caniemail.com").first).to_be_visible()
    assert violations(page) == []
    region.get_by_role("button", name="Fetch and look").click()
    expect(region).not_to_contain_text("not looked at yet")


def test_mail_without_html_has_no_html_check(node: Node, visit: Visit) -> None:
    send(node, mail())
    page = visit(node.url)
    row(page, "Hello").click()
    expect(page.get_by_role("tab", name="Links")).to_be_visible()
    expect(page.get_by_role("tab", name="Clients")).to_have_count(0)
    expect(page.get_by_role("tab", name="Spam")).to_have_count(0)


def test_links_are_asked_for_when_somebody_says_so(run: Run, visit: Visit) -> None:
    with web() as server:
        server.answer = lambda request: (404 if request.path == "/gone" else 200, {}, b"")
        place = f"http://127.0.0.1:{server.port}"
        node = run(allow_internal_http_requests=True)
        page = opened(node, visit, f'<a href="{place}/here">a</a> <a href="{place}/gone">b</a>')
        page.get_by_role("tab", name="Links").click()
        region = page.get_by_role("region", name="Where the links lead")
        button = region.get_by_role("button", name="Check the links")
        expect(button).to_be_visible()
        assert server.requests == []
        button.click()
        expect(region.get_by_role("status")).to_have_text("1 of 2 links leads nowhere.")
        expect(region.get_by_role("listitem").filter(has_text="404")).to_contain_text(f"{place}/gone")
        assert violations(page) == []


def test_the_spam_filter_names_its_rules(run: Run, visit: Visit) -> None:
    with saying(SPAMD, pongs=True) as (place, _):
        page = opened(run(enable_spamassassin=place), visit, "<p>x</p>")
        page.get_by_role("tab", name="Spam").click()
        region = page.get_by_role("region", name="What the spam filter says")
        expect(region).to_contain_text("SpamAssassin takes this for spam; spam begins at 5.")
        expect(region.get_by_role("row", name="GTUBE")).to_contain_text("1000.0")
        assert violations(page) == []
