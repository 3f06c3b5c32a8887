"""Domain profiles on the page, met by real mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mailpit_py.node import Node
from tests.browser.test_keyboard import violations
from tests.browser.test_simulate import refusal
from tests.storage.building import eventually

Visit = Callable[..., Page]


def test_a_domain_is_added_refuses_mail_and_is_deleted(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/domains")
    assert refusal(node, "ann@shop.test")[0] == 250
    page.get_by_role("button", name="New domain").click()
    form = page.get_by_role("form", name="New domain")
    form.get_by_label("Domain").fill("shop.test")
    form.get_by_label("Answers as").select_option("gmail")
    form.get_by_label("Bounces, in %").fill("100")
    form.get_by_label("Bounces with").fill("unknown_user")
    form.get_by_role("button", name="Add the domain").click()
    row = page.get_by_role("row", name="shop.test")
    expect(row).to_contain_text("100 %")
    assert eventually(lambda: refusal(node, "ann@shop.test")[0] == 550)
    assert "gsmtp" in refusal(node, "ann@shop.test")[1]
    row.get_by_role("button", name="Delete shop.test").click()
    expect(row).to_have_count(0)
    assert eventually(lambda: refusal(node, "ann@shop.test")[0] == 250)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("100 %")


def test_a_built_in_domain_is_changed_and_shows_again_when_that_is_deleted(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/domains")
    row = page.get_by_role("row", name="*.gmail.test")
    expect(row).to_contain_text("built in")
    row.get_by_role("button", name="*.gmail.test").click()
    form = page.get_by_role("form", name="Edit the domain")
    form.get_by_label("Deferred, in %").fill("12.5")
    form.get_by_label("Deferred, in %").press("Enter")
    expect(row.first).to_contain_text("12.5 %")
    expect(row.first).not_to_contain_text("built in")
    row.get_by_role("button", name="Delete *.gmail.test").click()
    expect(row).to_contain_text("built in")


def test_what_cannot_be_used_is_told_at_its_field(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("422",)
    page = visit(f"{node.url}simulate/domains/new")
    form = page.get_by_role("form", name="New domain")
    form.get_by_label("Bounces, in %").fill("101")
    form.get_by_role("button", name="Add the domain").click()
    expect(form).to_contain_text("From 0 to 100")
    form.get_by_label("Bounces, in %").fill("1")
    form.get_by_label("Domain").fill("ann@shop.test")
    form.get_by_label("Bounces with").fill("no_such")
    form.get_by_role("button", name="Add the domain").click()
    expect(form).to_contain_text("a domain such as")
    expect(form).to_contain_text("scenarios of the catalogue")
    page.keyboard.press("Escape")
    expect(page.get_by_role("form")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_domains(node: Node, visit: Visit, scheme: str, width: int) -> None:
    node.sandbox.simulator.profiles.put("*.a-rather-long-name-of-a-domain.shop.test", {"bounce": 0.05, "defer": 0.1})
    page = visit(f"{node.url}simulate/domains/new", color_scheme=scheme, reduced_motion="reduce", width=width)
    expect(page.get_by_role("row", name="*.a-rather-long-name")).to_contain_text("5 %")
    page.wait_for_timeout(200)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
