"""Tags on the page: seen, followed, and changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, rows, send

Visit = Callable[..., Page]


def test_tags_are_seen_followed_and_changed(node: Node, visit: Visit, tmp_path: Path) -> None:
    page = visit(node.url)
    send(node, mail("With tags", X_Tags="invoice, two words"), mail("Without"))
    expect(rows(page)).to_have_count(2)
    expect(row(page, "With tags")).to_contain_text("two words")
    side = page.get_by_role("list", name="Tags")
    expect(side.get_by_role("link")).to_have_text(["invoice1", "two words1"])
    row(page, "With tags").click()
    page.locator("header").get_by_role("button", name="Edit tags").click()
    field = page.get_by_role("combobox", name="Tags of this message")
    field.fill("<b>new!")
    field.press("Enter")
    field.press("Tab")
    tagged = page.locator("header").get_by_role("link", name="b new")
    expect(tagged).to_be_visible()
    expect(side.get_by_role("link")).to_have_text(["b new1", "invoice1", "two words1"])
    tagged.click()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value('tag:"b new"')
    page.screenshot(path=tmp_path / "tags.png")


def test_escape_leaves_the_tags_as_they_were(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    send(node, mail("Keep", X_Tags="kept"))
    row(page, "Keep").click()
    page.locator("header").get_by_role("button", name="Edit tags").click()
    field = page.get_by_role("combobox", name="Tags of this message")
    field.fill("not this")
    field.press("Escape")
    expect(page.locator("header").get_by_role("link", name="kept")).to_be_visible()
    expect(page.get_by_role("list", name="Tags").get_by_role("link")).to_have_text(["kept1"])


def test_a_renamed_tag_has_its_new_name_everywhere(node: Node, visit: Visit) -> None:
    page = visit(node.url)
    send(node, mail("Renamed", X_Tags="old"))
    row(page, "Renamed").click()
    expect(page.locator("header").get_by_role("link", name="old")).to_be_visible()
    body = b'{"name": "new"}'
    headers = {"Content-Type": "application/json"}
    urlopen(Request(f"{node.url}api/v2/tags/old", body, headers, method="PATCH"), timeout=10).close()
    expect(page.locator("header").get_by_role("link", name="new")).to_be_visible()
    expect(row(page, "Renamed")).to_contain_text("new")


def test_mailpit_s_address_of_a_message_shows_it(node: Node, visit: Visit) -> None:
    send(node, mail("By its old address"))
    (found,) = node.store.page().items
    page = visit(f"{node.url}view/{found.public_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("By its old address")
