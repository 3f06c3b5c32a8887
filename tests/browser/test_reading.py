"""Every view of a message shows what is in it, at an address of its own."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, rows, send

Visit = Callable[..., Page]


def letter() -> EmailMessage:
    message = mail(
        "Your code",
        "Your code is 481516.\nhttps://acme.test/confirm",
        "<h1>Your code</h1><p>481516</p>",
        Received="from app (app.acme.test [192.0.2.1]) by mx.acme.test with ESMTPS; Mon, 23 Nov 2026 12:00:00 +0000",
    )
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="lines.csv")
    message.add_attachment(b"%PDF-1.4 \x00\x01", maintype="application", subtype="pdf", filename="bill.pdf")
    return message


@pytest.fixture
def opened(node: Node, visit: Visit) -> Page:
    send(node, letter(), recipients=("ann@x.test", "audit@x.test"))
    page = visit(node.url)
    row(page, "Your code").click()
    expect(page.get_by_role("tab", name="HTML")).to_have_attribute("aria-selected", "true")
    return page


VIEWS = {
    "text": "https://acme.test/confirm",
    "parts": "multipart/alternative",
    "headers": "Content-Type",
    "source": "Header section",
    "path": "mx.acme.test",
    "wire": "TO:<audit@x.test>",
}


@pytest.mark.parametrize(("tab", "words"), VIEWS.items())
def test_each_tab_has_an_address_that_shows_it_again(opened: Page, tab: str, words: str) -> None:
    opened.get_by_role("tab", name=tab.capitalize()).click()
    expect(opened.get_by_role("tabpanel")).to_contain_text(words)
    assert opened.url.endswith(f"/{tab}")
    opened.reload()
    expect(opened.get_by_role("tabpanel")).to_contain_text(words)


def test_a_code_is_offered_to_be_copied(opened: Page) -> None:
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.get_by_title("Copy this code").click()
    assert opened.evaluate("navigator.clipboard.readText()") == "481516"


def test_the_envelope_is_compared_with_the_header_section(opened: Page) -> None:
    opened.get_by_role("tab", name="Path").click()
    expect(opened.get_by_role("row", name="audit@x.test")).to_contain_text("Only on the envelope")


def test_the_path_ends_at_the_sandbox_with_the_last_delay(opened: Page) -> None:
    opened.get_by_role("tab", name="Path").click()
    last = opened.get_by_role("region", name="Delivery path").get_by_role("listitem").last
    expect(last).to_contain_text("This sandbox")
    expect(last).to_contain_text(re.compile(r"\+\d|under 1 s|clock .* behind"))
    expect(last).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))


def test_the_delivery_strip_opens_to_every_reply(opened: Page) -> None:
    strip = opened.get_by_role("region", name="Delivery")
    expect(strip).to_contain_text("for 2 recipients")
    strip.get_by_role("button").first.click()
    expect(strip.get_by_role("listitem")).to_have_count(2)
    expect(strip).to_contain_text("250 2.1.5")


def test_parts_show_their_content_and_their_source(opened: Page) -> None:
    opened.get_by_role("list", name="Attachments").get_by_text("lines.csv").click()
    expect(opened.get_by_role("treeitem", name="lines.csv")).to_have_attribute("aria-selected", "true")
    expect(opened.get_by_label("Content of the part")).to_contain_text("1,2")
    opened.get_by_text("As received").click()
    expect(opened.get_by_label("Content of the part")).to_contain_text("Content-Disposition: attachment")
    opened.get_by_role("treeitem", name="bill.pdf").click()
    expect(opened.get_by_label("First bytes of the part")).to_contain_text("25 50 44 46")


def test_an_attachment_is_downloaded_under_its_name(opened: Page) -> None:
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Download bill.pdf").click()
    assert download.value.suggested_filename == "bill.pdf"
    assert download.value.path().read_bytes() == b"%PDF-1.4 \x00\x01"


def test_headers_are_filtered_and_shown_as_received(opened: Page) -> None:
    opened.get_by_role("tab", name="Headers").click()
    opened.get_by_label("Filter the fields").fill("received")
    expect(opened.get_by_role("tabpanel")).to_contain_text("1 of")
    opened.get_by_text("As received").click()
    expect(opened.get_by_role("definition").first).to_contain_text("by mx.acme.test")  # the second holds the button


def test_the_source_is_searched_inside(opened: Page) -> None:
    opened.get_by_role("tab", name="Source").click()
    opened.get_by_label("Search in the source").fill("481516")
    expect(opened.get_by_role("tabpanel").locator("mark").first).to_be_visible()
    expect(opened.get_by_role("tabpanel")).to_contain_text("of 2 lines")


def test_widths_and_schemes_of_the_mail_can_be_tried(opened: Page) -> None:
    frame = opened.locator("iframe")
    opened.get_by_text("Phone: 375 px").locator("..").click()
    expect(frame).to_have_css("width", "375px")
    opened.get_by_text("Dark mail").locator("..").click()
    expect(frame).to_have_css("color-scheme", "dark")


def test_a_message_without_html_opens_as_text(node: Node, visit: Visit) -> None:
    send(node, mail("Plain", "Only text."))
    page = visit(node.url)
    row(page, "Plain").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("Only text.")
    expect(page.get_by_role("tab", name="HTML")).to_be_disabled()


def test_an_address_without_a_message_says_so(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("404",)
    send(node, mail("Here"))
    page = visit(f"{node.url}messages/{'0' * 22}")
    expect(page.get_by_role("alert")).to_contain_text("cannot be shown")
    page.get_by_role("button", name="To the list").click()
    expect(rows(page)).to_have_count(1)


def test_searching_narrows_as_one_types_and_is_in_the_address(node: Node, visit: Visit) -> None:
    send(node, mail("Invoice 17"), mail("Welcome"), mail("Invoice 18"))
    page = visit(node.url)
    search = page.get_by_role("searchbox")
    search.click()
    expect(page.get_by_text("has:attachment")).to_be_visible()
    search.press_sequentially("subject:invoice")
    expect(rows(page)).to_have_count(2)
    assert page.url.endswith("?q=subject%3Ainvoice")
    row(page, "Invoice 17").click()
    page.go_back()
    expect(rows(page)).to_have_count(2)
    search.press("Escape")
    expect(rows(page)).to_have_count(3)


def test_a_search_that_makes_no_sense_is_explained(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("400", "422")
    send(node, mail("Here"))
    page = visit(node.url)
    page.get_by_role("searchbox").fill("larger:banana")
    expect(page.get_by_role("searchbox")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("larger: takes a size as in 500, 10k or 2MB")).to_be_visible()
    expect(page.get_by_role("heading", name="Results").locator("+ *")).to_have_text("")
    page.get_by_role("searchbox").fill("larger:1")
    expect(page.get_by_role("heading", name="Results").locator("+ *")).to_have_text("1")


def test_everybody_that_the_header_section_names_is_shown_and_compared(node: Node, visit: Visit) -> None:
    names = [f"u{number}@x.test" for number in range(8)]
    send(node, mail("Many", to=", ".join(names)), recipients=tuple(names))
    page = visit(node.url)
    row(page, "Many").click()
    page.get_by_role("button", name="+6").click()
    for name in names:
        expect(page.locator("article header").get_by_text(name)).to_be_visible()
    page.get_by_role("tab", name="Path").click()
    expect(page.get_by_role("tabpanel").get_by_text(names[-1])).to_have_count(2)
    expect(page.get_by_text("Only on the envelope")).to_have_count(0)


@pytest.mark.parametrize("webroot", ["/mail/", "deep/er"])
def test_everything_works_below_a_base_path(run: Callable[..., Node], visit: Visit, webroot: str) -> None:
    node = run(webroot=webroot)
    page = visit(node.url)
    expect(page.get_by_role("heading", name="Ready for your first mail")).to_be_visible()
    send(node, mail("Below", html="<p>Below the base</p>"))
    row(page, "Below").click()
    expect(page.frame_locator("iframe").get_by_text("Below the base")).to_be_visible()
    assert page.url.startswith(f"{node.url}messages/")
    page.get_by_role("tab", name="Headers").click()
    page.reload()
    expect(page.get_by_role("tabpanel")).to_contain_text("Subject")
    page.go_back()
    expect(page).to_have_url(node.url)


def test_a_phone_shows_one_pane_at_a_time(node: Node, visit: Visit) -> None:
    send(node, letter(), *(mail(f"Mail {number}") for number in range(30)))
    page = visit(node.url, width=390, height=780)
    expect(rows(page).first).to_be_visible()
    page.get_by_test_id("list").evaluate("list => list.scrollTop = 99999")
    row(page, "Your code").click()
    expect(page.get_by_role("heading", name="Your code", level=1)).to_be_visible()
    expect(rows(page)).to_have_count(0)
    for tab in ("Text", "Parts", "Headers", "Source", "Path", "Wire"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
    page.get_by_role("button", name="Back to the list").click()
    expect(row(page, "Your code")).to_be_in_viewport()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="Files").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_hundred_thousand_messages_scroll(run: Callable[..., Node], visit: Visit) -> None:
    from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction

    node = run(max=0)
    transaction = Transaction(Session("s" * 22, 0), Envelope("app@x.test", (Recipient("ann@x.test"),)))
    futures = [
        node.sandbox.receive(
            transaction, b"From: hi@acme.test\r\nSubject: Mail %06d\r\n\r\nText %d\r\n" % (number, number)
        )
        for number in range(100_000)
    ]
    for future in futures:
        future.result(timeout=240)
    page = visit(node.url)
    expect(page.get_by_role("heading", name="All mail")).to_be_visible()
    expect(row(page, "Mail 099999")).to_be_visible()
    frame = page.get_by_test_id("list")
    for share in (0.25, 0.5, 0.9, 0.1, 1):
        frame.evaluate("(list, share) => list.scrollTop = (list.scrollHeight - list.clientHeight) * share", share)
        expect(page.locator("[data-row]").first).to_be_visible()
        assert page.locator("[role=listitem]").count() < 60
    expect(row(page, "Mail 000000")).to_be_in_viewport()
    send(node, mail("Meanwhile"))
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(row(page, "Mail 000000")).to_be_in_viewport()
    with urllib.request.urlopen(f"{node.url}api/v2/messages?limit=1", timeout=10) as answer:
        assert json.load(answer)["total"] == 100_001


def test_a_mail_that_knows_a_dark_scheme_shows_it_on_request(node: Node, visit: Visit) -> None:
    style = "<style>body{background:#fff}@media (prefers-color-scheme: dark){body{background:#102030}}</style>"
    send(node, mail("Dark", html=f"<html><head>{style}</head><body>Scheme</body></html>"))
    page = visit(node.url, color_scheme="null")  # without the emulation, which would reach into the frame
    row(page, "Dark").click()
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_text("Dark mail").locator("..").click()
    expect(body).to_have_css("background-color", "rgb(16, 32, 48)")
