"""The page without a mouse, deletions that can be undone, and what axe says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, rows, send

Visit = Callable[..., Page]


@pytest.fixture
def page(node: Node, visit: Visit) -> Page:
    send(node, *(mail(f"Mail {number}", html=f"<p>Body {number}</p>") for number in range(1, 6)))
    page = visit(node.url)
    expect(rows(page)).to_have_count(5)
    return page


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_walking_through_mail(page: Page) -> None:
    page.keyboard.press("j")
    heading(page, "Mail 5")
    page.keyboard.press("ArrowDown")
    heading(page, "Mail 4")
    page.keyboard.press("k")
    heading(page, "Mail 5")
    page.keyboard.press("2")
    expect(page.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    heading(page, "Mail 4")
    expect(page.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("r")
    expect(page.get_by_role("tabpanel")).to_contain_text("Header section")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Choose a message")).to_be_visible()


def test_going_places(page: Page, node: Node) -> None:
    for keys, address in (("gu", "?view=unread"), ("gr", "?view=refused"), ("ga", ""), ("gc", "connect")):
        for key in keys:
            page.keyboard.press(key)
        expect(page).to_have_url(f"{node.url}{address}")


def test_marks(page: Page, node: Node) -> None:
    page.keyboard.press("j")
    heading(page, "Mail 5")
    expect(page).to_have_title("(4) mailpit-py")
    page.keyboard.press("u")
    expect(page).to_have_title("(5) mailpit-py")
    page.keyboard.press("p")
    expect(row(page, "Mail 5")).to_contain_text("pinned")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(rows(page)).to_have_count(1)


def test_selecting_a_range_deleting_and_undoing(page: Page, node: Node) -> None:
    page.keyboard.press("j")
    heading(page, "Mail 5")
    page.keyboard.press("j")
    heading(page, "Mail 4")
    page.keyboard.press("x")
    page.keyboard.press("j")
    heading(page, "Mail 3")
    page.keyboard.press("j")
    heading(page, "Mail 2")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("#")
    expect(rows(page)).to_have_count(2)
    heading(page, "Mail 1")
    page.keyboard.press("z")
    expect(rows(page)).to_have_count(5)
    assert node.store.counts("default").total == 5


def test_a_deletion_is_sent_when_its_time_is_up(page: Page, node: Node) -> None:
    row(page, "Mail 3").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(rows(page)).to_have_count(4)
    assert node.store.counts("default").total == 5
    expect(page.get_by_role("button", name="Undo")).to_be_hidden(timeout=15_000)
    page.wait_for_function("fetch('api/v2/messages').then(r => r.json()).then(list => list.total === 4)")
    expect(rows(page)).to_have_count(4)


def test_leaving_the_page_sends_what_waits(page: Page, node: Node, visit: Visit) -> None:
    page.keyboard.press("j")
    heading(page, "Mail 5")
    page.keyboard.press("#")
    expect(rows(page)).to_have_count(4)
    page.goto("about:blank")
    other = visit(node.url)
    expect(rows(other)).to_have_count(4)


def test_deleting_everything_asks_once(page: Page, node: Node) -> None:
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="Delete all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("5 messages")
    dialog.get_by_role("button", name="Delete 5 messages").click()
    expect(page.get_by_role("heading", name="Ready for your first mail")).to_be_visible()
    assert node.store.counts("default").total == 0


def test_marking_all_as_read(page: Page) -> None:
    page.get_by_role("button", name="More for this list").click()
    page.get_by_role("menuitem", name="Mark all as read").click()
    expect(page.locator("[data-unread]")).to_have_count(0)
    expect(page).to_have_title("mailpit-py")


def test_the_palette_reaches_actions_settings_and_the_search(page: Page, node: Node) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("theme dark")  # at once: what is typed before it is seen counts
    expect(page.get_by_role("combobox", name="Command")).to_have_value("theme dark")
    expect(page.get_by_role("combobox", name="Command")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("Mail 3")
    page.get_by_role("option", name="Search mail for").click()
    expect(page).to_have_url(re.compile(r"\?q=Mail\+3$"))


def test_help_lists_the_keys_and_settings_switch_them_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Mark as read or unread")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("switch", name="Single keys").press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.get_by_text("Choose a message")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Command")).to_be_focused()


def test_tab_reaches_list_and_message(page: Page) -> None:
    page.get_by_role("searchbox").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.row !== undefined"):
            break
    page.keyboard.press("Enter")
    heading(page, "Mail 5")
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role') === 'tab'"):
            break
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Text")).to_be_focused()
    expect(page.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")


def test_keys_come_back_after_a_click_into_the_mail(page: Page) -> None:
    page.keyboard.press("j")
    page.frame_locator("iframe").get_by_text("Body 5").click()
    page.get_by_text("Keys go to the mail now").click()
    page.keyboard.press("j")
    heading(page, "Mail 4")
    page.frame_locator("iframe").get_by_text("Body 4").click()
    expect(page.get_by_text("Keys go to the mail now")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    heading(page, "Mail 3")


def violations(page: Page) -> list[str]:
    """What axe finds, with the places."""
    found = Axe().run(page).response["violations"]
    return [f"{one['impact']} {one['id']}: {[node['html'][:160] for node in one['nodes']]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(node: Node, visit: Visit, scheme: str) -> None:
    page = visit(node.url, color_scheme=scheme, reduced_motion="reduce")
    expect(page.get_by_role("heading", name="Ready for your first mail")).to_be_visible()
    assert violations(page) == []
    message = mail(
        "Your code",
        "Your code is 481516\n> quoted\nhttps://acme.test \u202e",
        '<p>Body</p><img src="http://cdn.test/a.png">',
    )
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="lines.csv")
    send(node, message, mail("Unread"), recipients=("ann@x.test", "audit@x.test"))
    expect(rows(page)).to_have_count(2)  # the second one moves the first
    row(page, "Your code").click()
    expect(page.get_by_role("note", name="Remote content")).to_be_visible()
    assert violations(page) == []
    for tab in ("Text", "Parts", "Headers", "Source", "Path", "Wire"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], tab
    page.get_by_role("region", name="Delivery").get_by_role("button").first.click()
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert violations(page) == []
    for keys in ("?", "Control+k", "/"):
        page.keyboard.press(keys)
        page.wait_for_timeout(250)  # until it has faded in: half transparent text has no contrast
        assert violations(page) == [], keys
        page.keyboard.press("Escape")
        page.wait_for_timeout(150)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(250)
    assert violations(page) == []
