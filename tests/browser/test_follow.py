"""What follows a message, on the page: reports and their originals, a bounce on request, and the clock."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from mailpit_py.application.sinkbook import SinkSettings
from mailpit_py.node import Node
from mailpit_py.storage import SinkKind
from tests.browser.post import mail, row, rows, send
from tests.browser.test_keyboard import violations
from tests.outbound.servers import web

Visit = Callable[..., Page]
FAILED = "Delivery failed: Hello"


def test_a_report_and_its_original_lead_to_each_other(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    send(node, mail(), recipients=("ndr+mailbox_full@bounce.test",))
    expect(row(page, FAILED).get_by_text("failed", exact=True)).to_be_visible()
    row(page, FAILED).click()
    expect(page.get_by_text("The sandbox wrote this bounce message")).to_be_visible()
    page.get_by_role("tab", name="Report").click()
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("As its RFC wants it")
    expect(panel.get_by_role("row", name="Action")).to_contain_text("failed")
    expect(panel.get_by_role("row", name="Status 4.2.2")).to_contain_text("the mailbox is full")
    expect(panel.get_by_label("Part 2 as it came")).to_contain_text("Action: failed")
    assert violations(page) == []
    panel.get_by_role("link", name="Open the original").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    expect(page.get_by_role("tab", name="Report")).to_have_count(0)
    strip = page.get_by_role("region", name="Delivery")
    expect(strip).to_contain_text("1 report")
    strip.get_by_role("button", name="Accepted").click()
    steps = page.get_by_role("region", name="What follows")
    expect(steps).to_contain_text("bounce message")
    expect(steps).to_contain_text("452 4.2.2")
    assert violations(page) == []
    steps.get_by_role("link", name="Report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FAILED)


def test_any_message_bounces_on_request_as_the_preview_shows_it(node: Node, visit: Visit) -> None:
    send(node, mail())
    page = visit(node.url)
    row(page, "Hello").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Bounce this message")
    dialog.get_by_label("Cause").select_option("mailbox_full")
    dialog.get_by_label("In the form of").select_option("gmail")
    preview = dialog.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("Recipient inbox full")
    expect(preview).to_contain_text("bounce@acme.test")
    assert violations(page) == []
    dialog.get_by_role("button", name="Bounce", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivery Status Notification (Failure)")
    expect(rows(page)).to_have_count(2)


def test_what_does_not_bounce_says_why_before_it_is_tried(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("409",)
    send(node, mail(), recipients=("ndr@bounce.test",))
    page = visit(node.url)
    row(page, FAILED).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FAILED)
    page.keyboard.press("b")
    preview = page.get_by_role("dialog", name="Bounce this message").get_by_role("region", name="Preview")
    expect(preview).to_contain_text("the reverse-path is null")


def test_time_is_turned_and_what_was_due_is_there(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    send(node, mail(), recipients=("expire@bounce.test",))
    row(page, "Hello").click()
    strip = page.get_by_role("region", name="Delivery")
    expect(strip).to_contain_text("2 to come")
    strip.get_by_role("button", name="Accepted").click()
    steps = page.get_by_role("region", name="What follows")
    expect(steps).to_contain_text("after 4 h")
    steps.get_by_role("button", name="Advance to here").first.click()
    expect(row(page, "Delivery delayed: Hello")).to_be_visible()
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("menuitem", name="Advance 5 days").click()
    expect(row(page, FAILED)).to_be_visible()
    expect(strip).to_contain_text("2 reports")
    expect(page.get_by_role("button", name="Clock")).to_contain_text("+5 d")
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("menuitem", name="Stand still").click()
    expect(page.get_by_role("button", name="Clock")).to_contain_text("stands still")
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("menuitem", name="Back to the time of day").click()
    expect(page.get_by_role("button", name="Clock")).to_have_text("Clock")


def test_what_was_sent_on_is_shown_with_its_tries_and_sent_again(node: Node, visit: Visit) -> None:
    with web() as app:
        app.answer = lambda _: (503, {}, b"not now")
        target = f"http://127.0.0.1:{app.port}/hook"
        node.sandbox.sinks.add("default", SinkSettings(kind=SinkKind.WEBHOOK, target=target, provider="sendgrid"))
        send(node, mail(), recipients=("ndr+mailbox_full@bounce.test",))
        app.wait_for(1)
        page = visit(node.url)
        row(page, "Hello").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
        page.get_by_role("region", name="Delivery").get_by_role("button", name="Accepted").click()
        sent = page.get_by_role("region", name="Sent on")
        expect(sent).to_contain_text("bounced: ndr+mailbox_full@bounce.test")
        expect(sent).to_contain_text(f"sendgrid at {target}")
        expect(sent).to_contain_text("waits for try 2")
        sent.get_by_role("button", name="Show tries").click()
        expect(sent.get_by_label("Request of try 1")).to_contain_text("X-Twilio-Email-Event-Webhook-Signature")
        assert sent.get_by_label("Answer to try 1").inner_text().splitlines()[0] == "503"
        expect(sent.get_by_label("Answer to try 1")).to_contain_text("not now")
        assert violations(page) == []
        app.answer = lambda _: (200, {}, b"")
        sent.get_by_role("button", name="Send again").click()
        expect(sent).to_contain_text("taken at try 2")
