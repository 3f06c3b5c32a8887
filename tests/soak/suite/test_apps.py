"""Ten tests of three applications, as people write them; some leave a mail behind that comes while others run."""

import re
import smtplib

import pytest
from django.test import Client

pytestmark = pytest.mark.timeout(300)


def code_of(number: int) -> str:
    return str(100_000 + 7_919 * number % 900_000)


def test_a_customer_is_welcomed(shop, mailpit, number):
    address = mailpit.address("ann")
    Client().post("/signup", {"email": address, "code": code_of(number)})
    message = mailpit.wait_for(to=address, subject="Welcome")
    assert message.code() == code_of(number)
    assert message.link("Confirm").endswith(code_of(number))
    message.check.delivered_to(address)


def test_a_forgetful_customer_is_welcomed_and_reminded_when_nobody_looks_any_more(shop, mailpit, number):
    address = mailpit.address("fred")
    Client().post("/signup", {"email": address, "code": code_of(number), "forgetful": "1"})
    assert mailpit.wait_for(to=address, subject="Welcome").code() == code_of(number)  # the rest comes amid other tests


def test_a_forgetful_customer_is_reminded(shop, mailpit, number):
    address = mailpit.address("fred")
    Client().post("/signup", {"email": address, "code": code_of(number), "forgetful": "1"})
    welcome, reminder = mailpit.wait_for_all(2, to=address)
    assert [welcome.subject, reminder.subject] == ["Welcome to the shop", "You left something"]


def test_an_order_has_its_invoice(shop, mailpit, number):
    address = mailpit.address("ann")
    with mailpit.expect(to=address) as caught:
        Client().post("/order", {"email": address, "number": str(number)})
    assert caught.message.attachments[f"invoice-{number}.pdf"].content.startswith(b"%PDF")
    assert "books@acme.test" in caught.message.recipients
    assert "Bcc" not in caught.message.headers


def test_mail_that_is_put_off_is_sent_again(shop, mailpit, number):
    address = mailpit.address("full")
    with mailpit.defer("mailbox_full", recipient=address, times=2):
        Client().post("/signup", {"email": address, "code": code_of(number)})
        message = mailpit.wait_for(to=address)
    assert [one["reply"]["code"] // 100 for one in message.timeline] == [4, 4, 2]


def test_a_password_is_reset(forum, mailpit, number):
    address = mailpit.address("bob")
    forum.post("/forgotten", data={"email": address, "token": f"t{number}"})
    assert mailpit.wait_for(to=address).link("reset") == f"https://forum.test/reset/t{number}"


def test_the_last_of_two_resets_counts(forum, mailpit, number):
    address = mailpit.address("bob")
    forum.post("/forgotten", data={"email": address, "token": "first"})
    first = mailpit.wait_for(to=address)
    forum.post("/forgotten", data={"email": address, "token": "second", "pause": "0.3"})
    assert mailpit.wait_for(to=address, after=first).link("reset").endswith("second")


def test_a_guest_is_invited(club, mailpit, number):
    address = mailpit.address("cleo")
    club(email=address, code=f"A{number}")
    assert re.search(r"Show (\w+) at", mailpit.wait_for(to=address).text)[1] == f"A{number}"


def test_an_invitation_comes_although_nobody_waits_for_its_task(club, mailpit, number):
    address = mailpit.address("cleo")
    club(email=mailpit.address("late"), code="B-late", pause=1.2)  # left behind
    club(email=address, code=f"B{number}")
    mailpit.wait_for(to=address, text=f"Show B{number}")


def test_what_bounces_is_reported(mailpit, number):
    address = mailpit.address("gone")
    with mailpit.smtplib() as client:
        client.sendmail("app@acme.test", [address], f"Subject: Number {number}\r\n\r\nHi\r\n")
        with mailpit.reject("unknown_user", recipient=address), pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("app@acme.test", [address], "Subject: no\r\n\r\n")
    report = mailpit.bounce(mailpit.wait_for(to=address, subject=f"Number {number}"), "unknown_user")
    assert report.reverse_path == ""
