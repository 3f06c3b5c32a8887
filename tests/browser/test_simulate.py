"""Failures on demand, made on the page and met by real mail: rules, catalogue, addresses, state, tries."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from mailpit_py.node import Node
from tests.browser.post import mail, row, send
from tests.browser.test_keyboard import violations
from tests.storage.building import eventually

Visit = Callable[..., Page]


def add_rules(node: Node, *rules: dict[str, Any]) -> None:
    """Make these all rules there are."""
    request = urllib.request.Request(
        f"{node.url}api/v2/rules",
        json.dumps({"rules": rules}).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=10).close()


def refusal(node: Node, recipient: str, subject: str = "Hello", **fields: str) -> tuple[int, str]:
    """Send a mail; return the code and the text with which it is refused, or 250."""
    try:
        send(node, mail(subject, **fields), recipients=(recipient,))
    except smtplib.SMTPRecipientsRefused as error:
        code, text = error.recipients[recipient]
    except smtplib.SMTPResponseException as error:
        code, text = error.smtp_code, error.smtp_error
    else:
        return 250, ""
    return code, text.decode() if isinstance(text, bytes) else str(text)


def rules(page: Page) -> Locator:
    """The rules on screen, by their names."""
    return page.locator("[data-rule]")


def test_a_template_becomes_a_rule_that_refuses_the_next_mail(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate")
    page.get_by_role("button", name="Only the next message fails").click()
    form = page.get_by_role("form", name="New rule")
    expect(form).to_contain_text("No mail is here yet")
    form.get_by_role("button", name="Add the rule").click()
    expect(rules(page)).to_have_text(["next message fails"])
    expect(page.get_by_role("link", name="Rules")).to_contain_text("1")
    assert refusal(node, "ann@x.test")[0] == 451
    expect(page.get_by_role("row", name="next message fails")).to_contain_text("1 of 1")
    assert refusal(node, "ann@x.test")[0] == 250
    expect(page.get_by_role("row", name="next message fails")).to_contain_text("1 of 2")


def test_what_a_rule_would_have_matched_is_told_while_it_is_written(node: Node, visit: Visit, watched) -> None:
    watched.expected = ("422",)
    send(node, mail("Invoice 1"), mail("Invoice 2"), mail("Welcome"))
    page = visit(f"{node.url}simulate/rules/new")
    form = page.get_by_role("form", name="New rule")
    expect(form).to_contain_text("matched 3 of the last 3")
    form.get_by_label("Subject").fill("*invoice*")
    expect(form.get_by_text("is not known at RCPT")).to_be_visible()
    form.get_by_label("At", exact=True).select_option("CONTENT")
    expect(form).to_contain_text("matched 2 of the last 3")
    form.get_by_role("button", name="Show").click()
    form.get_by_role("link", name="Invoice 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice 2")


@pytest.mark.parametrize(
    ("label", "value", "reason"),
    [
        ("What happens", "mailbox_ful", "mailbox_ful"),
        ("Client", "not-an-address", "192.0.2.0"),
        ("The first", "two", "whole"),
    ],
)
def test_a_mistake_stands_at_its_field(node: Node, visit: Visit, watched, label: str, value: str, reason: str) -> None:
    watched.expected = ("422",)
    page = visit(f"{node.url}simulate/rules/new")
    form = page.get_by_role("form", name="New rule")
    form.get_by_role("button", name="More conditions").click()
    form.get_by_label(label).fill(value)
    expect(form.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    expect(form).to_contain_text(reason)
    form.get_by_role("button", name="Add the rule").click()
    expect(form).to_be_visible()
    assert refusal(node, "ann@x.test")[0] == 250


def test_rules_are_edited_where_they_stand(node: Node, visit: Visit) -> None:
    add_rules(node, {"name": "full", "outcome": "mailbox_full", "match": {"recipient": "ann@*"}})
    page = visit(f"{node.url}simulate/rules")
    rules(page).click()
    form = page.get_by_role("form", name="Edit the rule")
    expect(form.get_by_label("Recipient")).to_have_value("ann@*")
    form.get_by_label("What happens").fill("550+5.1.1+Gone for good")
    form.get_by_label("What happens").press("Control+Enter")
    expect(form).to_have_count(0)
    assert refusal(node, "ann@x.test") == (550, "5.1.1 Gone for good")
    assert refusal(node, "bob@x.test")[0] == 250


def test_rules_are_put_into_order_and_switched(node: Node, visit: Visit) -> None:
    add_rules(
        node,
        *({"name": name, "outcome": outcome} for name, outcome in (("a", "5.1.1"), ("b", "5.2.1"), ("c", "5.7.1"))),
    )
    page = visit(f"{node.url}simulate/rules")
    expect(rules(page)).to_have_text(["a", "b", "c"])
    rules(page).filter(has_text="a").press("Alt+ArrowDown")
    expect(rules(page)).to_have_text(["b", "a", "c"])
    expect(rules(page).filter(has_text="a")).to_be_focused()
    assert eventually(lambda: "5.2.1" in refusal(node, "ann@x.test")[1])  # the page shows it before the server knows
    page.locator("[data-grip]").nth(2).drag_to(page.get_by_role("row").nth(1), target_position={"x": 300, "y": 4})
    expect(rules(page)).to_have_text(["c", "b", "a"])
    page.get_by_text("Rule c is on").or_(page.get_by_label("Rule c is on")).click(force=True)
    page.wait_for_load_state("networkidle")
    assert eventually(lambda: "5.2.1" in refusal(node, "ann@x.test")[1])  # the page shows it before the server knows


def test_a_deleted_rule_stops_at_once_and_comes_back_to_its_place(node: Node, visit: Visit) -> None:
    add_rules(node, {"name": "a", "outcome": "5.1.1"}, {"name": "b", "outcome": "success"})
    page = visit(f"{node.url}simulate/rules")
    page.get_by_role("button", name="Delete").first.click()
    expect(rules(page)).to_have_text(["b"])
    expect(page.get_by_text("Rule a deleted")).to_be_visible()
    assert eventually(lambda: refusal(node, "ann@x.test")[0] == 250)
    page.get_by_role("button", name="Undo").click()
    expect(rules(page)).to_have_text(["a", "b"])
    assert eventually(lambda: refusal(node, "ann@x.test")[0] == 550)


def test_rules_that_others_change_appear_by_themselves(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/rules")
    expect(page.get_by_role("heading", name="No rules")).to_be_visible()
    add_rules(node, {"name": "from elsewhere", "outcome": "5.1.1"})
    expect(rules(page)).to_have_text(["from elsewhere"])


def test_an_address_of_the_catalogue_fails_as_it_is_shown(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/catalogue")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Filter the scenarios").fill("mailbox full")
    page.get_by_role("button", name="mailbox_full, Microsoft 365, Exchange Online: 554 5.2.2").click()
    assert page.url.endswith("/simulate/catalogue/mailbox_full/m365")
    panel = page.get_by_role("complementary", name="mailbox_full, m365")
    expect(panel).to_contain_text("What it means")
    panel.get_by_role("button", name="Copy bounce+mailbox_full+m365@bounce.test").click()
    address = page.evaluate("navigator.clipboard.readText()")
    code, text = refusal(node, address)
    assert code == 554
    shown = panel.get_by_label("The reply", exact=True).inner_text()
    assert text.split(";")[0].removeprefix("5.2.2 ") in shown
    page.reload()
    expect(panel).to_be_visible()


def test_the_catalogue_is_walked_with_arrow_keys(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/catalogue/unknown_user/generic")
    page.locator("[data-cell='unknown_user/generic']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-cell='unknown_user/postfix']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(f"{node.url}simulate/catalogue/sender_domain/postfix")


def test_a_cell_begins_a_rule(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/catalogue/spam/gmail")
    page.get_by_role("button", name="New rule with this").click()
    expect(page.get_by_label("What happens")).to_have_value("spam+gmail")
    page.goto(f"{node.url}simulate/catalogue/auth_failed/generic")
    page.get_by_role("button", name="New rule with this").click()
    expect(page.get_by_label("At", exact=True)).to_have_value("AUTH")


def test_what_an_address_would_do_is_told_while_it_is_written(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/catalogue")
    box = page.get_by_label("What would this address do?")
    box.press_sequentially("greylist+x2@bounce.test")
    told = page.get_by_role("complementary", name="What this address would do")
    expect(told).to_contain_text("451 4.7.1")
    expect(told).to_contain_text("the first 2 tries")
    page.reload()
    expect(told).to_contain_text("451 4.7.1")
    box.fill("bounce+spma@customer.example")
    expect(told).to_contain_text("Did you mean bounce+spam@customer.example?")
    told.get_by_role("button", name="Use it").click()
    expect(box).to_have_value("bounce+spam@customer.example")
    expect(told).to_contain_text("550 5.7.1")


def test_mail_to_what_only_looks_like_a_simulation_address_says_so(node: Node, visit: Visit) -> None:
    send(node, mail("Typo"), recipients=("bounce+spma@customer.example",))
    page = visit(node.url)
    row(page, "Typo").click()
    page.get_by_role("button", name="Did you mean bounce+spam@customer.example?").click()
    expect(page.get_by_label("What would this address do?")).to_have_value("bounce+spam@customer.example")


def test_the_tries_of_a_mail_are_told_in_words_and_one_by_one(node: Node, visit: Visit) -> None:
    add_rules(node, {"name": "twice", "outcome": "system_error", "stage": "CONTENT", "first": 2, "scope": "message-id"})
    codes = [refusal(node, "ann@x.test", "Retried", Message_ID="<one@acme.test>")[0] for _ in range(3)]
    assert codes == [451, 451, 250]
    page = visit(node.url)
    row(page, "Retried").click()
    strip = page.get_by_role("region", name="Delivery")
    expect(strip).to_contain_text("Refused twice, accepted")
    strip.get_by_role("button").first.click()
    tries = page.get_by_role("region", name="Tries of this mail").get_by_role("listitem")
    expect(tries).to_have_count(3)
    expect(tries.nth(1)).to_contain_text("by rule twice, try 2")
    tries.first.get_by_role("link", name="Transcript").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("451 4.3.0")
    expect(page.get_by_role("region", name="Tries of this mail")).to_contain_text("Refused twice, accepted")
    page.get_by_role("link", name="by rule twice, try 1").click()
    expect(page.get_by_role("form", name="Edit the rule")).to_be_visible()


def test_an_attempt_learns_of_its_retry_while_it_is_open(node: Node, visit: Visit) -> None:
    assert refusal(node, "greylist@bounce.test", "Again", Message_ID="<two@acme.test>")[0] == 451
    page = visit(f"{node.url}?view=refused")
    page.get_by_text("451").click()
    tries = page.get_by_role("region", name="Tries of this mail")
    expect(tries).to_contain_text("Refused once; no second try yet")
    assert refusal(node, "greylist@bounce.test", "Again", Message_ID="<two@acme.test>")[0] == 250
    expect(tries).to_contain_text("Refused once, accepted")


def test_what_is_remembered_is_shown_and_reset(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/state")
    expect(page.get_by_role("heading", name="Nothing is remembered")).to_be_visible()
    refusal(node, "greylist+x2@bounce.test")
    for _ in range(2):
        assert refusal(node, "full+3msgs@bounce.test")[0] == 250
    quota = page.get_by_role("region", name="Mailboxes with a quota")
    expect(quota).to_contain_text("holds 2 messages")
    quota.get_by_role("button", name="Reset full+3msgs@bounce.test").click()
    expect(quota).to_have_count(0)
    expect(page.get_by_role("region", name="Greylists")).to_contain_text("refused once")
    page.get_by_role("button", name="Reset all").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset all").click()
    expect(page.get_by_role("heading", name="Nothing is remembered")).to_be_visible()


def test_simulation_addresses_are_switched_off(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/state")
    assert refusal(node, "bounce@bounce.test")[0] == 550
    page.get_by_label("Simulation addresses").click(force=True)
    expect(page.get_by_label("Hosted simulators")).to_have_count(0)
    assert refusal(node, "bounce@bounce.test")[0] == 250


def test_chaos_is_set_on_the_page(node: Node, visit: Visit) -> None:
    page = visit(f"{node.url}simulate/state")
    page.get_by_label("Chaos").click(force=True)
    page.get_by_label("Recipient: chance in per cent").fill("100")
    page.get_by_label("Recipient: chance in per cent").press("Enter")
    page.wait_for_load_state("networkidle")
    assert refusal(node, "ann@x.test")[0] == 451


def test_simulate_is_reached_by_keys(node: Node, visit: Visit) -> None:
    send(node, mail("Here"))
    page = visit(node.url)
    expect(row(page, "Here")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(f"{node.url}simulate/rules")
    expect(page.get_by_role("heading", name="No rules")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("form", name="New rule").get_by_label("Recipient")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("form")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(node.url)


PLACES = [
    "rules",
    "rules/new",
    "catalogue",
    "catalogue/mailbox_full/gmail",
    "address/bounce+spma@customer.example",
    "state",
]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    node: Node, visit: Visit, scheme: str, width: int
) -> None:
    page = visit(f"{node.url}simulate/rules", color_scheme=scheme, reduced_motion="reduce", width=width)
    expect(page.get_by_role("heading", name="No rules")).to_be_visible()
    assert violations(page) == []
    add_rules(
        node,
        {"name": "twice", "outcome": "system_error", "stage": "CONTENT", "first": 2, "scope": "message-id"},
        {
            "outcome": "550 5.1.1 No such user",
            "match": {"recipient": "*@old.test"},
            "expires_at": "2020-01-01T00:00:00Z",
        },
        {"name": "off", "outcome": {"kind": "hide_keywords", "keywords": ["STARTTLS"]}, "enabled": False},
    )
    refusal(node, "ann@x.test", Message_ID="<a@x>")
    refusal(node, "full+3msgs@bounce.test", Message_ID="<a@x>")
    for place in PLACES:
        page.goto(f"{node.url}simulate/{place}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        assert violations(page) == [], place
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
