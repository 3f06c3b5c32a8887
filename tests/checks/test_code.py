"""One-time codes are found among prices, dates, phone and order numbers, and nothing is found where there is none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailpit_py.checks.code import find

FIXTURES = tomllib.loads((Path(__file__).parent / "codes.toml").read_text("utf-8"))
CASES = [
    pytest.param(case["code"], case["text"], id=f"{language}-{number}")
    for language, cases in FIXTURES.items()
    for number, case in enumerate(cases, 1)
]


def codes(text: str) -> list[str]:
    subject, _, body = text.lstrip().partition("\n")
    return [one.code for one in find(subject, body)]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_the_one_code_is_found(code: str, text: str) -> None:
    assert codes(text) == [code]


def test_there_are_sixty_mails_in_six_languages() -> None:
    assert {language: len(cases) for language, cases in FIXTURES.items()} == dict.fromkeys(
        ("en", "de", "fr", "es", "ja", "zh"), 10
    )


@pytest.mark.parametrize(
    "text",
    [
        "Your order\nOrder 20391844 shipped on 23 November 2026. Total: $1299.00. Call +1 415 555 0132.",
        "Ihre Rechnung\nRechnungsnummer 20261180 vom 28.11.2026 über 4999,00 EUR, 80331 München",
        "Votre facture\nFacture 20261180 du 28 novembre 2026, 4999 EUR",
        "Su pedido\nPedido 20391844, 4999 EUR, código postal 28013",
        "ご注文\nご注文番号 20391844 合計 12,990円 2026年11月23日",
        "订单\n订单号 20391844，合计1299元，优惠码 SAVE2026",
        "Black Friday\nUse discount code SAVE2026 until November 30, 2026. Save 5000 points!",
        "Meeting\nRoom 2041 at 14:05 on 2026-11-28, dial-in (415) 555-0132",
        "Build 20261123 failed\nError code 5003 in job 88120033: https://ci.test/job/881200/code/481516",
        "\n",
    ],
)
def test_nothing_is_found_where_no_code_is(text: str) -> None:
    assert codes(text) == []


def test_two_codes_are_two() -> None:
    assert codes("Codes\nYour login code: 481516\nYour backup code: 993201") == ["481516", "993201"]


def test_the_same_code_said_twice_is_one() -> None:
    assert codes("481516 is your code\nYour verification code is 481 516.") == ["481516"]


def test_signs_in_boxes_of_their_own_are_one_code() -> None:
    assert codes("Your code\nYour code\n4\n8\n1\n5\n1\n6\n") == ["481516"]


@pytest.mark.parametrize("text", ["1" * 300_000, "code " * 60_000, "A1-" * 100_000, "(1 " * 100_000, "1 " * 150_000])
def test_it_ends_on_long_texts(text: str) -> None:
    find(text, text)
