"""Mail that goes on, on the page: released from the open message, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.browser.post import mail, row, send
from tests.browser.test_keyboard import violations

Visit = Callable[..., Page]


@pytest.fixture
def real() -> Iterator[Node]:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0")) as node:
        yield node


@pytest.fixture
def relaying(real: Node) -> Iterator[Node]:
    options = {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": real.smtp_port}
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", **options)) as node:
        yield node


def test_a_message_is_released_and_its_way_is_shown(real: Node, relaying: Node, visit: Visit) -> None:
    send(relaying, mail())
    page = visit(relaying.url)
    row(page, "Hello").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Release this message")
    dialog.get_by_label("To").fill("qa@example.net, bounce+5.1.1@bounce.test, defer-4.2.1@bounce.test")
    dialog.get_by_role("button", name="Release", exact=True).click()
    gone = dialog.get_by_role("region", name="What has gone on")
    expect(gone).to_contain_text("Released: waits, 1 try")
    expect(gone.get_by_role("listitem")).to_have_count(3)
    expect(gone).to_contain_text("550 5.1.1")
    assert violations(page) == []
    gone.get_by_role("button", name="Try now").click()
    expect(gone).to_contain_text("Released: waits, 2 tries")
    gone.get_by_role("button", name="Cancel").click()
    expect(gone).to_contain_text("Released: cancelled")
    assert len(real.sandbox.store.page().items) == 1


def test_the_queue_shows_all_that_goes_on_and_keeps_up_by_itself(real: Node, relaying: Node, visit: Visit) -> None:
    send(relaying, mail("First"), mail("Second"))
    page = visit(relaying.url)
    for subject, address in (("First", "qa@example.net"), ("Second", "defer-4.2.1@bounce.test")):
        item = next(one for one in relaying.store.page().items if one.subject == subject)
        relaying.sandbox.relay.release("default", item.public_id, [address])
    link = page.get_by_role("button", name="Relay queue")
    expect(link).to_contain_text("1")
    link.click()
    queue = page.get_by_role("region", name="The queue")
    expect(queue.get_by_role("article")).to_have_count(2)
    waiting = queue.get_by_role("article").filter(has_text="Second")
    expect(waiting).to_contain_text("Released: waits, 1 try")
    assert violations(page) == []
    waiting.get_by_role("button", name="Try now").click()
    expect(waiting).to_contain_text("Released: waits, 2 tries")
    waiting.get_by_role("button", name="Cancel").click()
    expect(waiting).to_contain_text("Released: cancelled")
    queue.get_by_role("button", name="First").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First")
    assert len(real.sandbox.store.page().items) == 1


def test_without_a_server_it_says_who_can_name_one(node: Node, visit: Visit) -> None:
    send(node, mail())
    page = visit(node.url)
    row(page, "Hello").click()
    page.get_by_role("button", name="More for this message").click()
    page.get_by_role("menuitem", name="Release to real people").click()
    dialog = page.get_by_role("dialog", name="Release this message")
    expect(dialog).to_contain_text("no server is set to which mail may go")
    assert violations(page) == []


def test_an_address_that_is_none_is_told(relaying: Node, visit: Visit, watched) -> None:
    watched.expected = ("422",)
    send(relaying, mail())
    page = visit(relaying.url)
    row(page, "Hello").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Release this message")
    dialog.get_by_label("To").fill("nobody")
    dialog.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("Mail may not be released to these addresses.")).to_be_visible()
