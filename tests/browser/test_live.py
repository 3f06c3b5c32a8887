"""Mail appears by itself, keeps its place while it is read, and is caught up after a lost connection."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, rows, send

Visit = Callable[..., Page]


def test_the_first_mail_takes_the_place_of_the_instructions(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    expect(page.get_by_role("heading", name="Ready for your first mail")).to_be_visible()
    expect(page.get_by_text(str(node.smtp_port)).first).to_be_visible()
    send(node, mail("It arrived"))
    expect(row(page, "It arrived")).to_be_visible()
    expect(page).to_have_title("(1) mailpit-py")


def test_the_test_mail_button_opens_what_it_sent(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    page.get_by_role("button", name="Send a test mail").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("order")
    expect(page.frame_locator("iframe").get_by_role("heading").first).to_be_visible()


def test_mail_that_arrives_stands_on_top(node: Node, visit: Visit) -> None:
    send(node, mail("First"))
    page = visit(node.url)
    expect(row(page, "First")).to_be_visible()
    send(node, mail("Second"), mail("Third"))
    expect(rows(page)).to_have_text([re.compile("Third"), re.compile("Second"), re.compile("First")])


def test_what_is_read_further_down_does_not_move(node: Node, visit: Visit) -> None:
    send(node, *(mail(f"Mail {number:03}") for number in range(60)))
    page = visit(node.url)
    expect(row(page, "Mail 059")).to_be_visible()  # before that there is nothing to scroll
    page.get_by_test_id("list").hover()
    page.mouse.wheel(0, 1_500)
    target = row(page, "Mail 035")
    expect(target).to_be_in_viewport()
    page.wait_for_timeout(300)  # until the wheel's own movement has ended
    before = target.bounding_box()
    send(node, mail("New one"), mail("New two"), mail("New three"))
    pill = page.get_by_role("button", name="3 new")
    expect(pill).to_be_visible()
    assert target.bounding_box() == before
    pill.click()
    expect(row(page, "New three")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_opening_marks_as_read_in_every_window(node: Node, visit: Visit) -> None:
    send(node, mail("Read me"))
    one, other = visit(node.url), visit(node.url)
    row(one, "Read me").click()
    expect(other).to_have_title("mailpit-py")
    expect(other.locator("[data-unread]")).to_have_count(0)


def test_a_search_finds_what_arrives_while_it_is_on(node: Node, visit: Visit) -> None:
    send(node, mail("Invoice 1"), mail("Welcome"))
    page = visit(f"{node.url}?q=invoice")
    expect(rows(page)).to_have_count(1)
    send(node, mail("Invoice 2"), mail("Goodbye"))
    expect(rows(page)).to_have_text([re.compile("Invoice 2"), re.compile("Invoice 1")])


def test_a_refused_transaction_is_shown_with_its_reply(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}?view=refused")
    expect(page.get_by_text("Nothing was refused")).to_be_visible()
    with smtplib.SMTP("127.0.0.1", node.smtp_port) as client:
        client.ehlo("app.test")
        client.docmd("MAIL FROM:<app@x.test> SIZE=999999999")
    page.get_by_text("552").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("552 5.3.4")
    expect(page.get_by_text("Permanent")).to_be_visible()
    expect(page.get_by_text("MAIL FROM:<app@x.test> SIZE=999999999")).to_be_visible()


def test_the_number_of_what_was_refused_is_that_of_the_list(node: Node, visit: Visit) -> None:
    full = "bounce+mailbox_full@example.com"
    page = visit(f"{node.url}?view=refused")
    send(node, mail("Taken"))
    send(node, mail("In part"), recipients=("ann@x.test", full))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(node, mail("Not at all"), recipients=(full,))
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="Refused")).to_contain_text("2")
    expect(page.get_by_role("heading", name="Refused").locator("+ *")).to_have_text("2")
    row(page, "In part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("In part")
    page.keyboard.press("#")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="Refused")).to_contain_text("1")


def test_a_lost_connection_is_told_and_what_came_meanwhile_is_caught_up(
    run: Callable[..., Node], visit: Visit, watched, tmp_path
) -> None:
    watched.expected = ("WebSocket connection to", "Failed to load resource")
    options = {"database": str(tmp_path / "mail.db")}
    first = run(**options)
    send(first, mail("Before"))
    page = visit(first.url)
    expect(row(page, "Before")).to_be_visible()
    first.stop()
    expect(page.get_by_text("Connection lost. Trying again")).to_be_visible()
    second = run(**options, listen=f"127.0.0.1:{first.ports['listen']}")
    send(second, mail("Meanwhile"))
    expect(row(page, "Meanwhile")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("connection")).to_contain_text(re.compile("Back again|Live"))


def test_a_part_of_the_page_that_cannot_be_loaded_leaves_the_rest_alone(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("Failed to load resource", "Failed to fetch", "dynamically imported", "Unable to preload")
    send(node, mail("Here"))
    page = visit(node.url)
    page.route("**/assets/Headers*", lambda route: route.abort())
    row(page, "Here").click()
    page.get_by_role("tab", name="Headers").click()
    expect(page.get_by_role("alert")).to_contain_text("This part of the page does not work")
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("It works.")


def test_a_new_database_behind_the_same_address_is_noticed(run: Callable[..., Node], visit: Visit, watched) -> None:
    watched.expected = ("WebSocket connection to", "Failed to load resource")
    first = run()
    send(first, mail("Of the first"))
    page = visit(first.url)
    expect(row(page, "Of the first")).to_be_visible()
    first.stop()
    second = run(listen=f"127.0.0.1:{first.ports['listen']}")
    send(second, mail("Of the second"))
    expect(row(page, "Of the second")).to_be_visible(timeout=20_000)
    expect(row(page, "Of the first")).to_have_count(0)
