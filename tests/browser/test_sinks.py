"""Sinks on the page: added, tried, changed and deleted, with real endpoints behind them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.test_keyboard import violations
from tests.outbound.post import processor
from tests.outbound.servers import web

Visit = Callable[..., Page]


def test_a_webhook_is_added_with_its_secret_shown_once_and_tried(node: Node, visit: Visit) -> None:
    with web() as app:
        page = visit(f"{node.url}simulate/sinks")
        expect(page.get_by_text("Nothing leaves yet")).to_be_visible()
        page.get_by_role("button", name="New sink").click()
        form = page.get_by_role("form", name="New sink")
        form.get_by_label("What goes there").select_option("mailgun")
        form.get_by_label("URL").fill(f"http://127.0.0.1:{app.port}/hook")
        form.get_by_label("bounced").check()
        form.get_by_role("button", name="Add the sink").click()
        shown = page.get_by_role("region", name="What the app needs")
        expect(shown).to_contain_text(node.sandbox.sinks.keys.secret("mailgun"))
        assert violations(page) == []
        shown.get_by_role("button", name="Done").click()
        expect(page.get_by_text(node.sandbox.sinks.keys.secret("mailgun"))).to_have_count(0)
        page.get_by_role("button", name=f"Try http://127.0.0.1:{app.port}/hook").click()
        [request] = app.wait_for(1)
        expect(page.get_by_role("region", name="Sent lately")).to_contain_text("taken at once")
    assert b'"event":"failed"' in request.body.replace(b": ", b":")


def test_what_may_not_be_reached_is_told_beside_the_field(node: Node, visit: Visit, watched: object) -> None:
    watched.expected = ("422",)  # type: ignore[attr-defined]
    page = visit(f"{node.url}simulate/sinks/new")
    form = page.get_by_role("form", name="New sink")
    form.get_by_label("Server").fill("192.0.2.1:25")
    form.get_by_role("button", name="Add the sink").click()
    expect(form).to_contain_text("192.0.2.1 is outside the range that --outbound-allow gives")
    assert node.sandbox.sinks.all() == ()


def test_a_sink_is_changed_switched_off_and_deleted(node: Node, visit: Visit) -> None:
    with processor() as app:
        page = visit(f"{node.url}simulate/sinks/new")
        form = page.get_by_role("form", name="New sink")
        form.get_by_label("Server").fill(f"127.0.0.1:{app.port}")
        form.get_by_role("button", name="Add the sink").click()
        page.get_by_role("button", name=f"127.0.0.1:{app.port}", exact=True).click()
        form = page.get_by_role("form", name="Edit the sink")
        form.get_by_label("complained").check()
        form.get_by_role("button", name="Save").click()
        row = page.get_by_role("row", name=f"127.0.0.1:{app.port}")
        expect(row).to_contain_text("complained")
        row.get_by_role("switch").click(force=True)
        expect(row).to_contain_text("off: what is due waits")
        [sink] = node.sandbox.sinks.all()
        assert (sink.enabled, sink.options["events"]) == (False, ["complained"])
        row.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(row).to_have_count(0)
    assert node.sandbox.sinks.all() == ()


def test_who_gets_complaints_is_set_for_the_inbox(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/sinks", width=390, height=844)
    form = page.get_by_role("form", name="Complaints")
    form.get_by_role("textbox").fill("fbl@app.example")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("button", name="Save")).to_have_count(0)
    assert node.sandbox.sinks.complaints_to("default") == "fbl@app.example"
