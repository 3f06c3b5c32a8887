"""Inboxes on the page: switched between, each by itself, and gone."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.conftest import Window
from tests.browser.post import mail, row, rows, send
from tests.storage.building import eventually

Visit = Callable[..., Page]


def send_to(node: Node, token: str, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=10) as client:
        client.login("any", token)
        client.send_message(mail(subject), "bounce@acme.test", ["ann@x.test"])


def test_a_sandbox_with_one_inbox_says_nothing_of_inboxes(node: Node, visit: Visit) -> None:
    send(node, mail("Only"))
    page = visit(node.url)
    expect(row(page, "Only")).to_be_visible()
    expect(page.get_by_role("button", name="Inbox")).to_have_count(0)


def test_inboxes_are_switched_between_and_each_is_by_itself(node: Node, visit: Visit, tmp_path: Path) -> None:
    issued = node.sandbox.inboxes.create("team-a")
    send(node, mail("Everybody's"))
    send_to(node, issued.token, "Ours")
    page = visit(node.url)
    expect(row(page, "Everybody's")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Inbox default").click()
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem")).to_have_text(["All inboxes2", "default1", "team-a1"])
    page.screenshot(path=tmp_path / "menu.png")
    menu.get_by_role("menuitem", name="team-a").click()
    expect(row(page, "Ours")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    send_to(node, issued.token, "Live")
    send(node, mail("Elsewhere"))
    expect(row(page, "Live")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    row(page, "Ours").click()
    expect(page.get_by_role("heading", name="Ours")).to_be_visible()
    expect(page.get_by_role("region", name="Text of the mail")).to_contain_text("It works.")
    page.screenshot(path=tmp_path / "inbox.png")
    page.get_by_role("navigation").get_by_role("link", name="Unread").click()
    assert page.url.endswith("inbox=team-a")
    page.reload()
    expect(row(page, "Live")).to_be_visible()
    expect(page.get_by_role("button", name="Inbox team-a")).to_be_visible()


def test_all_inboxes_are_seen_together_and_each_row_names_its_own(node: Node, visit: Visit, tmp_path: Path) -> None:
    issued = node.sandbox.inboxes.create("team-a")
    send(node, mail("Everybody's"))
    page = visit(node.url)
    page.get_by_role("button", name="Inbox default").click()
    page.get_by_role("menuitem", name="All inboxes").click()
    expect(page.get_by_role("button", name="Inbox All inboxes")).to_be_visible()
    expect(row(page, "Everybody's")).to_contain_text("default")
    send_to(node, issued.token, "Ours")
    expect(row(page, "Ours")).to_contain_text("team-a")
    row(page, "Ours").click()
    expect(page.get_by_role("heading", name="Ours")).to_be_visible()
    expect(page.get_by_role("region", name="Text of the mail")).to_contain_text("It works.")
    page.screenshot(path=tmp_path / "all.png")
    assert eventually(lambda: node.store.counts("team-a").unread == 0)  # what is opened is marked where it is
    assert node.store.counts("default").unread == 1


def test_the_clock_and_the_rules_are_those_of_the_inbox(node: Node, visit: Visit) -> None:
    node.sandbox.inboxes.create("team-a")
    node.sandbox.simulator.book.add({"outcome": "mailbox_full", "name": "ours"}, inbox="team-a")
    node.sandbox.simulator.book.add({"outcome": "unknown_user", "name": "everybody's"})
    page = visit(f"{node.url}simulate/rules?inbox=team-a")
    expect(page.get_by_text("ours", exact=True).first).to_be_visible()
    expect(page.get_by_text("everybody's")).to_have_count(0)
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("menuitem", name="Advance 1 day").click()
    expect(page.get_by_role("button", name="Clock")).to_contain_text("+1")
    assert node.sandbox.clock.reading("team-a").offset_us == 86_400_000_000
    assert node.sandbox.clock.reading("default").offset_us == 0


def test_whoever_logs_in_with_a_token_sees_that_inbox_alone(run: Callable[..., Node], visit: Visit) -> None:
    node = run(ui_auth="ann:secret")
    issued = node.sandbox.inboxes.create("team-a")
    send(node, mail("Everybody's"))
    send_to(node, issued.token, "Ours")
    page = visit(node.url, http_credentials={"username": "team-a", "password": issued.token, "send": "always"})
    expect(row(page, "Ours")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Inbox team-a").click()
    expect(page.get_by_role("menuitem")).to_have_text(["team-a1"])


def test_an_inbox_that_is_gone_leads_to_those_that_are_there(node: Node, visit: Visit, watched: Window) -> None:
    watched.expected = ("404", "WebSocket")
    node.sandbox.inboxes.create("team-b")
    page = visit(f"{node.url}?inbox=gone")
    page.get_by_role("button", name="Inbox gone").click()
    expect(page.get_by_text("The inbox gone is gone")).to_be_visible()
    page.get_by_role("menuitem", name="team-b").click()
    expect(page.get_by_role("button", name="Inbox team-b")).to_be_visible()
